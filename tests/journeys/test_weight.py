"""A page is light for a slow line: what it and all it needs weigh as they travel; and nothing jumps as it comes."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from tests.idp.everything import addresses, furnish_everything
from tests.idp.staff.conftest import browser_of
from tests.journeys import narrow_screen, structure
from tests.journeys.test_frame import opened
from tests.people import DLA_OFFICER, UNIT_ADMIN

KIB = 1024
FIRST, ANY = 60 * KIB, 100 * KIB
FONTS = sum(font.stat().st_size for font in Path("thai_web/static/fonts").glob("*.woff2"))  # packed already
LEAST = 0.005  # of the screen; told to two places, as browsers do, it is 0.00
NEEDS = re.compile(r'<(?:link|script)[^>]+(?:href|src)="(/static/[^"]+)"|<img[^>]+src="(/static/[^"]+)"')
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(each => { sum += each.hadRecentInput ? 0 : each.value; }))
    .observe({type: "layout-shift", buffered: true});
  document.fonts.ready.then(() => setTimeout(() => done(sum), 300));
})"""


def weight(client: FlaskClient, path: str) -> int:
    """Bytes of a page and of all that it needs, as nginx sends them, the whole typeface with them."""
    with client.get(path, follow_redirects=True) as answer:
        page = answer.text
    files = {found for pair in NEEDS.findall(page) for found in pair if found and not found.endswith(".woff2")}
    total = len(gzip.compress(page.encode(), 5)) + FONTS
    for each in files:
        with client.get(each) as file:
            assert file.status_code == 200, each
            total += len(gzip.compress(file.data, 5))
    return total


def test_the_first_pages_weigh_at_most_60_kib(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    heavy = {path: found for path in ("/", "/signin", "/register") if (found := weight(client, path)) > FIRST}
    assert not heavy


def test_no_page_weighs_more_than_100_kib(sqlite_app: Flask) -> None:
    furnish_everything(sqlite_app)
    seen, heavy = set[str](), {}
    for person in (DLA_OFFICER, UNIT_ADMIN):
        client = browser_of(sqlite_app, person)
        for path in addresses(sqlite_app):
            with client.get(path) as answer:
                is_page = answer.mimetype == "text/html" and answer.location is None
                kind = structure.of(answer.text) if is_page else ""
            if kind and kind not in seen:
                seen.add(kind)
                found = weight(client, path)
                heavy |= {path: found} if found > ANY else {}
    assert not heavy
    assert len(seen) > 50


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/", "/signin", "/home", "/approvals", "/staff/units/670603"])
def test_nothing_jumps_while_a_page_comes(sqlite_app: Flask, browser: Browser, path: str, width: int) -> None:
    furnish_everything(sqlite_app)
    client = sqlite_app.test_client() if path in ("/", "/signin") else browser_of(sqlite_app, UNIT_ADMIN)
    with opened(browser, client, width) as page:
        page.goto(narrow_screen.ADDRESS + path)
        assert page.evaluate(SHIFTS) < LEAST
