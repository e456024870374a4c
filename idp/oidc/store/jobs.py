"""Removing what has long been dead, a small batch at a time, so that no sweep holds up a sign-in."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from idp.database import db
from idp.oidc.store.models import AuthorizationGrant, LogoutDelivery, PostedRequest, SystemToken, Token, UsedAssertion
from idp.web.application import settings
from thai_web import clock

BATCH = 1000
# An expired token is kept for a while, so that its late reuse is still recognised as such.
TOKENS_KEPT = timedelta(days=7)


def sweep() -> int:
    """Delete tokens that expired a week ago; systems' own tokens, used assertions and posted requests that expired; and
    authorizations without tokens and logouts told past the retention of traffic records. Returns how many rows went."""
    now = clock.now()
    retained = now - timedelta(days=settings().retention_days)
    has_tokens = select(Token.id).where(Token.grant_id == AuthorizationGrant.id).exists()
    return (
        _delete(Token.id, Token.expires_at < now - TOKENS_KEPT)
        + _delete(SystemToken.id, SystemToken.expires_at < now)
        + _delete(UsedAssertion.digest, UsedAssertion.expires_at < now)
        + _delete(PostedRequest.digest, PostedRequest.expires_at < now)
        + _delete(AuthorizationGrant.id, AuthorizationGrant.issued_at < retained, ~has_tokens)
        + _delete(LogoutDelivery.id, LogoutDelivery.done_at < retained)
    )


def _delete(key: InstrumentedAttribute[int] | InstrumentedAttribute[bytes], *which: ColumnElement[bool]) -> int:
    keys = list(db.session.scalars(select(key).where(*which).limit(BATCH)))
    if keys:
        db.session.execute(delete(key.class_).where(key.in_(keys)))
    return len(keys)
