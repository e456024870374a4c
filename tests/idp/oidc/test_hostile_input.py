"""Whatever is sent: no stack trace, no redirect to a stranger, nothing repeated, nothing secret in a log."""

import base64
import json
import logging
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.test import TestResponse

from idp.database import db
from tests.idp.oidc.relying_party import (
    CALLBACK,
    SECRET,
    SIGNED_OUT,
    VERIFIER,
    RelyingParty,
    basic,
    challenge,
    open_account,
    sign_in,
)
from tests.idp.oidc.relying_party import register as register_system
from tests.people import CLERK

GOOD = {
    "response_type": "code",
    "client_id": "rp",
    "redirect_uri": CALLBACK,
    "scope": "openid profile",
    "state": "s",
    "nonce": "n",
    "code_challenge": challenge(),
    "code_challenge_method": "S256",
}
WISHES = [
    *GOOD,
    "prompt",
    "max_age",
    "claims",
    "response_mode",
    "id_token_hint",
    "login_hint",
    "request",
    "request_uri",
    "idp_fresh",
    "idp_agreed",
    "idp_selected",
    "ui_locales",
    "acr_values",
    "display",
    "next",
    "resource",
]
LOGOUT = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales"]
CALLS = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "token",
    "token_type_hint",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "scope",
    "access_token",
    "resource",
]
FORM = "application/x-www-form-urlencoded"
CANARY = "<b>zq7canary</b>"
NASTY = [
    "",
    "\x00",
    "a\x00b",
    "<script>alert(1)</script>",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "a" * 3000,
    "%00",
    "%",
    "\r\nX-Evil: y",
    "\n",
    "\t",
    "\x1b[31m",
    "none",
    "login",
    "create",
    "select_account",
    "0",
    "-1",
    "1e9",
    "๑",
    "{}",
    "[]",
    "null",
    '"',
    "\\",
    "'; DROP TABLE client --",
    "${7*7}",
    "{{7*7}}",
    "%(name)s",
    '{"userinfo": 1}',
    '{"id_token": {"sub": []}}',
    "e30.e30.e30",
    "..",
    "[" * 3000,
    '{"a":' * 3000,
    '{"id_token": {"sub": {"value": "x"}}}',
    '{"id_token": {"acr": {"essential": 1, "value": []}}}',
    '{"id_token": {"acr": {"essential": true, "values": [1, "urn:x"]}}}',
    "\ud7ff\U0001f600",
    "\u202e",
    "\ufeff",
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "password",
    "1" * 5000,
    CANARY,
]
TEXTS = st.sampled_from(NASTY) | st.text(max_size=60) | st.text(max_size=20).map(lambda text: text + CANARY)
NAMES = st.sampled_from(["userinfo", "id_token", "sub", "acr", "value", "values", "essential", "name", "unit"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=4),
    max_leaves=25,
)
VALUES = TEXTS | TREES.map(json.dumps)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# What looks like a JWT: any header, any payload, any signature.
FORGED = st.tuples(
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "jku", "x5c", "zip"]), TREES, max_size=4)
    | st.fixed_dictionaries({"alg": st.sampled_from(["RS256", "none", "HS256", "ES256"]), "kid": TREES}),
    TREES,
    st.binary(max_size=40),
).map(lambda three: ".".join([b64(json.dumps(part).encode()) for part in three[:2]] + [b64(three[2])]))

Pairs = list[tuple[str, str]]


def pairs(names: list[str]) -> st.SearchStrategy[Pairs]:
    """Some parameters, perhaps several times, perhaps of names that nobody knows."""
    return st.lists(st.tuples(st.sampled_from(names) | st.text(max_size=12), VALUES | FORGED), max_size=6)


ROUNDS = pytest.mark.parametrize("rounds", [60, pytest.param(3000, marks=pytest.mark.slow)])


def hunt(rounds: int, check: Callable[..., None], *strategies: st.SearchStrategy[Any]) -> None:
    """Try a check on many drawn values."""
    careful = settings(max_examples=rounds, deadline=None, suppress_health_check=list(HealthCheck))
    careful(given(*strategies)(check))()


