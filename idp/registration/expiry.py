"""What nobody goes on with does not wait for ever: what was sent back and is not corrected is closed, after being told
beforehand; what was never sent is deleted."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from idp.audit.operations import record
from idp.audit.rules import WORKER
from idp.database import db
from idp.evidence import operations as evidence
from idp.notifications.operations import forget, queue
from idp.registration import attached_documents
from idp.registration.fields import Purpose
from idp.registration.models import HolderSecret, Registration, RegistrationRole
from idp.registration.operations import move
from idp.registration.rules import Action, State
from idp.web.application import settings
from idp.web.links import absolute
from thai_web import clock

LAPSED = "registration/mail/lapsed"


def patience() -> timedelta:
    """How long a correction is waited for; each change of an answer begins it anew."""
    return timedelta(days=settings().returned_days)


def closes_at(registration: Registration) -> datetime | None:
    """On which day in Bangkok a request that was sent back can still be corrected; None for any other."""
    return registration.updated_at + patience() if registration.state == State.RETURNED else None


def close_uncorrected(batch: int = 100) -> int:
    """Close what nobody corrected in time, with a mail that says how to ask anew. Returns how many."""
    over = (Registration.state == State.RETURNED) & (
        Registration.updated_at < clock.start_of_day(clock.today() - patience())
    )
    statement = select(Registration).where(over).order_by(Registration.id).limit(batch)
    cases = list(db.session.scalars(statement.with_for_update(skip_locked=True)))
    for case in cases:
        move(case, Action.LAPSE)
        case.decided_at, case.outcome_reason = None, ""  # its version keeps both
        record(
            "registration.lapsed",
            subject=("registration", case.id),
            unit_id=case.unit_id,
            actor=WORKER,
            subject_name=case.name,
            registration_id=case.id,
        )
        again = "registration.start" if case.purpose == Purpose.NEW else "registration.further"
        values = {"case": case, "days": patience().days, "link": absolute(again)}
        queue(LAPSED, case.email, values, ("registration", case.id))
    return len(cases)


def sweep_drafts(batch: int = 100) -> int:
    """Delete drafts that nobody touched for two weeks, with their documents, and secrets that are over.

    Pages and mails name the day after which a draft goes: it may be sent until that day ends in Bangkok.
    """
    now, today = clock.now(), clock.start_of_day(clock.today())
    over = select(Registration).where(Registration.expires_at < today).limit(batch).with_for_update(skip_locked=True)
    drafts = list(db.session.scalars(over))
    for draft in drafts:
        for document in attached_documents.documents(draft.id):
            evidence.discard(document.id, WORKER)
        for table in (RegistrationRole, HolderSecret):
            db.session.execute(delete(table).where(table.registration_id == draft.id))
        forget("registration", draft.id)
        db.session.delete(draft)
    db.session.execute(delete(HolderSecret).where(HolderSecret.expires_at < now))
    return len(drafts)
