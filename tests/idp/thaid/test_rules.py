"""Every known shape of what ThaID says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.thaid import rules
from idp.thaid.rules import BirthDate, Intent, ThaIDRefused, ThaIDUnavailable, identity_from
from tests.people import CLERK, UNIT_ADMIN, fictional_national_id

PLAIN = {"pid": CLERK.national_id, "given_name": "สมใจ", "family_name": "ขยันงาน"}
ADDRESS = "99/9#หมู่ที่ 9####ตำบลทดสอบ#อำเภอจำลอง#จังหวัดสมมุติ"
ONE_LINE = "99/9 หมู่ที่ 9 ตำบลทดสอบ อำเภอจำลอง จังหวัดสมมุติ"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1985-04-13", "1985-04-13"),
        ("19850413", "1985-04-13"),
        ("2528-04-13", "1985-04-13"),
        ("25280413", "1985-04-13"),
        ("๒๕๒๘-๐๔-๑๓", "1985-04-13"),
        ("1985", "1985"),
        ("2528", "1985"),
        ("1985-00-00", "1985"),
        ("1985-04", "1985-04"),
        ("1985-04-00", "1985-04"),
        ("1985-00-13", "1985"),
        ("2503-02-29", "1960-02-29"),
        ("1961-02-29", "None"),
        ("1985-13-01", "None"),
        ("13 เมษายน 2528", "None"),
        ("0000-00-00", "None"),
        ("", "None"),
    ],
)
def test_a_birth_date_of_any_precision_and_era(text: str, expected: str) -> None:
    assert str(rules.parse_birth_date(text)) == expected


@given(st.text(max_size=12))
def test_no_birth_date_makes_trouble(text: str) -> None:
    found = rules.parse_birth_date(text)
    assert found is None or (found.year <= rules.BUDDHIST_FROM and (found.month or not found.day))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.3", (2, 3)),
        ("2.10", (2, 10)),
        ("3", (3, 0)),
        ("IAL2.3", (2, 3)),
        ("ial 1.1", (1, 1)),
        ("", None),
        ("high", None),
        ("2.3.1", None),
        ("-1", None),
    ],
)
def test_an_assurance_level_is_two_integers(text: str, expected: tuple[int, int] | None) -> None:
    assert rules.parse_ial(text) == expected


@pytest.mark.parametrize(
    ("ial", "minimum", "refused"),
    [
        ((2, 3), (2, 1), None),
        ((2, 10), (2, 3), None),
        ((2, 1), (2, 1), None),
        ((3, 0), (2, 3), None),
        ((1, 3), (2, 1), ThaIDRefused),
        ((2, 2), (2, 10), ThaIDRefused),
        (None, (2, 1), ThaIDUnavailable),
        (None, None, None),
        ((1, 1), None, None),
    ],
)
@pytest.mark.attack(16)
def test_a_minimum_of_assurance(
    ial: tuple[int, int] | None, minimum: tuple[int, int] | None, refused: type[Exception] | None
) -> None:
    if refused is None:
        rules.check_assurance(ial, minimum)
    else:
        with pytest.raises(refused):
            rules.check_assurance(ial, minimum)


@pytest.mark.parametrize(
    ("claims", "name", "expected"),
    [
        ({"title": "นางสาว"}, "title", "นางสาว"),
        ({"titleTh": "นางสาว"}, "title", "นางสาว"),
        ({"th_title": "นางสาว"}, "title", "นางสาว"),
        ({"title": "", "titleTh": "นาง"}, "title", "นาง"),
        ({}, "title", ""),
        ({"middle_name": ""}, "middle_name", ""),
        ({"middle_name": None}, "middle_name", ""),
        ({"th_mname": "กลางใจ"}, "middle_name", "กลางใจ"),
        ({"given_name": "  สม   ใจ "}, "given_name", "สม ใจ"),
        ({"family_name": "เลิศล\u0e4d\u0e49\u0e32"}, "family_name", "เลิศล้ำ"),
        ({"given_name": "เเสง\u200bดาว"}, "given_name", "แสงดาว"),
        ({"family_name": "O’Brien"}, "family_name", "O'Brien"),
        ({"family_name": ""}, "family_name", ""),
        ({"family_name": None}, "family_name", ""),
        ({"family_name": "-"}, "family_name", ""),
        ({"th_lname": "", "family_name": "", "name": "นางสาวสมใจ"}, "family_name", ""),
        ({"family_name": "", "name": "นางสาวสมใจ ขยันงาน"}, "family_name", "ขยันงาน"),
        ({"address": {"formatted": ONE_LINE, "raw": ADDRESS}}, "address", ONE_LINE),
        ({"address": {"raw": ADDRESS}}, "address", ONE_LINE),
        ({"address": ADDRESS}, "address", ONE_LINE),
        ({"address": ONE_LINE}, "address", ONE_LINE),
        ({"house_address": {"formatted": ONE_LINE}}, "address", ONE_LINE),
        ({"address": None}, "address", ""),
        ({"address": ["a list"]}, "address", ""),
        ({"birthdate": 1985}, "birth_date", BirthDate(1985)),
        ({"dob": "25280413"}, "birth_date", BirthDate(1985, 4, 13)),
        ({"birthdate": True}, "birth_date", None),
        ({"ial": "2.3"}, "ial", (2, 3)),
        ({"ial": 2.3}, "ial", (2, 3)),
        ({"given_name_en": "Somjai"}, "given_name_en", "Somjai"),
        ({"pid": f"{CLERK.national_id[:1]}-{CLERK.national_id[1:]}"}, "national_id", CLERK.national_id),
        ({"sub": CLERK.national_id}, "national_id", CLERK.national_id),
        ({"sub": "pairwise-name"}, "national_id", CLERK.national_id),
    ],
)
def test_a_claim_is_read_under_every_known_name_and_form(claims: dict[str, Any], name: str, expected: object) -> None:
    assert getattr(identity_from(PLAIN | claims), name) == expected


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("นางสาวสมใจ ขยันงาน", "", ("สมใจ", "ขยันงาน")),
        ("นางสาว สมใจ ขยันงาน", "", ("สมใจ", "ขยันงาน")),
        ("สมใจ ขยันงาน", "นางสาว", ("สมใจ", "ขยันงาน")),
        ("ว่าที่ร้อยตรีมานะ ณ อยุธยา", "ว่าที่ร้อยตรี", ("มานะ", "ณ อยุธยา")),
        ("นายนาย นายดี", "นาย", ("นาย", "นายดี")),
        ("นายมานะ", "", ("มานะ", "")),
    ],
)
def test_a_full_name_stands_in_for_missing_parts(name: str, title: str, expected: tuple[str, str]) -> None:
    found = identity_from({"pid": CLERK.national_id, "name": name, "title": title})
    assert (found.given_name, found.family_name) == expected


@pytest.mark.parametrize("missing", ["pid", "given_name", "family_name"])
def test_what_dopa_did_not_grant_is_not_the_persons_fault(missing: str) -> None:
    with pytest.raises(ThaIDUnavailable):
        identity_from({name: value for name, value in PLAIN.items() if name != missing})


@pytest.mark.parametrize(
    "changes",
    [
        {"pid": CLERK.national_id[:12] + str((int(CLERK.national_id[12]) + 1) % 10)},
        {"pid": CLERK.national_id[:12]},
        {"pid": "x" * 13},
        {"pid": CLERK.national_id.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))},
        {"sub": UNIT_ADMIN.national_id},
    ],
)
@pytest.mark.attack(16)
def test_a_number_that_cannot_be_or_is_not_that_of_sub_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ThaIDRefused) as refused:
        identity_from(PLAIN | changes)
    assert refused.value.code == "thaid_invalid"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(fictional_national_id(7), True), ("0105500000001", True), ("1999900000013", True), ("3100500000001", False)],
)
def test_numbers_that_nobody_can_have(number: str, expected: bool) -> None:
    assert rules.is_fictional(number) is expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({"expires_in": int(NOW.timestamp()) + 900}, NOW + timedelta(seconds=900)),
        ({"expire_in": int(NOW.timestamp()) + 900}, NOW + timedelta(seconds=900)),
        ({"expires_in": str(int(NOW.timestamp()))}, NOW),
        ({"expires_in": 900}, NOW + timedelta(seconds=900)),
        ({"expires_in": None}, None),
        ({"expires_in": "soon"}, None),
        ({"expires_in": 1e300}, None),
        ({"expires_in": float("nan")}, None),
        ({}, None),
    ],
)
def test_an_expiry_is_an_instant_or_a_duration(token: dict[str, Any], expected: datetime | None) -> None:
    assert rules.expires_at(token, NOW) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/home",
        "//evil.example/signin/thaid",
        "https://evil.example",
        "/signin/thaid/../home",
        "/signin/thaid\r\nX: y",
        "",
        "/signin/thaid#x",
        "/signin/thaidx",
        "/register/thaid",
    ],
)
def test_a_way_ends_only_on_its_intents_own_path(path: str) -> None:
    with pytest.raises(ValueError, match="does not finish there"):
        rules.check_return_path(Intent.SIGN_IN, path)


def test_starting_again_keeps_where_one_wanted_to_go() -> None:
    rules.check_return_path(Intent.SIGN_IN, "/signin/thaid?next=%2Fhome")
    assert rules.start_again_path(Intent.SIGN_IN, "/signin/thaid?next=%2Fhome") == "/signin?next=%2Fhome"
    assert rules.start_again_path(Intent.RENEW, "/home/thaid") == "/account"