@pytest.fixture
def browsing(sqlite_app: Flask) -> RelyingParty:
    """A signed-in browser on one database; what is tested here does not depend on which."""
    register_system(sqlite_app)
    browser = sqlite_app.test_client()
    sign_in(sqlite_app, browser, open_account(sqlite_app).account_id)
    return RelyingParty(sqlite_app, browser)


def is_sound(response: TestResponse, statuses: Iterable[int]) -> None:
    """What holds for every answer, whatever was sent."""
    assert response.status_code in set(statuses), response.text
    assert CANARY not in response.text, "sent text comes back as markup"
    assert "<script>alert" not in response.text
    assert "Traceback" not in response.text
    location = response.headers.get("Location")
    if location is not None:
        assert location.isascii()
        parts = urlsplit(location)
        assert not parts.netloc or f"{parts.scheme}://{parts.netloc}{parts.path}" in (CALLBACK, SIGNED_OUT), location
        assert parts.netloc or location.startswith("/")
        told = dict(parse_qsl(parts.query)) if parts.netloc else {}
        is_plain(told.get("error_description", ""))
        assert "error" not in told or set(told) <= {"error", "error_description", "state", "iss"}
        assert CANARY not in {**told, "state": ""}.values()
    if response.is_json:
        told = response.get_json()
        is_plain(told.get("error_description", ""))
        assert "no-store" in response.headers["Cache-Control"]


def is_plain(description: str) -> None:
    """RFC 6749, section 5.2: printable ASCII without quote and backslash; and our own words, not the caller's."""
    assert all(" " <= letter <= "~" and letter not in '"\\' for letter in description), description
    assert "canary" not in description


def in_body(response: TestResponse) -> None:
    is_sound(response, range(400, 500))
    assert response.is_json


@ROUNDS
def test_authorize_survives_anything(browsing: RelyingParty, rounds: int) -> None:
    def check(changes: dict[str, str], added: Pairs, path: str, method: str) -> None:
        query = urlencode([*{**GOOD, **changes}.items(), *added])
        response = browsing.browser.open(f"{path}?{query}", method=method)
        is_sound(response, (200, 303, 400))

    changes = st.dictionaries(st.sampled_from(WISHES), VALUES | FORGED, max_size=4)
    paths = st.sampled_from(["/authorize", "/consent", "/select-account"])
    hunt(rounds, check, changes, st.just([]) | pairs(WISHES), paths, st.sampled_from(["GET", "HEAD"]))


@ROUNDS
def test_what_is_posted_to_authorize_survives_too(browsing: RelyingParty, rounds: int) -> None:
    def check(posted: Pairs, kind: str) -> None:
        body = urlencode([*GOOD.items(), *posted])
        response = browsing.browser.post("/authorize", data=body, content_type=kind)
        is_sound(response, (303, 400, 413))
        if response.status_code == 303:
            is_sound(browsing.browser.get(response.location), (200, 303, 400))

    kinds = [
        FORM,
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
        "text/plain",
        "",
        "\x7f",
    ]
    hunt(rounds, check, pairs(WISHES), st.sampled_from(kinds))


@ROUNDS
def test_logout_survives_anything(browsing: RelyingParty, rounds: int) -> None:
    def check(asked: Pairs, is_posted: bool) -> None:
        query = urlencode(asked)
        response = browsing.browser.post("/logout", data=dict(asked)) if is_posted else None
        is_sound(response or browsing.browser.get(f"/logout?{query}"), (200, 303, 400))
        is_sound(browsing.app.test_client().get(f"/logout?{query}"), (200, 303, 400))

    hunt(rounds, check, pairs(LOGOUT), st.booleans())


