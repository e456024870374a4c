"""Filling in, sending, withdrawing and deciding a registration."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.exc import IntegrityError

from idp import clock
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.appointments import operations as appointments
from idp.appointments.rules import Deciders
from idp.audit.operations import record
from idp.audit.rules import APPLICANT, WORKER
from idp.clients import operations as clients
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence
from idp.notifications.operations import queue
from idp.refusal import N_, Conflict
from idp.registration import holder, rules
from idp.registration.models import HolderSecret, Registration, RegistrationRole
from idp.registration.rules import Action, Outcome, State, Step
from idp.secrets_at_rest import decrypt
from idp.units import operations as units
from idp.units.rules import full_name
from idp.web import language, thai
from idp.web.application import key_files

MOST_ALIKE = 20
SHARED = {"national_id_index": N_("เลขประจำตัวประชาชน"), "email": N_("อีเมล"), "phone": N_("โทรศัพท์")}


def begin() -> Registration:
    """An empty draft of somebody who has read the privacy notice."""
    now = clock.now()
    registration = Registration(
        reference=rules.new_reference(),
        privacy_notice=rules.PRIVACY_NOTICE,
        privacy_accepted_at=now,
        created_at=now,
        updated_at=now,
        expires_at=now + rules.DRAFT_LIFETIME,
    )
    db.session.add(registration)
    db.session.flush()
    return registration


def lock(registration_id: int) -> Registration:
    """The registration as it is now, held until the transaction ends: of two writers the second waits here."""
    return db.session.get_one(Registration, registration_id, with_for_update=True, populate_existing=True)


def edit(registration_id: int) -> Registration:
    """A draft about to change. Raises `Conflict` when it is none any more."""
    registration = lock(registration_id)
    rules.after(State(registration.state), Action.EDIT)
    now = clock.now()
    registration.version += 1
    registration.updated_at, registration.expires_at = now, now + rules.DRAFT_LIFETIME
    return registration


def national_id(registration: Registration) -> str:
    """The number in the clear. The caller shows it masked, or to a reviewer beside the documents."""
    sealed, index = registration.national_id_sealed, registration.national_id_index
    assert sealed is not None
    assert index is not None
    return decrypt(key_files().national_id, sealed, index.hex()).decode()


def requested_role_ids(registration_id: int) -> set[int]:
    """The roles asked for."""
    asked = select(RegistrationRole.role_id).where(RegistrationRole.registration_id == registration_id)
    return set(db.session.scalars(asked))


def documents(registration_id: int) -> list[Evidence]:
    """The documents attached, oldest first."""
    return evidence.owned_by(rules.owner(registration_id))


def done(registration: Registration) -> set[Step]:
    """The questions that have an answer."""
    answered = {
        Step.PERSON: registration.national_id_index is not None and bool(registration.phone),
        Step.EMAIL: registration.email_proven_at is not None,
        Step.UNIT: registration.unit_id is not None,
        Step.POSITION: bool(registration.position) and registration.roles_chosen,
        Step.EVIDENCE: bool(documents(registration.id)),
    }
    return {step for step, is_done in answered.items() if is_done}


def submit(registration_id: int, seen_version: int) -> Registration:
    """Send the draft as it was seen on the last page. A second click finds it sent and changes nothing.

    Raises `Refusal` when it is incomplete or its unit closed, `Conflict` when it changed meanwhile or waits already.
    """
    registration = lock(registration_id)
    if registration.state == State.SUBMITTED:
        return registration
    following = rules.after(State(registration.state), Action.SUBMIT)
    _check_version(registration, seen_version)
    rules.check_complete(done(registration))
    assert registration.unit_id is not None
    units.require_open(registration.unit_id, clock.today())
    _move(registration, following)
    registration.submitted_at, registration.expires_at = clock.now(), None
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(
            N_("ท่านมีคำขอที่ส่งถึงหน่วยงานนี้แล้วและกำลังรอพิจารณา จึงไม่ต้องส่งซ้ำ"),
            next_step=N_("เปิดลิงก์ในอีเมลใบรับคำขอ หรือดูสถานะด้วยเลขที่คำขอและอีเมลของท่าน"),
            code="registration_waiting",
        ) from error
    record("registration.submitted", subject=("registration", registration.id), unit_id=registration.unit_id,
           actor=APPLICANT, subject_name=registration.name, registration_id=registration.id,
           version=registration.version)  # fmt: skip
    _send_receipt(registration, registration.submitted_at)
    return registration


def _check_version(registration: Registration, seen: int) -> None:
    if registration.version != seen:
        raise Conflict(
            N_("ข้อมูลของคำขอนี้เปลี่ยนไปหลังจากท่านเปิดหน้านี้"),
            next_step=N_("เปิดหน้านี้ใหม่ ตรวจสอบข้อมูลล่าสุด แล้วทำรายการอีกครั้ง"),
            code="registration_stale",
        )


def _move(registration: Registration, following: State) -> None:
    registration.state, registration.updated_at = following, clock.now()
    registration.version += 1


def _send_receipt(registration: Registration, at: datetime) -> None:
    assert registration.unit_id is not None
    unit = units.get(registration.unit_id)
    values = {
        "name": registration.name,
        "reference": registration.reference,
        "unit_th": full_name(unit, "th"),
        "unit_en": full_name(unit, "en"),
        "sent_th": thai.format_datetime(at, "th"),
        "sent_en": thai.format_datetime(at, "en"),
        "link": holder.status_link(registration),
    }
    queue("registration/mail/receipt", registration.email, values, ("registration", registration.id))


def withdraw(registration_id: int) -> Registration:
    """The applicant takes the request back. Raises `Conflict` when it is decided already."""
    registration = lock(registration_id)
    _move(registration, rules.after(State(registration.state), Action.WITHDRAW))
    record("registration.withdrawn", subject=("registration", registration.id), unit_id=registration.unit_id,
           actor=APPLICANT, subject_name=registration.name, registration_id=registration.id)  # fmt: skip
    return registration


def find_by_reference(reference: str) -> Registration | None:
    """The registration of a reference, as typed."""
    plain = rules.normalise_reference(reference)
    return db.session.scalar(select(Registration).where(Registration.reference == plain))


def record_outcome(
    registration_id: int, *, outcome: str, reason: str, seen_version: int, account_id: int | None
) -> Registration:
    """Write down a decision that a higher room made, recorded and mails; of two deciders the later gets `Conflict`."""
    registration = lock(registration_id)
    following = rules.after(State(registration.state), rules.DECIDES[Outcome(outcome)])
    _check_version(registration, seen_version)
    _move(registration, following)
    registration.decided_at, registration.outcome_reason = clock.now(), reason
    registration.account_id = account_id
    return registration


def deciders(registration: Registration) -> Deciders | None:
    """Who decides today. Nobody decides on himself: the applicant's own accounts do not count, so that the request of
    a unit's only admin goes to the office above."""
    assert registration.unit_id is not None
    assert registration.national_id_index is not None
    own = {account.id for account in accounts.with_national_id(registration.national_id_index)}
    return appointments.deciders_for(registration.unit_id, without=own)


