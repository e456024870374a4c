"""Basic and Form Post plans: codes, tokens, claims and the credentials of systems."""

import time

import pytest

from tests.conformance.browser import Browser
from tests.conformance.provider import CALLBACK_WITH_QUERY, Provider
from tests.conformance.system import System, Tokens, asking
from tests.people import PASSWORD

pytestmark = pytest.mark.xdist_group("conformance")

# The standard claims of each scope (OpenID Connect Core, section 5.4): the clerk of the demo has every one.
SCOPES = {
    "profile": {
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    },
    "email": {"email", "email_verified"},
    "phone": {"phone_number", "phone_number_verified"},
    "address": {"address"},
}


def test_oidcc_userinfo_get_and_post_header(system: System, browser: Browser) -> None:
    tokens = system.tokens(browser)
    for method in ("GET", "POST"):
        assert system.userinfo(tokens.access, method).json()["sub"] == tokens.claims["sub"]


def test_oidcc_userinfo_post_body(system: System, browser: Browser) -> None:
    tokens = system.tokens(browser)
    address = system.discovery["userinfo_endpoint"]
    told = system.provider.call("POST", address, data={"access_token": tokens.access})
    assert told.json()["sub"] == tokens.claims["sub"]
    in_query = system.provider.call("GET", f"{address}?access_token={tokens.access}")
    assert in_query.status_code == 401, "addresses end up in logs (RFC 9700, section 4.3.2)"


@pytest.mark.parametrize("scope", [*SCOPES, "all"])
def test_oidcc_scope(system: System, browser: Browser, scope: str) -> None:
    asked = list(SCOPES) if scope == "all" else [scope]
    expected = set().union(*(SCOPES[each] for each in asked))
    tokens = system.tokens(browser, scope=" ".join(["openid", *asked]))
    told = system.userinfo(tokens.access).json()
    assert expected <= set(told)
    assert not expected & set(tokens.claims), "claims of a scope are told at UserInfo"
    assert isinstance(told.get("email_verified", True), bool)
    assert isinstance(told.get("updated_at", 1), int)
    assert isinstance(told.get("address", {}), dict)
    assert all(value not in (None, "", [], {}) for name, value in told.items() if name != "roles")


def test_what_was_not_asked_is_not_told(system: System, browser: Browser) -> None:
    tokens = system.tokens(browser, scope="openid")
    assert set(system.userinfo(tokens.access).json()) == {"sub"}


def test_oidcc_claims_essential(system: System, browser: Browser) -> None:
    tokens = system.tokens(browser, claims=asking(userinfo={"name": {"essential": True}}))
    assert system.userinfo(tokens.access).json()["name"]
    assert "name" not in tokens.claims


def test_a_national_id_is_told_to_nobody_without_a_legal_basis(rp: System, browser: Browser) -> None:
    wish = asking(userinfo={"national_id": {"essential": True}}, id_token={"national_id": None})
    tokens = rp.tokens(browser, scope="openid national_id", claims=wish)
    assert "national_id" not in tokens.scope
    assert "national_id" not in {**tokens.claims, **rp.userinfo(tokens.access).json()}


def test_a_claim_asked_for_the_id_token_is_there(system: System, browser: Browser) -> None:
    told = system.authorize(browser, claims=asking(id_token={"email": None}), nonce="n")
    tokens = Tokens.read(system, system.redeem(told["code"]), nonce="n", asked=frozenset({"email"}))
    assert tokens.claims["email"] == browser.person.email


@pytest.mark.parametrize("wait", [0, pytest.param(30, marks=pytest.mark.slow)])
def test_oidcc_codereuse(system: System, browser: Browser, wait: int) -> None:
    told = system.authorize(browser)
    first = system.redeem(told["code"]).json()
    time.sleep(wait)
    second = system.redeem(told["code"])
    assert second.status_code == 400
    assert second.json()["error"] == "invalid_grant"
    assert system.userinfo(first["access_token"]).status_code == 401


