"""Back-Channel Logout plan: the system hears of the end of a sign-in from the provider itself."""

import secrets
from urllib.parse import urlencode

import jwt
import pytest

from tests.conformance.browser import Arrival, Browser, Page
from tests.conformance.conftest import Listener
from tests.conformance.provider import SIGNED_OUT
from tests.conformance.system import System, Tokens
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("conformance")
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def told_of(listener: Listener, tokens: Tokens) -> list[str]:
    """The logout tokens that came for the session of an ID token."""
    every = [form["logout_token"][0] for form in listener.heard]
    claims = [jwt.decode(each, options={"verify_signature": False}) for each in every]
    return [each for each, claim in zip(every, claims, strict=True) if claim["sid"] == tokens.claims["sid"]]


def test_oidcc_backchannel_rp_initiated_logout_discovery(rp: System) -> None:
    assert rp.discovery["backchannel_logout_supported"] is True
    assert rp.discovery["backchannel_logout_session_supported"] is True


def test_oidcc_backchannel_rp_initiated_logout(rp: System, browser: Browser, listener: Listener) -> None:
    tokens, state = rp.tokens(browser), secrets.token_urlsafe(96)
    values = {"id_token_hint": tokens.id_token, "post_logout_redirect_uri": SIGNED_OUT, "state": state}
    page = browser.open(f"{rp.discovery['end_session_endpoint']}?{urlencode(values)}")
    assert isinstance(page, Page)
    assert browser.press(page, "logout-confirm") == Arrival(SIGNED_OUT, {"state": state})
    wait_until(lambda: told_of(listener, tokens), "the system hears of it")
    assert all(list(form) == ["logout_token"] for form in listener.heard)
    [text] = told_of(listener, tokens)
    claims = rp.verify(text)
    assert {"iss", "aud", "iat", "exp", "jti", "events", "sub", "sid"} == set(claims)
    assert claims["sub"] == tokens.claims["sub"]
    assert claims["events"] == {EVENT: {}}
    assert jwt.get_unverified_header(text)["typ"] == "logout+jwt"
    assert rp.authorize(browser, prompt="none")["error"] == "login_required"


def test_signing_in_as_somebody_else_is_an_end_too(rp: System, browser: Browser, listener: Listener) -> None:
    first = rp.tokens(browser)
    rp.tokens(browser, prompt="login")
    wait_until(lambda: told_of(listener, first), "the system hears of the session that was replaced")
