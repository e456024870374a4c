"""Removing what has long been dead, a small batch at a time, so that no sweep holds up a sign-in."""

from datetime import timedelta

from sqlalchemy import delete, select

from idp import clock
from idp.database import db
from idp.oidc.models import AuthorizationGrant, Token
from idp.web.application import settings

BATCH = 1000
# An expired token is kept for a while, so that its late reuse is still recognised as such.
TOKENS_KEPT = timedelta(days=7)


def sweep() -> int:
    """Delete tokens that expired a week ago, and authorizations without tokens past the retention of traffic records.
    Returns how many rows went."""
    now = clock.now()
    old_tokens = select(Token.id).where(Token.expires_at < now - TOKENS_KEPT).limit(BATCH)
    has_tokens = select(Token.id).where(Token.grant_id == AuthorizationGrant.id).exists()
    old_grants = (
        select(AuthorizationGrant.id)
        .where(AuthorizationGrant.issued_at < now - timedelta(days=settings().retention_days), ~has_tokens)
        .limit(BATCH)
    )
    return _delete(Token, list(db.session.scalars(old_tokens))) + _delete(
        AuthorizationGrant, list(db.session.scalars(old_grants))
    )


def _delete(table: type[Token] | type[AuthorizationGrant], ids: list[int]) -> int:
    if ids:
        db.session.execute(delete(table).where(table.id.in_(ids)))
    return len(ids)
