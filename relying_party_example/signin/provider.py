"""The provider, as seen by a connected system: standard OpenID Connect in explicit steps.

Written to be read, and to be ported: every step says what it sends, what it compares and why. Nothing here knows INFO.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from flask import Flask, current_app

from relying_party_example import outbound
from relying_party_example.outbound import Answer
from thai_web import clock

# `offline_access` brings the refresh token by which INFO asks again before a decision, hours after the sign-in.
SCOPE = "openid profile email unit roles offline_access"
ALGORITHM = "RS256"  # as registered; a token's own header must not choose, nor say "none"
CACHED = timedelta(minutes=10)
BACK_OFF = timedelta(minutes=1)  # after an unknown key, which anybody may claim in a token of their own making
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY_SECONDS = 30  # clocks of two machines differ


class ProviderError(Exception):
    """The provider answered, but not with what the protocol promises."""


class GrantOver(ProviderError):
    """A code or token brings nothing any more: used, run out, revoked, or its person's standing changed."""


@dataclass(frozen=True)
class Tokens:
    """What the provider gave for a code or a refresh token (RFC 6749, section 5.1); never printed."""

    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str = field(default="", repr=False)


@dataclass
class Provider:
    """One issuer and our credentials there. Holds nothing but two cached public documents."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    _documents: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    _looked_again_at: datetime | None = None
    _looking: Lock = field(default_factory=Lock)

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
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(query)}"

    def check_issuer(self, told: str | None) -> None:
        """The answer at the callback must be this provider's, good or bad (RFC 9207, section 2.4).

        Else another provider could slip its answer in, and get our code at its own token endpoint (mix-up).
        """
        announced = self.metadata().get("authorization_response_iss_parameter_supported") is True
        if told != self.issuer and (announced or told is not None):
            raise ProviderError("the answer does not name this issuer")

    def redeem_code(self, code: str, code_verifier: str) -> Tokens:
        """Exchange the code for tokens (RFC 6749, section 4.1.3). Raises `GrantOver` for an old or used code."""
        asked = {"code": code, "redirect_uri": self.redirect_uri, "code_verifier": code_verifier}
        tokens = self._tokens({"grant_type": "authorization_code", **asked})
        if not tokens.id_token:
            raise ProviderError("the token answer holds no ID token")
        return tokens

    def refresh(self, refresh_token: str) -> Tokens:
        """Exchange a refresh token for new ones (section 6); the old one is used up. Raises `GrantOver`."""
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def revoke(self, refresh_token: str) -> None:
        """Give the authorization back (RFC 7009): what nobody needs any more, nobody can steal."""
        if endpoint := self.metadata().get("revocation_endpoint"):
            self._post(endpoint, {"token": refresh_token, "token_type_hint": "refresh_token"})

    def verify_id_token(self, id_token: str, nonce: str) -> dict[str, Any]:
        """Check the ID token (OpenID Connect Core 1.0, section 3.1.3.7) and return its claims."""
        try:
            key = self._signing_key(jwt.get_unverified_header(id_token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=[ALGORITHM],
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
        if not isinstance(claims.get("sid", ""), str):
            raise ProviderError("the ID token names its sign-in by something else than text")
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
                algorithms=[ALGORITHM],
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
        """Who it is, with the roles of this moment. Raises `GrantOver` where the token is good no more.

        `sub` must be that of the ID token (section 5.3.2), else tokens were mixed up.
        """
        endpoint = self._endpoint("userinfo_endpoint")
        response = outbound.call("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})
        if response.status in (401, 403):  # RFC 6750, section 3.1
            raise GrantOver("UserInfo does not take the access token")
        claims = response.json()
        if claims.get("sub") != sub:
            raise ProviderError("UserInfo speaks of another person")
        return claims

    def end_session_url(self, return_to: str) -> str | None:
        """Where the browser goes to sign out everywhere (RP-Initiated Logout 1.0), if the provider offers it.

        `id_token_hint` is recommended, not required (section 2): it would have to be kept for hours, and stand in
        histories afterwards. `client_id` is enough for the way back; the provider asks the person in any case.
        """
        endpoint = self.metadata().get("end_session_endpoint")
        query = {"client_id": self.client_id, "post_logout_redirect_uri": return_to}
        return f"{endpoint}?{urlencode(query)}" if endpoint else None

    def _endpoint(self, name: str) -> str:
        address = self.metadata().get(name)
        if not isinstance(address, str):
            raise ProviderError(f"the discovery document has no {name}")
        return address

    def _tokens(self, asked: Mapping[str, str]) -> Tokens:
        response = self._post(self._endpoint("token_endpoint"), asked)
        if response.status == 400:  # invalid_grant (section 5.2); whatever else, asking again would not mend it
            raise GrantOver(f"the provider gives nothing for this {asked['grant_type']}")
        told = response.json()
        access, refresh, lifetime = told.get("access_token"), told.get("refresh_token"), told.get("expires_in", 0)
        if str(told.get("token_type")).lower() != "bearer" or not isinstance(access, str) or type(lifetime) is not int:
            raise ProviderError("the token answer is not as RFC 6749 has it")
        return Tokens(access, lifetime, str(refresh) if refresh else None, str(told.get("id_token") or ""))

    def _post(self, address: str, form: Mapping[str, str]) -> Answer:
        """With our secret as client_secret_basic, both halves form-encoded (RFC 6749, section 2.3.1)."""
        credentials = (quote(self.client_id, safe=""), quote(self.client_secret, safe=""))
        return outbound.call("POST", address, form=form, credentials=credentials)

    def _signing_key(self, kid: str | None) -> jwt.PyJWK:
        """The key of that name; without a name the only one that fits (OpenID Connect Core 1.0, section 10.1)."""
        url = self._endpoint("jwks_uri")
        found = _fitting(self._document(url), kid)
        if not found and self._may_look_again():  # an unknown key may be a new one
            found = _fitting(self._document(url, fresh=True), kid)
        if len(found) != 1:
            raise ProviderError("the token is signed with a key that the provider does not publish")
        return found[0]

    def _may_look_again(self) -> bool:
        now = clock.now()
        with self._looking:
            if self._looked_again_at is not None and now - self._looked_again_at < BACK_OFF:
                return False
            self._looked_again_at = now
        return True

    def _document(self, url: str, *, fresh: bool = False) -> dict[str, Any]:
        now, (fetched_at, document) = clock.now(), self._documents.get(url, (None, {}))
        if fresh or fetched_at is None or now - fetched_at > CACHED:
            document = outbound.call("GET", url).json()
            self._documents[url] = (now, document)
        return document


def _fitting(jwks: dict[str, Any], kid: str | None) -> list[jwt.PyJWK]:
    """The keys that may have signed: for signatures, for our algorithm, and of that name where one is given."""
    keys = jwt.PyJWKSet.from_dict(jwks).keys
    usable = [key for key in keys if key.public_key_use in (None, "sig") and key.algorithm_name == ALGORITHM]
    return [key for key in usable if kid is None or key.key_id == kid]


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
