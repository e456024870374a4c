"""What is told about a person, and `docs/reference/claims.md` beside it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from idp.oidc.claims import Person, UnitFacts, claims_for, international
from idp.oidc.discovery import ID_TOKEN_CLAIMS
from idp.oidc.rules import CLAIM_SCOPE, SCOPE_CLAIMS, read_claims

UNIT = UnitFacts(
    "670603", "6670603", "TAO", "สระกรวด", "Sa Kruat", "67", "เพชรบูรณ์", "6706", "ศรีเทพ", ("D6706", "P67", "DLA"),
    "เจ้าพนักงานธุรการ", date(2026, 10, 1),
)  # fmt: skip
PERSON = Person(
    "subject", "นางสาว", "สมใจ", "ขยันงาน", "somjai", "somjai@example.go.th", True, "081-234-5678",
    datetime(2026, 11, 1, tzinfo=UTC), "CLAIMED", ("pwd",), UNIT, ("recorder", "approver"),
)  # fmt: skip


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
    assert told["unit"]["posting_since"] == "2026-10-01"
    assert told["roles"] == ["approver", "recorder"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [("081 234 5678", "+66812345678"), ("056-711-000", "+6656711000"), ("+66812345678", "+66812345678"), ("", None)],
)
def test_a_phone_number_is_told_in_its_international_form(typed: str, told: str | None) -> None:
    assert international(typed) == told


def test_the_claims_parameter_is_reduced_to_what_may_be_told() -> None:
    asked = read_claims(
        '{"userinfo": {"email": {"essential": true}, "unit": null, "x": 1}, "id_token": {"sub": {"value": "s"}}}',
        frozenset({"openid", "email"}),
    )
    assert asked.userinfo == {"email"}
    assert asked.id_token == frozenset()
    assert asked.subject == "s"
    assert asked.scopes == {"email"}


def test_the_reference_describes_every_claim() -> None:
    page = Path("docs/reference/claims.md").read_text()
    described = set(re.findall(r"^\| `([a-z_]+)`", page, re.M))
    unit_members = set(claims_for(PERSON, ["unit"])["unit"])
    assurance_members = set(claims_for(PERSON, ["assurance"])["assurance"])
    assert described >= {*CLAIM_SCOPE, *ID_TOKEN_CLAIMS, *unit_members, *assurance_members}
