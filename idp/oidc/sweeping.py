"""Removing what has long been dead, a small batch at a time, so that no sweep holds up a sign-in."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from idp import clock
from idp.database import db
from idp.oidc.models import AuthorizationGrant, LogoutDelivery, Token, UsedAssertion
from idp.web.application import settings

BATCH = 1000
# An expired token is kept for a while, so that its late reuse is still recognised as such.
TOKENS_KEPT = timedelta(days=7)


def sweep() -> int:
    """Delete tokens that expired a week ago, used assertions that expired, and authorizations without tokens and
    logouts told past the retention of traffic records. Returns how many rows went."""
    now = clock.now()
    old_tokens = select(Token.id).where(Token.expires_at < now - TOKENS_KEPT).limit(BATCH)
    has_tokens = select(Token.id).where(Token.grant_id == AuthorizationGrant.id).exists()
    old_grants = (
        select(AuthorizationGrant.id)
        .where(AuthorizationGrant.issued_at < now - timedelta(days=settings().retention_days), ~has_tokens)
        .limit(BATCH)
    )
    old_deliveries = (
        select(LogoutDelivery.id)
        .where(LogoutDelivery.done_at < now - timedelta(days=settings().retention_days))
        .limit(BATCH)
    )
    return (
        _delete(Token, list(db.session.scalars(old_tokens)))
        + _delete(AuthorizationGrant, list(db.session.scalars(old_grants)))
        + _delete(LogoutDelivery, list(db.session.scalars(old_deliveries)))
        + _forget_assertions(now)
    )


def _forget_assertions(now: datetime) -> int:
    over = select(UsedAssertion.digest).where(UsedAssertion.expires_at < now).limit(BATCH)
    digests = list(db.session.scalars(over))
    if digests:
        db.session.execute(delete(UsedAssertion).where(UsedAssertion.digest.in_(digests)))
    return len(digests)


def _delete(table: type[Token] | type[AuthorizationGrant] | type[LogoutDelivery], ids: list[int]) -> int:
    if ids:
        db.session.execute(delete(table).where(table.id.in_(ids)))
    return len(ids)
