"""Ending sessions that nobody ended: those that ran out, and those of accounts that were stopped."""

from datetime import datetime

from sqlalchemy import or_, select

from idp import clock
from idp.accounts.models import Account
from idp.accounts.rules import Status
from idp.database import db
from idp.signin import operations
from idp.signin.models import SignInSession


def end_what_is_over(batch: int = 500) -> int:
    """Mark them as ended, which others read from; they let nobody in already. Returns how many."""
    now = clock.now()
    idle_since = now - operations.lifetimes().idle
    over = or_(
        SignInSession.expires_at <= now,
        SignInSession.last_seen_at <= idle_since,
        Account.status != Status.ACTIVE,
        Account.tokens_not_before > SignInSession.auth_time,
    )
    statement = (
        select(SignInSession)
        .join(Account, Account.id == SignInSession.account_id)
        .where(SignInSession.ended_at.is_(None), over)
        .limit(batch)
        .with_for_update(of=SignInSession, skip_locked=True)
    )
    sessions = list(db.session.scalars(statement))
    for session in sessions:
        session.ended_at, session.end_reason = now, _reason(session, now, idle_since)
    return len(sessions)


def _reason(session: SignInSession, now: datetime, idle_since: datetime) -> str:
    return "expired" if session.expires_at <= now or session.last_seen_at <= idle_since else "account_stopped"
