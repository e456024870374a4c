"""Who may read what about appointments, what auditors read, and the authority behind a decision."""

from dataclasses import dataclass

from sqlalchemy import select

from idp.access.rules import POWER_NAMES, Permission, Power, Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.appointments import requests as asking
from idp.appointments.models import Appointment, AppointmentRequest
from idp.appointments.rules import Party
from idp.audit.models import AuditEvent
from idp.audit.operations import record
from idp.database import db
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock


@dataclass(frozen=True)
class Authority:
    """The appointment under which something was decided, as `appointments/parts/authority.html` shows it."""

    appointment: Appointment
    person: Account
    unit: Unit
    power: str
    may_open: bool  # whether this viewer may go on to the letter


def authority(appointment_id: int | None, viewer: Viewer) -> Authority | None:
    """The authority of this id; None for what a command decided, or before authority was stamped."""
    found = db.session.get(Appointment, appointment_id) if appointment_id else None
    if found is None:
        return None
    return Authority(
        found,
        accounts.get(found.account_id),
        units.get(found.unit_id),
        POWER_NAMES[Power(found.power)],
        may_read(viewer, found),
    )


def authority_behind(event: str, subject_kind: str, subject_id: int, viewer: Viewer) -> Authority | None:
    """The authority behind the newest such decision on a subject, as the audit recorded it in the same transaction.

    For rooms above: `authority_behind("registration.decided", "registration", case.id, viewer)`.
    """
    statement = (
        select(AuditEvent.appointment_id)
        .where(AuditEvent.name == event, AuditEvent.subject_kind == subject_kind)
        .where(AuditEvent.subject_id == str(subject_id))
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    return authority(db.session.scalar(statement), viewer)


def _reads_at(viewer: Viewer) -> set[int]:
    return {held.unit_id for held in viewer.holdings if Permission.READ_APPOINTMENTS in held.permissions}


def may_read(viewer: Viewer, appointment: Appointment) -> bool:
    """The holder; whoever holds a power at the unit or above it; those below, for whom it may decide."""
    if viewer.account_id == appointment.account_id:
        return True
    chain = {unit.id for unit in units.chain(units.get(appointment.unit_id))}
    if not chain.isdisjoint(_reads_at(viewer)):
        return True
    return _was_decided_under(viewer, appointment) or any(
        appointment.unit_id in {unit.id for unit in units.chain(units.get(each))} for each in _reads_at(viewer)
    )


def _was_decided_under(viewer: Viewer, appointment: Appointment) -> bool:
    """Whether something of the viewer's own was decided under it: an appointment, or a request they made or are in."""
    own = (AppointmentRequest.account_id == viewer.account_id) | (
        AppointmentRequest.asked_by_account_id == viewer.account_id
    )
    requests = select(AppointmentRequest.id).where(
        AppointmentRequest.decided_under_appointment_id == appointment.id, own
    )
    made = select(Appointment.id).where(
        Appointment.made_under_appointment_id == appointment.id, Appointment.account_id == viewer.account_id
    )
    return db.session.scalar(requests.limit(1)) is not None or db.session.scalar(made.limit(1)) is not None


def may_read_request(viewer: Viewer, request: AppointmentRequest) -> bool:
    """Who asked, who is to be appointed, and whoever holds a power at the unit or above it."""
    return asking.party(viewer, request) != Party.OTHER


def may_read_unit(viewer: Viewer, unit: Unit) -> bool:
    """Who works there, and whoever holds a power there or above it."""
    if unit.id in {posting.unit_id for posting in accounts.postings(viewer.account_id, clock.today())}:
        return True
    return not _reads_at(viewer).isdisjoint(office.id for office in units.chain(unit))


def auditing(viewer: Viewer, unit_id: int) -> int | None:
    """The auditor's appointment by which alone the viewer reads here; None where another power lets them."""
    chain = {unit.id for unit in units.chain(units.get(unit_id))}
    here = [held for held in viewer.holdings if held.unit_id in chain]
    others = [held for held in here if held.power != Power.AUDITOR]
    return None if others or not here else here[0].appointment_id


def note(viewer: Viewer, unit_id: int, what: str) -> bool:
    """Record that an auditor reads; call it wherever `READ_AUDIT` or an auditor's reading shows something.

    Arguments: `what`, a path or a code without personal data. A view that answers a GET says `will_write()` before.
    Returns whether anything was recorded: reading under another power is the daily work of an office.
    """
    appointment_id = auditing(viewer, unit_id)
    if appointment_id is None:
        return False
    record("audit.read", subject=("unit", unit_id), unit_id=unit_id, what=what, appointment_id=appointment_id)
    return True
