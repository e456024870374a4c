"""The protocol's manners as HTTP: caches, other origins, challenges, HEAD, parameters unknown or repeated."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.idp.oidc.relying_party import SECRET, RelyingParty, basic

PUBLIC = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"]
FOR_PAGES = [*PUBLIC, "/token", "/userinfo", "/revoke"]  # that a program in a browser may call from elsewhere
FORM = "application/x-www-form-urlencoded"
ORIGIN = {"Origin": "https://page.example.go.th"}


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """No database changes any of this."""
    return sqlite_app


def call(app: Flask, method: str, path: str, **arguments: Any) -> TestResponse:
    """A call by a program: no cookies."""
    return app.test_client().open(path, method=method, **arguments)


@pytest.mark.parametrize("path", PUBLIC)
def test_metadata_may_be_cached_and_asked_by_head(rp: RelyingParty, path: str) -> None:
    told, asked = call(rp.app, "GET", path), call(rp.app, "HEAD", path)
    for response in (told, asked):
        assert response.status_code == 200
        assert response.mimetype == "application/json"
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in response.headers, "what is cached for all carries nobody's cookie"
    assert asked.data == b""
    assert asked.headers["Content-Length"] == str(len(told.data))
    assert call(rp.app, "POST", path).status_code == 405


@pytest.mark.parametrize("path", FOR_PAGES)
def test_a_page_of_any_origin_may_ask(rp: RelyingParty, path: str) -> None:
    wish = {**ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    preflight = call(rp.app, "OPTIONS", path, headers=wish)
    assert preflight.status_code in (200, 204)
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"].lower()
    refused = call(rp.app, "GET" if path in PUBLIC else "POST", path, headers=ORIGIN)
    assert refused.headers["Access-Control-Allow-Origin"] == "*", "a page must be able to read why it was refused"
    assert "Access-Control-Allow-Credentials" not in refused.headers


TRACING = ["traceparent", "tracestate", "baggage", "sentry-trace", "x-request-id", "b3", "dpop", "x-requested-with"]


@pytest.mark.parametrize("path", FOR_PAGES)
@pytest.mark.parametrize("header", TRACING)
def test_a_page_whose_calls_are_traced_may_ask_too(rp: RelyingParty, path: str, header: str) -> None:
    wish = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": f"authorization,{header}"}
    allowed = call(rp.app, "OPTIONS", path, headers={**ORIGIN, **wish}).headers["Access-Control-Allow-Headers"]
    names = {name.strip().lower() for name in allowed.split(",")}
    assert "authorization" in names, "the star does not stand for it (Fetch, section 4.8)"
    assert header in names or "*" in names
    assert {"traceparent", "tracestate", "baggage"} <= names


@pytest.mark.parametrize("path", ["/authorize", "/consent", "/logout", "/introspect", "/signin", "/home"])
def test_no_page_of_another_origin_reads_what_is_for_persons_or_servers(rp: RelyingParty, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        assert "Access-Control-Allow-Origin" not in rp.browser.open(path, method=method, headers=ORIGIN).headers


def test_nothing_that_holds_a_token_or_a_person_is_kept(rp: RelyingParty) -> None:
    code = rp.code()
    answers = [rp.redeem(code), rp.redeem(code), rp.post("/introspect", token="x"), rp.post("/revoke", token="x")]
    answers += [rp.userinfo("x"), rp.authorize(), rp.authorize(prompt="login"), rp.browser.get("/logout")]
    for answer in answers:
        assert "no-store" in answer.headers["Cache-Control"], answer.request.path
        assert answer.request.path in ("/authorize", "/logout") or "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke"])
def test_a_system_without_its_credentials_is_challenged(rp: RelyingParty, path: str) -> None:
    """RFC 6749, section 5.2: 401 names the scheme that the caller should use."""
    for headers in ({}, {"Authorization": basic("rp", "wrong")}, {"Authorization": "Bearer x"}):
        answer = call(rp.app, "POST", path, data={"token": "x", "grant_type": "refresh_token"}, headers=headers)
        assert answer.status_code == 401
        assert answer.get_json()["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_userinfo_challenges_as_bearer_tokens_want_it(rp: RelyingParty) -> None:
    """RFC 6750, section 3.1: no error code where no token came at all."""
    nothing = call(rp.app, "GET", "/userinfo")
    assert (nothing.status_code, nothing.headers["WWW-Authenticate"]) == (401, "Bearer")
    wrong = rp.userinfo("wrong")
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert wrong.get_json()["error"] == "invalid_token"
    refresh = rp.tokens(scope="openid offline_access")["refresh_token"]
    assert rp.userinfo(refresh).status_code == 401, "a refresh token opens nothing"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo_tells_the_same_in_each_way(rp: RelyingParty, method: str) -> None:
    """What a door answers is what the view behind it would: the body, and how browsers and caches may take it."""
    token = rp.tokens(scope="openid profile email unit roles assurance")["access_token"]
    told = call(rp.app, method, "/userinfo", headers={"Authorization": f"bearer  {token}", **ORIGIN})
    behind = call(rp.app, "POST", "/userinfo", data={"access_token": token}, headers=ORIGIN)
    assert told.status_code == behind.status_code == 200
    assert told.data == behind.data
    assert dict(told.headers) == dict(behind.headers)
    assert told.headers["Cache-Control"] == "no-store"
    asked = call(rp.app, "HEAD", "/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert (asked.data, asked.headers["Content-Length"]) == (b"", str(len(told.data)))


def test_a_token_comes_in_one_way_only(rp: RelyingParty) -> None:
    """RFC 6750, section 2: two ways at once may be two tokens, and two programs may each look at another one."""
    token = rp.tokens()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    both = call(rp.app, "POST", "/userinfo", data={"access_token": token}, headers=headers)
    assert both.status_code == 400
    assert both.get_json()["error"] == "invalid_request"
    assert both.headers["WWW-Authenticate"] == 'Bearer error="invalid_request"'
    assert call(rp.app, "GET", f"/userinfo?access_token={token}").status_code == 401, "addresses end up in logs"


def test_parameters_that_nobody_knows_are_ignored(rp: RelyingParty) -> None:
    """RFC 6749, section 3.2; Core, section 3.1.2.1."""
    code = rp.code(unknown="1", **{"x-y": "z"})
    told = rp.redeem(code, unknown="1")
    assert told.status_code == 200
    token = told.get_json()["access_token"]
    assert rp.post("/introspect", token=token, unknown="1").get_json()["active"] is True
    assert rp.browser.get("/logout?unknown=1").status_code == 200
    assert rp.post("/revoke", token=token, token_type_hint="a_kind_of_its_own").status_code == 200


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier"])
def test_a_parameter_that_is_repeated_redeems_nothing(rp: RelyingParty, name: str) -> None:
    code = rp.code()
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": rp.callback, "code_verifier": "v" * 64}
    doubled = [*given.items(), (name, given[name])]
    headers = {"Authorization": basic("rp", SECRET)}
    answer = call(rp.app, "POST", "/token", data=urlencode(doubled), headers=headers, content_type=FORM)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"
    assert rp.redeem(code).status_code == 200, "nothing was spent"


def test_credentials_in_an_address_count_for_nothing(rp: RelyingParty) -> None:
    """RFC 6749, section 2.3.1: they must not be in the address; addresses end up in logs."""
    code = rp.code()
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": rp.callback, "code_verifier": "v" * 64}
    answer = call(rp.app, "POST", f"/token?client_id=rp&client_secret={SECRET}", data=given)
    assert answer.status_code in (400, 401)
    headers = {"Authorization": basic("rp", SECRET)}
    assert call(rp.app, "POST", f"/token?{urlencode(given)}", headers=headers).status_code == 400
    assert rp.redeem(code).status_code == 200, "nothing was spent"


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
def test_only_post_opens_what_is_for_systems(rp: RelyingParty, path: str) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = call(rp.app, method, path)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]
        if method != "HEAD":
            assert answer.get_json() == {"error": "invalid_request", "error_description": "Method Not Allowed"}
