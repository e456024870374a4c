"""A connected system for tests: it registers, sends browsers, redeems codes and trusts PyJWT alone."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import jwt
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.clients import operations as clients
from idp.database import db
from idp.signin import operations as signin
from idp.signin.rules import PASSWORD_ACR
from idp.units import operations as units
from tests.people import CLERK, Invented
from thai_web import clock

ISSUER = "http://localhost:8000"
CALLBACK = "https://rp.example.go.th/callback"
SIGNED_OUT = "https://rp.example.go.th/signed-out"
VERIFIER = "v" * 64
SECRET = "a-secret-of-the-test-system-0123456789"
ROLES = [
    {"code": "recorder", "name_th": "ผู้บันทึก", "name_en": "Recorder", "unit_kinds": ["TAO"]},
    {"code": "certifier", "name_th": "ผู้รับรอง", "name_en": "Certifier", "unit_kinds": ["PROVINCIAL_OFFICE"]},
]


def challenge(verifier: str = VERIFIER) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def register(app: Flask, **members: Any) -> None:
    """Register a system."""
    metadata = {
        "client_id": "rp",
        "client_secret": SECRET,
        "client_name": "ระบบทดสอบ",
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [SIGNED_OUT],
        "profile": "first_party",
        "roles": ROLES,
        "grant_types": ["authorization_code", "refresh_token"],
    }
    with app.app_context():
        clients.import_metadata({**metadata, **members})
        db.session.commit()


@dataclass
class Holder:
    """A person with an account, in ids."""

    account_id: int
    posting_id: int
    subject: str


def open_account(app: Flask, person: Invented = CLERK, role: str | None = "recorder") -> Holder:
    """Give one of the cast an account, a posting and perhaps a role."""
    with app.app_context():
        unit = units.find(person.unit_code)
        assert unit is not None
        known = Person(
            person.title, person.given_name, person.family_name, person.national_id, person.email, "081 234 5678"
        )
        account = accounts.open_account(known, origin="test", email_proven_at=clock.now())
        posting = accounts.begin_posting(account, unit.id, person.position, clock.today())
        for offered in clients.roles_for(unit.kind):
            if offered.code == role:
                clients.assign(posting.id, offered.id)
        db.session.commit()
        return Holder(account.id, posting.id, account.subject)


def sign_in(app: Flask, browser: FlaskClient, account_id: int, acr: str = PASSWORD_ACR) -> None:
    """Begin a session in the browser, as the sign-in page does once the factors are checked."""
    with app.app_context():
        amr = ["pwd" if acr == PASSWORD_ACR else "thaid"]
        secret = signin.begin_session(account_id, "127.0.0.1", amr, acr).secret
        db.session.commit()
    browser.set_cookie("idp_sid", secret, domain="localhost")


@dataclass
class RelyingParty:
    """One registered system and one browser."""

    app: Flask
    browser: FlaskClient
    client_id: str = "rp"
    secret: str = SECRET
    callback: str = CALLBACK
    alg: str = "RS256"
    asked: dict[str, str] = field(default_factory=dict)

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; `None` leaves one out."""
        given: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "scope": "openid profile email phone unit roles assurance",
            "state": "s" * 128,
            "nonce": "n-0S6",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    def authorize(self, **changes: str | None) -> TestResponse:
        """Send the browser to the provider."""
        return self.browser.get(f"/authorize?{urlencode(self.request(**changes))}")

    def code(self, **changes: str | None) -> str:
        """A code, from a request that needs nobody."""
        return returned(self.authorize(**changes))["code"]

    def redeem(self, code: str, **changes: str | None) -> TestResponse:
        """Redeem a code."""
        given: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.post("/token", **given)

    def refresh(self, token: str, **changes: str | None) -> TestResponse:
        """Use a refresh token."""
        return self.post("/token", grant_type="refresh_token", refresh_token=token, **changes)

    def post(self, path: str, **values: str | None) -> TestResponse:
        """Call the provider with this system's own credentials, without the browser's cookies."""
        data = {name: value for name, value in values.items() if value is not None}
        headers = {"Authorization": basic(self.client_id, self.secret)}
        return self.app.test_client().post(path, data=data, headers=headers)

    def userinfo(self, access_token: str) -> TestResponse:
        """Ask who it is."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.app.test_client().get("/userinfo", headers=headers)

    def tokens(self, **changes: str | None) -> dict[str, Any]:
        """A whole flow."""
        response = self.redeem(self.code(**changes))
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.get_json()
        return found

    def verify(self, id_token: str, **options: Any) -> dict[str, Any]:
        """The claims of an ID token, checked with PyJWT against the published keys."""
        keys = jwt.PyJWKSet.from_json(self.app.test_client().get("/jwks").text)
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        return jwt.decode(id_token, key, algorithms=[self.alg], audience=self.client_id, issuer=ISSUER, **options)


def basic(client_id: str, secret: str) -> str:
    """The Authorization header, both halves form-encoded."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def returned(response: TestResponse, callback: str = CALLBACK) -> dict[str, str]:
    """What the provider sent back to the system by redirect."""
    assert response.status_code == 303, response.text
    assert response.location.startswith(callback), response.location
    query = parse_qs(urlsplit(response.location).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}


def is_error_page(response: TestResponse, text: str) -> bool:
    """Whether this is our own page with a stable text, and no redirect."""
    return response.status_code == 400 and "location" not in response.headers and text in response.text


def asking(**claims: Any) -> str:
    """A `claims` parameter."""
    return json.dumps(claims)
