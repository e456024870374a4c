"""Ending sessions that nobody ended: those that ran out, those of accounts that were stopped, and those that act in a
posting which is over."""

from datetime import datetime

from sqlalchemy import or_, select

from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Status
from idp.database import db
from idp.signin import operations
from idp.signin.models import SignInSession
from thai_web import clock


def end_what_is_over(batch: int = 500) -> int:
    """Mark them as ended, which others read from; they let nobody in already. Returns how many."""
    now = clock.now()
    idle_since = now - operations.lifetimes().idle
    over = or_(
        SignInSession.expires_at <= now,
        SignInSession.last_seen_at <= idle_since,
        Account.status != Status.ACTIVE,
        Account.tokens_not_before > SignInSession.auth_time,
        Posting.id.is_not(None) & ~accounts.in_force(clock.today()),
    )
    statement = (
        select(SignInSession, Account)
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(Posting, Posting.id == SignInSession.posting_id)
        .where(SignInSession.ended_at.is_(None), over)
        .limit(batch)
        .with_for_update(of=SignInSession, skip_locked=True)
    )
    ended = list(db.session.execute(statement))
    for session, account in ended:
        session.ended_at, session.end_reason = now, _reason(session, account, now, idle_since)
    return len(ended)


def _reason(session: SignInSession, account: Account, now: datetime, idle_since: datetime) -> str:
    if session.expires_at <= now or session.last_seen_at <= idle_since:
        return "expired"
    if account.status != Status.ACTIVE or account.tokens_not_before > session.auth_time:
        return "account_stopped"
    return "posting_over"
