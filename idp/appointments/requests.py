"""What a unit asks of the office above it: asking, correcting, withdrawing, deciding. No power comes from asking."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from idp.access.rules import Permission, Power, Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.appointments import operations, rules
from idp.appointments.mails import tell
from idp.appointments.models import Appointment, AppointmentRequest
from idp.appointments.operations import Letter
from idp.appointments.retention import owner
from idp.appointments.rules import Action, Party, State, Term
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.operations import Prepared
from idp.units import operations as units
from thai_web import clock
from thai_web.refusal import N_, Conflict, Forbidden, NotFound, Refusal

CONFIRMED = "แทนด้วยการมอบหมายตามหนังสือที่หน่วยงานส่งมา"
MAILS = {Action.APPROVE: "approved", Action.RETURN: "returned", Action.REFUSE: "refused"}


@dataclass(frozen=True)
class Wanted:
    """Who is to be appointed to what; `continues_id`, the appointment that is extended or whose letter is brought."""

    account_id: int
    power: Power
    continues_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the office above decided, on which version of the request."""

    outcome: Action
    reason: str
    seen_version: int


def get(request_id: int) -> AppointmentRequest:
    """Raises `NotFound`."""
    found = db.session.get(AppointmentRequest, request_id)
    if found is None:
        raise NotFound(N_("ไม่พบคำขอมอบหมายนี้"))
    return found


def _lock(request_id: int) -> AppointmentRequest:
    get(request_id)
    return db.session.get_one(AppointmentRequest, request_id, with_for_update=True, populate_existing=True)


def may_ask(viewer: Viewer, unit_id: int) -> bool:
    """Whether the viewer works in the unit today."""
    return unit_id in {posting.unit_id for posting in accounts.postings(viewer.account_id, clock.today())}


def check_posted(viewer: Viewer, unit_id: int) -> None:
    """Raises `Forbidden` unless the viewer works in the unit today."""
    if not may_ask(viewer, unit_id):
        raise Forbidden(
            N_("เฉพาะผู้ที่สังกัดหน่วยงานนี้ยื่นคำขอมอบหมายได้"),
            next_step=N_("โปรดให้บุคลากรของหน่วยงานนั้นเป็นผู้ยื่น"),
            audit="refused.appointment",
            facts={"why": f"not posted in unit {unit_id}"},
        )


def ask(viewer: Viewer, unit_id: int, wanted: Wanted, letter: Letter, scan: Prepared) -> AppointmentRequest:
    """Send a request with its letter to the office above. A second click gets what the first one sent.

    Raises `Forbidden` for who does not work there, `Conflict` where a request for the same is open, `Refusal` for a
    letter that cannot be.
    """
    check_posted(viewer, unit_id)
    units.require_open(unit_id, clock.today())
    operations.check_power(wanted.power, unit_id)
    rules.check_letter(letter.number, letter.dated, letter.starts_on, letter.ends_on, clock.today())
    db.session.get_one(Account, wanted.account_id, with_for_update=True)  # a second click waits here
    operations.check_candidate(wanted.account_id, unit_id)
    _check_continued(wanted, unit_id)
    found = _open(unit_id, wanted)
    if found:
        if found.scan_sha256 == scan.sha256 and found.asked_by_account_id == viewer.account_id:
            return found
        raise Conflict(N_("มีคำขอมอบหมายของผู้นี้รอพิจารณาอยู่แล้ว"), next_step=N_("โปรดดูคำขอนั้นในหน้าหน่วยงาน หรือถอนก่อนยื่นใหม่"))
    request = AppointmentRequest(
        unit_id=unit_id,
        account_id=wanted.account_id,
        power=wanted.power,
        continues_id=wanted.continues_id,
        state=State.WAITING,
        version=1,
        asked_by_account_id=viewer.account_id,
        asked_at=clock.now(),
        reason="",
    )
    _write(request, letter)
    request.scan_sha256 = scan.sha256
    db.session.add(request)
    db.session.flush()
    _keep_scan(request, scan)
    _sent(request, viewer)
    return request


