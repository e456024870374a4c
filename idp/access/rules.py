"""Powers held here, the permissions they bring, and the person who is looking."""

from dataclasses import dataclass
from enum import StrEnum

from thai_web.refusal import N_


class Power(StrEnum):
    """What an appointment gives; roles in connected systems are something else (`clients.Assignment`)."""

    SSO_ADMIN = "SSO_ADMIN"
    DLA_OFFICER = "DLA_OFFICER"
    DEPUTY = "DEPUTY"
    AUDITOR = "AUDITOR"


POWER_NAMES = {
    Power.SSO_ADMIN: N_("ผู้ดูแล SSO ของหน่วยงาน"),
    Power.DLA_OFFICER: N_("เจ้าหน้าที่ส่วนกลาง สถ."),
    Power.DEPUTY: N_("ผู้ทำการแทนผู้ดูแล SSO"),
    Power.AUDITOR: N_("ผู้ตรวจสอบ (ดูได้อย่างเดียว)"),
}


class Permission(StrEnum):
    """What a view may ask for."""

    DECIDE_REGISTRATIONS = "DECIDE_REGISTRATIONS"
    APPOINT = "APPOINT"
    HELP_PEOPLE = "HELP_PEOPLE"
    READ_APPOINTMENTS = "READ_APPOINTMENTS"
    READ_AUDIT = "READ_AUDIT"
    MANAGE_CLIENTS = "MANAGE_CLIENTS"
    READ_CLIENTS = "READ_CLIENTS"
    MANAGE_REQUIREMENTS = "MANAGE_REQUIREMENTS"
    MANAGE_HOLIDAYS = "MANAGE_HOLIDAYS"
    READ_MAIL_TEMPLATES = "READ_MAIL_TEMPLATES"


READING = frozenset({Permission.READ_APPOINTMENTS, Permission.READ_CLIENTS})
GIVES: dict[Power, frozenset[Permission]] = {
    Power.SSO_ADMIN: READING | {Permission.DECIDE_REGISTRATIONS, Permission.APPOINT, Permission.HELP_PEOPLE},
    Power.DLA_OFFICER: frozenset(Permission),
    # Only on days on which they stand in for the unit's admins; on others they read (`Holding.acting`).
    Power.DEPUTY: READING | {Permission.DECIDE_REGISTRATIONS, Permission.APPOINT, Permission.HELP_PEOPLE},
    Power.AUDITOR: READING | {Permission.READ_AUDIT},
}


@dataclass(frozen=True)
class Holding:
    """A power in force today: where it holds, and the appointment that carries it.

    `acting` is false of a deputy on a day on which nobody needs them to stand in.
    """

    power: Power
    unit_id: int
    appointment_id: int
    acting: bool = True

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it brings today."""
        return GIVES[self.power] if self.acting else READING


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, as the guards and the audit see them."""

    account_id: int
    session_id: int
    name: str
    posting_id: int | None
    unit_id: int | None
    unit_name: str
    holdings: tuple[Holding, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether any power in force brings the permission; *where* it holds is the operation's question."""
        return any(permission in holding.permissions for holding in self.holdings)

    def stands_by_for(self, permission: Permission) -> bool:
        """Whether the person is a deputy to whom the permission comes on the days on which they stand in."""
        return any(permission in GIVES[holding.power] and not holding.acting for holding in self.holdings)

    def holding_for(self, permission: Permission, unit_id: int) -> Holding | None:
        """The power that brings the permission at exactly this unit."""
        found = (h for h in self.holdings if h.unit_id == unit_id and permission in h.permissions)
        return next(found, None)
