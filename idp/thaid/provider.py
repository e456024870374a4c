"""ThaID as seen from here: OpenID Connect with DOPA's peculiarities, in explicit steps.

Holds two public documents and the memory of a recent failure, nothing else; all of it can be lost.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import jwt
from flask import current_app

from idp import outbound
from idp.config import Settings
from idp.outbound import Answer, OutboundBusy, OutboundError
from idp.secrets_at_rest import same
from idp.thaid import rules
from idp.thaid.rules import ThaIDUnavailable
from thai_web import clock
from thai_web.refusal import Refusal

log = logging.getLogger("idp.thaid")

# Every path ends with a slash: ThaID answers others by a redirect at best, which would lose a form.
PATHS = {
    "authorization_endpoint": "/api/v2/oauth2/auth/",
    "token_endpoint": "/api/v2/oauth2/token/",
    "revocation_endpoint": "/api/v2/oauth2/revoke/",
    "jwks_uri": "/jwks/",
}
CACHED = timedelta(hours=1)
BACK_OFF = timedelta(minutes=1)  # after looking in vain
SILENCE = timedelta(minutes=1)  # after which ThaID is asked for a sign of life before a person is sent there
REST = timedelta(seconds=15)  # after a failure, so that a dead ThaID is asked by one request, not by all


@dataclass
class Provider:
    """One ThaID (production, sandbox or simulator) and our registration there."""

    settings: Settings
    callback: str
    _documents: dict[str, tuple[datetime, dict[str, object]]] = field(default_factory=dict)
    _looked_again_at: datetime | None = None
    _rests_until: datetime | None = None
    _answered_at: datetime | None = None

    def authorization_address(self, state: str, nonce: str, challenge: str) -> str:
        """Where the browser goes. ThaID ignores PKCE today; sent all the same, it protects from the day it does not.

        Raises a refusal when ThaID does not answer us either: a page of ours tells what to do, an error page of the
        browser does not.
        """
        if self._answered_at is None or clock.now() - self._answered_at > SILENCE:
            self._document(self._discovery(), timedelta(0))
        query = {
            "response_type": "code",
            "client_id": self.settings.thaid_client_id,
            "redirect_uri": self.callback,
            "scope": self.settings.thaid_scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._address('authorization_endpoint')}?{urlencode(query, quote_via=quote)}"

    def redeem(self, code: str, verifier: str) -> dict[str, object]:
        """Exchange the code for tokens. Raises a refusal that says what the person can do."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": verifier,
        }
        response = self._post("token_endpoint", form)
        answer = _object_of(response)
        if response.status != 200:
            error = str(answer.get("error", ""))
            log.warning("ThaID refused a code: %s %s", response.status, named(error))
            raise rules.refusal_for(error)
        return answer

    def claims_of(self, tokens: Mapping[str, object], nonce: str, started_at: datetime) -> dict[str, object]:
        """The person's attributes: in a signed ID token with the scope `openid`, else beside the access token."""
        if "openid" not in self.settings.thaid_scopes.split():
            return dict(tokens)
        signed = self._verify(str(tokens.get("id_token", "")), nonce, started_at)
        if "pid" in tokens and "pid" in signed and tokens["pid"] != signed["pid"]:
            raise self._distrust("two numbers")
        return {**tokens, **signed}

    def revoke(self, tokens: Mapping[str, object]) -> None:
        """Give back what was issued: we wanted a name, not a key. A failure is not the person's affair."""
        ends = rules.expires_at(tokens, clock.now())
        is_over = ends is not None and ends <= clock.now()
        for token in ("" if is_over else tokens.get("access_token"), tokens.get("refresh_token")):
            try:
                if token and not self._revoked(str(token)):
                    log.warning("ThaID did not revoke a token")
            except ThaIDUnavailable:
                return

    def _revoked(self, token: str) -> bool:
        # DOPA's manual writes "Bearer" before the token, its samples do not.
        return any(self._post("revocation_endpoint", {"token": text}).is_success for text in (token, f"Bearer {token}"))

    def _verify(self, id_token: str, nonce: str, started_at: datetime) -> dict[str, object]:
        """OpenID Connect Core 1.0, section 3.1.3.7, although the token came straight from ThaID."""
        issuer, audiences = self.settings.thaid_issuer, self._audiences()
        try:
            key = self._key(jwt.get_unverified_header(id_token).get("kid"))
            claims = jwt.decode(
                id_token,
                key,
                algorithms=["ES256"],  # fixed here: the token's own header must not choose, nor say "none"
                issuer=[issuer, f"{issuer}/"],
                audience=audiences,
                leeway=rules.LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
            is_old = int(claims["iat"]) < (started_at - rules.LEEWAY).timestamp()
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise self._distrust(type(error).__name__) from error
        if "azp" in claims and claims["azp"] not in audiences:
            raise self._distrust("azp")
        if is_old:
            raise self._distrust("older than this sign-in")
        self._check_nonce(claims.get("nonce"), nonce)
        return claims

    def _audiences(self) -> list[str]:
        return list(self.settings.thaid_audiences) or [self.settings.thaid_client_id]

    def _check_nonce(self, found: object, nonce: str) -> None:
        if found is None and not self.settings.thaid_require_nonce:
            log.warning("ThaID sent no nonce")
        elif not isinstance(found, str) or not same(found, nonce):
            raise self._distrust("nonce")

    def _distrust(self, why: str) -> Refusal:
        log.warning("ThaID's ID token is not accepted: %s", why)
        return rules.invalid_answer()

    def _key(self, kid: object) -> jwt.PyJWK:
        """The signing key named `kid`, an opaque string. An unknown one is looked for once more, then not for a while:
        else a storm of forged tokens would be a storm on DOPA."""
        found = self._published(kid, CACHED)
        if found is None and (self._looked_again_at is None or clock.now() - self._looked_again_at > BACK_OFF):
            self._looked_again_at = clock.now()
            found = self._published(kid, timedelta(0))
        if found is None:
            raise jwt.InvalidKeyError("unknown kid")
        return found

    def _published(self, kid: object, oldest: timedelta) -> jwt.PyJWK | None:
        keys = _keys_of(self._document(self._address("jwks_uri"), oldest))
        return next((key for key in keys if key.key_type == "EC" and kid and key.key_id == kid), None)

    def _address(self, name: str) -> str:
        """From the discovery document; where it is silent, from what DOPA's manual says."""
        issuer = self.settings.thaid_issuer
        found = self._document(self._discovery(), CACHED)
        if str(found.get("issuer", issuer)).rstrip("/") != issuer:
            log.error("the discovery document of ThaID names another issuer")
            raise ThaIDUnavailable
        address = str(found.get(name) or "")
        # Our secret goes there: never to a plain address where the issuer has a secure one.
        usable = address.startswith(issuer.partition(":")[0] + "://")
        return address.rstrip("/") + "/" if usable else issuer + PATHS[name]

    def _discovery(self) -> str:
        return f"{self.settings.thaid_issuer}/.well-known/openid-configuration"

    def _document(self, address: str, oldest: timedelta) -> dict[str, object]:
        fetched_at, document = self._documents.get(address, (None, {}))
        if fetched_at is None or clock.now() - fetched_at >= (oldest if document else min(oldest, BACK_OFF)):
            response = self._call("GET", address)
            document = _object_of(response) if response.status == 200 else {}
            self._documents[address] = (clock.now(), document)
        return document

    def _post(self, name: str, form: dict[str, str]) -> Answer:
        credentials = (self.settings.thaid_client_id, self.settings.thaid_client_secret)
        return self._call("POST", self._address(name), form=form, credentials=credentials)

    def _call(
        self,
        method: str,
        address: str,
        form: dict[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> Answer:
        if self._rests_until and clock.now() < self._rests_until:
            raise ThaIDUnavailable
        try:
            response = outbound.call(method, address, form=form, credentials=credentials, headers=self._headers())
            if response.status == 429 or response.status >= 500:
                raise OutboundError(f"ThaID answered {response.status}")
        except OutboundBusy as error:
            log.warning("ThaID is slow: %s", error)  # the calls under way will say whether it is down
            raise ThaIDUnavailable from error
        except OutboundError as error:
            log.warning("ThaID is not available: %s", error)
            self._rests_until = clock.now() + REST
            raise ThaIDUnavailable from error
        self._answered_at = clock.now()
        return response

    def _headers(self) -> dict[str, str]:
        name, _colon, value = self.settings.thaid_api_key.partition(":")
        named_key = {name.strip(): value.strip()} if value else {}
        return {"Accept": "application/json", **named_key}


def named(error: str) -> str:
    """An error code fit for a log: one of the known ones, or `other`."""
    return error if error in rules.DENIED | rules.LATER | rules.USED | rules.OURS else "other"


def _object_of(response: Answer) -> dict[str, object]:
    """The JSON object of an answer; a page of DOPA's firewall is none."""
    try:
        found = response.json()
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    if response.status == 200:
        log.warning("ThaID answered with something that is not JSON")
        raise ThaIDUnavailable
    return {}


def _keys_of(document: dict[str, object]) -> list[jwt.PyJWK]:
    try:
        return jwt.PyJWKSet.from_dict(document).keys
    except jwt.PyJWTError:
        return []


def current(callback: str) -> Provider:
    """The running application's ThaID."""
    found: Provider = current_app.extensions.setdefault("thaid", Provider(current_app.config["SETTINGS"], callback))
    return found
