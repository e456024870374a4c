"""The provider, as seen by a connected system: standard OpenID Connect in explicit steps.

Written to be read, and to be ported: every step says what it sends, what it compares and why. Nothing here knows INFO.
"""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from flask import Flask, current_app

from relying_party_example import outbound

SCOPE = "openid profile email unit roles"
CACHE_SECONDS = 600
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY_SECONDS = 30  # clocks of two machines differ


class ProviderError(Exception):
    """The provider answered, but not with what the protocol promises."""


@dataclass
class Provider:
    """One issuer and our credentials there. Holds nothing but two cached public documents."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    _documents: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        """The discovery document (OpenID Connect Discovery 1.0, section 4)."""
        found = self._document(f"{self.issuer}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:  # section 4.3: else a stranger could speak for our provider
            raise ProviderError("the discovery document names another issuer")
        return found

    def authorization_url(self, state: str, nonce: str, code_verifier: str) -> str:
        """Where the browser goes to sign in: code flow with S256 PKCE (RFC 7636, section 4.2)."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest())
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.metadata()['authorization_endpoint']}?{urlencode(query)}"

    def redeem_code(self, code: str, code_verifier: str) -> dict[str, Any]:
        """Exchange the code for tokens; the secret travels as client_secret_basic (RFC 6749, section 2.3.1)."""
        response = outbound.call(
            "POST",
            self.metadata()["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect_uri,
                "code_verifier": code_verifier,
            },
            auth=(quote(self.client_id, safe=""), quote(self.client_secret, safe="")),
        )
        if response.status_code == 400:  # an old, used or foreign code
            raise ProviderError("the provider does not accept the code")
        tokens = outbound.json_of(response)
        if str(tokens.get("token_type")).lower() != "bearer" or not tokens.get("id_token"):
            raise ProviderError("the token answer holds no ID token")
        return tokens

    def verify_id_token(self, id_token: str, nonce: str) -> dict[str, Any]:
        """Check the ID token (OpenID Connect Core 1.0, section 3.1.3.7) and return its claims."""
        try:
            key = self._signing_key(jwt.get_unverified_header(id_token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=["RS256"],  # fixed here: the token's own header must not choose, nor say "none"
                issuer=self.issuer,
                audience=self.client_id,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise ProviderError("the ID token is not valid") from error
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise ProviderError("the ID token was made for another sign-in")
        if claims["aud"] != self.client_id and claims.get("azp") != self.client_id:
            raise ProviderError("the ID token was made for another system as well")
        return claims

    def verify_logout_token(self, logout_token: str) -> tuple[str | None, str | None]:
        """Check a logout token (Back-Channel Logout 1.0, section 2.6) and return its `sub` and `sid`.

        That it was seen before needs no memory: ending a session twice does no harm.
        """
        try:
            key = self._signing_key(jwt.get_unverified_header(logout_token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                logout_token,
                key,
                algorithms=["RS256"],
                issuer=self.issuer,
                audience=self.client_id,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "iat", "exp", "jti", "events"]},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise ProviderError("the logout token is not valid") from error
        events = claims["events"]
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise ProviderError("the token tells of no logout")
        if "nonce" in claims:  # it would be an ID token that somebody sends here
            raise ProviderError("a logout token has no nonce")
        sub, sid = claims.get("sub"), claims.get("sid")
        if not (isinstance(sub, str) or isinstance(sid, str)):
            raise ProviderError("the logout token names nobody")
        return sub, sid

    def userinfo(self, access_token: str, sub: str) -> dict[str, Any]:
        """Who it is. `sub` must be that of the ID token (section 5.3.2), else tokens were mixed up."""
        response = outbound.call(
            "GET",
            self.metadata()["userinfo_endpoint"],
            headers={"Authorization": f"Bearer {access_token}"},
        )
        claims = outbound.json_of(response)
        if claims.get("sub") != sub:
            raise ProviderError("UserInfo speaks of another person")
        return claims

    def end_session_url(self, id_token: str, return_to: str) -> str | None:
        """Where the browser goes to sign out everywhere (RP-Initiated Logout 1.0), if the provider offers it."""
        endpoint = self.metadata().get("end_session_endpoint")
        query = {
            "id_token_hint": id_token,
            "client_id": self.client_id,
            "post_logout_redirect_uri": return_to,
        }
        return f"{endpoint}?{urlencode(query)}" if endpoint else None

    def _signing_key(self, kid: str | None) -> jwt.PyJWK:
        url = self.metadata()["jwks_uri"]
        for fresh in (False, True):  # an unknown key may be a new one: look once more, then give up
            for key in jwt.PyJWKSet.from_dict(self._document(url, fresh=fresh)).keys:
                if kid is not None and key.key_id == kid:
                    return key
        raise ProviderError("the ID token is signed with a key that the provider does not publish")

    def _document(self, url: str, *, fresh: bool = False) -> dict[str, Any]:
        fetched_at, document = self._documents.get(url, (0.0, {}))
        if fresh or not document or time.monotonic() - fetched_at > CACHE_SECONDS:
            document = outbound.json_of(outbound.call("GET", url))
            self._documents[url] = (time.monotonic(), document)
        return document


def begin(app: Flask) -> None:
    """One provider for the application, made from its settings."""
    settings = app.config["SETTINGS"]
    app.extensions["provider"] = Provider(
        issuer=settings.issuer,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        redirect_uri=f"{settings.base_url}/signin/callback",
    )


def current() -> Provider:
    """The running application's provider."""
    found: Provider = current_app.extensions["provider"]
    return found
