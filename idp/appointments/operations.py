"""Making and ending appointments, and asking who decides."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from idp import clock
from idp.access.rules import Holding, Permission, Power, Viewer
from idp.accounts.models import Account, Posting
from idp.accounts.operations import people_of
from idp.appointments import rules
from idp.appointments.models import Appointment
from idp.appointments.rules import Deciders, Term
from idp.audit.operations import record
from idp.audit.rules import COMMAND, Actor
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.operations import Prepared
from idp.refusal import N_, Conflict, Forbidden, NotFound
from idp.units import operations as units
from idp.units.models import Unit


@dataclass(frozen=True)
class Letter:
    """What an assignment letter says."""

    number: str
    dated: date
    signed_by: str
    starts_on: date
    ends_on: date


def _in_force(day: date) -> list[ColumnElement[bool]]:
    posted = (
        select(Posting.id)
        .where(Posting.account_id == Appointment.account_id, Posting.unit_id == Appointment.unit_id)
        .where(Posting.starts_on <= day, or_(Posting.ends_on.is_(None), Posting.ends_on >= day))
        .exists()
    )
    active = select(Account.id).where(Account.id == Appointment.account_id, Account.status == "ACTIVE").exists()
    return [
        Appointment.starts_on <= day, Appointment.ends_on >= day, Appointment.ended_at.is_(None), posted, active,
    ]  # fmt: skip


def terms_at(unit_ids: Collection[int], day: date) -> list[Term]:
    """Appointments at these units whose holders can use them: term running, account active, still posted there."""
    statement = select(Appointment).where(Appointment.unit_id.in_(unit_ids), *_in_force(day))
    return [appointment.term() for appointment in db.session.scalars(statement.order_by(Appointment.id))]


def deciders_for(unit_id: int, day: date | None = None, without: Collection[int] = ()) -> Deciders | None:
    """Who decides for a unit on a day (today): its own admins, else the next office above that has one."""
    chain = [unit.id for unit in units.chain(units.get(unit_id))]
    day = day or clock.today()
    return rules.deciders(chain, terms_at(chain, day), day, without)


def appointers_for(unit_id: int, day: date | None = None) -> Deciders | None:
    """Who may appoint at a unit: the deciders one level up; at DLA itself, DLA's officers."""
    chain = [unit.id for unit in units.chain(units.get(unit_id))]
    above = chain[1:] or chain
    day = day or clock.today()
    return rules.deciders(above, terms_at(above, day), day)


def holdings(account_id: int, day: date | None = None) -> tuple[Holding, ...]:
    """The powers a person holds on a day."""
    statement = select(Appointment).where(Appointment.account_id == account_id, *_in_force(day or clock.today()))
    return tuple(Holding(Power(found.power), found.unit_id, found.id) for found in db.session.scalars(statement))


def units_of_powers(account_id: int) -> list[int]:
    """Where a person holds a power by a letter that runs today, whether or not she can use it: suspended she is still
    nobody for a colleague to deal with."""
    today = clock.today()
    running = (Appointment.starts_on <= today, Appointment.ends_on >= today, Appointment.ended_at.is_(None))
    held = select(Appointment.unit_id).where(Appointment.account_id == account_id, *running)
    return list(db.session.scalars(held.distinct().order_by(Appointment.unit_id)))


def get(appointment_id: int) -> Appointment:
    """Raises `NotFound`."""
    found = db.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound(N_("ไม่พบการมอบหมายนี้"))
    return found


def authority_over(viewer: Viewer, unit_id: int) -> Holding:
    """The power under which the viewer may appoint at a unit now. Raises `Forbidden`, saying who may."""
    found = appointers_for(unit_id)
    mine = [term for term in (found.terms if found else ()) if term.account_id == viewer.account_id]
    if not mine:
        raise Forbidden(
            N_("ท่านไม่ได้เป็นผู้มีอำนาจมอบหมายผู้ดูแลของหน่วยงานนี้"),
            next_step=N_("โปรดให้ผู้ดูแล SSO ของหน่วยงานที่กำกับ เช่น สถอ. หรือ สถจ. บันทึกการมอบหมาย"),
            audit="refused.appointment",
            facts={"why": f"unit {unit_id}"},
        )
    return Holding(mine[0].power, mine[0].unit_id, mine[0].appointment_id)


def candidates(unit_id: int) -> list[tuple[Account, Posting]]:
    """People posted in the unit who could be appointed there."""
    return [(person, posting) for person, posting in people_of(unit_id, clock.today()) if person.status == "ACTIVE"]


