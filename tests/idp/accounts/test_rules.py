"""National IDs, usernames, names and telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts.rules import (
    check_name,
    check_national_id,
    check_username,
    full_name,
    holds_national_id,
    international_phone,
    is_name_of,
    is_same_name,
    mask_national_id,
    normalise_national_id,
    normalise_phone,
    search_words,
)
from tests.people import fictional_national_id
from thai_web.refusal import Refusal

DASHES = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9990000001002", "9990000001002"),
        ("9-9900-00001-00-2", "9990000001002"),
        ("๙๙๙๐๐๐๐๐๐๑๐๐๒", "9990000001002"),
        (" 9 9900 00001 00 2 ", "9990000001002"),
        ("９９９００００００１００２", "9990000001002"),
        ("\u200e9-9900-00001-00-2\u202c", "9990000001002"),
        *((f"9{dash}9900{dash}00001{dash}00{dash}2", "9990000001002") for dash in DASHES),
    ],
)
def test_a_national_id_is_understood_however_it_is_typed(typed: str, stored: str) -> None:
    assert normalise_national_id(typed) == stored
    check_national_id(stored)


@pytest.mark.parametrize("number", ["9999000000021", "9999000000080"])
def test_the_two_odd_remainders_have_their_check_digits(number: str) -> None:
    check_national_id(number)


@pytest.mark.parametrize(
    "typed", ["", "999000000100", "99900000010022", "9990000001003", "abcdefghijklm", "999000000100x"]
)
def test_what_is_no_national_id_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        check_national_id(normalise_national_id(typed))


@given(st.integers(0, 10**8 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_nearly_always_noticed(number: int, place: int, shift: int) -> None:
    right = fictional_national_id(number)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    # Remainders 0 and 10 share a check digit, so a few slips pass; never more than the digit's arithmetic allows.
    try:
        check_national_id(wrong)
    except Refusal:
        return
    sums = [sum(int(d) * (13 - i) for i, d in enumerate(n[:12])) % 11 for n in (right, wrong)]
    assert {*sums} in ({0, 10}, {sums[0]})


@pytest.mark.parametrize("name", ["somjai", "som.jai-2", "a_bcd", "SomJai"])
def test_a_username_is_ascii_and_stored_in_small_letters(name: str) -> None:
    assert check_username(f" {name} ") == name.casefold()


@pytest.mark.parametrize("typed", ["\u200esomjai-2", "som\u200bjai-2", "somjai\u20112", "somjai–๒", "ｓomjai-2\ufeff"])
def test_a_username_is_understood_with_the_signs_that_copying_brings(typed: str) -> None:
    assert check_username(typed) == "somjai-2"


@pytest.mark.parametrize(
    "name",
    ["", "abc", "สมใจ", "som jai", "som@jai", "9990000001002", "1somjai", "admin", "a" * 41, "sоmjai", "som\x00jai"],
)
@pytest.mark.attack(5)
def test_a_username_that_could_be_taken_for_something_else_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        check_username(name)


@pytest.mark.parametrize("name", ["สมใจ", "ณ อยุธยา", "ว่าที่ ร.ต.", "O'Brien-Smith", "O’Brien", "ฤๅษี", ""])
def test_a_name_may_be_any_that_stands_on_a_card(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    ["{{ 7 * 7 }}", "${x}", "<b>9</b>", "=1+1", "สมใจ\r\nBcc: x", "สม\u202eใจ", "สมใจ1", "สม\x00ใจ", "@ใจ", "สมใจ๑"],
)
@pytest.mark.attack(27)
def test_a_name_with_anything_but_letters_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        check_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ชูใจ", "เลิศล\u0e4d\u0e49\u0e32"), ("ชูใจ", "เลิศล้ำ")),
        (("เเสงดาว", "ใจดี"), ("แสงดาว", "ใจดี")),
        (("ท่ีรัก", "ใจดี"), ("ที่รัก", "ใจ\u200bดี")),
        (("Sean", "O’Brien"), ("SEAN", "O'Brien")),
        (("แม่น", "ณ อยุธยา"), ("แม่น ณ", "อยุธยา")),
        (("มานะ", ""), ("มานะ", "-")),
        (("มานะ", ""), ("มานะ", "ไม่มี")),
        (("มานะ", "-"), ("มานะ", "ไม่มี นามสกุล")),
    ],
)
def test_names_that_read_alike_are_the_same(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert is_same_name(one, other)
    assert is_same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("ชูใจ", "เลิศล้ำ"), ("ชูใจ", "เลิศลำ")), (("มานะ", ""), ("มานะ", "ใจดี")), (("ขาว", "ดี"), ("ข้าว", "ดี"))],
)
def test_names_that_read_differently_are_not(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not is_same_name(one, other)


@pytest.mark.parametrize(
    ("text", "is_theirs"),
    [
        ("นางสาวมาลัย มาใหม่", True),
        ("พ.ต.ต. มาลัย  มาใหม\u0e48", True),
        ("มาลัย", True),
        ("คุณมาลัย", True),
        ("นางสาวมาลัย มาก่อน", False),
        ("นางมานี มาใหม่", False),
        ("มาใหม่ มาลัย มาใหม่ใหม่", False),
        ("", False),
    ],
)
def test_a_name_in_one_piece_is_somebodys_with_a_title_or_without_the_family_name(text: str, is_theirs: bool) -> None:
    assert is_name_of(text, "มาลัย", "มาใหม่") is is_theirs


def test_one_name_is_enough() -> None:
    assert full_name("นาย", "มานะ", "") == "นายมานะ"
    assert full_name("นาย", "มานะ", "ใจดี") == "นายมานะ ใจดี"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("081-234-5678", "0812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("０８１２３４５６７８", "0812345678"),
        ("+66 81 234 5678", "0812345678"),
        ("+66 (0) 81 234 5678", "0812345678"),
        ("0066812345678", "0812345678"),
        ("66812345678", "0812345678"),
        ("6656123456", "056123456"),
        ("tel:+66812345678", "0812345678"),
        ("tel:+6656123456;ext=12", "056123456 ต่อ 12"),
        ("โทร. 0 5612 3456", "056123456"),
        ("\u200e081\u2011234\u20115678\u202c", "0812345678"),
        ("081–234—5678", "0812345678"),
        ("081\u00ad234\u00ad5678", "0812345678"),
        ("081.234.5678", "0812345678"),
        ("056 123456 ต่อ 12", "056123456 ต่อ 12"),
        ("(056) 123456 #7", "056123456 ต่อ 7"),
        ("02-241-9000 #12", "022419000 ต่อ 12"),
        ("02-241-9000 ext. 12", "022419000 ต่อ 12"),
        # several lines in a row: the first
        ("0-5671-1234-5", "056711234"),
        ("0 5671 1234 - 5", "056711234"),
        ("0-5671-1234–40", "056711234"),
        ("0-5671-1234 ถึง 5", "056711234"),
        ("081-234-5678-9", "0812345678"),
        ("0-5671-1234 ต่อ 12-14", "056711234 ต่อ 12"),
        ("0-5671-1234-5 ต่อ 12, 14", "056711234 ต่อ 12"),
        # what spreadsheets make of a number
        ("812345678", "0812345678"),
        ("56123456", "056123456"),
        ("0812345678.0", "0812345678"),
        ("812345678.0", "0812345678"),
        ("'0812345678", "0812345678"),
    ],
)
def test_a_telephone_number_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert normalise_phone(typed) == stored
    assert normalise_phone(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "ไม่มี",
        ":-)",
        "โทร",
        "12345",
        "1567",
        "1812345678",
        "08123456789",
        "081234567",
        "0812345678 ต่อ",
        "8.12E+08",
        "8.12345678E+08",
        "0567112345",
        "056-711-2345",
        "0-5671-1234-4",
        "0-5671-1239-0",
        "+1 415 555 0132",
        "+0812345678",
        "0812345678²",
        "0-5671-1234, 0-5671-1235",
        "081-2345678 หรือ 089-2345678",
        "0812345678 ต่อ 123456",
        "ต่อ 12",
        "081-234-5678 ต่อ 12 หรือ 14",
        "0112345678",
        "๐๘๑๒๓๔๕๖๗",
        "<b>0812345678</b>",
    ],
)
def test_what_is_no_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        normalise_phone(typed)


@given(st.text(alphabet="0123456789๐๘ -–.+()/~#ต่อE", max_size=25))
def test_no_other_number_is_stored_than_was_written(typed: str) -> None:
    try:
        stored = normalise_phone(typed)
    except Refusal:
        return
    written = normalise_national_id(typed)
    number, _mark, extension = stored.partition(" ต่อ ")
    digits = "".join(letter for letter in written if letter.isdigit())
    assert number[1:] + extension in digits or (number[1:] in digits and extension in digits)
    assert international_phone(stored)


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("0812345678", "+66812345678"),
        ("056123456 ต่อ 12", "+6656123456;ext=12"),
        (None, None),
        ("", None),
        ("8.12E+08", None),
        ("-", None),
        ("ไม่มี", None),
        ("๐๘๑๒๓๔๕๖๗๘", "+66812345678"),
    ],
)
def test_a_number_is_told_in_its_international_form_or_not_at_all(stored: str | None, told: str | None) -> None:
    assert international_phone(stored) == told


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("081-234-5678", ["0812345678"]),
        ("+66812345678", ["0812345678"]),
        ("สมใจ 081 234 5678", ["สมใจ", "0812345678"]),
        ("โทร:081-234-5678", ["โทร:0812345678"]),
        ("tel:0891112222", ["0891112222"]),
        ("tel: 089 111 2222", ["0891112222"]),
        ("โทร 0891112222", ["0891112222"]),
        ("มือถือ 089-111-2222 สมใจ", ["0891112222", "สมใจ"]),
        ("0891112222,", ["0891112222"]),
        ("056711234#12", ["056711234", "ต่อ", "12"]),
        ("056-711234 ต่อ 12", ["056711234", "ต่อ", "12"]),
        ("โทรทัศน์", ["โทรทัศน์"]),
        ("081-234", ["081-234"]),
        ("O’Brien\u200b", ["o'brien"]),
        ("670603 670604", ["670603", "670604"]),
    ],
)
def test_a_search_reads_numbers_and_names_as_they_are_stored(typed: str, words: list[str]) -> None:
    assert search_words(typed) == words


@pytest.mark.parametrize("dash", ["-", " ", "", "\u00a0", *DASHES])
def test_a_national_id_in_a_text_is_seen_whatever_stands_within(dash: str) -> None:
    assert holds_national_id(f"เลข ๙{dash}9900{dash}00001{dash}00{dash}2 ครับ")
    assert not holds_national_id(f"โทร 081{dash}234{dash}5678")


def test_of_a_national_id_only_the_last_three_digits_are_shown() -> None:
    assert mask_national_id("1234567890123") == "x-xxxx-xxxxx-12-3"
