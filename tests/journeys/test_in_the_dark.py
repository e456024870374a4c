"""Every page is legible in the dark too: each kind of page of either application, judged by axe for its contrast."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from tests.idp.everything import addresses, furnish_everything
from tests.idp.staff.conftest import browser_of
from tests.journeys import narrow_screen, structure
from tests.journeys.test_frame import opened
from tests.journeys.test_narrow_screens import _info
from tests.people import DLA_OFFICER, UNIT_ADMIN
from tests.relying_party_example import conftest as info
from tests.relying_party_example import people
from tests.relying_party_example.reports import scene

CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


def faint(browser: Browser, client: FlaskClient, paths: list[str], seen: set[str]) -> list[str]:
    """What is too faint in the dark on those pages whose kind was not seen before."""
    found = []
    with opened(browser, client, 1280) as page:
        page.emulate_media(color_scheme="dark")
        for path in paths:
            with client.get(path) as answer:
                is_page = answer.mimetype == "text/html" and answer.location is None
                kind = structure.of(answer.text) if is_page else ""
            if kind and kind not in seen:
                seen.add(kind)
                page.goto(narrow_screen.ADDRESS + path)
                for each in Axe().run(page, options=CONTRAST).response["violations"]:
                    found += [f"{path}: {node['html'][:120]}" for node in each["nodes"]]
    return found


def test_the_providers_pages_are_legible_in_the_dark(sqlite_app: Flask, browser: Browser) -> None:
    furnish_everything(sqlite_app)
    seen, found = set[str](), []
    for person in (DLA_OFFICER, UNIT_ADMIN, None):
        client = browser_of(sqlite_app, person) if person else sqlite_app.test_client()
        found += faint(browser, client, list(addresses(sqlite_app)), seen)
    assert found == []
    assert len(seen) > 50


@pytest.mark.pinned  # the quarter that takes reports is the one of the pinned day
def test_infos_pages_are_legible_in_the_dark(tmp_path: Path, browser: Browser) -> None:
    seen, found = set[str](), []
    with _info(tmp_path) as (app, stub):
        with app.app_context():
            scene.fill()
            scene.submit()
            scene.certify()
        for claims in (people.CLERK, people.CERTIFIER, people.DLA_OFFICER):
            client = info.browser_of(app, stub, claims)
            found += faint(browser, client, [path for path in _pages(app) if "<" not in path], seen)
    assert found == []
    assert len(seen) > 5


def _pages(app: Flask) -> list[str]:
    return [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
