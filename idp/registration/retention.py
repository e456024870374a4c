"""What a request showed is destroyed when the request is over: its documents, and the national ID sealed with it.

A decision may be appealed within 15 days of being told (Administrative Procedure Act B.E. 2539, section 44), so what it
rests on is kept for `IDP_EVIDENCE_DAYS`, and then destroyed (Personal Data Protection Act B.E. 2562, section 37 (3)).
What was withdrawn, or closed because nobody corrected it, has no decision to appeal and is destroyed at once. Letters
of appointments are the business of `appointments.retention`.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from idp.audit.operations import record
from idp.audit.rules import WORKER
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.rules import set_aside_of
from idp.registration import rules
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.web.application import settings
from thai_web import clock

LATE = timedelta(days=1)


def kept_until(registration: Registration) -> datetime | None:
    """After which day the papers of a decided request are destroyed; None while they are needed, and when gone."""
    if registration.state not in rules.DECIDED or registration.evidence_destroyed_at is not None:
        return None
    return registration.updated_at + timedelta(days=settings().evidence_days)


def destroy_due(batch: int = 100) -> int:
    """Destroy what is due, each request with an event. Returns how many requests."""
    found = select(Registration).where(_due(clock.now())).order_by(Registration.id).limit(batch)
    requests = list(db.session.scalars(found.with_for_update(skip_locked=True)))
    for request in requests:
        documents = [each for owner in _owners(request.id) for each in evidence.owned_by(owner)]
        for document in documents:
            evidence.discard(document.id, WORKER)
        request.national_id_sealed, request.evidence_destroyed_at = None, clock.now()
        record(
            "registration.evidence_destroyed",
            subject=("registration", request.id),
            unit_id=request.unit_id,
            actor=WORKER,
            subject_name=request.name,
            registration_id=request.id,
            documents=len(documents),
        )
    return len(requests)


def overdue() -> int:
    """How many requests still have what should have been destroyed a day ago or more."""
    return db.session.scalar(select(func.count()).where(_due(clock.now() - LATE))) or 0


def faults() -> list[str]:
    """What an operator must mend, in plain words."""
    late = overdue()
    told = f"documents: those of {late} ended requests are overdue to be destroyed; is `idp work` running?"
    return [told] if late else []


def _due(at: datetime) -> ColumnElement[bool]:
    decided = and_(
        Registration.state.in_(rules.DECIDED), Registration.updated_at < evidence.kept_since(clock.day_in_bangkok(at))
    )
    given_up = and_(Registration.state.in_((State.WITHDRAWN, State.LAPSED)), Registration.updated_at <= at)
    return and_(Registration.evidence_destroyed_at.is_(None), or_(decided, given_up))


def _owners(registration_id: int) -> tuple[str, str]:
    """What is attached, and what was replaced after a reviewer had judged by it."""
    owner = rules.owner(registration_id)
    return owner, set_aside_of(owner)
