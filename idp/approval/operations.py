"""Opening a case and deciding it."""

from dataclasses import dataclass
from typing import Any

from idp import clock
from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Person, Proof
from idp.appointments.rules import Term
from idp.approval import rules
from idp.approval.rules import Outcome
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.clients import operations as clients
from idp.notifications.operations import queue
from idp.refusal import Forbidden
from idp.registration import operations as registration
from idp.registration.models import Registration
from idp.signin import operations as signin
from idp.units import operations as units
from idp.units.models import Unit
from idp.web.links import absolute


@dataclass(frozen=True)
class Verdict:
    """What the reviewer decided, on which version of the case."""

    outcome: Outcome
    reason: str
    seen_version: int


def authority_over(viewer: Viewer, case: Registration) -> Term:
    """The appointment under which the viewer decides this case. Raises `Forbidden`; the attempt is recorded."""
    _unit_id, _sealed, national_id = _complete(case)
    try:
        rules.check_not_own(accounts.get(viewer.account_id).national_id_index, national_id)
        return rules.authority(registration.deciders(case), viewer.account_id)
    except Forbidden as refusal:
        refusal.audit = "refused.decision"
        refusal.facts = {"registration_id": str(case.id), "why": refusal.code}
        raise


def _complete(case: Registration) -> tuple[int, bytes, bytes]:
    """Unit, sealed national ID and its index, which every registration that was sent has."""
    assert case.unit_id is not None
    assert case.national_id_sealed is not None
    assert case.national_id_index is not None
    return case.unit_id, case.national_id_sealed, case.national_id_index


def decide(viewer: Viewer, case: Registration, verdict: Verdict) -> Registration:
    """Approve or reject: one outcome, one mail. Raises `Conflict` when somebody was first or the case changed.

    The authority is asked again here, inside the transaction: a page opened before midnight does not carry it over.
    """
    registration.lock(case.id)  # the second reviewer waits here, before anything is made, and then meets the outcome
    term = authority_over(viewer, case)
    rules.check_reason(verdict.outcome, verdict.reason)
    actor = Actor("account", viewer.account_id, viewer.unit_id, term.appointment_id, viewer.name)
    account = _open_account(case, actor) if verdict.outcome == Outcome.APPROVED else None
    decided = registration.record_outcome(
        case.id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        seen_version=verdict.seen_version,
        account_id=account.id if account else None,
    )
    record(
        "registration.decided", subject=("registration", decided.id), unit_id=decided.unit_id, actor=actor,
        subject_name=f"{decided.given_name} {decided.family_name}", registration_id=decided.id,
        outcome=verdict.outcome, version=verdict.seen_version, appointment_id=term.appointment_id,
    )  # fmt: skip
    _tell(decided, account, units.get(term.unit_id))
    return decided


def _open_account(case: Registration, actor: Actor) -> Account:
    unit_id, sealed, index = _complete(case)
    unit = units.require_open(unit_id, clock.today())
    person = Person(case.title, case.given_name, case.family_name, "", case.email, case.phone)
    account = accounts.open_from_sealed(
        person,
        sealed,
        index,
        origin=case.reference,
        proof=Proof(case.proof),
        email_proven_at=case.email_proven_at,
        actor=actor,
    )
    posting = accounts.begin_posting(account, unit.id, case.position, clock.today(), actor)
    # What its system no longer offers is not on the reviewer's page either; it must not hold up the rest.
    offered = {role.id for role in clients.roles_for(unit.kind)}
    for role_id in sorted(registration.requested_role_ids(case.id) & offered):
        clients.assign(posting.id, role_id, granted_by=actor)
    return account


def _tell(case: Registration, account: Account | None, deciding: Unit) -> None:
    values: dict[str, Any] = {"case": case, "unit": units.get(_complete(case)[0]), "decided_by": deciding}
    if account:
        secret = signin.begin_activation(account.id)
        values["link"] = absolute("signin.activate", secret=secret)
    queue(f"approval/mail/{case.state.lower()}", case.email, values, ("registration", case.id))
