"""From the provider's claims to a person with a unit and roles; where a sign-in may lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from relying_party_example.units.rules import LOCAL_GOVERNMENTS, UnitKind, full_name
from thai_web.refusal import N_


class Role(StrEnum):
    """The roles INFO declares at the provider (`client.json`)."""

    REPORTER = "reporter"
    CERTIFIER = "certifier"
    VIEWER = "viewer"
    PERIOD_MANAGER = "period_manager"


ROLE_NAMES = {
    Role.REPORTER: N_("ผู้บันทึกรายงาน"),
    Role.CERTIFIER: N_("ผู้รับรองรายงาน"),
    Role.VIEWER: N_("ผู้ดูรายงาน"),
    Role.PERIOD_MANAGER: N_("ผู้จัดการงวดรายงาน"),
}
ROLE_KINDS: dict[Role, tuple[UnitKind, ...]] = {
    Role.REPORTER: LOCAL_GOVERNMENTS,
    Role.CERTIFIER: (UnitKind.PROVINCIAL_OFFICE,),
    Role.VIEWER: (UnitKind.PROVINCIAL_OFFICE, UnitKind.DISTRICT_OFFICE, UnitKind.DLA),
    Role.PERIOD_MANAGER: (UnitKind.DLA,),
}


@dataclass(frozen=True, kw_only=True)
class Office:
    """The unit of the posting in use, as the provider told it."""

    code: str
    kind: UnitKind
    name_th: str
    name_en: str | None = None
    province_code: str | None = None
    province_th: str | None = None
    district_code: str | None = None
    district_th: str | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever is signed in; `sub` is all that identifies them, the rest is a snapshot of today."""

    sub: str
    name: str
    position: str = ""
    office: Office | None = None
    roles: frozenset[Role] = frozenset()

    @property
    def unit_name(self) -> str:
        return full_name(self.office) if self.office else ""

    def has(self, *roles: Role) -> bool:
        """Whether they hold any of the roles."""
        return not self.roles.isdisjoint(roles)


def person_from(claims: Mapping[str, Any]) -> Person:
    """Read the claims. A role that does not fit the kind of their unit counts for nothing, whoever granted it.

    Raises `ValueError` where the claims do not have the agreed shape.
    """
    office = _office(claims.get("unit"))
    told = claims.get("roles") or []
    if not isinstance(told, list) or not isinstance(claims.get("sub"), str):
        raise ValueError("claims without sub, or roles that are not a list")
    known = {Role(role) for role in told if role in list(Role)}
    unit = claims.get("unit") or {}
    return Person(
        sub=claims["sub"],
        name=str(claims.get("name") or ""),
        position=str(unit.get("position") or ""),
        office=office,
        roles=frozenset(role for role in known if office and office.kind in ROLE_KINDS[role]),
    )


def _office(unit: object) -> Office | None:
    if not unit:
        return None
    if not isinstance(unit, Mapping) or not isinstance(unit.get("code"), str):
        raise ValueError("the claim unit is not an object with a code")
    optional = ("name_en", "province_code", "province_th", "district_code", "district_th")
    return Office(
        code=unit["code"],
        kind=UnitKind(str(unit.get("kind"))),
        name_th=str(unit.get("name_th") or unit["code"]),
        **{name: unit.get(name) for name in optional},
    )
