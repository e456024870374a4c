"""Basic and Form Post plans: when a person is asked, and when not."""

import time

import jwt
import pytest

from tests.conformance.browser import Arrival, Browser, Page
from tests.conformance.system import System, Tokens
from tests.people import PASSWORD, UNIT_ADMIN
from thai_web import clock

pytestmark = pytest.mark.xdist_group("conformance")

NEEDS_A_PERSON = {"login_required", "interaction_required", "account_selection_required", "consent_required"}


def again(system: System, browser: Browser, **changes: str | None) -> Tokens:
    """A later request of the same browser."""
    time.sleep(1.1)  # auth_time counts in seconds
    browser.forget_pages()
    return system.tokens(browser, **changes)


@pytest.mark.parametrize("prompt", ["login", "login consent", "login select_account"])
def test_oidcc_prompt_login(system: System, browser: Browser, prompt: str) -> None:
    first = system.tokens(browser)
    second = again(system, browser, prompt=prompt)
    assert "login" in browser.seen
    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert second.claims["sub"] == first.claims["sub"]


def test_who_chooses_her_account_needs_no_password(system: System, browser: Browser) -> None:
    first = system.tokens(browser)
    second = again(system, browser, prompt="select_account")
    assert "select-account" in browser.seen
    assert "login" not in browser.seen
    assert second.claims["auth_time"] == first.claims["auth_time"]


def test_oidcc_prompt_none_not_logged_in(system: System, browser: Browser) -> None:
    assert system.authorize(browser, prompt="none")["error"] in NEEDS_A_PERSON
    assert browser.seen in ([], ["form-post"])


def test_oidcc_prompt_none_logged_in(system: System, browser: Browser) -> None:
    first = system.tokens(browser)
    second = again(system, browser, prompt="none")
    assert not {"login", "consent"} & set(browser.seen)
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["auth_time"] == first.claims["auth_time"]


def test_a_prompt_that_contradicts_itself_is_told_so(system: System, browser: Browser) -> None:
    for prompt in ("none login", "none consent", "always", "none none2"):
        assert system.authorize(browser, prompt=prompt)["error"] == "invalid_request", prompt


def test_oidcc_max_age_1(system: System, browser: Browser) -> None:
    first = system.tokens(browser)
    time.sleep(1)
    second = again(system, browser, max_age="1")
    assert "login" in browser.seen
    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert clock.now().timestamp() - second.claims["auth_time"] < 10


def test_oidcc_max_age_10000(system: System, browser: Browser) -> None:
    first = system.tokens(browser, max_age="15000")
    second = again(system, browser, max_age="10000")
    assert not {"login", "consent"} & set(browser.seen)
    assert second.claims["auth_time"] == first.claims["auth_time"]


def test_max_age_0_asks_for_the_password_and_silently_gets_an_error(system: System, browser: Browser) -> None:
    system.tokens(browser)
    assert system.authorize(browser, max_age="0", prompt="none")["error"] == "login_required"
    again(system, browser, max_age="0")
    assert "login" in browser.seen


def test_a_max_age_that_is_no_number_of_seconds_is_told_so(system: System, browser: Browser) -> None:
    for max_age in ("-1", "soon", "1.5", "99999999999"):
        assert system.authorize(browser, max_age=max_age)["error"] == "invalid_request", max_age


def test_oidcc_id_token_hint(system: System, browser: Browser) -> None:
    first = system.tokens(browser)
    second = again(system, browser, prompt="none", id_token_hint=first.id_token)
    assert second.claims["sub"] == first.claims["sub"]


def test_a_hint_at_somebody_else_is_not_answered_with_this_person(system: System, browser: Browser) -> None:
    other = Browser(browser.provider, UNIT_ADMIN)
    hint = system.tokens(other).id_token
    system.tokens(browser)
    assert system.authorize(browser, prompt="none", id_token_hint=hint)["error"] == "login_required"
    asked = system.request(id_token_hint=hint)
    page = browser.open(system.address(asked))
    assert isinstance(page, Page)
    assert page.kind == "login"
    clerk, admin = browser.person.username, UNIT_ADMIN.username
    arrival = browser.press(page, "login-submit", username=clerk, password=PASSWORD)
    assert isinstance(arrival, Arrival)
    assert system.answer(arrival, asked)["error"] == "login_required", "the wrong person signed in"
    page = browser.open(system.address(asked))
    assert isinstance(page, Page)
    browser.person = UNIT_ADMIN
    arrival = browser.press(page, "login-submit", username=admin, password=PASSWORD)
    assert not isinstance(arrival, Page) or arrival.kind == "consent"


def test_a_hint_that_was_not_signed_by_the_provider_brings_no_code(system: System, browser: Browser) -> None:
    system.tokens(browser)
    forged = jwt.encode({"iss": system.provider.issuer, "sub": "somebody"}, "k" * 32, algorithm="HS256")
    assert system.authorize(browser, prompt="none", id_token_hint=forged)["error"] == "invalid_request"


def test_a_wrong_password_shows_the_page_again_and_the_request_goes_on(system: System, browser: Browser) -> None:
    asked = system.request()
    page = browser.open(system.address(asked))
    assert isinstance(page, Page)
    page_again = browser.press(page, "login-submit", username=browser.person.username, password="not this one")
    assert isinstance(page_again, Page)
    assert page_again.kind == "login"
    place = browser.press(page_again, "login-submit", username=browser.person.username, password=PASSWORD)
    if isinstance(place, Page):
        place = browser.press(place, "consent-allow")
    assert isinstance(place, Arrival)
    assert "code" in system.answer(place, asked)


def test_consent_is_asked_once_and_again_for_more(fresh: System, browser: Browser) -> None:
    fresh.tokens(browser, scope="openid")
    assert "consent" in browser.seen
    browser.forget_pages()
    fresh.tokens(browser, scope="openid")
    assert "consent" not in browser.seen
    assert fresh.authorize(browser, scope="openid email", prompt="none")["error"] == "consent_required"
    fresh.tokens(browser, scope="openid email")
    assert "consent" in browser.seen
    browser.forget_pages()
    fresh.tokens(browser, scope="openid email", prompt="consent")
    assert "consent" in browser.seen


def test_prompt_create_opens_the_registration(system: System, browser: Browser) -> None:
    """Initiating User Registration via OpenID Connect 1.0: what is promised in discovery is done."""
    assert "create" in system.discovery["prompt_values_supported"]
    page = browser.open(system.address(system.request(prompt="create")))
    assert isinstance(page, Page)
    assert (page.status, page.path) == (200, "/register")
    assert system.authorize(browser, prompt="create none")["error"] == "invalid_request"
