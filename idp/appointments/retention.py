"""The letters that carry no appointment are destroyed, as the papers of registrations are.

A refusal may be appealed (Administrative Procedure Act B.E. 2539, section 44), so its letter is kept for
`IDP_EVIDENCE_DAYS`, and as long are those that another replaced before the decision, whichever it was; what was taken
back has no decision to appeal and goes at once. A letter that carries an appointment stays as long as that authority is
to be proven.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select

from idp.appointments.models import AppointmentRequest
from idp.appointments.rules import State
from idp.audit.rules import WORKER
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence
from idp.evidence.rules import set_aside_of
from thai_web import clock

OWNER = "appointment-request:"
_OWN = literal(OWNER) + cast(AppointmentRequest.id, String)
_REPLACED = _OWN + set_aside_of("")


def owner(request_id: int) -> str:
    """Under which name the vault keeps the letter of a request."""
    return f"{OWNER}{request_id}"


def destroy_due(batch: int = 100) -> int:
    """Destroy what is due. Returns of how many requests."""
    due = or_(_due(clock.today()), and_(AppointmentRequest.state == State.WITHDRAWN, _has_letter(_OWN, _REPLACED)))
    found = select(AppointmentRequest).where(due).order_by(AppointmentRequest.id).limit(batch)
    requests = list(db.session.scalars(found.with_for_update(skip_locked=True)))
    for request in requests:
        own = owner(request.id)
        for each in (set_aside_of(own),) if request.state == State.APPROVED else (own, set_aside_of(own)):
            for letter in evidence.owned_by(each):
                evidence.discard(letter.id, WORKER)
    return len(requests)


def faults() -> list[str]:
    """What an operator must mend, in plain words."""
    overdue = _due(clock.today() - timedelta(days=1))
    late = db.session.scalar(select(func.count(AppointmentRequest.id)).where(overdue))
    told = f"documents: the letters of {late} decided requests are overdue to be destroyed; is `idp work` running?"
    return [told] if late else []


def _due(day: date) -> ColumnElement[bool]:
    """Decided so long ago that nobody can appeal any more: of a refused request every letter goes, of an approved one
    those that were replaced on the way."""
    is_refused, is_approved = (AppointmentRequest.state == each for each in (State.REFUSED, State.APPROVED))
    return and_(
        AppointmentRequest.decided_at < evidence.kept_since(day),
        or_(and_(is_refused, _has_letter(_OWN, _REPLACED)), and_(is_approved, _has_letter(_REPLACED))),
    )


def _has_letter(*owners: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(Evidence.owner.in_(owners), Evidence.discarded_at.is_(None))
