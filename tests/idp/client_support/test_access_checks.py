"""Why somebody cannot get in: each check by itself, and the first that stops her."""

from dataclasses import replace
from typing import Any

import pytest

from idp.client_support import access_checks
from idp.client_support.access_checks import CHECKS, Answer, Facts

FINE = Facts(
    system_works=True,
    signs_people_in=True,
    lacks_secret=False,
    is_sandbox=False,
    is_first_party=False,
    account_works=True,
    has_password=True,
    proven_by_thaid=False,
    is_locked=False,
    postings=1,
    posting_begins_later=False,
    declares_roles=True,
    holds_role=True,
    role_fits_unit=True,
    agreed=frozenset({"openid"}),
    asked_scopes=frozenset({"openid"}),
    is_signed_in=True,
)


def test_nothing_stops_who_has_everything() -> None:
    found = access_checks.findings(FINE)
    assert {each.answer for each in found} == {Answer.GOOD}
    assert access_checks.verdict(found) is None


@pytest.mark.parametrize(
    ("so", "check"),
    [
        ({"system_works": False}, access_checks.the_system_works),
        ({"signs_people_in": False}, access_checks.the_system_signs_people_in),
        ({"lacks_secret": True}, access_checks.the_system_has_a_secret),
        ({"account_works": False}, access_checks.the_account_works),
        ({"has_password": False}, access_checks.there_is_a_way_to_sign_in),
        ({"is_locked": True}, access_checks.the_password_is_not_locked),
        ({"postings": 0, "posting_begins_later": True}, access_checks.a_posting_is_in_force),
        ({"postings": 0}, access_checks.a_posting_is_in_force),
        ({"holds_role": False}, access_checks.a_role_is_held),
    ],
)
def test_each_obstacle_is_named_with_what_to_do(so: dict[str, Any], check: Any) -> None:
    facts = replace(FINE, **so)
    stops = access_checks.verdict(access_checks.findings(facts))
    assert stops is not None
    assert stops == check(facts)
    assert stops.next_step


@pytest.mark.parametrize(
    ("so", "check"),
    [
        ({"postings": 2}, access_checks.the_posting_is_chosen),
        ({"agreed": frozenset()}, access_checks.the_person_agreed),
        ({"is_signed_in": False}, access_checks.the_person_is_signed_in),
        ({"is_sandbox": True}, access_checks.the_system_is_in_use),
    ],
)
def test_what_is_only_worth_knowing_stops_nobody(so: dict[str, Any], check: Any) -> None:
    facts = replace(FINE, **so)
    found = access_checks.findings(facts)
    assert access_checks.verdict(found) is None
    assert check(facts).answer is Answer.NOTE


@pytest.mark.parametrize(
    "so",
    [
        {"has_password": False, "proven_by_thaid": True},
        {"declares_roles": False, "holds_role": False},
        {"is_first_party": True, "agreed": frozenset()},
    ],
)
def test_there_is_more_than_one_way_to_be_fine(so: dict[str, Any]) -> None:
    assert {each.answer for each in access_checks.findings(replace(FINE, **so))} == {Answer.GOOD}


def test_a_unit_of_the_wrong_kind_is_told_beside_the_missing_role() -> None:
    found = access_checks.findings(replace(FINE, holds_role=False, role_fits_unit=False))
    assert [each for each in found if each.answer is Answer.STOPS] == [
        access_checks.a_role_is_held(replace(FINE, holds_role=False)),
        access_checks.a_role_fits_the_unit(replace(FINE, holds_role=False, role_fits_unit=False)),
    ]
    assert len(CHECKS) == len({check.__name__ for check in CHECKS})
