"""Answering a draft's questions, each saved by itself; every change raises the version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from idp.accounts import operations as accounts
from idp.accounts.rules import Proof, check_national_id, normalise_national_id, normalise_phone
from idp.clients import operations as clients
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence, EvidencePage
from idp.evidence.operations import Prepared
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import normalise_address, normalise_code
from idp.registration import applicant_access, operations, rules, versions
from idp.registration.attached_documents import documents
from idp.registration.fields import IDENTITY, Field, Purpose, check_open
from idp.registration.models import Registration, RegistrationRole
from idp.registration.operations import edit, editable_fields, may_remove
from idp.requirements import operations as requirements
from idp.requirements.models import EvidenceKind
from idp.requirements.rules import check_fits
from idp.secrets_at_rest import keyed_digest
from idp.thaid.rules import ThaIDIdentity
from idp.units import operations as units
from idp.web.application import key_files
from thai_web import clock
from thai_web.refusal import N_, Conflict, Forbidden, NotFound, Refusal

EMAIL_CODE = "registration.email"


@dataclass(frozen=True)
class PersonAnswers:
    """Who the applicant says they are; None keeps what was given before."""

    title: str | None
    given_name: str | None
    family_name: str | None
    national_id: str | None
    phone: str | None

    @property
    def fields(self) -> set[Field]:
        """The answers that are given."""
        name = (self.title, self.given_name, self.family_name)
        values = {Field.NAME: name, Field.NATIONAL_ID: (self.national_id,), Field.PHONE: (self.phone,)}
        return {field for field, parts in values.items() if any(part is not None for part in parts)}


@dataclass(frozen=True)
class InvitedAnswers:
    """What an invitation says, and whose it is."""

    email: str
    unit_id: int
    position: str
    role_ids: Collection[int]
    by_account_id: int
    name: str


def begin_invited(invited: InvitedAnswers) -> Registration:
    """A draft of somebody whom a unit invited: the rest is theirs to answer. Opening the mailed link proved the
    mailbox; it is a draft like any other, sent, judged on documents and decided like any other. Who changes mailbox or
    unit, or bears another name, goes on as somebody whom nobody invited."""
    registration = operations.begin()
    registration.email, registration.email_proven_at = invited.email, clock.now()
    registration.unit_id, registration.position = invited.unit_id, invited.position
    registration.roles_chosen = bool(invited.role_ids)  # asked where nobody chose any
    registration.invited_by_account_id, registration.invited_name = invited.by_account_id, invited.name
    db.session.add_all(
        RegistrationRole(registration_id=registration.id, role_id=role_id) for role_id in invited.role_ids
    )
    db.session.flush()
    return registration


def answer_person(registration_id: int, answers: PersonAnswers, holder: str = "") -> None:
    """Save who the applicant is; another number is known to the browser with the secret `holder` alone, and only that
    one holds the request from now on. Raises `Refusal` for a number or telephone that cannot be."""
    registration = edit(registration_id, *answers.fields)
    for name in ("title", "given_name", "family_name"):
        if (value := getattr(answers, name)) is not None:
            setattr(registration, name, value)
    if answers.phone is not None:
        registration.phone = normalise_phone(answers.phone)
    if answers.national_id is not None:
        digits = normalise_national_id(answers.national_id)
        check_national_id(digits)
        index = accounts.national_id_index(digits)
        if index != registration.national_id_index:
            applicant_access.end_other_browsers(registration.id, holder)
        registration.national_id_sealed, registration.national_id_index = accounts.seal_national_id(digits), index


def prove_person(registration_id: int, identity: ThaIDIdentity, holder: str = "") -> None:
    """Take name and number from ThaID, in place of what was typed; from now on only the browser with the secret
    `holder` holds the request. Raises `Conflict` when the person has an account."""
    registration = edit(registration_id)
    if not editable_fields(registration) & IDENTITY:
        check_open(frozenset(), IDENTITY)
    index = accounts.national_id_index(identity.national_id)
    if any(account.proof == Proof.THAID for account in accounts.with_national_id(index)):
        raise Conflict(
            N_("ท่านมีบัญชีในระบบแล้ว ไม่ต้องลงทะเบียนใหม่"),
            next_step=N_("โปรดเข้าสู่ระบบด้วย ThaID"),
            code="account_exists",
        )
    registration.title = identity.title or registration.title
    registration.given_name, registration.family_name = identity.given_name, identity.family_name
    registration.national_id_sealed = accounts.seal_national_id(identity.national_id)
    registration.national_id_index = index
    registration.proof, registration.proven_at = Proof.THAID, clock.now()
    applicant_access.end_other_browsers(registration.id, holder)


def may_forget_proof(registration: Registration) -> bool:
    """Whether a draft is as new as its proof by ThaID: a telephone and documents are of whoever was proven."""
    is_new = registration.state == rules.State.DRAFT and registration.purpose == Purpose.NEW
    return is_new and registration.is_proven and not registration.phone and not documents(registration.id)


def forget_proof(registration_id: int) -> None:
    """ThaID proved somebody else, who sat at this browser before: name and number go. Raises `Conflict` when the draft
    has answers of that person."""
    registration = edit(registration_id)
    if not may_forget_proof(registration):
        raise Conflict(
            N_("คำขอนี้มีข้อมูลของผู้ที่ ThaID ยืนยันแล้ว จึงเปลี่ยนเป็นของผู้อื่นไม่ได้"),
            next_step=N_("หากไม่ใช่คำขอของท่าน โปรดเริ่มลงทะเบียนใหม่"),
            code="proof_in_use",
        )
    registration.title = registration.given_name = registration.family_name = ""
    registration.national_id_sealed = registration.national_id_index = registration.proven_at = None
    registration.proof = Proof.CLAIMED


def answer_email(registration_id: int, email: str) -> None:
    """Save the address and mail a code to it, unless it is proven already."""
    registration = edit(registration_id, Field.EMAIL)
    address = normalise_address(email)
    if registration.email == address and registration.email_proven_at is not None:
        return
    registration.email, registration.email_proven_at = address, None
    applicant_access.end_links(registration.id)  # they lie in another mailbox
    registration.invited_by_account_id = None  # that was another mailbox
    code = secrets.issue_code(EMAIL_CODE, _mailbox(registration))
    values = {"code": code, "reference": registration.reference}
    queue("registration/mail/email_code", address, values, ("registration", registration.id))


def prove_email(registration_id: int, code: str) -> None:
    """Take the mailed code back. Raises `Refusal` when it is wrong, expired or spent."""
    registration = edit(registration_id)
    if registration.email_proven_at is None:
        secrets.spend_code(EMAIL_CODE, _mailbox(registration), normalise_code(code))
        registration.email_proven_at = clock.now()


def _mailbox(registration: Registration) -> str:
    # Bound to the address: a code mailed to one proves no other.
    parts = str(registration.id), registration.email
    return keyed_digest(key_files().blind_index, EMAIL_CODE, *parts).hex()


def choose_unit(registration_id: int, code: str) -> None:
    """Save the unit. Raises `Refusal` when it is closed. Roles chosen for another kind of unit are dropped."""
    registration = edit(registration_id, Field.UNIT)
    unit = units.find(code)
    if unit is None:
        raise Refusal(N_("โปรดเลือกหน่วยงานจากรายการ"))
    units.require_open(unit.id, clock.today())
    if registration.unit_id is not None and units.get(registration.unit_id).kind != unit.kind:
        _set_roles(registration, set())
        registration.roles_chosen = False
    if registration.unit_id != unit.id:
        registration.invited_by_account_id = None  # that was another unit
    registration.unit_id = unit.id


def roles_offered(registration: Registration) -> list[clients.OfferedRole]:
    """The roles, over all connected systems, that people of the chosen unit may hold."""
    assert registration.unit_id is not None
    return clients.roles_for(units.get(registration.unit_id).kind)


def answer_position(registration_id: int, position: str | None, role_ids: set[int] | None) -> None:
    """Save the position and the roles asked for; None keeps what was given before.

    Raises `Refusal` for a role that this kind of unit cannot hold.
    """
    given = {Field.POSITION: position, Field.ROLES: role_ids}
    registration = edit(registration_id, *(field for field, value in given.items() if value is not None))
    if position is not None:
        registration.position = position
    if role_ids is not None:
        if not role_ids <= {each.id for each in roles_offered(registration)}:
            raise Refusal(N_("หน่วยงานนี้ขอสิทธิ์ที่เลือกไม่ได้ โปรดเลือกใหม่"))
        registration.roles_chosen = True
        _set_roles(registration, role_ids)


def _set_roles(registration: Registration, role_ids: set[int]) -> None:
    db.session.execute(delete(RegistrationRole).where(RegistrationRole.registration_id == registration.id))
    db.session.add_all(RegistrationRole(registration_id=registration.id, role_id=role) for role in role_ids)


def attach(registration_id: int, document: Prepared, kind: str) -> None:
    """Attach a document that was opened before; a second click adds nothing.

    Raises `Refusal` when there are enough of its kind, or when it has too many pages.
    """
    registration = edit(registration_id, Field.DOCUMENTS)
    _attach(registration, document, kind)


def check_room(registration: Registration, code: str, digest: bytes) -> EvidenceKind:
    """The kind of a document about to be opened. Raises `Refusal` while there is no room for it: nobody waits for the
    painting of what is refused in any case. The same file a second time is no second one."""
    kind, attached = requirements.kind(code), documents(registration.id)
    if digest not in {each.digest for each in attached if each.kind == code}:
        _check_fits(kind, attached, pages=1)
    return kind


def _check_fits(kind: EvidenceKind, attached: Sequence[Evidence], pages: int) -> None:
    if kind.retired:
        raise Refusal(N_("เลิกใช้เอกสารชนิดนี้แล้ว โปรดเลือกชนิดอื่น"), status=422)
    rules.check_room(len(attached))
    files = sum(each.kind == kind.code for each in attached)
    check_fits(kind.most_files, kind.most_pages, files=files, pages=pages)


def _attach(registration: Registration, document: Prepared, code: str) -> None:
    kind, attached = requirements.kind(code), documents(registration.id)
    if (document.digest, document.filename, code) in {(each.digest, each.filename, each.kind) for each in attached}:
        return
    _check_fits(kind, attached, len(document.pages))
    evidence.keep(document, rules.owner(registration.id), code)


def remove(registration_id: int, evidence_id: int) -> None:
    """Take a document back. What a reviewer may have seen is set aside, not destroyed.

    Raises `NotFound` for one of somebody else, `Forbidden` for one that was sent and is not named for correction.
    """
    _remove(edit(registration_id, Field.DOCUMENTS), evidence_id)


def _remove(registration: Registration, evidence_id: int) -> Evidence:
    removed = own_document(registration, evidence_id)
    if not may_remove(registration, evidence_id):
        check_open(frozenset(), {Field.DOCUMENTS})
    if evidence_id in versions.sent_documents(registration.id):
        evidence.set_aside(evidence_id)
    else:
        evidence.discard(evidence_id)
    return removed


def replace(registration_id: int, evidence_id: int, document: Prepared) -> None:
    """Put another file in a document's place, of the same kind. Raises as `remove` and `attach` do."""
    registration = edit(registration_id, Field.DOCUMENTS)
    _attach(registration, document, _remove(registration, evidence_id).kind)


