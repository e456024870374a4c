"""The head of a page: one row, the menu and the person folded on a telephone, without script too."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect

from tests.idp.staff.conftest import browser_of, furnish
from tests.journeys import narrow_screen
from tests.people import CLERK, DLA_OFFICER, UNIT_ADMIN, Invented

HEADING = "document.querySelector('h1').getBoundingClientRect().top + scrollY"
FRAME = "document.querySelector('.site-header').getBoundingClientRect().height"


@pytest.fixture
def provider(sqlite_app: Flask) -> Flask:
    """The provider with people of every rank."""
    furnish(sqlite_app)
    return sqlite_app


@contextmanager
def opened(browser: Browser, client: FlaskClient, width: int, script: bool = True) -> Iterator[Page]:
    """A page of a browser whose requests the application's test client answers."""
    with browser.new_context(viewport={"width": width, "height": 740}, java_script_enabled=script) as context:
        page = context.new_page()
        page.route(f"{narrow_screen.ADDRESS}/**", lambda route: _answer(client, route))
        yield page


def _answer(client: FlaskClient, route: Route) -> None:
    asked = route.request.url.removeprefix(narrow_screen.ADDRESS)
    with client.open(asked, method=route.request.method, data=route.request.post_data, follow_redirects=True) as told:
        route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("person", [CLERK, UNIT_ADMIN, DLA_OFFICER, None])
def test_on_a_telephone_the_heading_begins_within_160_px(
    provider: Flask, browser: Browser, person: Invented | None, width: int
) -> None:
    client = browser_of(provider, person) if person else provider.test_client()
    with opened(browser, client, width) as page:
        for path in ("/home", "/approvals", "/appointments", "/staff") if person else ("/", "/signin", "/register"):
            page.goto(narrow_screen.ADDRESS + path)
            assert page.evaluate(HEADING) <= 160, path
            assert page.evaluate(FRAME) <= 64, f"{path}: one row"


@pytest.mark.parametrize("script", [True, False])
def test_menu_and_person_unfold_on_a_telephone(provider: Flask, browser: Browser, script: bool) -> None:
    with opened(browser, browser_of(provider, DLA_OFFICER), 360, script) as page:
        page.goto(f"{narrow_screen.ADDRESS}/home")
        menu = page.get_by_role("navigation", name="เมนู")
        expect(menu.get_by_role("link")).to_have_count(0)
        page.get_by_text("เมนู", exact=True).click()
        expect(menu.get_by_role("link", name="บุคลากร")).to_be_visible()
        menu.get_by_text("จัดการระบบ").click()
        expect(menu.get_by_role("link", name="วันหยุดราชการ")).to_be_visible()
        page.locator(".person > summary").click()
        expect(page.get_by_role("button", name="ออกจากระบบ")).to_be_visible()


def test_escape_and_a_click_elsewhere_close_a_menu(provider: Flask, browser: Browser) -> None:
    with opened(browser, browser_of(provider, UNIT_ADMIN), 1280) as page:
        page.goto(f"{narrow_screen.ADDRESS}/home")
        summary, out = page.locator(".person > summary"), page.get_by_role("button", name="ออกจากระบบ")
        summary.click()
        expect(out).to_be_visible()
        page.keyboard.press("Escape")
        expect(out).to_be_hidden()
        expect(summary).to_be_focused()
        summary.click()
        page.get_by_role("heading", level=1).click()
        expect(out).to_be_hidden()


def test_a_wide_screen_has_at_most_six_words(provider: Flask, browser: Browser) -> None:
    with opened(browser, browser_of(provider, DLA_OFFICER), 1280) as page:
        page.goto(f"{narrow_screen.ADDRESS}/holidays")
        words = page.locator(".site-nav .container > ul > li")
        assert words.count() == 6
        expect(page.locator(".site-nav .here")).to_contain_text("จัดการระบบ")
        assert page.evaluate("document.querySelector('header').getBoundingClientRect().height") <= 130


def test_keys_search_go_along_a_list_and_can_be_turned_off(provider: Flask, browser: Browser) -> None:
    with opened(browser, browser_of(provider, UNIT_ADMIN), 1280) as page:
        page.goto(f"{narrow_screen.ADDRESS}/staff/units/670603")
        here = "document.activeElement.getAttribute('href') || document.activeElement.type"
        rows = [row.get_attribute("href") for row in page.locator("main .table tbody th a").all()]
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.evaluate(here) == rows[1]
        page.keyboard.press("k")
        assert page.evaluate(here) == rows[0]
        page.keyboard.press("/")
        assert page.evaluate(here) == "search"
        page.keyboard.type("j?")
        assert page.evaluate("document.activeElement.value").endswith("j?"), "who types is not disturbed"
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("?")
        page.get_by_role("button", name="ปิดปุ่มลัดในเครื่องนี้").click()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_role("button", name="ปุ่มลัดบนแป้นพิมพ์").click()
        page.get_by_role("button", name="เปิดใช้ปุ่มลัด").click()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
