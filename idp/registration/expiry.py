"""What was sent back and is not corrected does not wait for ever: told beforehand, then closed."""

from datetime import datetime, timedelta

from sqlalchemy import select

from idp.audit.operations import record
from idp.audit.rules import WORKER
from idp.database import db
from idp.notifications.operations import queue
from idp.registration.fields import Purpose
from idp.registration.models import Registration
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