def test_a_code_is_redeemed_only_as_it_was_asked(system: System, browser: Browser) -> None:
    system.sends_pkce = True
    for changes in (
        {"redirect_uri": CALLBACK_WITH_QUERY},
        {"code_verifier": "w" * 64},
        {"code_verifier": ""},
        {"code": "x"},
    ):
        answer = system.redeem(**{"code": system.authorize(browser)["code"], **changes})
        assert answer.status_code == 400
        assert answer.json()["error"] in ("invalid_grant", "invalid_request"), changes


def test_a_code_is_worth_nothing_to_another_system(system: System, browser: Browser) -> None:
    code = system.authorize(browser)["code"]
    thief = System(system.provider, client_id="second", verifier=system.verifier)
    assert thief.redeem(code).json()["error"] == "invalid_grant"
    assert system.redeem(code).status_code == 200, "the rightful system is not hindered"


@pytest.mark.parametrize("mode", [None, "form_post"])
def test_oidcc_server_client_secret_post(provider: Provider, browser: Browser, mode: str | None) -> None:
    post = System(provider, client_id="post", method="client_secret_post", mode=mode)
    assert {"client_secret_basic", "client_secret_post"} <= set(post.discovery["token_endpoint_auth_methods_supported"])
    assert post.tokens(browser).claims["aud"] == "post"


def test_wrong_credentials_are_refused(rp: System, browser: Browser) -> None:
    code, right = rp.authorize(browser)["code"], rp.secret
    for method, secret in (("client_secret_basic", "wrong"), ("client_secret_post", right), ("none", right)):
        rp.method, rp.secret = method, secret
        answer = rp.redeem(code)
        assert answer.status_code == 401
        assert answer.json()["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].lower().startswith("basic")


def test_oidcc_ensure_request_with_valid_pkce_succeeds(system: System, browser: Browser) -> None:
    assert "S256" in system.discovery["code_challenge_methods_supported"]
    system.verifier, system.sends_pkce = "A" * 43, True
    assert system.tokens(browser, code_challenge_method="S256")


def test_oidcc_refresh_token(system: System, browser: Browser) -> None:
    assert "refresh_token" in system.discovery["grant_types_supported"]
    scope = "openid offline_access"
    first = system.tokens(browser, scope=scope, prompt="consent")
    assert first.refresh
    time.sleep(1.1)
    second = Tokens.read(system, system.refresh(first.refresh, scope=scope), nonce=None)
    assert second.refresh
    assert second.access != first.access
    for claim in ("iss", "sub", "aud", "auth_time", "sid"):
        assert second.claims[claim] == first.claims[claim]
    assert second.claims["iat"] > first.claims["iat"]
    assert system.userinfo(second.access).status_code == 200
    other = System(system.provider, client_id="second")
    stolen = other.refresh(second.refresh)
    assert stolen.status_code == 400
    assert stolen.json()["error"] == "invalid_grant"
    assert system.refresh(second.refresh).status_code == 200, "the rightful system is not hindered"


def test_a_refresh_does_not_widen_what_was_granted(system: System, browser: Browser) -> None:
    tokens = system.tokens(browser, scope="openid offline_access", prompt="consent")
    assert tokens.refresh
    answer = system.refresh(tokens.refresh, scope="openid offline_access email")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_scope"


def test_the_log_of_the_processes_holds_no_secret(rp: System, browser: Browser) -> None:
    code = rp.authorize(browser, scope="openid offline_access", prompt="consent")["code"]
    told = rp.redeem(code).json()
    renewed = rp.refresh(told["refresh_token"]).json()
    rp.redeem(code)
    rp.userinfo("wrong")
    written = rp.provider.log()
    assert "Listening at" in written, "this is the log"
    secrets = [code, rp.secret, PASSWORD, browser.person.national_id, *browser.session.cookies.values()]
    secrets += [answer[name] for answer in (told, renewed) for name in ("access_token", "refresh_token", "id_token")]
    assert not [secret for secret in secrets if secret in written]
