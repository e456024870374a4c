"""A connected system that nobody's library wrote but `requests` and PyJWT, as strict as the test plans are."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import jwt
import requests

from tests.conformance.browser import Arrival, Browser, Page
from tests.conformance.provider import CALLBACK, SECRET, Provider

# What an ID token may hold without having been asked for.
UNASKED = {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "sid"}


@dataclass
class System:
    """One registered system. `mode` is the response mode that its plan asks for in every request."""

    provider: Provider
    client_id: str = "basic"
    mode: str | None = None
    method: str = "client_secret_basic"
    secret: str = SECRET
    alg: str = "RS256"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    sends_pkce: bool = True

    def __post_init__(self) -> None:
        self.discovery = self.provider.discovery()

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; `None` leaves one out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        given: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": secrets.token_urlsafe(96),
            "nonce": secrets.token_urlsafe(16),
            "response_mode": self.mode,
            "code_challenge": challenge if self.sends_pkce else None,
            "code_challenge_method": "S256" if self.sends_pkce else None,
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    def address(self, asked: dict[str, str]) -> str:
        """Where the browser is sent."""
        return f"{self.discovery['authorization_endpoint']}?{urlencode(asked)}"

    def authorize(self, browser: Browser, **changes: str | None) -> dict[str, str]:
        """Send the browser; the answer, checked in everything that holds for good and bad news."""
        asked = self.request(**changes)
        place = browser.walk(self.address(asked))
        assert isinstance(place, Arrival), place.text
        return self.answer(place, asked)

    def answer(self, arrival: Arrival, asked: dict[str, str]) -> dict[str, str]:
        """What came back: to the right address, in the right way, with `state` and `iss`."""
        told = arrival.told
        assert arrival.address == asked["redirect_uri"].split("?")[0]
        assert (arrival.posted is not None) == (asked.get("response_mode") == "form_post")
        assert told.get("state") == asked.get("state")
        assert told["iss"] == self.provider.issuer
        if "error" in told:
            assert set(told) <= {"error", "error_description", "error_uri", "state", "iss"}
            assert set(told.get("error_description", "")) <= set(map(chr, range(0x20, 0x7F))) - {'"', "\\"}
        return told

    def tokens(self, browser: Browser, **changes: str | None) -> "Tokens":
        """A whole flow."""
        asked = self.request(**changes)
        place = browser.walk(self.address(asked))
        assert isinstance(place, Arrival), place.text
        told = self.answer(place, asked)
        assert "error" not in told, told
        response = self.redeem(told["code"], redirect_uri=asked["redirect_uri"])
        return Tokens.read(self, response, nonce=asked.get("nonce"))

    def redeem(self, code: str, **changes: str) -> requests.Response:
        """Redeem a code."""
        proof = {"code_verifier": self.verifier} if self.sends_pkce else {}
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **proof, **changes}
        return self.call(self.discovery["token_endpoint"], given)

    def refresh(self, token: str, **more: str) -> requests.Response:
        """Use a refresh token."""
        return self.call(
            self.discovery["token_endpoint"], {"grant_type": "refresh_token", "refresh_token": token, **more}
        )

    def call(self, address: str, values: dict[str, str]) -> requests.Response:
        """Call the provider with this system's credentials."""
        headers = {}
        if self.method == "client_secret_basic":
            pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        elif self.method == "client_secret_post":
            values = {**values, "client_id": self.client_id, "client_secret": self.secret}
        else:
            values = {**values, "client_id": self.client_id}
        return self.provider.call("POST", address, data=values, headers=headers)

    def userinfo(self, access_token: str, method: str = "GET") -> requests.Response:
        """Ask who it is."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.provider.call(method, self.discovery["userinfo_endpoint"], headers=headers)

    def verify(self, token: str, required: tuple[str, ...] = ("iss", "aud", "iat", "sub")) -> dict[str, Any]:
        """A JWT of the provider's, checked against its published keys."""
        header = jwt.get_unverified_header(token)
        assert header["kid"]
        assert header["alg"] == self.alg
        keys = jwt.PyJWKSet.from_dict(self.provider.call("GET", self.discovery["jwks_uri"]).json())
        return jwt.decode(
            token,
            keys[header["kid"]],
            algorithms=[self.alg],
            audience=self.client_id,
            issuer=self.provider.issuer,
            options={"require": list(required)},
        )


@dataclass(frozen=True)
class Tokens:
    """A token response that kept every rule."""

    access: str
    id_token: str
    claims: dict[str, Any]
    refresh: str | None
    scope: str

    @classmethod
    def read(
        cls, system: System, response: requests.Response, nonce: str | None, asked: frozenset[str] = frozenset()
    ) -> "Tokens":
        """Check a token response and its ID token."""
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"].startswith("application/json")
        assert "no-store" in response.headers["Cache-Control"]
        told = response.json()
        assert told["token_type"].lower() == "bearer"
        assert 0 < told["expires_in"] <= 365 * 24 * 3600
        claims = system.verify(told["id_token"])
        assert claims.get("nonce") == nonce
        assert claims["exp"] > claims["iat"]
        assert claims["at_hash"] == _half(told["access_token"], system.alg)
        assert claims["acr"]
        assert 0 < claims["auth_time"] <= claims["iat"]
        assert set(claims) <= UNASKED | asked, set(claims) - UNASKED
        return cls(told["access_token"], told["id_token"], claims, told.get("refresh_token"), told.get("scope", ""))


def _half(token: str, alg: str) -> str:
    hashed = (hashlib.sha512 if alg == "EdDSA" else hashlib.sha256)(token.encode()).digest()
    return base64.urlsafe_b64encode(hashed[: len(hashed) // 2]).rstrip(b"=").decode()


def asking(**claims: Any) -> str:
    """A `claims` parameter."""
    return json.dumps(claims)


def is_error_page(place: Page | Arrival, text: str) -> bool:
    """Whether the person stays with the provider, on its error page, which says a stable text."""
    return isinstance(place, Page) and place.status == 400 and text in place.text
