"""DLA's officer looks after the kinds of evidence, and reads the mails before anybody gets them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import letter_image
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.people import DLA_OFFICER, PASSWORD
from tests.waiting import wait_until


@pytest.mark.parametrize("open_browser", ["script-desktop", "plain-phone"], indirect=True)
def test_dla_says_which_evidence_is_asked_and_reads_the_mails(
    demo: Demo, open_browser: Callable[[str], Page], tmp_path: Path
) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    example = tmp_path / "ตัวอย่าง.png"
    example.write_bytes(letter_image("EXAMPLE"))
    officer = Visit(open_browser("officer"), demo, variant, "12-dla")
    officer.sign_in(DLA_OFFICER.username, PASSWORD)
    page = officer.page
    officer.choose("เอกสารหลักฐาน")
    officer.look("requirements")
    page.get_by_role("link", name="แสดงว่าท่านเป็นใคร").click()
    officer.look("requirement")

    officer.go("/evidence-kinds/new")
    page.get_by_label("รหัส").fill(variant.replace("-", "_"))
    page.get_by_label("ชื่อภาษาไทย").fill("หนังสือรับรองการปฏิบัติงาน")
    officer.save()
    expect(page.get_by_role("alert")).to_contain_text("กรอกชื่อภาษาอังกฤษ")
    expect(page.get_by_label("ชื่อภาษาไทย")).to_have_value("หนังสือรับรองการปฏิบัติงาน")
    officer.look("kind-refused")
    page.get_by_label("ชื่อภาษาอังกฤษ").fill("Certificate of employment")
    officer.save()
    expect(page.get_by_role("heading", level=1)).to_have_text("หนังสือรับรองการปฏิบัติงาน")
    page.locator("input[type=file]").set_input_files(example)
    page.get_by_role("button", name="ใช้ภาพนี้เป็นตัวอย่าง").click()
    expect(page.get_by_role("img", name="ตัวอย่าง หนังสือรับรองการปฏิบัติงาน")).to_be_visible()
    officer.look("kind")

    officer.choose("อีเมลที่ระบบส่ง")
    officer.look("mails")
    page.get_by_role("link", name="ส่งกลับให้แก้ไข").click()
    officer.look("mail")

    # INFO is told when she signs out here: its own session ends with this one.
    officer.go("/home")
    page.get_by_role("link", name=re.compile("INFO")).click()
    page.wait_for_url(f"{demo.info}/**")
    officer.go("/home")
    officer.leave()

    def is_asked_to_sign_in() -> bool:
        page.goto(f"{demo.info}/dashboards/")
        return page.url.startswith(demo.provider)

    wait_until(is_asked_to_sign_in, "INFO heard of it")
    expect(page.get_by_role("heading", level=1)).to_have_text("เข้าสู่ระบบ")
    officer.sign_in(DLA_OFFICER.username, PASSWORD)
    officer.go("/clients")
    officer.look("systems")
    page.get_by_role("main").get_by_role("link", name=re.compile("INFO")).click()
    page.get_by_role("link", name=re.compile("การแจ้งออกจากระบบ")).click()
    expect(page.get_by_role("main")).to_contain_text("แจ้งแล้ว")
    officer.look("logouts")
