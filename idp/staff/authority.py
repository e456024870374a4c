"""A person in a unit, as a helper sees them, and under which appointment the helper acts: asked at each guard and again
inside the transaction."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from idp.access.rules import Permission, Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.appointments import operations as appointments
from idp.appointments.models import Appointment
from idp.appointments.rules import Deciders, Term, deciders
from idp.audit.models import AuditEvent
from idp.audit.rules import Actor
from idp.database import db
from idp.staff import rules
from idp.staff.rules import Act, State
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import full_name
from thai_web import clock, language
from thai_web.refusal import N_, Forbidden, NotFound


@dataclass(frozen=True)
class Member:
    """A person in a unit: the account, the posting that puts them there, and how they stand."""

    account: Account
    posting: Posting
    unit: Unit
    state: State


def is_in_scope(viewer: Viewer, unit_id: int) -> bool:
    """Whether the viewer may see who works in a unit: a power there or above it, in force now."""
    chain = {unit.id for unit in units.chain(units.get(unit_id))}
    return any(viewer.holding_for(Permission.HELP_PEOPLE, each) for each in chain)


def unit_in_scope(viewer: Viewer, code: str) -> Unit:
    """The unit of a code. Raises `NotFound`, also for one that is not the viewer's to see."""
    unit = units.find(code)
    if unit is None or not is_in_scope(viewer, unit.id):
        raise NotFound(N_("ไม่พบหน่วยงานนี้ในความดูแลของท่าน"))
    return unit


def member(viewer: Viewer, posting_id: int) -> Member:
    """The person of a posting. Raises `NotFound`, also for somebody whom the viewer must not know to exist."""
    posting = db.session.get(Posting, posting_id)
    if posting is None or not is_in_scope(viewer, posting.unit_id):
        raise NotFound(N_("ไม่พบบุคคลนี้ในหน่วยงานที่ท่านดูแล"))
    account = accounts.get(posting.account_id)
    state = rules.state(account.status, posting.ends_on, clock.today())
    return Member(account, posting, units.get(posting.unit_id), state)


def begin(viewer: Viewer, posting_id: int, act: Act) -> tuple[Member, Actor]:
    """Who is acted upon, held until the transaction ends, and who acts under which appointment.

    Raises `NotFound`, `Forbidden` (the attempt is recorded) or `Conflict`, in this order: who may not act learns
    nothing of how the person stands.
    """
    found = member(viewer, posting_id)
    accounts.lock(found.account.id)
    db.session.refresh(found.posting)
    found = member(viewer, posting_id)
    term = authority_over(viewer, found, act)
    rules.check_possible(found.state, act)
    return found, Actor("account", viewer.account_id, viewer.unit_id, term.appointment_id, viewer.name)


def authority_over(viewer: Viewer, found: Member, act: Act) -> Term:
    """The appointment under which the viewer does this to this person now. Raises `Forbidden`, saying who may."""
    if found.account.id == viewer.account_id:
        raise _refused(act, "own account", N_("ท่านทำรายการนี้กับบัญชีของตนเองไม่ได้"), None)
    who_may = helpers(found, act)
    for term in who_may.terms if who_may else ():
        if term.account_id == viewer.account_id:
            return term
    if act in rules.WHOLE and works_elsewhere(found):
        raise _refused(act, "works elsewhere too", N_("บุคคลนี้สังกัดหน่วยงานอื่นด้วย รายการนี้มีผลทั้งบัญชี"), who_may)
    raise _refused(act, "no authority", N_("ท่านไม่ได้เป็นผู้ดูแลที่ทำรายการนี้กับบุคคลนี้ได้"), who_may)


def _refused(act: Act, why: str, message: str, who_may: Deciders | None) -> Forbidden:
    office = full_name(units.get(who_may.unit_id), language.current()) if who_may else ""
    step = N_("โปรดแจ้งผู้ดูแลของหน่วยงานที่กำกับ") if not office else N_("โปรดแจ้ง %(office)s")
    return Forbidden(
        message,
        next_step=step,
        code="not_yours",
        audit="refused.help",
        facts={"act": act.value, "why": why},
        office=office,
    )


