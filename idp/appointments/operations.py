"""Asking who decides; making and ending appointments."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from idp.access.rules import Holding, Permission, Power, Viewer
from idp.accounts.models import Account, Posting
from idp.accounts.operations import people_of
from idp.accounts.rules import Proof
from idp.appointments import rules
from idp.appointments.mails import tell
from idp.appointments.models import Absence, Appointment
from idp.appointments.rules import Deciders, Term
from idp.audit.operations import record
from idp.audit.rules import COMMAND, Actor
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.operations import Prepared
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_, Conflict, Forbidden, NotFound, Refusal


@dataclass(frozen=True)
class Letter:
    """What an assignment letter says."""

    number: str
    dated: date
    signed_by: str
    starts_on: date
    ends_on: date


def usable(day: date) -> list[ColumnElement[bool]]:
    """In a statement: appointments whose holders can use them: term running, account active, still posted there."""
    posted = (
        select(Posting.id)
        .where(Posting.account_id == Appointment.account_id, Posting.unit_id == Appointment.unit_id)
        .where(Posting.starts_on <= day, or_(Posting.ends_on.is_(None), Posting.ends_on >= day))
        .exists()
    )
    active = select(Account.id).where(Account.id == Appointment.account_id, Account.status == "ACTIVE").exists()
    return [
        Appointment.starts_on <= day,
        Appointment.ends_on >= day,
        Appointment.ended_at.is_(None),
        posted,
        active,
        ~unclaimed(),
    ]


def unclaimed() -> ColumnElement[bool]:
    """In a statement: provisional appointments whose holder has not claimed the imported account. They give nothing: a
    queue must not wait for somebody who cannot sign in."""
    untouched = Account.username.is_(None) & (Account.proof != Proof.THAID)
    holder = select(Account.id).where(Account.id == Appointment.account_id, untouched).exists()
    return Appointment.letter_number.is_(None) & holder


def terms_at(unit_ids: Collection[int], day: date) -> list[Term]:
    """The usable appointments at these units, each with whether its holder is away that day."""
    away = (
        select(Absence.id)
        .where(Absence.appointment_id == Appointment.id, Absence.cancelled_at.is_(None))
        .where(Absence.starts_on <= day, Absence.ends_on >= day)
        .exists()
    )
    statement = select(Appointment, away).where(Appointment.unit_id.in_(unit_ids), *usable(day))
    return [found.term(is_away=is_away) for found, is_away in db.session.execute(statement.order_by(Appointment.id))]


def deciders_for(unit_id: int, day: date | None = None, without: Collection[int] = ()) -> Deciders | None:
    """Who decides for a unit on a day (today): its own admins, else the next office above that has one."""
    chain = [unit.id for unit in units.chain(units.get(unit_id))]
    day = day or clock.today()
    return rules.deciders(chain, terms_at(chain, day), day, without)


def appointers_for(
    unit_id: int, day: date | None = None, about: tuple[int, int | None] | None = None
) -> Deciders | None:
    """Who may appoint at a unit: the deciders one level up; at DLA itself, DLA's officers.

    Arguments: `about`, the holder of the appointment and who asked for it: who is in conflict with them does not count,
    and where nobody is left the next office above decides.
    """
    chain = [unit.id for unit in units.chain(units.get(unit_id))]
    above, day = chain[1:] or chain, day or clock.today()
    terms = terms_at(above, day)
    return rules.deciders(above, terms, day, rules.conflicts(terms, *about) if about else ())


def holdings(account_id: int, day: date | None = None) -> tuple[Holding, ...]:
    """The powers a person holds on a day; a deputy's acts only where they stand in."""
    day = day or clock.today()
    statement = select(Appointment).where(Appointment.account_id == account_id, *usable(day)).order_by(Appointment.id)
    found = list(db.session.scalars(statement))
    deputised = {each.unit_id for each in found if each.power == Power.DEPUTY}
    terms = terms_at(deputised, day) if deputised else []
    return tuple(
        Holding(Power(each.power), each.unit_id, each.id, each.power != Power.DEPUTY or _stands_in(each, terms))
        for each in found
    )


