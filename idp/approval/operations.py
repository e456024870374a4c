"""Opening a case and deciding it."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask_babel import force_locale

from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Person, Proof
from idp.appointments.rules import Term
from idp.approval import offices, reasons, reviewing, rules
from idp.approval.reasons import Outcome
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.clients import operations as clients
from idp.notifications.operations import queue
from idp.notifications.rendering import render
from idp.registration import applicant_access, attached_documents, expiry, summary
from idp.registration import operations as registration
from idp.registration.fields import Field, Purpose, check_named, correctable
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.signin.activation import begin_activation
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import full_name
from idp.web.links import absolute
from thai_web import clock
from thai_web.refusal import N_, Conflict, Forbidden, Refusal


@dataclass(frozen=True)
class Verdict:
    """What the reviewer decided, on which version of the case."""

    outcome: Outcome
    reason: str
    seen_version: int
    to_correct: tuple[str, ...] = ()
    reason_code: str = ""
    mail_text: str = ""


def authority_over(viewer: Viewer, case: Registration) -> Term:
    """The appointment under which the viewer decides this case. Raises `Forbidden`; the attempt is recorded."""
    _unit_id, national_id = _complete(case)
    found, bars, chain = offices.deciding(case)
    held = {holding.unit_id for holding in viewer.holdings}
    try:
        rules.check_not_own(accounts.get(viewer.account_id).national_id_index, national_id)
        rules.check_conflicts(bars, viewer.account_id, chain, held)
        return rules.authority(found, viewer.account_id)
    except Forbidden as refusal:
        refusal.audit = "refused.decision"
        refusal.facts = {"registration_id": str(case.id), "why": refusal.code}
        raise


def _complete(case: Registration) -> tuple[int, bytes]:
    """Unit and index of the national ID, which every registration that was sent has and keeps."""
    assert case.unit_id is not None
    assert case.national_id_index is not None
    return case.unit_id, case.national_id_index


def decide(viewer: Viewer, case: Registration, verdict: Verdict) -> Registration:
    """Approve, send back or reject: one outcome, one mail.

    Raises `Conflict` when somebody was first or the case changed, `Refusal` for a verdict that says too little. The
    authority is asked again here, inside the transaction: a page opened before midnight does not carry it over.
    """
    case = registration.lock(case.id)  # the second reviewer waits here, before anything is made, and meets the outcome
    term = authority_over(viewer, case)
    deciding = units.get(term.unit_id)
    mail_text = check(case, verdict, deciding)
    actor = Actor("account", viewer.account_id, viewer.unit_id, term.appointment_id, viewer.name)
    account, named = None, []
    if verdict.outcome == Outcome.APPROVED:
        account = _grant(case, actor)
    if verdict.outcome == Outcome.RETURNED:
        named = check_named(verdict.to_correct, correctable_fields(case), correctable_documents(case))
    decided = registration.record_outcome(
        case.id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        seen_version=verdict.seen_version,
        decided_unit_id=term.unit_id,
        account_id=account.id if account else None,
        to_correct=named,
        decided_by_id=viewer.account_id,
        appointment_id=term.appointment_id,
        reason_code=verdict.reason_code,
        mail_text=mail_text,
    )
    reviewing.end(decided.id)
    record(
        "registration.decided",
        subject=("registration", decided.id),
        unit_id=decided.unit_id,
        actor=actor,
        subject_name=decided.name,
        registration_id=decided.id,
        outcome=verdict.outcome,
        reason_code=verdict.reason_code,
        version=verdict.seen_version,
        appointment_id=term.appointment_id,
    )
    _tell(decided, account, deciding, mail_text)
    return decided


def check(case: Registration, verdict: Verdict, deciding: Unit) -> str:
    """The text of the mail with its places filled. Raises `Refusal` for a verdict that says too little or too much."""
    reasons.check_reason(verdict.outcome, verdict.reason)
    reasons.check_code(verdict.outcome, verdict.reason_code)
    reasons.check_no_national_id(verdict.mail_text, "mail_text")
    unit_id, _index = _complete(case)
    named = full_name(units.get(unit_id)), full_name(deciding)
    return reasons.fill(
        verdict.mail_text,
        {
            "name": case.name,
            "reference": case.reference,
            "unit": named[0],
            "office": named[1],
        },
    )


def faults(case: Registration, verdict: Verdict) -> list[Refusal]:
    """Everything for which `decide` would refuse what was said; the case and the authority are its own affair."""
    found = reasons.faults(verdict.outcome, verdict.reason, verdict.reason_code, verdict.mail_text)
    if verdict.outcome == Outcome.RETURNED:
        open_to = correctable_fields(case), correctable_documents(case)
        found += reasons.refusals(lambda: check_named(verdict.to_correct, *open_to))
    return found


def preview(authority: Term, case: Registration, verdict: Verdict) -> tuple[str, str]:
    """Subject and body of the mail that this verdict would send under an authority; nothing changes. Raises as `decide`
    does."""
    rules.check_waiting(State(case.state))
    deciding = units.get(authority.unit_id)
    values = _values(case, deciding, check(case, verdict, deciding)) | {
        "case": SimpleNamespace(**_told(case), outcome_reason=verdict.reason),
        "link": absolute("portal.front"),
    }
    mail = _mail(case, verdict.outcome)
    if verdict.outcome == Outcome.RETURNED:
        named = check_named(verdict.to_correct, correctable_fields(case), correctable_documents(case))
        values |= _named(named) | {"ends_at": clock.now() + expiry.patience()}
    return render(f"approval/mail/{mail}", values)


def reopen(viewer: Viewer, case: Registration, reason: str, seen_version: int) -> Registration:
    """Take a rejected request up again: it waits anew, as a new version; the applicant is told.

    Raises `Conflict` for one that is not rejected, `Refusal` without a reason.
    """
    case = registration.lock(case.id)
    term = authority_over(viewer, case)
    reasons.check_reason(Outcome.REJECTED, reason)
    reopened = registration.reopen(case.id, reason, seen_version)
    actor = Actor("account", viewer.account_id, viewer.unit_id, term.appointment_id, viewer.name)
    record(
        "registration.reopened",
        subject=("registration", case.id),
        unit_id=case.unit_id,
        actor=actor,
        subject_name=case.name,
        registration_id=case.id,
        reason=reason,
        appointment_id=term.appointment_id,
    )
    values = {
        **_values(reopened, units.get(term.unit_id), ""),
        "reason": reason,
        "link": applicant_access.status_link(reopened),
    }
    queue("approval/mail/reopened", reopened.email, values, ("registration", reopened.id))
    return reopened


def correctable_fields(case: Registration) -> frozenset[Field]:
    """The answers that the reviewer may send back: not those that ThaID or the account vouches for."""
    return correctable(Purpose(case.purpose), proven=case.is_known)


def correctable_documents(case: Registration) -> list[int]:
    """The documents that they may ask to be replaced."""
    return [document.id for document in attached_documents.documents(case.id)]


def _grant(case: Registration, actor: Actor) -> Account:
    """What an approval gives: an account where there is none yet, a posting, the roles asked for."""
    unit_id, _index = _complete(case)
    unit = units.require_open(unit_id, clock.today())
    account = accounts.get(case.applicant_id) if case.applicant_id else _open_account(case, actor)
    posting = _posting(case, account, unit.id, actor)
    # What its system no longer offers is not on the reviewer's page either; it must not hold up the rest.
    offered = {role.id for role in clients.roles_for(unit.kind)}
    for role_id in sorted(registration.requested_role_ids(case.id) & offered):
        clients.assign(posting.id, role_id, granted_by=actor)
    return account


def _open_account(case: Registration, actor: Actor) -> Account:
    _unit_id, index = _complete(case)
    assert case.national_id_sealed is not None  # destroyed only when there is nothing left to decide
    person = Person(case.title, case.given_name, case.family_name, "", case.email, case.phone)
    return accounts.open_from_sealed(
        person,
        case.national_id_sealed,
        index,
        origin=case.reference,
        proof=Proof(case.proof),
        proven_at=case.proven_at,
        email_proven_at=case.email_proven_at,
        actor=actor,
    )


def _posting(case: Registration, account: Account, unit_id: int, actor: Actor) -> Posting:
    """The posting that the roles hang on: the one in force in that unit, else a new one; who moved leaves the old."""
    today = clock.today()
    held = {posting.id: posting for posting in accounts.postings(account.id, today)}
    here = next((posting for posting in held.values() if posting.unit_id == unit_id), None)
    if case.purpose == Purpose.ROLES and case.posting_id not in held:
        raise Conflict(
            N_("สังกัดของผู้ขอในหน่วยงานนี้สิ้นสุดแล้ว จึงเพิ่มสิทธิ์ให้ไม่ได้"),
            next_step=N_("โปรดส่งกลับหรือไม่อนุมัติคำขอนี้ พร้อมบอกเหตุผล"),
        )
    if case.purpose == Purpose.MOVE and case.posting_id in held and held[case.posting_id].unit_id != unit_id:
        accounts.end_posting(held[case.posting_id], today - timedelta(days=1), actor)
    return here or accounts.begin_posting(account, unit_id, case.position, today, actor)


def _values(case: Registration, deciding: Unit, mail_text: str) -> dict[str, Any]:
    unit = units.get(_complete(case)[0])
    return {"case": case, "unit": unit, "decided_by": deciding, "mail_text": mail_text}


def _told(case: Registration) -> dict[str, str]:
    """What a mail tells of a case."""
    return {name: getattr(case, name) for name in ("reference", "title", "given_name", "family_name", "name")}


def _named(to_correct: list[str]) -> dict[str, list[str]]:
    found = {}
    for language in ("th", "en"):
        with force_locale(language):
            found[f"to_correct_{language}"] = summary.named(to_correct)
    return found


def _mail(case: Registration, outcome: str) -> str:
    """The mail that tells an outcome."""
    if outcome != Outcome.APPROVED:
        return outcome.lower()
    return "granted" if case.applicant_id else "approved_thaid" if case.is_proven else "approved"


def _tell(case: Registration, account: Account | None, deciding: Unit, mail_text: str) -> None:
    values, mail = _values(case, deciding, mail_text), _mail(case, case.state)
    if mail == "granted":
        values["link"] = absolute("portal.home")
    elif mail == "approved_thaid":  # no secret: who was proven by ThaID comes in by ThaID
        values["link"] = absolute("signin.start")
    elif account:
        values["link"] = absolute("signin.activate", secret=begin_activation(account.id))
    elif case.state == State.RETURNED:
        values |= {
            "link": applicant_access.status_link(case),
            "ends_at": expiry.closes_at(case),
            **_named(case.to_correct),
        }
    queue(f"approval/mail/{mail}", case.email, values, ("registration", case.id))