def _check_continued(wanted: Wanted, unit_id: int) -> None:
    if wanted.continues_id is None:
        return
    continued = operations.get(wanted.continues_id)
    same = continued.account_id == wanted.account_id and continued.power == wanted.power
    if continued.unit_id != unit_id or not same:
        raise NotFound(N_("ไม่พบการมอบหมายที่จะต่ออายุ"))
    if continued.ended_at is not None:
        raise Conflict(N_("การมอบหมายนี้สิ้นสุดไปแล้ว"), next_step=N_("ยื่นคำขอมอบหมายใหม่"))


def _open(unit_id: int, wanted: Wanted) -> AppointmentRequest | None:
    statement = select(AppointmentRequest).where(
        AppointmentRequest.account_id == wanted.account_id,
        AppointmentRequest.unit_id == unit_id,
        AppointmentRequest.power == wanted.power,
        AppointmentRequest.state.in_(rules.OPEN),
    )
    return db.session.scalar(statement)


def _write(request: AppointmentRequest, letter: Letter) -> None:
    request.letter_number, request.letter_date = letter.number.strip(), letter.dated
    request.signed_by = letter.signed_by.strip()
    request.starts_on, request.ends_on = letter.starts_on, letter.ends_on


def _keep_scan(request: AppointmentRequest, scan: Prepared) -> None:
    request.evidence_id = evidence.keep(scan, owner(request.id), "assignment_letter").id
    request.scan_sha256 = scan.sha256


def _sent(request: AppointmentRequest, viewer: Viewer) -> None:
    holder = accounts.get(request.account_id)
    record(
        "appointment.asked",
        subject=("account", request.account_id),
        unit_id=request.unit_id,
        subject_name=holder.name,
        actor=Actor("account", viewer.account_id, viewer.unit_id, None, viewer.name),
        request_id=request.id,
        power=request.power,
        letter_number=request.letter_number,
        letter_date=request.letter_date,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        version=request.version,
    )
    deciders = operations.appointers_for(request.unit_id, about=about(request))
    tell("asked", [term.account_id for term in (deciders.terms if deciders else ())], _told(request))


def about(request: AppointmentRequest) -> tuple[int, int | None]:
    """Whom a decision on it must not come from, as `operations.authority_over` takes it."""
    return request.account_id, request.asked_by_account_id


def _told(request: AppointmentRequest) -> dict[str, Any]:
    return {"subject": request, "unit": units.get(request.unit_id), "about": ("appointment_request", request.id)}


def party(viewer: Viewer, request: AppointmentRequest) -> Party:
    """What the viewer is to a request today."""
    if viewer.account_id in about(request) and may_ask(viewer, request.unit_id):
        return Party.UNIT
    if operations.may_appoint(viewer, request.unit_id, about(request)):
        return Party.DECIDER
    if operations.may_appoint(viewer, request.unit_id):
        return Party.CONFLICTED
    chain = {unit.id for unit in units.chain(units.get(request.unit_id))}
    reads = any(each.unit_id in chain and Permission.READ_APPOINTMENTS in each.permissions for each in viewer.holdings)
    return Party.READER if reads else Party.OTHER


def _move(viewer: Viewer, request: AppointmentRequest, action: Action, seen_version: int) -> None:
    following = rules.after(State(request.state), action, party(viewer, request))
    if request.version != seen_version:
        raise Conflict(
            N_("คำขอนี้เปลี่ยนไปหลังจากที่ท่านเปิดหน้า"), next_step=N_("โปรดเปิดหน้าคำขออีกครั้ง ตรวจสอบใหม่ แล้วจึงบันทึก"), code="stale"
        )
    request.state, request.version = following, request.version + 1


def correct(
    viewer: Viewer, request_id: int, letter: Letter, scan: Prepared | None, seen_version: int
) -> AppointmentRequest:
    """Send a returned request again, with a letter that was put right; without a new scan the old one stays."""
    request = _lock(request_id)
    _move(viewer, request, Action.CORRECT, seen_version)
    rules.check_letter(letter.number, letter.dated, letter.starts_on, letter.ends_on, clock.today())
    operations.check_candidate(request.account_id, request.unit_id)
    _write(request, letter)
    if scan:
        if request.evidence_id:
            evidence.set_aside(request.evidence_id)  # the office above judged by it
        _keep_scan(request, scan)
    _sent(request, viewer)
    return request