def _stands_in(deputy: Appointment, terms: list[Term]) -> bool:
    admins = [term for term in terms if term.unit_id == deputy.unit_id and term.power in rules.ADMINS]
    is_away = any(term.is_away for term in terms if term.appointment_id == deputy.id)
    return rules.stands_in(admins) and not is_away


def units_of_powers(account_id: int) -> list[int]:
    """Where a person holds a power by a letter that runs today, whether or not they can use it: suspended they are
    still nobody for a colleague to deal with."""
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


def authority_over(viewer: Viewer, unit_id: int, about: tuple[int, int | None] | None = None) -> Holding:
    """The power under which the viewer may appoint at a unit now, as `appointers_for` says.

    Raises `Forbidden`, saying who may, or which conflict stands against it.
    """
    found = appointers_for(unit_id, about=about)
    mine = [term for term in (found.terms if found else ()) if term.account_id == viewer.account_id]
    if mine:
        return Holding(mine[0].power, mine[0].unit_id, mine[0].appointment_id)
    if about and may_appoint(viewer, unit_id):
        raise rules.conflict(viewer.account_id, *about)
    raise Forbidden(
        N_("ท่านไม่ได้เป็นผู้มีอำนาจมอบหมายผู้ดูแลของหน่วยงานนี้"),
        next_step=N_("โปรดให้ผู้ดูแล SSO ของหน่วยงานที่กำกับ เช่น สถอ. หรือ สถจ. บันทึกการมอบหมาย"),
        audit="refused.appointment",
        facts={"why": f"unit {unit_id}"},
    )


def may_appoint(viewer: Viewer, unit_id: int, about: tuple[int, int | None] | None = None) -> bool:
    """Whether the viewer has that power today."""
    try:
        authority_over(viewer, unit_id, about)
    except Refusal:
        return False
    return True


def candidates(unit_id: int) -> list[tuple[Account, Posting]]:
    """People posted in the unit who could be appointed there."""
    return [(person, posting) for person, posting in people_of(unit_id, clock.today()) if person.status == "ACTIVE"]


def check_candidate(account_id: int, unit_id: int) -> None:
    """Raises `Conflict` for somebody who is not, or no longer, posted in the unit."""
    if account_id not in {person.id for person, _posting in candidates(unit_id)}:
        raise Conflict(N_("บุคคลนี้ไม่ได้สังกัดหน่วยงานนี้แล้ว โปรดเลือกใหม่"))


def check_power(power: Power, unit_id: int) -> None:
    """Raises `Refusal` for a power that an office of this kind does not give."""
    if power not in rules.powers_for(units.get(unit_id).kind):
        raise Refusal(N_("โปรดเลือกอำนาจที่มอบหมายได้ในหน่วยงานประเภทนี้"), code="power")


def appoint(
    viewer: Viewer, account_id: int, unit_id: int, letter: Letter, scan: Prepared, power: Power | None = None
) -> Appointment:
    """Record an appointment with its letter. Nobody appoints themselves; without `power`, it is the unit's admin."""
    authority = authority_over(viewer, unit_id, (account_id, None))
    power = power or rules.power_for(units.get(unit_id).kind)
    check_power(power, unit_id)
    check_candidate(account_id, unit_id)
    recorded = _recorded(account_id, unit_id, letter, power)
    if recorded:
        return recorded
    actor = Actor("account", viewer.account_id, viewer.unit_id, authority.appointment_id, viewer.name)
    made = make(account_id, unit_id, power, letter, actor)
    _keep_scan(made, scan)
    tell("approved", [account_id], _told(made))
    return made


def _told(made: Appointment) -> dict[str, object]:
    return {"subject": made, "unit": units.get(made.unit_id), "about": ("appointment", made.id)}


def _recorded(account_id: int, unit_id: int, letter: Letter, power: Power) -> Appointment | None:
    """What a first click recorded of this very letter already; a second click waits for it here."""
    db.session.get_one(Account, account_id, with_for_update=True)
    statement = select(Appointment).where(
        Appointment.account_id == account_id,
        Appointment.unit_id == unit_id,
        Appointment.ended_at.is_(None),
        Appointment.letter_number == letter.number.strip(),
        Appointment.letter_date == letter.dated,
        Appointment.starts_on == letter.starts_on,
        Appointment.ends_on == letter.ends_on,
        Appointment.power == power,
    )
    return db.session.scalar(statement.limit(1))


