"""One press on the start page: in the provider as one, then in INFO as another, with nothing left of the first."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.people import CLERK, PROVINCIAL


@pytest.mark.parametrize("open_browser", ["script-desktop", "plain-phone"], indirect=True)
def test_one_press_and_one_is_somebody(demo: Demo, open_browser: Callable[[str], Page]) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    visit = Visit(open_browser("newcomer"), demo, variant, "30-start-page")
    page = visit.page
    page.goto(demo.inbox)
    visit.look("start")
    page.get_by_role("button", name=f"เข้าเป็น{CLERK.given_name}").first.click()
    expect(page.locator("body")).to_contain_text(f"{CLERK.given_name} {CLERK.family_name}")
    assert page.url.startswith(demo.provider)
    for person in (CLERK, PROVINCIAL):
        page.goto(demo.inbox)
        page.locator(f"form:has(input[value='{person.username}']):has(input[value=info]) button").first.click()
        page.wait_for_url(f"{demo.info}/**")
        expect(page.locator("body")).to_contain_text(f"{person.given_name} {person.family_name}")
    page.goto(f"{demo.inbox}/mails")
    visit.look("mails")