def withdraw(viewer: Viewer, request_id: int, seen_version: int) -> AppointmentRequest:
    """Take a request back."""
    request = _lock(request_id)
    _move(viewer, request, Action.WITHDRAW, seen_version)
    record(
        "appointment.request_withdrawn",
        subject=("account", request.account_id),
        unit_id=request.unit_id,
        request_id=request.id,
    )
    return request


def decide(viewer: Viewer, request_id: int, verdict: Verdict) -> AppointmentRequest:
    """Approve, send back or refuse: one outcome, one mail to the person and to who asked.

    Raises `Forbidden` for who may not (recorded), `Conflict` where somebody was faster, `Refusal` for a verdict that
    says too little. The authority is asked here, inside the transaction: a page opened before midnight brings none.
    """
    request = _lock(request_id)
    if party(viewer, request) == Party.CONFLICTED or viewer.account_id in about(request):
        raise rules.conflict(viewer.account_id, *about(request))
    _move(viewer, request, verdict.outcome, verdict.seen_version)
    rules.check_reason(verdict.reason, is_needed=verdict.outcome != Action.APPROVE)
    authority = operations.authority_over(viewer, request.unit_id, about(request))
    actor = Actor("account", viewer.account_id, viewer.unit_id, authority.appointment_id, viewer.name)
    request.decided_at, request.reason = clock.now(), verdict.reason
    request.decided_by_account_id, request.decided_under_appointment_id = viewer.account_id, authority.appointment_id
    record(
        "appointment.decided",
        subject=("account", request.account_id),
        unit_id=request.unit_id,
        actor=actor,
        subject_name=accounts.get(request.account_id).name,
        request_id=request.id,
        outcome=verdict.outcome,
        version=verdict.seen_version,
        appointment_id=authority.appointment_id,
    )
    if verdict.outcome == Action.APPROVE:
        request.appointment_id = _grant(request, actor).id
    tell(MAILS[verdict.outcome], [request.account_id, request.asked_by_account_id], _told(request))
    return request


def _grant(request: AppointmentRequest, actor: Actor) -> Appointment:
    """The appointment itself; a provisional one that it confirms ends where the new one is in force already."""
    operations.check_candidate(request.account_id, request.unit_id)
    letter = Letter(request.letter_number, request.letter_date, request.signed_by, request.starts_on, request.ends_on)
    try:
        made = operations.make(
            request.account_id, request.unit_id, Power(request.power), letter, actor, request.continues_id
        )
    except Refusal as refusal:  # the days went by while it waited
        refusal.code = "reason"
        refusal.next_step = N_("ส่งกลับให้หน่วยงานแก้ไขวันที่")
        raise
    made.evidence_id, made.scan_sha256 = request.evidence_id, request.scan_sha256
    if request.continues_id:
        continued = operations.lock(request.continues_id)
        if continued.is_provisional and continued.ended_at is None and made.term().in_force(clock.today()):
            operations.finish(continued, CONFIRMED, actor)
    return made


def waiting_for(viewer: Viewer) -> list[AppointmentRequest]:
    """The requests that wait for the viewer's decision today, oldest first; the same few statements for any number."""
    statement = select(AppointmentRequest).where(
        AppointmentRequest.state == State.WAITING,
        AppointmentRequest.unit_id.in_(operations.visible_units(viewer, Permission.APPOINT)),
    )
    found = list(db.session.scalars(statement.order_by(AppointmentRequest.asked_at, AppointmentRequest.id).limit(500)))
    if not found:
        return []
    chains = units.chains({each.unit_id for each in found})
    today = clock.today()
    terms = operations.terms_at({each for chain in chains.values() for each in chain}, today)
    return [each for each in found if _decides(viewer, each, chains[each.unit_id], terms, today)]


def _decides(viewer: Viewer, request: AppointmentRequest, chain: list[int], terms: list[Term], today: date) -> bool:
    above = chain[1:] or chain
    here = [term for term in terms if term.unit_id in above]
    deciders = rules.deciders(above, here, today, rules.conflicts(here, *about(request)))
    return deciders is not None and viewer.account_id in {term.account_id for term in deciders.terms}


def of_unit(unit_id: int, limit: int = 20) -> list[AppointmentRequest]:
    """The newest requests of a unit."""
    statement = select(AppointmentRequest).where(AppointmentRequest.unit_id == unit_id)
    return list(db.session.scalars(statement.order_by(AppointmentRequest.id.desc()).limit(limit)))
