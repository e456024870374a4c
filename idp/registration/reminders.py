"""Mails to an applicant who may have forgotten: before a draft is deleted, and while a correction is awaited.

What was sent stands in the outbox; nothing else keeps count.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, select

from idp import clock
from idp.database import db
from idp.notifications.operations import has_been_queued, queue, was_queued
from idp.registration import holder
from idp.registration.models import Registration
from idp.registration.rules import State

BEFORE_DELETION = timedelta(days=3)
AFTER_RETURN = timedelta(days=5)
DRAFT_ENDS = "registration/mail/draft_ends"
CORRECTION_WAITS = "registration/mail/correction_waits"


def remind(batch: int = 100) -> int:
    """Queue what is due, each once. Returns how many."""
    now = clock.now()
    sent = 0
    proven = Registration.email_proven_at.is_not(None)  # a mistyped address belongs to somebody else
    ending = (Registration.state == State.DRAFT) & (Registration.expires_at.between(now, now + BEFORE_DELETION))
    for draft in _due(ending & proven, DRAFT_ENDS, Registration.updated_at, batch):
        if has_been_queued(DRAFT_ENDS, "registration", draft.id, draft.updated_at):
            continue
        values = {"case": draft, "ends_at": draft.expires_at, "link": holder.status_link(draft)}
        queue(DRAFT_ENDS, draft.email, values, ("registration", draft.id))
        sent += 1
    waiting = (Registration.state == State.RETURNED) & (Registration.decided_at < now - AFTER_RETURN)
    for returned in _due(waiting & proven, CORRECTION_WAITS, Registration.decided_at, batch):
        assert returned.decided_at is not None
        if has_been_queued(CORRECTION_WAITS, "registration", returned.id, returned.decided_at):
            continue
        values = {"case": returned, "link": holder.status_link(returned)}
        queue(CORRECTION_WAITS, returned.email, values, ("registration", returned.id))
        sent += 1
    return sent


def _due(
    which: ColumnElement[bool],
    template: str,
    since: SQLColumnExpression[Any],
    batch: int,
) -> list[Registration]:
    """Locked, so that of two workers one sends; those reminded of since the moment `since` are left out."""
    not_yet = ~was_queued(template, "registration", Registration.id, since)
    statement = select(Registration).where(which, not_yet).order_by(Registration.id).limit(batch)
    return list(db.session.scalars(statement.with_for_update(of=Registration, skip_locked=True)))