def appoint_first_officer(account: Account, unit_id: int, letter: Letter, scan: Prepared) -> Appointment:
    """DLA's first officer, from a command: every other authority is decided one level up.

    Where no officer's letter is in force any more nobody could appoint the next one, so it is open again then.
    """
    db.session.get_one(Unit, unit_id, with_for_update=True)  # a second command waits here and then sees the first
    if any(term.power in rules.ADMINS for term in terms_at([unit_id], clock.today())):
        raise Conflict(N_("มีเจ้าหน้าที่ส่วนกลางอยู่แล้ว ให้เจ้าหน้าที่ผู้นั้นมอบหมายคนถัดไปในระบบ"))
    made = make(account.id, unit_id, Power.DLA_OFFICER, letter, COMMAND)
    _keep_scan(made, scan)
    return made


def _keep_scan(appointment: Appointment, scan: Prepared) -> None:
    appointment.evidence_id = evidence.keep(scan, f"appointment:{appointment.id}", "assignment_letter").id
    appointment.scan_sha256 = scan.sha256


def make(
    account_id: int, unit_id: int, power: Power, letter: Letter, actor: Actor, continues_id: int | None = None
) -> Appointment:
    """The row and its event, for whoever checked that `actor` may. Raises `Refusal` for dates that cannot be."""
    rules.check_letter(letter.number, letter.dated, letter.starts_on, letter.ends_on, clock.today())
    appointment = Appointment(
        account_id=account_id,
        unit_id=unit_id,
        power=power,
        letter_number=letter.number.strip(),
        letter_date=letter.dated,
        signed_by=letter.signed_by.strip(),
        starts_on=letter.starts_on,
        ends_on=letter.ends_on,
        continues_id=continues_id,
        made_by_account_id=actor.account_id,
        made_under_appointment_id=actor.appointment_id,
        # A term shorter than a warning's days is not announced on its first day.
        warned_days=rules.warning_due(letter.ends_on, None, max(letter.starts_on, clock.today())),
        created_at=clock.now(),
    )
    db.session.add(appointment)
    db.session.flush()
    holder = db.session.get_one(Account, account_id)
    record(
        "appointment.made",
        subject=("account", account_id),
        unit_id=unit_id,
        actor=actor,
        subject_name=holder.name,
        appointment_id=appointment.id,
        power=appointment.power,
        letter_number=appointment.letter_number,
        letter_date=letter.dated,
        starts_on=letter.starts_on,
        ends_on=letter.ends_on,
    )
    return appointment


def lock(appointment_id: int) -> Appointment:
    """The appointment as it stands, held until the end of the transaction. Raises `NotFound`."""
    get(appointment_id)
    return db.session.get_one(Appointment, appointment_id, with_for_update=True, populate_existing=True)


def end(viewer: Viewer, appointment_id: int, reason: str) -> Appointment:
    """End an appointment early, at once, by somebody who could make it."""
    appointment = lock(appointment_id)  # of two who end it the second waits here and then sees that it is over
    authority = authority_over(viewer, appointment.unit_id, (appointment.account_id, None))
    if appointment.ended_at is not None:
        raise Conflict(N_("การมอบหมายนี้สิ้นสุดไปแล้ว"))
    rules.check_reason(reason, is_needed=False)
    actor = Actor("account", viewer.account_id, viewer.unit_id, authority.appointment_id, viewer.name)
    finish(appointment, reason, actor)
    tell("ended", [appointment.account_id], _told(appointment))
    return appointment


def finish(appointment: Appointment, reason: str, actor: Actor) -> None:
    """Write the end down, for whoever checked that `actor` may."""
    appointment.ended_at, appointment.end_reason = clock.now(), reason
    record(
        "appointment.ended",
        subject=("account", appointment.account_id),
        unit_id=appointment.unit_id,
        actor=actor,
        appointment_id=appointment.id,
        reason=reason,
    )


def visible_units(viewer: Viewer, permission: Permission = Permission.READ_APPOINTMENTS) -> list[int]:
    """The units that a permission of the viewer's reaches: those at which they hold it, and all below."""
    found: set[int] = set()
    for holding in viewer.holdings:
        if permission in holding.permissions:
            found |= units.subtree_ids(holding.unit_id)
    return sorted(found)
