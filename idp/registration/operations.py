"""Filling in, sending, withdrawing and deciding a registration."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.audit.operations import record
from idp.audit.rules import APPLICANT
from idp.database import db
from idp.notifications.operations import queue
from idp.registration import applicant_access, attached_documents, duplicates, fields, rules, versions
from idp.registration.fields import Change, Field, Purpose, check_open
from idp.registration.models import Registration, RegistrationRole
from idp.registration.rules import Action, Outcome, State, Step
from idp.secrets_at_rest import decrypt
from idp.units import operations as units
from idp.units.rules import full_name
from idp.web.application import key_files
from thai_web import clock, thai
from thai_web.refusal import N_, Conflict


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


def begin_beside(first: Registration) -> Registration:
    """Another draft, for who reads the mailbox of one in which no number stands: with what stands there (a
    proven mailbox, an office, a position, roles), which names nobody. What is typed in one stays out of the other."""
    registration = begin()
    registration.email, registration.email_proven_at = first.email, first.email_proven_at
    registration.unit_id, registration.position = first.unit_id, first.position
    registration.roles_chosen = first.roles_chosen
    registration.invited_by_account_id, registration.invited_name = first.invited_by_account_id, first.invited_name
    asked = requested_role_ids(first.id)
    db.session.add_all(RegistrationRole(registration_id=registration.id, role_id=role_id) for role_id in asked)
    return registration


def begin_further(account: Account, purpose: Purpose, posting_id: int | None) -> Registration:
    """A draft of somebody who has an account: who they are and how to reach them is taken from there.

    `posting_id`: the posting that gets the roles, or that they leave. Raises `Conflict` when it is not theirs or over.
    """
    posting = next((each for each in accounts.postings(account.id, clock.today()) if each.id == posting_id), None)
    if posting is None and purpose != Purpose.POSTING:
        raise Conflict(N_("บัญชีของท่านไม่มีสังกัดที่ใช้อยู่"), next_step=N_("ขอเพิ่มสังกัดก่อน แล้วจึงขอสิทธิ์ในระบบ"), code="no_posting")
    registration = begin()
    registration.purpose, registration.applicant_id, registration.proof = purpose, account.id, account.proof
    for name in (
        "title",
        "given_name",
        "family_name",
        "national_id_sealed",
        "national_id_index",
        "email",
        "email_proven_at",
    ):
        setattr(registration, name, getattr(account, name))
    registration.phone = account.phone or ""
    if posting is not None:
        registration.posting_id = posting.id
    if posting is not None and purpose == Purpose.ROLES:
        registration.unit_id, registration.position = posting.unit_id, posting.position
    return registration


def requests_of(account_id: int) -> list[Registration]:
    """What a person asked for with their account, newest first; drafts nobody sent included."""
    own = or_(Registration.applicant_id == account_id, Registration.account_id == account_id)
    return list(db.session.scalars(select(Registration).where(own).order_by(Registration.id.desc()).limit(20)))


def lock(registration_id: int) -> Registration:
    """The registration as it is now, held until the transaction ends: of two writers the second waits here."""
    return db.session.get_one(Registration, registration_id, with_for_update=True, populate_existing=True)


def edit(registration_id: int, *wanted: Field) -> Registration:
    """A draft about to change, or the answers `wanted` of a request that was sent back.

    Raises `Conflict` when it is neither any more, `Forbidden` for an answer that the reviewer did not name.
    """
    registration = lock(registration_id)
    rules.after(State(registration.state), Action.EDIT)
    check_open(editable_fields(registration), wanted)
    registration.version += 1
    registration.updated_at = clock.now()
    if registration.state == State.DRAFT:
        registration.expires_at = registration.updated_at + rules.DRAFT_LIFETIME
    return registration


def editable(registration: Registration) -> tuple[frozenset[Field], frozenset[int]]:
    """The answers that the applicant may change now, and the sent documents that they may take out."""
    state, purpose = State(registration.state), Purpose(registration.purpose)
    return fields.editable(state, purpose, proven=registration.is_known, to_correct=registration.to_correct)


def may_remove(registration: Registration, evidence_id: int) -> bool:
    """Whether the applicant may take this document out: one not sent yet, or one that was named for correction."""
    opened, named = editable(registration)
    sent = versions.sent_documents(registration.id)
    return Field.DOCUMENTS in opened and (evidence_id in named or evidence_id not in sent)


def editable_fields(registration: Registration) -> frozenset[Field]:
    """The answers that the applicant may change now."""
    return editable(registration)[0]


def editable_steps(registration: Registration) -> list[Step]:
    """The questions with an answer that is open, in their order."""
    asked = {fields.ASKED_IN[field] for field in editable_fields(registration)}
    return [step for step in Step if step in asked]


def changes(registration: Registration) -> list[Change]:
    """What differs from the version that was sent back."""
    return versions.changed_since_return(versions.history(registration.id), answers_of(registration))


def changed_steps(registration: Registration) -> set[Step]:
    """The questions whose answer differs from the version that was sent back."""
    return {fields.ASKED_IN[change.field] for change in changes(registration)}


def answers_of(registration: Registration) -> dict[str, object]:
    """The answers as data, for a version."""
    attached = [document.id for document in attached_documents.documents(registration.id)]
    return versions.answers(registration, requested_role_ids(registration.id), attached)


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


def done(registration: Registration) -> set[Step]:
    """The questions that have an answer."""
    answered = {
        Step.PERSON: registration.national_id_index is not None
        and (bool(registration.phone) or registration.applicant_id is not None),
        Step.EMAIL: registration.email_proven_at is not None,
        Step.UNIT: registration.unit_id is not None,
        Step.POSITION: bool(registration.position) and registration.roles_chosen,
        # What was sent is not asked again where its documents are closed, whatever DLA asks for meanwhile.
        Step.EVIDENCE: Field.DOCUMENTS not in editable_fields(registration)
        or attached_documents.are_complete(registration, requested_role_ids(registration.id)),
    }
    return {step for step, is_done in answered.items() if is_done}


def submit(registration_id: int, seen_version: int) -> Registration:
    """Send the draft as it was seen on the last page. A second click finds it sent and changes nothing.

    Raises `Refusal` when it is incomplete or its unit closed, `Conflict` when it changed meanwhile or waits already.
    """
    registration = lock(registration_id)
    if registration.state == State.SUBMITTED:
        return registration
    rules.after(State(registration.state), Action.SUBMIT)
    check_version(registration, seen_version)
    rules.check_complete(done(registration))
    assert registration.unit_id is not None
    units.require_open(registration.unit_id, clock.today())
    move(registration, Action.SUBMIT)
    registration.submitted_at, registration.expires_at = clock.now(), None
    registration.decided_at, registration.outcome_reason = None, ""
    flush_waiting(
        N_("ท่านมีคำขอที่ส่งถึงหน่วยงานนี้แล้วและกำลังรอพิจารณา จึงไม่ต้องส่งซ้ำ"),
        N_("โปรดเปิดลิงก์ในอีเมลใบรับคำขอ หรือดูสถานะด้วยเลขที่คำขอและอีเมลของท่าน"),
    )
    versions.keep(registration, answers_of(registration), registration.submitted_at)
    duplicates.mark(registration)
    record(
        "registration.submitted",
        subject=("registration", registration.id),
        unit_id=registration.unit_id,
        actor=APPLICANT,
        subject_name=registration.name,
        registration_id=registration.id,
        version=registration.version,
    )
    _send_receipt(registration, registration.submitted_at)
    return registration


def check_version(registration: Registration, seen: int) -> None:
    """Raises `Conflict` when the page that was sent showed another version."""
    if registration.version != seen:
        raise Conflict(
            N_("ข้อมูลของคำขอนี้เปลี่ยนไปหลังจากท่านเปิดหน้านี้"),
            next_step=N_("โปรดเปิดหน้านี้ใหม่ ตรวจสอบข้อมูลล่าสุด แล้วทำรายการอีกครั้ง"),
            code="registration_stale",
        )


def move(registration: Registration, action: Action) -> None:
    """Let a locked registration go to the state that follows; links mailed before end with the state that they told of.

    Raises `Conflict` when the action is not possible.
    """
    follows = rules.after(State(registration.state), action)
    applicant_access.end_links(registration.id)
    registration.state = follows
    registration.updated_at = clock.now()
    registration.version += 1


def _send_receipt(registration: Registration, at: datetime) -> None:
    assert registration.unit_id is not None
    unit = units.get(registration.unit_id)
    values = {
        "name": registration.name,
        "reference": registration.reference,
        "link": applicant_access.status_link(registration),
    }
    for language in ("th", "en"):
        values |= {
            f"unit_{language}": full_name(unit, language),
            f"sent_{language}": thai.format_datetime(at, language),
        }
    queue("registration/mail/receipt", registration.email, values, ("registration", registration.id))


def withdraw(registration_id: int) -> Registration:
    """The applicant takes the request back. Raises `Conflict` when it is decided already."""
    registration = lock(registration_id)
    move(registration, Action.WITHDRAW)
    registration.decided_at, registration.outcome_reason = None, ""  # of a returned one; its version keeps both
    record(
        "registration.withdrawn",
        subject=("registration", registration.id),
        unit_id=registration.unit_id,
        actor=APPLICANT,
        subject_name=registration.name,
        registration_id=registration.id,
    )
    return registration


def find_by_reference(reference: str) -> Registration | None:
    """The registration of a reference, as typed."""
    plain = rules.normalise_reference(reference)
    return db.session.scalar(select(Registration).where(Registration.reference == plain))


def find_own(reference: str, account_id: int) -> Registration | None:
    """The registration of a reference, if it is this account's: asked for with it, or what the account came of."""
    found = find_by_reference(reference)
    return found if found and account_id in (found.applicant_id, found.account_id) else None