def same_person(registration: Registration) -> list[str]:
    """What other requests and accounts share with this one, as sentences for the reviewer: a reason to look."""
    requests = select(Registration).where(
        Registration.id != registration.id,
        Registration.submitted_at.is_not(None),
        _alike(registration, Registration),
    )
    people = select(Account).where(Account.id != (registration.account_id or 0), _alike(registration, Account))
    return [
        *(_tell(registration, other, _("คำขอเลขที่ %(reference)s (%(state)s)", reference=other.reference,
                                       state=_(rules.STATE_NAMES[State(other.state)])))
          for other in db.session.scalars(requests.order_by(Registration.id).limit(MOST_ALIKE))),
        *(_tell(registration, other, _("บัญชีของ %(name)s", name=other.name))
          for other in db.session.scalars(people.order_by(Account.id).limit(MOST_ALIKE))),
    ]  # fmt: skip


def _alike(registration: Registration, table: type[Registration] | type[Account]) -> ColumnElement[bool]:
    return or_(*(getattr(table, name) == getattr(registration, name) for name in SHARED))


def _tell(registration: Registration, other: Registration | Account, what: str) -> str:
    shared = [_(words) for name, words in SHARED.items() if getattr(other, name) == getattr(registration, name)]
    return _("%(shared)s ตรงกับ%(what)s", shared=", ".join(shared), what=what)


def given(registration: Registration) -> list[tuple[Step, str, str]]:
    """The answers in words: the question's step, a label, the value; of the national ID only the end is told."""
    unit = units.get(registration.unit_id) if registration.unit_id else None
    number = rules.mask_national_id(national_id(registration)) if registration.national_id_sealed else ""
    asked = requested_role_ids(registration.id)
    offered = clients.roles_for(unit.kind) if unit else []
    wanted = [each.label for each in offered if each.id in asked]
    return [
        (Step.PERSON, _("ชื่อ-นามสกุล"), registration.name),
        (Step.PERSON, _("เลขประจำตัวประชาชน"), number),
        (Step.PERSON, _("การยืนยันตัวตน"), _("ยืนยันด้วย ThaID แล้ว") if registration.is_proven else _("กรอกเอง")),
        (Step.PERSON, _("โทรศัพท์"), registration.phone),
        (Step.EMAIL, _("อีเมล"), registration.email),
        (Step.UNIT, _("หน่วยงาน"), full_name(unit, language.current()) if unit else ""),
        (Step.POSITION, _("ตำแหน่ง"), registration.position),
        (Step.POSITION, _("สิทธิ์ที่ขอ"), ", ".join(wanted) or _("ยังไม่ขอสิทธิ์ในระบบใด")),
    ]


def facts(registration: Registration) -> list[tuple[str, str]]:
    """The answers as rows of label and value."""
    return [(label, value) for _step, label, value in given(registration)]


def sweep_drafts(batch: int = 100) -> int:
    """Delete drafts that nobody touched for two weeks, with their documents, and secrets that are over."""
    now = clock.now()
    over = select(Registration).where(Registration.expires_at < now).limit(batch).with_for_update(skip_locked=True)
    drafts = list(db.session.scalars(over))
    for draft in drafts:
        for document in documents(draft.id):
            evidence.discard(document.id, WORKER)
        for table in (RegistrationRole, HolderSecret):
            db.session.execute(delete(table).where(table.registration_id == draft.id))
        db.session.delete(draft)
    db.session.execute(delete(HolderSecret).where(HolderSecret.expires_at < now))
    return len(drafts)
