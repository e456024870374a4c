"""Registering and signing in with ThaID, on the phone that holds the app."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import letter_image
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.journeys.steps import begin_registration, check_effort, decide, finish_registration

CITIZENS = {"script-phone": ("มานะ", "อดทนดี"), "plain-phone": ("ชูใจ", "เลิศล้ำ")}


@pytest.mark.parametrize("open_browser", ["script-phone", "plain-phone"], indirect=True)
def test_a_clerk_registers_with_thaid_on_a_phone(
    demo: Demo, open_browser: Callable[[str], Page], tmp_path: Path
) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    given_name, family_name = CITIZENS[variant]
    scan = tmp_path / "บัตรเจ้าหน้าที่.png"
    scan.write_bytes(letter_image())
    clerk = Visit(open_browser("clerk"), demo, variant, "5-thaid")

    # She says no in the app first: nothing is lost, and she may try again.
    begin_registration(clerk)
    to_thaid(clerk, given_name, "deny")
    expect(clerk.page.get_by_role("main")).to_contain_text("ThaID")
    clerk.look("thaid-denied")
    clerk.go("/register/person")
    to_thaid(clerk, given_name, "approve")
    expect(clerk.page.get_by_role("main")).to_contain_text(f"{given_name} {family_name}")
    clerk.look("thaid-proven")
    clerk.type("โทรศัพท์", "0899999999")
    person = {"email": f"{variant}@example.go.th"}
    clerk.type("อีเมล", person["email"])
    reference = finish_registration(clerk, person, "สระกรวด", scan)
    check_effort(clerk, presses=8, choices=2, fields=5)  # beside the one that leads to ThaID

    admin = Visit(open_browser("admin"), demo, variant, "6-admin")
    admin.sign_in("wilai.admin", demo.people["wilai.admin"]["password"])
    decide(admin, reference, "APPROVED")
    demo.wait_for_mail(person["email"], "อนุมัติ")

    # No password is needed: ThaID opens the portal.
    clerk.go("/signin")
    clerk.look("sign-in-with-thaid")
    to_thaid(clerk, given_name, "approve")
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text("หน้าแรก")
    clerk.look("home-by-thaid")


def to_thaid(visit: Visit, given_name: str, act: str) -> None:
    """Press the button, and answer in the app on the same phone."""
    page = visit.page
    page.locator("#thaid-submit").click()
    page.locator("#open-app").click()
    page.get_by_role("radio", name=re.compile(given_name)).check()
    page.locator(f"#{act}").click()
    page.wait_for_url(f"{visit.demo.provider}/**")
