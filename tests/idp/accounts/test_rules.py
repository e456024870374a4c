"""National IDs and usernames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts.rules import check_national_id, check_username, normalise_national_id
from idp.refusal import Refusal
from tests.people import fictional_national_id


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9990000001002", "9990000001002"),
        ("9-9900-00001-00-2", "9990000001002"),
        ("๙๙๙๐๐๐๐๐๐๑๐๐๒", "9990000001002"),
        (" 9 9900 00001 00 2 ", "9990000001002"),
        ("９９９００００００１００２", "9990000001002"),
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


@pytest.mark.parametrize(
    "name",
    ["", "abc", "สมใจ", "som jai", "som@jai", "9990000001002", "1somjai", "admin", "a" * 41, "sоmjai", "som\u200bjai"],
)
@pytest.mark.attack(5)
def test_a_username_that_could_be_taken_for_something_else_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        check_username(name)