def helpers(found: Member, act: Act) -> Deciders | None:
    """Who may do this to this person today. What concerns the whole account of somebody who works in several units is
    for the nearest office above all of them."""
    chain, day = _chain(found.unit.id), clock.today()
    if act in rules.WHOLE:
        others = [_chain(unit_id) for unit_id in _other_units(found)]
        chain = [office for office in chain if all(office in above for above in others)]
    powers = [_chain(each) for each in appointments.units_of_powers(found.account.id)]
    stopped_by = _stopped_by(found.account) if act == Act.REINSTATE else None
    offices = rules.offices(chain, powers, _chain(stopped_by) if stopped_by else None)
    return deciders(offices, appointments.terms_at(chain, day), day, without={found.account.id})


def check(viewer: Viewer, found: Member, act: Act) -> None:
    """Whether the page of an act may be shown. Raises as the act itself would."""
    authority_over(viewer, found, act)
    rules.check_possible(found.state, act)


def served_by(found: Member) -> Unit | None:
    """The office that helps this person today."""
    return _office(helpers(found, Act.UNLOCK))


def deciding_unit(unit: Unit) -> Unit | None:
    """The office that answers for the people of a unit today: its own admins, else the next above."""
    return _office(appointments.deciders_for(unit.id))


def decides_for(viewer: Viewer, unit: Unit) -> bool:
    """Whether the viewer answers for the unit's people today."""
    found = appointments.deciders_for(unit.id)
    return any(term.account_id == viewer.account_id for term in (found.terms if found else ()))


def check_decides_for(viewer: Viewer, unit: Unit) -> None:
    """Raises `Forbidden`, saying who may, unless the viewer answers for the unit's people today."""
    if not decides_for(viewer, unit):
        office = deciding_unit(unit)
        named = full_name(office, language.current()) if office else ""
        step = N_("โปรดแจ้ง %(office)s") if office else N_("โปรดแจ้งผู้ดูแลของหน่วยงานที่กำกับ")
        raise Forbidden(N_("ท่านไม่ได้เป็นผู้ดูแลของหน่วยงานนี้"), next_step=step, office=named)


def next_deciders(found: Member) -> Unit | None:
    """Where the unit's requests go once this person no longer decides for it; None where that changes nothing."""
    now, then = (appointments.deciders_for(found.unit.id, without=out) for out in ((), {found.account.id}))
    return _office(then) if _office(now) != _office(then) else None


def _office(found: Deciders | None) -> Unit | None:
    return units.get(found.unit_id) if found else None


def works_elsewhere(found: Member) -> bool:
    """Whether the person has a place in another unit, too; which one is not told to whom it does not concern."""
    return bool(_other_units(found))


def _chain(unit_id: int) -> list[int]:
    return [unit.id for unit in units.chain(units.get(unit_id))]


def _other_units(found: Member) -> Collection[int]:
    held = accounts.postings(found.account.id, clock.today())
    return {posting.unit_id for posting in held} - {found.unit.id}


def _stopped_by(account: Account) -> int | None:
    """The office that suspended the account last; none for a suspension from before offices were noted."""
    suspended = (
        select(Appointment.unit_id)
        .join(AuditEvent, AuditEvent.appointment_id == Appointment.id)
        .where(AuditEvent.name == "account.suspended", AuditEvent.subject_kind == "account")
        .where(AuditEvent.subject_id == str(account.id))
        .order_by(AuditEvent.id.desc())
    )
    return db.session.scalar(suspended.limit(1))


def possible(viewer: Viewer, found: Member) -> list[Act]:
    """The acts that the viewer may do to this person now, for the page; each asks again when it is done."""
    asked: dict[tuple[bool, bool], bool] = {}  # most acts need the same authority
    acts = []
    for act in Act:
        kind = (act in rules.WHOLE, act == Act.REINSTATE)
        if act in rules.POSSIBLE[found.state] and kind not in asked:
            asked[kind] = _may(viewer, found, act)
        if act in rules.POSSIBLE[found.state] and asked[kind]:
            acts.append(act)
    return acts


def _may(viewer: Viewer, found: Member, act: Act) -> bool:
    try:
        authority_over(viewer, found, act)
    except Forbidden:
        return False
    return True