def appoint(viewer: Viewer, account_id: int, unit_id: int, letter: Letter, scan: Prepared) -> Appointment:
    """Record an appointment with its letter. Nobody appoints himself; the power comes from the unit's kind."""
    authority = authority_over(viewer, unit_id)
    if account_id == viewer.account_id:
        raise Forbidden(
            N_("ท่านมอบหมายตนเองไม่ได้"),
            next_step=N_("ให้ผู้ดูแลคนอื่นของหน่วยงานที่กำกับเป็นผู้บันทึก"),
            audit="refused.appointment",
            facts={"why": "own appointment"},
        )
    if account_id not in {person.id for person, _posting in candidates(unit_id)}:
        raise Conflict(N_("บุคคลนี้ไม่ได้สังกัดหน่วยงานนี้แล้ว โปรดเลือกใหม่"))
    actor = Actor("account", viewer.account_id, viewer.unit_id, authority.appointment_id, viewer.name)
    return _recorded(account_id, unit_id, letter) or _make(account_id, unit_id, letter, scan, actor)


def _recorded(account_id: int, unit_id: int, letter: Letter) -> Appointment | None:
    """What a first click recorded of this very letter already; a second click waits for it here."""
    db.session.get_one(Account, account_id, with_for_update=True)
    statement = select(Appointment).where(
        Appointment.account_id == account_id, Appointment.unit_id == unit_id, Appointment.ended_at.is_(None),
        Appointment.letter_number == letter.number.strip(), Appointment.letter_date == letter.dated,
        Appointment.starts_on == letter.starts_on, Appointment.ends_on == letter.ends_on,
    )  # fmt: skip
    return db.session.scalar(statement.limit(1))


def appoint_first_officer(account: Account, unit_id: int, letter: Letter, scan: Prepared) -> Appointment:
    """DLA's first officer, from a command: every other authority is decided one level up.

    Where no officer's letter is in force any more nobody could appoint the next one, so it is open again then.
    """
    db.session.get_one(Unit, unit_id, with_for_update=True)  # a second command waits here and then sees the first
    if terms_at([unit_id], clock.today()):
        raise Conflict(N_("มีเจ้าหน้าที่ส่วนกลางอยู่แล้ว ให้เจ้าหน้าที่ผู้นั้นมอบหมายคนถัดไปในระบบ"))
    return _make(account.id, unit_id, letter, scan, COMMAND)


def _make(account_id: int, unit_id: int, letter: Letter, scan: Prepared, actor: Actor) -> Appointment:
    rules.check_letter(letter.number, letter.dated, letter.starts_on, letter.ends_on, clock.today())
    unit = units.get(unit_id)
    appointment = Appointment(
        account_id=account_id,
        unit_id=unit_id,
        power=rules.power_for(unit.kind),
        letter_number=letter.number.strip(),
        letter_date=letter.dated,
        signed_by=letter.signed_by.strip(),
        starts_on=letter.starts_on,
        ends_on=letter.ends_on,
        made_by_account_id=actor.account_id,
        made_under_appointment_id=actor.appointment_id,
        created_at=clock.now(),
    )
    db.session.add(appointment)
    db.session.flush()
    appointment.evidence_id = evidence.keep(scan, f"appointment:{appointment.id}", "assignment_letter").id
    holder = db.session.get_one(Account, account_id)
    record(
        "appointment.made", subject=("account", account_id), unit_id=unit_id, actor=actor, subject_name=holder.name,
        appointment_id=appointment.id, power=appointment.power, letter_number=appointment.letter_number,
        letter_date=letter.dated, starts_on=letter.starts_on, ends_on=letter.ends_on,
    )  # fmt: skip
    return appointment


def end(viewer: Viewer, appointment_id: int, reason: str) -> Appointment:
    """End an appointment early, at once, by somebody who could make it."""
    get(appointment_id)
    # Of two who end it the second waits here and then sees that it is over.
    appointment = db.session.get_one(Appointment, appointment_id, with_for_update=True, populate_existing=True)
    authority = authority_over(viewer, appointment.unit_id)
    if appointment.ended_at is not None:
        raise Conflict(N_("การมอบหมายนี้สิ้นสุดไปแล้ว"))
    appointment.ended_at, appointment.end_reason = clock.now(), reason
    actor = Actor("account", viewer.account_id, viewer.unit_id, authority.appointment_id, viewer.name)
    record("appointment.ended", subject=("account", appointment.account_id), unit_id=appointment.unit_id, actor=actor,
           appointment_id=appointment.id, reason=reason)  # fmt: skip
    return appointment


def may_read(viewer: Viewer, appointment: Appointment) -> bool:
    """The person appointed, and whoever holds a power at the unit or above it."""
    chain = {unit.id for unit in units.chain(units.get(appointment.unit_id))}
    return viewer.account_id == appointment.account_id or any(
        holding.unit_id in chain and viewer.may(Permission.APPOINT) for holding in viewer.holdings
    )


def visible_units(viewer: Viewer) -> list[int]:
    """The units whose appointments the viewer sees: those at which she holds a power, and all below."""
    found: set[int] = set()
    for holding in viewer.holdings:
        found |= set(units.subtree_ids(holding.unit_id))
    return sorted(found)
