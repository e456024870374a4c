"""The sign-in page in a real browser: the eye on a password, letters twice as large, and the dark."""

import gzip
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.factories import open_person
from tests.idp.oidc.relying_party import register
from tests.journeys import narrow_screen
from tests.people import CLERK, PASSWORD
from tests.serving import serving

LOOKS = [("light", 1280, 1), ("dark", 1280, 1), ("light", 360, 1), ("dark", 360, 1), ("light", 640, 2)]
PAGES = ("/", "/signin", "/signin?client=long&why=age", "/recovery", "/recovery/sent", "/signed-out")


@pytest.fixture
def address(sqlite_app: Flask) -> Iterator[str]:
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], thaid_client_id="dla")  # its button, too
    register(sqlite_app, client_id="long", client_name="W" * 100)
    with serving(sqlite_app) as port:
        yield f"http://localhost:{port}"


def test_an_eye_shows_the_password_and_hides_it_before_it_is_sent(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/signin")
    password, eye = page.locator("#password"), page.get_by_role("button", name="แสดงรหัสผ่าน")
    password.fill("four words of mine")
    expect(eye).to_have_attribute("aria-pressed", "false")
    eye.click()
    expect(password).to_have_attribute("type", "text")
    expect(eye).to_have_attribute("aria-pressed", "true")
    page.evaluate("addEventListener('submit', event => event.preventDefault())")
    password.press("Enter")
    expect(password).to_have_attribute("type", "password")


def test_without_script_there_is_no_eye_and_the_fields_say_what_they_are(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/signin")
    expect(page.get_by_role("button", name="แสดงรหัสผ่าน")).to_have_count(0)
    expect(page.locator("#username")).to_have_attribute("autocomplete", "username webauthn")
    expect(page.locator("#password")).to_have_attribute("autocomplete", "current-password")


def test_back_from_inside_does_not_show_the_door_again(browser: Browser, sqlite_app: Flask, address: str) -> None:
    with sqlite_app.app_context():
        open_person(CLERK)
    page = browser.new_page()
    page.goto(f"{address}/signin")
    page.locator("#username").fill(CLERK.username)
    page.locator("#password").fill(PASSWORD)
    page.locator("#login-submit").click()
    page.wait_for_url(f"{address}/home")
    page.go_back()
    expect(page).to_have_url(f"{address}/home")


def test_the_code_out_of_a_mail_is_typed_at_once(browser: Browser, sqlite_app: Flask, address: str) -> None:
    with sqlite_app.app_context():
        open_person(CLERK)
    page = browser.new_page()
    page.goto(f"{address}/registration-status/find")
    page.locator("#reference").fill("R0123456789")
    page.locator("#email").fill(CLERK.email)
    page.get_by_role("button", name="ส่งรหัส").click()
    expect(page.locator("#code")).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/signin"])
def test_a_first_visit_weighs_at_most_sixty_kibibytes(browser: Browser, address: str, path: str) -> None:
    """Compressed as nginx does it; the fonts are compressed already."""
    bodies: list[bytes] = []
    page = browser.new_page()
    page.on("response", lambda answer: bodies.append(answer.body()))
    page.goto(address + path, wait_until="networkidle")
    assert sum(min(len(body), len(gzip.compress(body, 6))) for body in bodies) <= 60 * 1024


@pytest.mark.parametrize(("colours", "width", "scale"), LOOKS)
def test_every_page_of_the_entrance_is_whole(
    browser: Browser, address: str, colours: str, width: int, scale: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=colours)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(address + path)
        if scale > 1:
            page.evaluate("document.documentElement.style.fontSize = '225%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(narrow_screen.FAULTS) == [] or width > 360, path
        _judge(page, path)


def _judge(page: Page, path: str) -> None:
    found = Axe().run(page)
    assert not found.response["violations"], (path, found.generate_report())
