"""ID tokens: what they say, how they are signed, and how one that comes back as a hint is read."""

from dataclasses import dataclass
from datetime import datetime

from authlib.oidc.core import OpenIDToken
from authlib.oidc.core.util import create_half_hash

from idp.oidc.claims import Claims, claims_for
from idp.oidc.protocol_request import ProtocolRequest
from idp.oidc.rules import ID_TOKEN_LIFETIME
from idp.oidc.store import statements
from idp.oidc.store.rows import Grant
from idp.oidc.token.issuing import TokenResponse
from idp.signing_keys.key_ring import KeyRing
from thai_web import clock


class IdToken(OpenIDToken):
    """Adds an ID token to a token response whose scope holds `openid`."""

    def __init__(self, issuer: str, ring: KeyRing) -> None:
        self._issuer, self._ring = issuer, ring

    def encode_id_token(self, token: TokenResponse, request: ProtocolRequest) -> str:
        """The signed token. A refreshed one carries no nonce: it answers no authentication request."""
        now = clock.now()
        came_from = request.authorization_code or request.refresh_token
        assert came_from is not None, "nothing else brings an ID token"
        grant = came_from if isinstance(came_from, Grant) else came_from.grant
        alg = request.client.id_token_signed_response_alg
        claims = contents(grant, self._issuer, request.client.client_id, now)
        claims["at_hash"] = create_half_hash(token["access_token"], alg).decode()
        if isinstance(came_from, Grant) and grant.nonce:
            claims["nonce"] = grant.nonce
        return self._ring.sign(claims, alg, now)


def contents(grant: Grant, issuer: str, audience: str, now: datetime) -> Claims:
    """The claims. `azp` is left out: there is one audience, and it is the system that asked (Core, section 2)."""
    named = grant.claims.id_token
    asked = claims_for(statements.person_of_grant(grant.id), (), named) if named else {}
    return {
        **asked,
        "iss": issuer,
        "sub": grant.subject,
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + ID_TOKEN_LIFETIME).timestamp()),
        "auth_time": int(grant.auth_time.timestamp()),
        "acr": grant.acr,
        "amr": list(grant.amr),
        "sid": grant.sid,
    }


@dataclass(frozen=True)
class Hint:
    """An ID token of ours that came back."""

    subject: str
    client_id: str
    sid: str | None


def read_hint(text: str, issuer: str, ring: KeyRing) -> Hint | None:
    """The hint, or nothing unless we signed it ourselves. It may have expired: it names somebody, it proves nothing.

    Neither a logout token nor a signed UserInfo answer passes for one: `at_hash` stands in ID tokens alone.
    """
    claims = ring.read(text, clock.now())
    if claims is None or claims.get("iss") != issuer or "at_hash" not in claims:
        return None
    sid = claims.get("sid")
    return Hint(str(claims.get("sub")), str(claims.get("aud")), sid if isinstance(sid, str) else None)
