"""RP-Initiated Logout plan, all eleven modules: each begins with a fresh sign-in."""

import secrets
from urllib.parse import urlencode

import jwt
import pytest

from tests.conformance.browser import Arrival, Browser, Page
from tests.conformance.provider import SIGNED_OUT
from tests.conformance.system import System, is_error_page

pytestmark = pytest.mark.xdist_group("conformance")
STATE = secrets.token_urlsafe(96)


@pytest.fixture
def hint(rp: System, browser: Browser) -> str:
    """The ID token of a fresh sign-in."""
    return rp.tokens(browser).id_token


def go(rp: System, browser: Browser, **values: str) -> Page | Arrival:
    """Open the logout endpoint."""
    return browser.open(f"{rp.discovery['end_session_endpoint']}?{urlencode(values)}")


def leave(browser: Browser, page: Page | Arrival) -> Page | Arrival:
    """Press the button that signs out."""
    assert isinstance(page, Page)
    assert page.status == 200
    assert page.kind == "logout"
    assert page.path.startswith("/logout")
    return browser.press(page, "logout-confirm")


def is_signed_out(rp: System, browser: Browser) -> bool:
    told = rp.authorize(browser, prompt="none")
    return told.get("error") == "login_required"


def is_signed_out_page(place: Page | Arrival) -> bool:
    return isinstance(place, Page) and place.status == 200 and "ออกจากระบบแล้ว" in place.text


def test_oidcc_rp_initiated_logout_discovery(rp: System) -> None:
    assert rp.discovery["end_session_endpoint"].startswith("https://")


def test_oidcc_rp_initiated_logout(rp: System, browser: Browser, hint: str) -> None:
    place = leave(browser, go(rp, browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state=STATE))
    assert place == Arrival(SIGNED_OUT, {"state": STATE})
    assert is_signed_out(rp, browser)


def test_oidcc_rp_initiated_logout_no_state(rp: System, browser: Browser, hint: str) -> None:
    place = leave(browser, go(rp, browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT))
    assert place == Arrival(SIGNED_OUT, {})
    assert is_signed_out(rp, browser)


@pytest.mark.parametrize(
    "address",
    ["https://rp.example.go.th/foo", "https://evil.example/", "javascript:alert(1)", "//evil.example", "/home"],
)
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(
    rp: System, browser: Browser, hint: str, address: str
) -> None:
    place = go(rp, browser, id_token_hint=hint, post_logout_redirect_uri=address, state=STATE)
    assert is_error_page(place, "post_logout_redirect_uri is not registered")


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
    rp: System, browser: Browser, hint: str
) -> None:
    address = f"{SIGNED_OUT}?foo=bar"
    place = go(rp, browser, id_token_hint=hint, post_logout_redirect_uri=address, state=STATE)
    assert is_error_page(place, "post_logout_redirect_uri is not registered")


def test_oidcc_rp_initiated_logout_modified_id_token_hint(rp: System, browser: Browser, hint: str) -> None:
    claims = jwt.decode(hint, options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none")
    place = go(rp, browser, id_token_hint=unsigned, post_logout_redirect_uri=SIGNED_OUT, state=STATE)
    assert is_error_page(place, "id_token_hint is not valid")


def test_oidcc_rp_initiated_logout_bad_id_token_hint(rp: System, browser: Browser, hint: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    key, header = rsa.generate_private_key(65537, 2048), jwt.get_unverified_header(hint)
    claims = jwt.decode(hint, options={"verify_signature": False})
    foreign = jwt.encode(claims, key, algorithm="RS256", headers={"kid": header["kid"]})
    place = go(rp, browser, id_token_hint=foreign, post_logout_redirect_uri=SIGNED_OUT, state=STATE)
    assert is_error_page(place, "id_token_hint is not valid")


@pytest.mark.usefixtures("hint")
@pytest.mark.parametrize(
    "values",
    [{"post_logout_redirect_uri": SIGNED_OUT, "state": STATE}, {}, {"state": STATE}],
    ids=["no_id_token_hint", "no_params", "only_state"],
)
def test_oidcc_rp_initiated_logout_no_id_token_hint_no_params_only_state(
    rp: System, browser: Browser, values: dict[str, str]
) -> None:
    page = go(rp, browser, **values)
    assert is_signed_out_page(leave(browser, page)), "even after the click nobody is sent anywhere"
    assert is_signed_out(rp, browser)
    assert is_signed_out_page(go(rp, browser, **values)), "nor somebody who is signed out already"


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(rp: System, browser: Browser, hint: str) -> None:
    assert is_signed_out_page(leave(browser, go(rp, browser, id_token_hint=hint, state=STATE)))
    assert is_signed_out(rp, browser)


def test_who_stays_is_still_signed_in(rp: System, browser: Browser, hint: str) -> None:
    page = go(rp, browser, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)
    assert isinstance(page, Page)
    assert isinstance(browser.press(page, "logout-cancel"), Page)
    assert not is_signed_out(rp, browser)


def test_a_system_may_post_its_request(rp: System, browser: Browser, hint: str) -> None:
    values = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OUT, "state": STATE}
    place = leave(browser, browser.open(rp.discovery["end_session_endpoint"], values))
    assert place == Arrival(SIGNED_OUT, {"state": STATE})
