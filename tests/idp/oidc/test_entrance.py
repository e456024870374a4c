"""Why somebody cannot get in: each check by itself, and the first that stops her."""

from dataclasses import replace
from typing import Any

import pytest

from idp.oidc import entrance
from idp.oidc.entrance import CHECKS, Answer, Facts

FINE = Facts(
    system_works=True, signs_people_in=True, lacks_secret=False, is_sandbox=False, is_first_party=False,
    account_works=True, has_password=True, proven_by_thaid=False, is_locked=False, postings=1,
    posting_begins_later=False, declares_roles=True, holds_role=True, role_fits_unit=True,
    agreed=frozenset({"openid"}), asked_scopes=frozenset({"openid"}), is_signed_in=True,
)  # fmt: skip


def test_nothing_stops_who_has_everything() -> None:
    found = entrance.findings(FINE)
    assert {each.answer for each in found} == {Answer.GOOD}
    assert entrance.verdict(found) is None


@pytest.mark.parametrize(
    ("so", "check"),
    [
        ({"system_works": False}, entrance.the_system_works),
        ({"signs_people_in": False}, entrance.the_system_signs_people_in),
        ({"lacks_secret": True}, entrance.the_system_has_a_secret),
        ({"account_works": False}, entrance.the_account_works),
        ({"has_password": False}, entrance.there_is_a_way_to_sign_in),
        ({"is_locked": True}, entrance.the_password_is_not_locked),
        ({"postings": 0, "posting_begins_later": True}, entrance.a_posting_is_in_force),
        ({"postings": 0}, entrance.a_posting_is_in_force),
        ({"holds_role": False}, entrance.a_role_is_held),
    ],
)
def test_each_obstacle_is_named_with_what_to_do(so: dict[str, Any], check: Any) -> None:
    facts = replace(FINE, **so)
    stops = entrance.verdict(entrance.findings(facts))
    assert stops is not None
    assert stops == check(facts)
    assert stops.next_step


@pytest.mark.parametrize(
    ("so", "check"),
    [
        ({"postings": 2}, entrance.the_posting_is_chosen),
        ({"agreed": frozenset()}, entrance.the_person_agreed),
        ({"is_signed_in": False}, entrance.the_person_is_signed_in),
        ({"is_sandbox": True}, entrance.the_system_is_in_use),
    ],
)
def test_what_is_only_worth_knowing_stops_nobody(so: dict[str, Any], check: Any) -> None:
    facts = replace(FINE, **so)
    found = entrance.findings(facts)
    assert entrance.verdict(found) is None
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
    assert {each.answer for each in entrance.findings(replace(FINE, **so))} == {Answer.GOOD}


def test_a_unit_of_the_wrong_kind_is_told_beside_the_missing_role() -> None:
    found = entrance.findings(replace(FINE, holds_role=False, role_fits_unit=False))
    assert [each for each in found if each.answer is Answer.STOPS] == [
        entrance.a_role_is_held(replace(FINE, holds_role=False)),
        entrance.a_role_fits_the_unit(replace(FINE, holds_role=False, role_fits_unit=False)),
    ]
    assert len(CHECKS) == len({check.__name__ for check in CHECKS})
