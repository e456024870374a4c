"""Access and refresh tokens: how they are made, and the rows in which their digests are kept."""

from typing import NotRequired, TypedDict

from idp.oidc.rules import ACCESS_LIFETIME, POSTING_CLAIMS, REFRESH_LIFETIME, TELLS_NO_POSTING, scopes_of
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import Grant
from idp.secrets_at_rest import digest, new_secret
from thai_web import clock


class TokenResponse(TypedDict):
    """What the token endpoint says (RFC 6749, section 5.1)."""

    token_type: str
    access_token: str
    expires_in: int
    scope: NotRequired[str]
    refresh_token: NotRequired[str]


def make_tokens(
    *, client: RegisteredClient, user: Grant, scope: str, grant_type: str = "", **_unused: object
) -> TokenResponse:
    """Opaque random tokens: nothing to forge, nothing to read, and gone as soon as the database says so.

    What a refresh narrows is its access token; the refresh token keeps what was granted (RFC 6749, section 6).
    """
    allowed = client.get_allowed_scope(scope)
    tells_posting = POSTING_CLAIMS & (scopes_of(allowed) | user.claims.userinfo)
    token: TokenResponse = {
        "token_type": "Bearer",
        "access_token": f"{'' if tells_posting else TELLS_NO_POSTING}{new_secret()}",
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "scope": allowed,
    }
    if grant_type == "refresh_token" or "offline_access" in scopes_of(allowed):
        token["refresh_token"] = new_secret()
    return token


def rows_of(token: TokenResponse, grant: Grant, replaces: int | None) -> list[dict[str, object]]:
    """What is stored of a token response; `replaces`, the refresh token that brought it."""
    now = clock.now()
    kinds = (
        ("access", token["access_token"], now + ACCESS_LIFETIME, token["scope"], None),
        ("refresh", token.get("refresh_token"), min(now + REFRESH_LIFETIME, grant.ends_at()), grant.scope, replaces),
    )
    return [
        {
            "digest": digest(secret),
            "kind": kind,
            "grant_id": grant.id,
            "scope": scope,
            "replaces": before,
            "issued_at": now,
            "expires_at": expires_at,
        }
        for kind, secret, expires_at, scope, before in kinds
        if secret is not None
    ]
