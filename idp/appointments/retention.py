"""The letters of requests that led to no appointment are destroyed, as the papers of registrations are.

A refusal may be appealed (Administrative Procedure Act B.E. 2539, section 44), so its letter is kept for
`IDP_EVIDENCE_DAYS`; what was taken back has no decision to appeal and goes at once. A letter that carries an
appointment stays as long as that authority is to be proven.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from idp import clock
from idp.appointments.models import AppointmentRequest
from idp.appointments.rules import State
from idp.audit.rules import WORKER
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence
from idp.evidence.rules import set_aside_of


def owner(request_id: int) -> str:
    """Under which name the vault keeps the letter of a request."""
    return f"appointment-request:{request_id}"


def destroy_due(batch: int = 100) -> int:
    """Destroy what is due, the letters that were replaced on the way included. Returns of how many requests."""
    ended = or_(_refused_before(clock.today()), AppointmentRequest.state == State.WITHDRAWN)
    found = select(AppointmentRequest.id).where(ended, _has_letter()).order_by(AppointmentRequest.id).limit(batch)
    requests = list(db.session.scalars(found.with_for_update(skip_locked=True)))
    for request_id in requests:
        for each in (owner(request_id), set_aside_of(owner(request_id))):
            for letter in evidence.owned_by(each):
                evidence.discard(letter.id, WORKER)
    return len(requests)


def faults() -> list[str]:
    """What an operator must mend, in plain words."""
    overdue = (_refused_before(clock.today() - timedelta(days=1)), _has_letter())
    late = db.session.scalar(select(func.count(AppointmentRequest.id)).where(*overdue))
    told = f"documents: the letters of {late} refused requests are overdue to be destroyed; is `idp work` running?"
    return [told] if late else []


def _refused_before(day: date) -> ColumnElement[bool]:
    """So long ago that nobody can appeal any more."""
    kept_since = evidence.kept_since(day)
    return and_(AppointmentRequest.state == State.REFUSED, AppointmentRequest.decided_at < kept_since)


def _has_letter() -> ColumnElement[bool]:
    return exists().where(Evidence.id == AppointmentRequest.evidence_id, Evidence.discarded_at.is_(None))
