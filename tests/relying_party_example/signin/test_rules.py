"""Claims become a person; a role counts only where it fits the unit."""

import pytest

from relying_party_example.signin.rules import Role, person_from
from tests.relying_party_example.people import CERTIFIER, CLERK, DLA_OFFICER, WITHOUT_ROLE, WITHOUT_UNIT


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        (CLERK, {Role.REPORTER}),
        (CERTIFIER, {Role.CERTIFIER, Role.VIEWER}),
        (DLA_OFFICER, {Role.VIEWER, Role.PERIOD_MANAGER}),
        (WITHOUT_ROLE, set()),
        (WITHOUT_UNIT, set()),
        (CLERK | {"roles": ["certifier", "period_manager", "reporter", "unheard-of", 7]}, {Role.REPORTER}),
        (CERTIFIER | {"roles": ["reporter", "period_manager"]}, set()),
        (CLERK | {"roles": None}, set()),
    ],
)
def test_only_roles_that_fit_the_unit_count(claims: dict[str, object], roles: set[Role]) -> None:
    assert person_from(claims).roles == roles


def test_the_unit_is_named_so_that_it_cannot_be_mistaken() -> None:
    assert person_from(CLERK).unit_name == "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"
    assert person_from(WITHOUT_UNIT).unit_name == ""


@pytest.mark.parametrize(
    "damage",
    [
        {"sub": None},
        {"sub": 5},
        {"roles": "reporter"},
        {"unit": "670603"},
        {"unit": {"code": 5}},
        {"unit": {"code": "1", "kind": "VILLAGE"}},
    ],
)
def test_claims_of_another_shape_are_refused(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        person_from(CLERK | damage)