def own_document(registration: Registration, evidence_id: int) -> Evidence:
    """A document of this registration. Raises `NotFound`, also for one that exists elsewhere."""
    found = next((each for each in documents(registration.id) if each.id == evidence_id), None)
    if found is None:
        raise NotFound(N_("ไม่พบเอกสารนี้ในคำขอของท่าน"))
    return found


def document_not_sent(registration: Registration, evidence_id: int) -> Evidence:
    """A document that its holder may look at. Raises `NotFound` for one of somebody else, `Forbidden` for one that was
    sent: a card photographed once is not shown again to whoever holds the browser or reads the mailbox."""
    found = own_document(registration, evidence_id)
    if evidence_id in versions.sent_documents(registration.id):
        raise Forbidden(
            N_("เอกสารที่ส่งแล้วเปิดดูจากหน้านี้ไม่ได้ เพื่อไม่ให้ผู้อื่นเห็นเอกสารของท่าน"),
            next_step=N_("หากไม่แน่ใจว่าแนบไฟล์ถูกต้องหรือไม่ โปรดสอบถามผู้พิจารณา"),
        )
    return found


def confirm_blank(registration_id: int, evidence_id: int) -> None:
    """The applicant says that pages on which nothing is to be seen are meant to be so. Raises as `remove` does."""
    registration = edit(registration_id, Field.DOCUMENTS)
    evidence.confirm_blank(document_not_sent(registration, evidence_id).id)


@dataclass(frozen=True)
class Attachment:
    """A document in the applicant's list: its pages, those on which nothing is to be seen, and what may be done."""

    document: Evidence
    pages: list[EvidencePage]
    blank: list[int]
    may_be_removed: bool
    may_be_seen: bool


def attachment(registration: Registration, document: Evidence) -> Attachment:
    """One of the documents attached."""
    pages = evidence.pages(document.id)
    return Attachment(
        document,
        pages,
        [page.number for page in pages if page.blank],
        may_remove(registration, document.id),
        document.id not in versions.sent_documents(registration.id),
    )
