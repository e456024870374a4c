"""Mails to an applicant who may have forgotten: before a draft is deleted, while a correction is awaited, and before
a request that nobody corrects is closed.

What was sent stands in the outbox; nothing else keeps count.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, select

from idp.database import db
from idp.notifications.operations import has_been_queued, queue, was_queued
from idp.registration import applicant_access, expiry
from idp.registration.models import Registration
from idp.registration.rules import State
from thai_web import clock

BEFORE_DELETION = timedelta(days=3)
AFTER_RETURN = timedelta(days=5)
BEFORE_CLOSING = timedelta(days=7)
DRAFT_ENDS = "registration/mail/draft_ends"
CORRECTION_WAITS = "registration/mail/correction_waits"


def remind(batch: int = 100) -> int:
    """Queue what is due, each once. Returns how many."""
    return _remind_of_drafts(batch) + _remind_of_corrections(batch)


def _remind_of_drafts(batch: int) -> int:
    now, sent = clock.now(), 0
    ending = (Registration.state == State.DRAFT) & (Registration.expires_at.between(now, now + BEFORE_DELETION))
    for draft in _due(ending, DRAFT_ENDS, Registration.updated_at, batch):
        if has_been_queued(DRAFT_ENDS, "registration", draft.id, draft.updated_at):
            continue
        values = {"case": draft, "ends_at": draft.expires_at, "link": applicant_access.status_link(draft)}
        queue(DRAFT_ENDS, draft.email, values, ("registration", draft.id))
        sent += 1
    return sent


def _remind_of_corrections(batch: int) -> int:
    """Some days after the return, and again some days before the end."""
    now, sent = clock.now(), 0
    returned, lately = Registration.state == State.RETURNED, now - 2 * BEFORE_CLOSING
    waits = _due(
        returned & (Registration.decided_at < now - AFTER_RETURN), CORRECTION_WAITS, Registration.decided_at, batch
    )
    ends = _due(
        returned & (Registration.updated_at < now - expiry.patience() + BEFORE_CLOSING), CORRECTION_WAITS, lately, batch
    )
    for case, since in [*((each, each.decided_at) for each in waits), *((each, lately) for each in ends)]:
        assert since is not None
        if has_been_queued(CORRECTION_WAITS, "registration", case.id, since):
            continue
        values = {"case": case, "ends_at": expiry.closes_at(case), "link": applicant_access.status_link(case)}
        queue(CORRECTION_WAITS, case.email, values, ("registration", case.id))
        sent += 1
    return sent


def _due(
    which: ColumnElement[bool],
    template: str,
    since: SQLColumnExpression[datetime | None] | datetime,
    batch: int,
) -> list[Registration]:
    """Locked, so that of two workers one sends; those reminded of since the moment `since` are left out."""
    not_yet = ~was_queued(template, "registration", Registration.id, since)
    proven = Registration.email_proven_at.is_not(None)  # a mistyped address belongs to somebody else
    statement = select(Registration).where(which, proven, not_yet).order_by(Registration.id).limit(batch)
    return list(db.session.scalars(statement.with_for_update(of=Registration, skip_locked=True)))
