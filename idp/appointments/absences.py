"""Days on which the holder of an appointment is away, and who is told that they stand in."""

from datetime import date

from sqlalchemy import select

from idp.access.rules import Power, Viewer
from idp.appointments import operations, rules
from idp.appointments.mails import tell
from idp.appointments.models import Absence, Appointment
from idp.audit.operations import record
from idp.database import db
from idp.units import operations as units
from thai_web import clock
from thai_web.refusal import N_, Conflict, Forbidden, NotFound, Refusal

MARKED = frozenset({*rules.ADMINS, Power.DEPUTY})


def of(appointment_id: int) -> list[Absence]:
    """The absences that count and are not over, the next one first."""
    statement = select(Absence).where(
        Absence.appointment_id == appointment_id, Absence.cancelled_at.is_(None), Absence.ends_on >= clock.today()
    )
    return list(db.session.scalars(statement.order_by(Absence.starts_on, Absence.id)))


def may_mark(viewer: Viewer, appointment: Appointment) -> bool:
    """The holder themselves, or who may appoint at the unit: somebody who fell ill marks nothing."""
    if appointment.power not in MARKED or not appointment.term().in_force(clock.today()):
        return False
    holds = appointment.id in {held.appointment_id for held in viewer.holdings}
    return holds or operations.may_appoint(viewer, appointment.unit_id, (appointment.account_id, None))


def mark(viewer: Viewer, appointment_id: int, starts_on: date, ends_on: date) -> Absence:
    """Mark days, both included, and tell whoever stands in on the first of them.

    Raises `Forbidden` for who may not, `Refusal` naming the field whose date cannot be, `Conflict` for days marked.
    """
    appointment = operations.lock(appointment_id)  # of two who mark, the second waits here
    _check(viewer, appointment)
    rules.check_absence(starts_on, ends_on, clock.today(), appointment.ends_on)
    if any(each.starts_on <= ends_on and starts_on <= each.ends_on for each in of(appointment_id)):
        raise Refusal(N_("บันทึกวันที่ไม่อยู่ในช่วงนี้ไว้แล้ว"), next_step=N_("โปรดยกเลิกช่วงเดิมก่อน แล้วบันทึกใหม่"), code="starts_on")
    absence = Absence(
        appointment_id=appointment_id,
        starts_on=starts_on,
        ends_on=ends_on,
        marked_by_account_id=viewer.account_id,
        created_at=clock.now(),
    )
    db.session.add(absence)
    db.session.flush()
    record(
        "absence.marked",
        subject=("account", appointment.account_id),
        unit_id=appointment.unit_id,
        absence_id=absence.id,
        appointment_id=appointment_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _tell(appointment, absence)
    return absence


def _check(viewer: Viewer, appointment: Appointment) -> None:
    if not may_mark(viewer, appointment):
        raise Forbidden(
            N_("ท่านบันทึกวันที่ไม่อยู่ของการมอบหมายนี้ไม่ได้"),
            next_step=N_("เจ้าของการมอบหมายที่ยังมีผล หรือหน่วยงานที่กำกับ เป็นผู้บันทึก"),
            audit="refused.appointment",
            facts={"why": f"absence of appointment {appointment.id}"},
        )


def _tell(appointment: Appointment, absence: Absence) -> None:
    found = operations.deciders_for(appointment.unit_id, absence.starts_on)
    if found is None or found.standing not in (rules.Standing.DEPUTY, rules.Standing.AWAY):
        return  # a colleague is there
    values = {
        "subject": appointment,
        "unit": units.get(appointment.unit_id),
        "absence": absence,
        "about": ("unit", appointment.unit_id),
    }
    tell("stands_in", [term.account_id for term in found.terms], values)


def cancel(viewer: Viewer, appointment_id: int, absence_id: int) -> None:
    """They are back, or did not go: from this moment the power is theirs again. Raises `NotFound`, `Conflict`."""
    appointment = operations.lock(appointment_id)
    absence = db.session.get(Absence, absence_id)
    if absence is None or absence.appointment_id != appointment_id:
        raise NotFound(N_("ไม่พบวันที่ไม่อยู่นี้"))
    _check(viewer, appointment)
    if absence.cancelled_at is not None:
        raise Conflict(N_("ยกเลิกวันที่ไม่อยู่นี้ไปแล้ว"))
    absence.cancelled_at = clock.now()
    record(
        "absence.cancelled",
        subject=("account", appointment.account_id),
        unit_id=appointment.unit_id,
        absence_id=absence_id,
        appointment_id=appointment_id,
    )
