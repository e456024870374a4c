"""What is sent without a value counts as not sent, at every endpoint (RFC 6749, sections 3.1 and 3.2)."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.idp.oidc.relying_party import CALLBACK, SECRET, SIGNED_OUT, VERIFIER, RelyingParty, basic, register, returned

FORM = "application/x-www-form-urlencoded"
CREDENTIALS = ("client_id", "client_secret", "client_assertion", "client_assertion_type")
REST = ("scope", "resource", "token_type_hint", "refresh_token", "state", "unknown")
WISHES = (
    "nonce",
    "state",
    "prompt",
    "max_age",
    "claims",
    "response_mode",
    "id_token_hint",
    "login_hint",
    "request",
    "request_uri",
    "acr_values",
    "display",
    "ui_locales",
    "registration",
)


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """No database changes any of this."""
    return sqlite_app


@pytest.fixture
def spa(app: Flask, rp: RelyingParty) -> RelyingParty:
    """A system without a secret, in the browser of the clerk."""
    register(app, client_id="spa", client_secret=None, token_endpoint_auth_method="none")
    return RelyingParty(app, rp.browser, client_id="spa")


def post(app: Flask, path: str, given: list[tuple[str, str]], credentials: str = "") -> TestResponse:
    headers: dict[str, Any] = {"Authorization": credentials} if credentials else {}
    return app.test_client().post(path, data=urlencode(given), headers=headers, content_type=FORM)


def redeeming(code: str) -> list[tuple[str, str]]:
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return list(given.items())


@pytest.mark.parametrize("name", [*CREDENTIALS, *REST])
def test_a_system_with_a_secret_may_send_anything_else_empty(app: Flask, rp: RelyingParty, name: str) -> None:
    credentials, empty = basic("rp", SECRET), [(name, "")]
    told = post(app, "/token", redeeming(rp.code()) + empty, credentials)
    assert told.status_code == 200, told.text
    token = [("token", told.get_json()["access_token"])]
    assert post(app, "/introspect", token + empty, credentials).get_json()["active"] is True
    assert post(app, "/revoke", token + empty, credentials).status_code == 200
    assert post(app, "/introspect", token + empty, credentials).get_json() == {"active": False}


@pytest.mark.parametrize("name", [*CREDENTIALS[1:], *REST])
def test_a_system_without_a_secret_may_send_an_empty_one(app: Flask, spa: RelyingParty, name: str) -> None:
    named, empty = [("client_id", "spa")], [(name, "")]
    told = post(app, "/token", redeeming(spa.code()) + named + empty)
    assert told.status_code == 200, told.text
    assert post(app, "/revoke", [("token", told.get_json()["access_token"]), *named, *empty]).status_code == 200


def test_basic_with_an_empty_password_names_a_system_without_a_secret(app: Flask, spa: RelyingParty) -> None:
    told = post(app, "/token", redeeming(spa.code()), basic("spa", ""))
    assert told.status_code == 200, told.text
    told = post(app, "/token", [*redeeming(spa.code()), ("client_id", "spa"), ("client_secret", "")], basic("spa", ""))
    assert told.status_code == 200, told.text
    assert post(app, "/introspect", [("token", told.get_json()["access_token"])], basic("spa", "")).status_code == 401


@pytest.mark.attack(121)
@pytest.mark.parametrize(
    ("given", "credentials", "status"),
    [
        ([], basic("rp", ""), 401),
        ([("client_id", "rp")], basic("rp", ""), 401),
        ([("client_id", "rp"), ("client_secret", "")], "", 401),
        ([("client_id", "rp")], "", 401),
        ([("client_id", "spa")], basic("rp", ""), 401),
        ([("client_id", "rp")], basic("spa", ""), 401),
        ([("client_secret", SECRET)], basic("spa", ""), 400),
        ([], basic("", ""), 401),
        ([], basic("", SECRET), 401),
        ([("client_id", "rp"), ("client_assertion", ""), ("client_assertion_type", "x")], "", 401),
    ],
)
def test_what_is_empty_proves_nothing(
    app: Flask, spa: RelyingParty, given: list[tuple[str, str]], credentials: str, status: int
) -> None:
    code = RelyingParty(app, spa.browser).code()
    assert post(app, "/token", redeeming(code) + given, credentials).status_code == status
    assert RelyingParty(app, spa.browser).redeem(code).status_code == 200, "nothing was spent"


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier"])
def test_what_is_needed_is_missing_when_it_is_empty(app: Flask, rp: RelyingParty, name: str) -> None:
    code = rp.code()
    given = [(key, "" if key == name else value) for key, value in redeeming(code)]
    assert post(app, "/token", given, basic("rp", SECRET)).status_code == 400
    assert rp.redeem(code).status_code == 200, "nothing was spent"


@pytest.mark.parametrize("name", WISHES)
def test_a_request_may_wish_for_nothing(rp: RelyingParty, name: str) -> None:
    assert "code" in returned(rp.authorize(**{name: ""}))


@pytest.mark.parametrize("name", ["response_type", "scope", "code_challenge", "code_challenge_method"])
def test_a_request_without_what_is_needed_is_refused(rp: RelyingParty, name: str) -> None:
    assert returned(rp.authorize(**{name: ""}))["error"] in ("invalid_request", "invalid_scope")


def test_a_sign_out_with_everything_empty_is_one_without_parameters(rp: RelyingParty) -> None:
    names = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales")
    page = rp.browser.get(f"/logout?{urlencode(dict.fromkeys(names, ''))}")
    assert page.status_code == 200
    assert 'name="state"' not in page.text
    one = rp.browser.get(
        f"/logout?{urlencode({'client_id': 'rp', 'post_logout_redirect_uri': SIGNED_OUT, 'state': ''})}"
    )
    assert one.status_code == 200


@pytest.mark.attack(121)
@pytest.mark.parametrize("name", ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"])
def test_a_sign_out_that_says_something_twice_gets_a_page(rp: RelyingParty, name: str) -> None:
    hint = rp.tokens()["id_token"]
    given = {"id_token_hint": hint, "client_id": "rp", "post_logout_redirect_uri": SIGNED_OUT, "state": "s"}
    page = rp.browser.get(f"/logout?{urlencode([*given.items(), (name, given[name])])}")
    assert page.status_code == 400
    assert "a parameter is repeated" in page.text


def test_an_access_token_that_comes_twice_opens_nothing(app: Flask, rp: RelyingParty) -> None:
    token = rp.tokens()["access_token"]
    assert post(app, "/userinfo", [("access_token", token), ("access_token", "")]).status_code == 200
    refused = post(app, "/userinfo", [("access_token", token), ("access_token", token)])
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request")
