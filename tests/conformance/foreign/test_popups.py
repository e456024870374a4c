"""A page of another site signs people in by a popup, in a real Chromium: in the end the popup speaks to its opener."""

import shutil
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask, request
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.conformance.provider import Provider
from tests.journeys.conftest import CHROMIUM
from tests.people import CLERK, PASSWORD
from tests.serving import serving

pytestmark = pytest.mark.xdist_group("conformance")
OPENER = """<!doctype html><title>opener</title><script>
window.told = []
window.addEventListener('message', (event) => window.told.push(event.data))
window.leave = (address) => { window.popup = window.open(address, 'sso', 'width=480,height=640') }
</script>"""
# No other way back than `window.opener`: a BroadcastChannel would hide what is tested here.
BACK = "<!doctype html><title>back</title><script>opener.postMessage(`%s`, '*'); close()</script>"


@pytest.fixture(scope="module")
def opener() -> Iterator[str]:
    """The page's own server."""
    site = Flask("opener", static_folder=None)

    @site.get("/")
    def page() -> str:
        return OPENER

    @site.route("/back", methods=["GET", "POST"])
    def back() -> str:
        return BACK % urlencode(list(request.values.items()))

    with serving(site) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def browser() -> Iterator[BrowserContext]:
    """Chromium, in which nobody has signed in."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        context = chromium.new_context(ignore_https_errors=True, locale="th-TH")
        context.set_default_timeout(20_000)
        yield context
        chromium.close()


@pytest.fixture
def here(browser: BrowserContext, opener: str) -> Page:
    """The page that opens popups."""
    page = browser.new_page()
    page.goto(f"{opener}/")
    return page


def asked(provider: Provider, opener: str, **wishes: str) -> str:
    given = {
        "client_id": "popup",
        "redirect_uri": f"{opener}/back",
        "response_type": "code",
        "scope": "openid",
        "state": "from the popup",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        **wishes,
    }
    return f"{provider.issuer}/authorize?{urlencode(given)}"


def popup(here: Page, address: str) -> Page:
    with here.expect_popup() as opened:
        here.evaluate("(address) => leave(address)", address)
    return opened.value


def told(here: Page) -> dict[str, str]:
    """What the opener heard; by then the popup has closed itself."""
    here.wait_for_function("told.length > 0")
    here.wait_for_function("popup.closed")
    return dict(parse_qsl(here.evaluate("told.pop()")))


def sign_in(window: Page, password: str = PASSWORD) -> None:
    window.locator("#username").fill(CLERK.username)
    window.locator("#password").fill(password)
    window.locator("#login-submit").click()


def test_a_popup_brings_its_answer_back_whatever_pages_lie_on_the_way(
    provider: Provider, opener: str, here: Page
) -> None:
    window = popup(here, asked(provider, opener))
    window.get_by_role("button", name="English").first.click()  # the switch, then a refused form, the form, the consent
    sign_in(window, "not the password at all")
    window.locator("[role=alert], .error, .error-summary").first.wait_for()
    sign_in(window)
    window.locator("#consent-allow").click()
    assert told(here)["code"]
    popup(here, asked(provider, opener))  # no page at all: redirects alone
    assert told(here)["code"]
    popup(here, asked(provider, opener, response_mode="form_post"))
    assert told(here)["state"] == "from the popup"
    window = popup(here, asked(provider, opener, prompt="select_account login"))
    sign_in(window)
    assert told(here)["code"]
    window = popup(here, asked(provider, opener, prompt="select_account"))
    window.locator("#account-continue").click()
    assert told(here)["code"]
    window = popup(here, asked(provider, opener, prompt="create"))
    window.locator(f"a[href*='{urlsplit(opener).port}']").first.click()
    assert told(here)["code"]
    popup(here, asked(provider, opener, prompt="none", max_age="0"))
    assert told(here)["error"] == "login_required"


def test_a_page_with_the_header_would_cut_the_popup_off(provider: Provider, here: Page) -> None:
    """What the test above would see if one page alone on its way had it."""
    window = popup(here, f"{provider.issuer}/help")
    window.locator("h1").wait_for()
    here.wait_for_function("popup.closed")
    assert not window.is_closed(), "gone for the opener alone"


def test_signing_out_in_a_popup_takes_nothing_from_others(
    provider: Provider, opener: str, browser: BrowserContext, here: Page
) -> None:
    """Clear-Site-Data in a real browser: the popup keeps its opener, another tab of ours its looks, a neighbour under
    our host name its cookie; what our pages kept goes."""
    asking = popup(here, asked(provider, opener, prompt="login consent"))  # whatever was allowed before
    sign_in(asking)
    asking.locator("#consent-allow").click()
    assert told(here)
    browser.add_cookies([{"name": "neighbour", "value": "kept", "url": provider.issuer}])
    ours = browser.new_page()
    ours.goto(f"{provider.issuer}/home")
    ours.evaluate("localStorage.setItem('ours', 'typed')")
    window = popup(here, f"{provider.issuer}/logout?client_id=popup")
    window.locator("#logout-confirm").click()
    window.wait_for_url(f"{provider.issuer}/signed-out")
    assert here.evaluate("popup.closed") is False, "the opener may still close it"
    here.evaluate("popup.close()")
    assert "neighbour" in {cookie["name"] for cookie in browser.cookies(provider.issuer)}
    ours.reload()
    ours.locator("#username").wait_for()
    assert ours.evaluate("localStorage.getItem('ours')") is None
    assert ours.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith("Sarabun")


def test_our_own_pages_stay_apart_from_whoever_opened_them(provider: Provider) -> None:
    for path in ("/", "/home", "/help", "/register/person", "/home/sign-ins", "/clients", "/nowhere"):
        assert provider.call("GET", path).headers["Cross-Origin-Opener-Policy"] == "same-origin", path


ON_THE_WAY = (
    "/authorize",
    "/consent",
    "/select-account",
    "/signin",
    "/signin/posting",
    "/signin/thaid",
    "/thaid/callback",
    "/language",
    "/recovery",
    "/recovery/sent",
    "/register",
    "/logout",
    "/logout/confirm",
    "/signed-out",
)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_no_page_on_the_way_sends_the_header_and_all_refuse_a_frame(provider: Provider, method: str) -> None:
    for path in ON_THE_WAY:
        headers = provider.call(method, path).headers
        assert "Cross-Origin-Opener-Policy" not in headers, path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
