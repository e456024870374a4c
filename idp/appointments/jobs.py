"""The end of appointments: announced before it comes, never a surprise to the office that decides from then on."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from idp.access.rules import Viewer
from idp.appointments import operations, rules
from idp.appointments.mails import tell
from idp.appointments.models import Appointment
from idp.appointments.rules import ADMINS, WARNINGS, Deciders
from idp.database import db
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_, Refusal


@dataclass(frozen=True)
class Vacancy:
    """A unit that would have no admin of its own, and the office that would decide from then on, if any."""

    unit: Unit
    deciders: Deciders | None
    deciding_unit: Unit | None


def left_by(appointment: Appointment) -> Vacancy | None:
    """What the end of this appointment would leave behind; None where another admin of the unit stays in force."""
    unit = units.get(appointment.unit_id)
    chain, today = [each.id for each in units.chain(unit)], clock.today()
    terms = operations.terms_at(chain, today)
    admins = {term.appointment_id for term in terms if term.unit_id == unit.id and term.power in ADMINS}
    if appointment.id not in admins or len(admins) > 1:
        return None
    found = rules.deciders(chain, [term for term in terms if term.appointment_id != appointment.id], today)
    return Vacancy(unit, found, units.get(found.unit_id) if found else None)


def left_by_person(account_id: int, unit_id: int | None = None) -> list[Vacancy]:
    """What suspending a person, or ending their posting in a unit, would leave behind: shown and confirmed first."""
    held = [operations.get(each.appointment_id) for each in operations.holdings(account_id)]
    found = [left_by(each) for each in held if unit_id in (None, each.unit_id)]
    return [vacancy for vacancy in found if vacancy]


def end_knowingly(viewer: Viewer, appointment_id: int, reason: str, *, is_confirmed: bool) -> Appointment:
    """End an appointment early. The last admin's is not held up, but whoever ends it says to have understood.

    Raises as `operations.end` does, and `Refusal` with the code `confirmed` where that word is missing.
    """
    vacancy = left_by(operations.lock(appointment_id))
    if vacancy and not is_confirmed:
        raise Refusal(N_("โปรดยืนยันว่าทราบแล้วว่าหน่วยงานนี้จะไม่มีผู้ดูแล SSO"), code="confirmed", status=422)
    return operations.end(viewer, appointment_id, reason)


def warn(batch: int = 100) -> int:
    """60, 30 and 7 days before the end, tell the holder and the office above, each once. Returns how many mails."""
    today = clock.today()
    later = aliased(Appointment)
    continued = exists().where(later.continues_id == Appointment.id, later.ended_at.is_(None))
    due = or_(
        *(
            and_(
                Appointment.ends_on <= today + timedelta(days=days),
                or_(Appointment.warned_days.is_(None), Appointment.warned_days > days),
            )
            for days in WARNINGS
        )
    )
    statement = select(Appointment).where(*operations.usable(today), due, ~continued).order_by(Appointment.id)
    locked = statement.limit(batch).with_for_update(of=Appointment, skip_locked=True)
    sent = 0
    for appointment in db.session.scalars(locked.execution_options(populate_existing=True)).all():
        appointment.warned_days = rules.warning_due(appointment.ends_on, appointment.warned_days, today)
        values = {
            "subject": appointment,
            "unit": units.get(appointment.unit_id),
            "days": (appointment.ends_on - today).days,
            "about": ("appointment", appointment.id),
        }
        sent += tell("ends_soon", [appointment.account_id], values)
        sent += tell("ends_soon_office", _appointers(appointment), values)
    return sent


def _appointers(appointment: Appointment) -> list[int]:
    found = operations.appointers_for(appointment.unit_id, about=(appointment.account_id, None))
    return [term.account_id for term in (found.terms if found else ())]


def tell_vacancies(batch: int = 50) -> int:
    """Tell the office above where a unit's last admin no longer counts, whatever the cause: the letter ended or was
    ended, the account was suspended, the person moved. Each once; who counts again is watched again. Returns mails."""
    today = clock.today()
    admin = Appointment.power.in_(ADMINS) & (Appointment.starts_on <= today)
    usable = and_(*operations.usable(today))
    again = select(Appointment).where(admin, Appointment.over_told_at.is_not(None), usable).limit(batch)
    for appointment in db.session.scalars(again.with_for_update(of=Appointment, skip_locked=True)):
        appointment.over_told_at = None
    # Imported and not claimed yet: nobody served, so nobody left.
    waits = operations.unclaimed() & (Appointment.ends_on >= today) & Appointment.ended_at.is_(None)
    over = (
        select(Appointment)
        .where(admin, Appointment.over_told_at.is_(None), not_(usable), ~waits)
        .order_by(Appointment.id)
    )
    sent, told = 0, set[int]()
    for appointment in db.session.scalars(over.limit(batch).with_for_update(of=Appointment, skip_locked=True)).all():
        appointment.over_told_at = clock.now()
        terms = operations.terms_at([appointment.unit_id], today)
        if appointment.unit_id in told or any(term.power in ADMINS for term in terms):
            continue
        told.add(appointment.unit_id)
        sent += _tell_vacant(appointment)
    return sent


def _tell_vacant(appointment: Appointment) -> int:
    found = operations.deciders_for(appointment.unit_id)
    if found is None:
        return 0  # nobody is left above either; `idp doctor` and the pages say so
    values = {
        "subject": appointment,
        "unit": units.get(appointment.unit_id),
        "deciding": units.get(found.unit_id),
        "about": ("unit", appointment.unit_id),
    }
    return tell("vacant", {*_appointers(appointment), *(term.account_id for term in found.terms)}, values)
