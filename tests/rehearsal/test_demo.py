"""`make demo` on the day on which it is rehearsed: everything starts, a report can be filed, somebody signs in."""

import json
import os
import subprocess
from urllib.parse import urljoin

import pytest
import requests

from tests.conformance.browser import Page
from tests.journeys.conftest import Demo, demo  # noqa: F401 - the fixture
from tests.people import CLERK, PASSWORD
from tests.processes.conftest import BIN
from tests.waiting import LONGEST


def _press(browser: requests.Session, page: Page, button: str, **typed: str) -> Page:
    form = page.form_with(button)
    name, value = form["buttons"][button]
    given = {**form["fields"], **({name: value} if name else {}), **typed}
    address = urljoin(page.response.url, form["action"])
    return Page(browser.post(address, data=given, headers={"Referer": page.response.url}, timeout=LONGEST))


@pytest.mark.slow
@pytest.mark.each_day
@pytest.mark.xdist_group("demo")
def test_the_demo_starts_on_this_day_and_its_clerk_comes_to_info(demo: Demo) -> None:  # noqa: F811
    command, settings = [str(BIN / "info"), "periods", "list"], str(demo.folder / "settings.env")
    told = subprocess.run(command, env={**os.environ, "INFO_SETTINGS_FILE": settings}, capture_output=True, check=True)
    assert "ON_TIME" in {period["phase"] for period in json.loads(told.stdout)}
    with requests.Session() as browser:
        page = Page(browser.get(f"{demo.info}/dashboards/", timeout=LONGEST))
        page = _press(browser, page, "login-submit", username=CLERK.username, password=PASSWORD)
        if page.kind == "consent":
            page = _press(browser, page, "consent-allow")
        assert page.status == 200
        assert page.response.url.startswith(demo.info)
        assert "อบต.สระกรวด" in page.text