def record_outcome(
    registration_id: int,
    *,
    outcome: str,
    reason: str,
    seen_version: int,
    decided_unit_id: int,
    account_id: int | None = None,
    to_correct: Collection[str] = (),
    **how: object,
) -> Registration:
    """Write down a decision that a higher room made, recorded and mails; of two deciders the later gets `Conflict`.

    `decided_unit_id` is the office that decided; `to_correct` names the answers that a returned request opens; `how`
    is kept with the version (`versions.close`).
    """
    registration = lock(registration_id)
    action = rules.DECIDES[Outcome(outcome)]
    rules.after(State(registration.state), action)
    check_version(registration, seen_version)
    move(registration, action)
    registration.decided_at, registration.outcome_reason = clock.now(), reason
    registration.account_id = account_id
    registration.to_correct = list(to_correct)
    versions.close(registration, decided_unit_id, **how)
    return registration


def reopen(registration_id: int, reason: str, seen_version: int) -> Registration:
    """Take a rejected request up again as a new version; the rejection stays written beside its own. Raises `Conflict`
    when it changed, another one waits, or its documents are destroyed."""
    registration = lock(registration_id)
    rules.after(State(registration.state), Action.REOPEN)
    if registration.evidence_destroyed_at is not None:
        raise Conflict(
            N_("เอกสารของคำขอนี้ถูกทำลายแล้วเมื่อครบกำหนดเก็บรักษา จึงเปิดพิจารณาใหม่ไม่ได้"),
            next_step=N_("โปรดแจ้งผู้ขอให้ส่งคำขอใหม่พร้อมเอกสาร"),
            code="evidence_destroyed",
        )
    check_version(registration, seen_version)
    move(registration, Action.REOPEN)
    registration.submitted_at = clock.now()  # its wait begins anew
    registration.decided_at, registration.outcome_reason, registration.to_correct = None, "", []
    flush_waiting(N_("ผู้ขอส่งคำขอใหม่ถึงหน่วยงานนี้แล้วและกำลังรอพิจารณา จึงเปิดคำขอเดิมไม่ได้"), N_("พิจารณาคำขอใหม่ของผู้ขอแทน"))
    versions.keep(registration, answers_of(registration), registration.submitted_at, reason)
    return registration


def flush_waiting(message: str, next_step: str) -> None:
    """Write a request that waits from now on. Raises `Conflict` with these words when the same one waits already."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(message, next_step=next_step, code="registration_waiting") from error
