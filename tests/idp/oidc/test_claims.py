"""What is told about a person, and `docs/reference/claims.md` beside it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from idp.accounts.rules import Details
from idp.oidc.authorize.request_rules import read_claims
from idp.oidc.claims import VERSION, Person, UnitFacts, claims_for
from idp.oidc.discovery import ID_TOKEN_CLAIMS
from idp.oidc.rules import CLAIM_SCOPE, SCOPE_CLAIMS
from tests.people import fictional_national_id

UNIT = UnitFacts(
    "670603",
    "6670603",
    "TAO",
    "สระกรวด",
    "Sa Kruat",
    "67",
    "เพชรบูรณ์",
    "6706",
    "ศรีเทพ",
    ("D6706", "P67", "DLA"),
    "เจ้าพนักงานธุรการ",
    date(2026, 10, 1),
    None,
    datetime(2026, 9, 30, tzinfo=UTC),
)
PERSON = Person(
    "subject",
    "นางสาว",
    "สมใจ",
    "ขยันงาน",
    "somjai",
    "somjai@example.go.th",
    True,
    "081-234-5678",
    datetime(2026, 11, 1, tzinfo=UTC),
    "CLAIMED",
    None,
    ("pwd",),
    UNIT,
    ("recorder", "approver"),
    Details(
        "เพชร",
        "ใจ",
        "https://a.example/p",
        "https://a.example/i.png",
        "https://a.example",
        "female",
        date(1990, 4, 13),
        "1 ถ.เอก\nศรีเทพ",
    ),
    fictional_national_id(4),
)


@pytest.mark.parametrize("scope", [scope for scope, claims in SCOPE_CLAIMS.items() if claims])
def test_a_scope_brings_its_claims_and_no_other(scope: str) -> None:
    assert set(claims_for(PERSON, [scope])) == set(SCOPE_CLAIMS[scope])


def test_a_person_without_a_posting_has_no_unit_and_no_empty_claim() -> None:
    alone = replace(PERSON, unit=None, roles=(), phone=None)
    told = claims_for(alone, SCOPE_CLAIMS)
    assert "unit" not in told
    assert "phone_number" not in told
    assert told["roles"] == []


def test_claims_have_the_types_that_the_standard_wants() -> None:
    told = claims_for(PERSON, SCOPE_CLAIMS)
    assert type(told["email_verified"]) is bool
    assert type(told["phone_number_verified"]) is bool
    assert type(told["updated_at"]) is int
    assert told["birthdate"] == "1990-04-13"
    assert told["address"] == {"formatted": "1 ถ.เอก\nศรีเทพ"}
    assert type(told["assurance"]["unit_confirmed_at"]) is int
    assert told["unit"]["posting_since"] == "2026-10-01"
    assert told["roles"] == ["approver", "recorder"]


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("0812345678", {"phone_number": "+66812345678", "phone_number_verified": False}),
        ("056711000 ต่อ 12", {"phone_number": "+6656711000;ext=12", "phone_number_verified": False}),
        ("8.12E+08", {}),
        (":-)", {}),
        ("", {}),
        (None, {}),
    ],
)
def test_a_phone_number_is_told_in_its_international_form_or_not_at_all(
    stored: str | None, told: dict[str, object]
) -> None:
    assert claims_for(replace(PERSON, phone=stored), ["phone"]) == told


def test_of_a_person_with_one_name_no_family_name_is_told() -> None:
    told = claims_for(replace(PERSON, family_name=""), ["profile"])
    assert "family_name" not in told
    assert told["name"] == f"{PERSON.title}{PERSON.given_name}"


def test_the_claims_parameter_is_reduced_to_what_may_be_told() -> None:
    asked = read_claims(
        '{"userinfo": {"email": {"essential": true}, "unit": null, "x": 1}, "id_token": {"sub": {"value": "s"}}}',
        frozenset({"openid", "email"}),
    )
    assert asked.userinfo == {"email"}
    assert asked.id_token == frozenset()
    assert asked.subject == "s"
    assert asked.scopes == {"email"}


def test_an_id_token_never_holds_a_national_id() -> None:
    text = '{"userinfo": {"national_id": null}, "id_token": {"national_id": {"essential": true}}}'
    asked = read_claims(text, frozenset({"openid", "national_id"}))
    assert asked.userinfo == {"national_id"}
    assert asked.id_token == frozenset()


PAGE = Path("docs/reference/claims.md").read_text()


def rows_below(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the page."""
    section = re.split(r"^#+ ", PAGE.split(f"# {heading}\n")[1], flags=re.M)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def test_the_reference_tells_each_claim_with_its_scope_and_no_other() -> None:
    assert {row[0]: row[1] for row in rows_below("By scope, from UserInfo")} == CLAIM_SCOPE
    assert {row[0] for row in rows_below("In the ID token")} == {*ID_TOKEN_CLAIMS, "sub"}
    for name in ("unit", "assurance"):
        assert {row[0] for row in rows_below(f"Members of `{name}`")} == set(claims_for(PERSON, [name])[name])


def test_what_is_told_belongs_to_a_version() -> None:
    changes = PAGE.split("## Changes")[1]
    listed = re.findall(r"`([a-z_.]+)`", changes)
    members = [f"{name}.{member}" for name in ("unit", "assurance") for member in claims_for(PERSON, [name])[name]]
    assert sorted(listed) == sorted([*CLAIM_SCOPE, *members]), "whoever adds a claim says since which version"
    assert re.findall(r"^\| ([0-9.]+) \|", changes, re.M)[-1] == VERSION
    assert f"**Version {VERSION}.**" in PAGE
