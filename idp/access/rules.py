"""Powers held here, the permissions they bring, and the person who is looking."""

from dataclasses import dataclass
from enum import StrEnum

from idp.refusal import N_


class Power(StrEnum):
    """What an appointment gives; roles in connected systems are something else (`clients.Assignment`)."""

    SSO_ADMIN = "SSO_ADMIN"
    DLA_OFFICER = "DLA_OFFICER"


POWER_NAMES = {
    Power.SSO_ADMIN: N_("ผู้ดูแล SSO ของหน่วยงาน"),
    Power.DLA_OFFICER: N_("เจ้าหน้าที่ส่วนกลาง สถ."),
}


class Permission(StrEnum):
    """What a view may ask for."""

    DECIDE_REGISTRATIONS = "DECIDE_REGISTRATIONS"
    APPOINT = "APPOINT"
    HELP_PEOPLE = "HELP_PEOPLE"
    MANAGE_CLIENTS = "MANAGE_CLIENTS"
    MANAGE_REQUIREMENTS = "MANAGE_REQUIREMENTS"
    MANAGE_HOLIDAYS = "MANAGE_HOLIDAYS"
    READ_MAIL_TEMPLATES = "READ_MAIL_TEMPLATES"


GIVES: dict[Power, frozenset[Permission]] = {
    Power.SSO_ADMIN: frozenset({Permission.DECIDE_REGISTRATIONS, Permission.APPOINT, Permission.HELP_PEOPLE}),
    Power.DLA_OFFICER: frozenset(Permission),
}


@dataclass(frozen=True)
class Holding:
    """A power in force today: where it holds, and the appointment that carries it."""

    power: Power
    unit_id: int
    appointment_id: int


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, as the guards and the audit see her."""

    account_id: int
    session_id: int
    name: str
    posting_id: int | None
    unit_id: int | None
    unit_name: str
    holdings: tuple[Holding, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether any power in force brings the permission; *where* it holds is the operation's question."""
        return any(permission in GIVES[holding.power] for holding in self.holdings)

    def holding_for(self, permission: Permission, unit_id: int) -> Holding | None:
        """The power that brings the permission at exactly this unit."""
        found = (h for h in self.holdings if h.unit_id == unit_id and permission in GIVES[h.power])
        return next(found, None)
