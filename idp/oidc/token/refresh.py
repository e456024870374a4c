"""Refresh tokens: each works once, one that comes again ends the grant, unless the reply was lost just now.

The rule, what it means for the grant's row, and the grant type of Authlib that applies it (RFC 6749, section 6;
RFC 9700, section 4.14.2).
"""

from datetime import datetime, timedelta
from enum import Enum

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from idp.clients.rules import AUTH_METHODS
from idp.oidc.store import statements
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import Grant, IssuedToken
from idp.oidc.token.issuing import TokenResponse, rows_of
from idp.oidc.token.replay import already_spent, revoke_replayed
from idp.secrets_at_rest import digest
from thai_web import clock

# A reply may be lost on the way: for so long the client may ask again with the refresh token that it just used.
REFRESH_GRACE = timedelta(seconds=30)


class Use(Enum):
    """What a refresh token's coming means."""

    FIRST = "first"
    REPEATED = "repeated"
    STOLEN = "stolen"


def use_of(token: int, replaces: int | None, rotated_by: int | None, rotated_at: datetime | None, now: datetime) -> Use:
    """What it means that a refresh token comes. A used one counts once more while nobody used what it brought, and not
    for long; at any other time it, or its successor, is in the wrong hands (RFC 9700, section 4.14.2).

    Arguments: `replaces`, the token that brought this one; `rotated_by` and `rotated_at`, the one used last.
    """
    if replaces == rotated_by:
        return Use.FIRST
    if token == rotated_by and rotated_at is not None and now - rotated_at < REFRESH_GRACE:
        return Use.REPEATED
    return Use.STOLEN


def use(token: IssuedToken) -> Use:
    """What it means that this refresh token comes now."""
    return use_of(token.id, token.replaces, token.grant.rotated_by, token.grant.rotated_at, clock.now())


class RefreshToken(RefreshTokenGrant):
    """The grant type."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)
    INCLUDE_NEW_REFRESH_TOKEN = True
    client: RegisteredClient

    def authenticate_refresh_token(self, refresh_token: str) -> IssuedToken | None:
        token = statements.token(digest(refresh_token))
        if token is None or token.kind != "refresh" or not token.check_client(self.client):
            return None
        if use(token) is Use.STOLEN:
            revoke_replayed(token.grant, "refresh_token")
            return None
        return token if token.is_alive() else None

    def authenticate_user(self, refresh_token: IssuedToken) -> Grant:
        return refresh_token.grant

    def revoke_old_credential(self, refresh_token: IssuedToken) -> None:
        """Nothing: `rotate` marks it as used in the transaction that stores the new tokens."""


def rotate(used: IssuedToken, used_digest: bytes, token: TokenResponse) -> None:
    """Store what a refresh brought. Of several at once one is first; the others find that and count as repeated.

    Raises Authlib's `InvalidGrantError`, and ends the grant, for one that was used before.
    """
    if _move_on(used, token):
        return
    found = statements.token(used_digest)
    if found is None or not found.is_alive() or use(found) is not Use.REPEATED or not _move_on(found, token):
        raise already_spent(used.grant, "refresh_token")


def _move_on(used: IssuedToken, token: TokenResponse) -> bool:
    """The grant's row says which token was used last. A repetition replaces what the lost reply brought, and does not
    prolong the grace."""
    grant, again = used.grant, used.id == used.grant.rotated_by
    before, at = (used.id, grant.rotated_at) if again else (used.replaces, clock.now())
    return statements.rotate(grant.id, before, used.id, at, rows_of(token, grant, used.id))