@ROUNDS
def test_the_endpoints_for_programs_survive_anything(browsing: RelyingParty, rounds: int) -> None:
    def check(path: str, values: Pairs, header: str | None, in_query: Pairs) -> None:
        body = urlencode([("grant_type", "authorization_code"), ("code_verifier", VERIFIER), *values])
        headers = {"Authorization": header} if header else {}
        response = browsing.app.test_client().post(
            f"{path}?{urlencode(in_query)}",
            data=body,
            headers=headers,
            content_type=FORM,
        )
        if path == "/revoke" and response.status_code == 200:
            return  # RFC 7009, section 2.2: what is no token is not a good token either
        if path == "/introspect" and response.status_code == 200:
            assert response.get_json() == {"active": False}
            return
        in_body(response)
        if response.status_code == 401:
            assert response.headers["WWW-Authenticate"].split()[0] in ("Basic", "Bearer")

    headers = [
        None,
        basic("rp", "x"),
        basic("rp", SECRET),
        basic("rp\x00", SECRET),
        "Basic",
        "Basic =",
        "Bearer \x7f",
        "Basic /w==",
        "DPoP x",
        "Bearer",
        "Bearer " + "x" * 5000,
        "Basic Og==",
        "basic OjoK",
        "",
    ]
    hunt(
        rounds,
        check,
        st.sampled_from(["/token", "/introspect", "/revoke", "/userinfo"]),
        pairs(CALLS),
        st.sampled_from(headers),
        st.just([]) | pairs(CALLS),
    )


@ROUNDS
def test_bodies_that_are_no_forms_survive(browsing: RelyingParty, rounds: int) -> None:
    def check(path: str, body: bytes, kind: str) -> None:
        headers = {"Authorization": basic("rp", SECRET)}
        response = browsing.app.test_client().post(path, data=body, content_type=kind, headers=headers)
        in_body(response)

    kinds = [
        FORM,
        f"{FORM}; charset=utf-16",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "",
        "\x7f",
    ]
    bodies = st.binary(max_size=300) | TREES.map(lambda tree: json.dumps(tree).encode())
    hunt(
        rounds,
        check,
        st.sampled_from(["/token", "/introspect", "/revoke", "/userinfo"]),
        bodies,
        st.sampled_from(kinds),
    )


def test_a_huge_request_is_refused_in_few_words(browsing: RelyingParty) -> None:
    response = browsing.post("/token", grant_type="authorization_code", code="x" * 2_000_000)
    assert response.status_code in (400, 413)
    assert response.is_json
    deep = '{"id_token":' * 50_000
    is_sound(browsing.browser.get(f"/authorize?{urlencode({**GOOD, 'claims': deep})}"), (303,))


def test_no_secret_and_no_national_id_gets_into_a_log(browsing: RelyingParty, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, of every library, in good times and bad."""
    caplog.set_level(logging.DEBUG)
    with browsing.app.app_context():
        db.engine.echo = True  # every statement
    scope = "openid profile email phone offline_access unit roles assurance"
    told = browsing.tokens(scope=scope)
    secrets = [SECRET, VERIFIER, CLERK.national_id, told["access_token"], told["refresh_token"], told["id_token"]]
    secrets += [b64(SECRET.encode()), basic("rp", SECRET).split()[1]]
    code = browsing.code(scope=scope)
    renewed = browsing.refresh(told["refresh_token"]).get_json()
    secrets += [code, renewed["access_token"], renewed["refresh_token"]]
    browsing.userinfo(told["access_token"])
    browsing.post("/introspect", token=renewed["access_token"])
    browsing.refresh("wrong" + renewed["refresh_token"])
    browsing.redeem(code, code_verifier="w" * 64)
    browsing.redeem(code)
    browsing.redeem(code)
    browsing.post("/revoke", token=renewed["refresh_token"])
    browsing.browser.get(f"/logout?{urlencode({'id_token_hint': told['id_token']})}")
    with browsing.app.app_context():
        db.session.execute(text("DROP TABLE token"))
        db.session.commit()
    assert browsing.refresh(renewed["refresh_token"]).status_code == 500, "a fault of our own is written down"
    assert browsing.userinfo(renewed["access_token"]).get_json()["error"] == "server_error"
    cookie = browsing.browser.get_cookie("idp_sid", domain="localhost")
    assert cookie
    written = caplog.text + "\n".join(str(each.__dict__) for each in caplog.records)
    assert "SELECT" in written, "the test listens"
    assert "OperationalError" in written
    assert not [secret for secret in [*secrets, cookie.value] if secret in written]
