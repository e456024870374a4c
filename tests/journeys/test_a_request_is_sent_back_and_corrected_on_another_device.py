"""One wrong document is sent back and corrected on another device; then she asks for more with her account."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import letter_image
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.journeys.steps import choose, choose_password, decide, hand_in, open_case, register
from tests.people import fictional_national_id

CLERKS = {"script-desktop": ("ประไพ", 701), "plain-phone": ("ลำดวน", 702)}
REASON = "ภาพคำสั่งไม่ชัด อ่านชื่อไม่ได้ โปรดถ่ายใหม่ให้เห็นทั้งหน้า"


@pytest.mark.parametrize("open_browser", list(CLERKS), indirect=True)
def test_a_request_is_sent_back_and_corrected_on_another_device(
    demo: Demo, open_browser: Callable[[str], Page], tmp_path: Path
) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    name, number = CLERKS[variant]
    blurred, clear = tmp_path / "ไม่ชัด.png", tmp_path / "ชัด.png"
    blurred.write_bytes(letter_image("BLURRED"))
    clear.write_bytes(letter_image("CLEAR"))
    person = {"name": name, "email": f"clerk{number}@example.go.th", "username": f"clerk.{number}"}
    clerk = Visit(open_browser("clerk"), demo, variant, "7-returned")
    clerk.go("/register/before")
    clerk.look("before-registering")
    reference = register(clerk, person, "สระกรวด", number, blurred)

    admin = Visit(open_browser("admin"), demo, variant, "8-admin")
    admin.sign_in("wilai.admin", demo.people["wilai.admin"]["password"])
    send_back(admin, reference)

    # She opens the mailed link at home, on a device that never saw her request.
    home = Visit(open_browser("home"), demo, variant, "9-home")
    mail = demo.wait_for_mail(person["email"], "โปรดแก้ไข")
    assert REASON in mail["body"]
    home.page.goto(re.findall(r"http://\S+/registration-status/\S+", mail["body"])[0])
    expect(home.page.get_by_role("main")).to_contain_text("ส่งกลับให้แก้ไข")
    home.look("link")
    home.page.get_by_label("เลขประจำตัวประชาชน").fill(fictional_national_id(number))
    home.page.get_by_role("button", name="เปิดคำขอของฉัน").click()
    expect(home.page.get_by_role("main")).to_contain_text(REASON)
    home.look("status-returned")
    home.page.get_by_role("link", name="แก้ไขคำขอ").click()
    home.look("tasks-returned")
    correct(home, blurred, clear)

    # The reviewer sees what changed, and approves.
    admin.go("/approvals")
    open_case(admin, reference)
    expect(admin.page.get_by_role("main")).to_contain_text("สิ่งที่เปลี่ยนจากครั้งก่อน")
    expect(admin.page.get_by_role("main")).to_contain_text(clear.name)
    admin.look("dossier-corrected")
    decide(admin, reference, "APPROVED")
    choose_password(home, person, number)

    # With the account she has, she asks for one more office.
    home.go("/home")
    home.page.get_by_role("link", name=re.compile("เพิ่มสังกัด")).click()
    home.look("asking-for-more")
    home.page.get_by_label("ขอเพิ่มสังกัดอีกหน่วยงาน").check()
    home.page.get_by_label("ข้าพเจ้าอ่านประกาศความเป็นส่วนตัวแล้ว").check()
    home.page.get_by_role("button", name="ทำต่อ").click()
    home.look("tasks-of-more")
    home.go("/home")
    expect(home.page.get_by_role("main")).to_contain_text("ขอเพิ่มสังกัดอีกหน่วยงาน")
    home.look("home-with-requests")


def send_back(visit: Visit, reference: str) -> None:
    """Name the telephone and the document; without a reason it is refused and nothing is lost."""
    page = visit.page
    visit.choose("คำขอ")
    open_case(visit, reference)
    confirm = choose(page, "RETURNED")
    page.get_by_label("โทรศัพท์").check()
    page.get_by_label(re.compile("^เอกสาร ไม่ชัด")).check()
    visit.look("sending-back")
    confirm.click()
    expect(page.get_by_role("alert")).to_contain_text("เหตุผล")
    expect(page.get_by_label("โทรศัพท์")).to_be_checked()
    visit.look("sending-back-refused")
    form = page.locator("#returned")
    form.get_by_label("ประเภทเหตุผล").select_option("UNREADABLE")
    form.get_by_label("เหตุผลถึงผู้ขอ").fill(REASON)
    confirm.click()
    expect(page.get_by_role("main")).to_contain_text("บันทึกผลแล้ว")


def correct(visit: Visit, blurred: Path, clear: Path) -> None:
    """Another telephone, another picture; the other answers cannot be reached."""
    page = visit.page
    visit.go("/register/unit")
    expect(page).to_have_url(re.compile("/register/tasks"))
    page.get_by_role("link", name="ข้อมูลส่วนบุคคล").click()
    expect(page.get_by_label("เลขประจำตัวประชาชน")).to_have_count(0)
    page.get_by_label("โทรศัพท์").fill("0898765432")
    visit.look("person-returned")
    visit.save()
    page.get_by_role("link", name="เอกสารหลักฐาน").click()
    expect(page.get_by_role("main")).to_contain_text(REASON)
    visit.look("evidence-replacing")
    hand_in(visit, page.locator(".kind.refused").filter(has_text=blurred.name), "ใช้ไฟล์นี้แทน", clear)
    visit.look("evidence-returned")
    visit.go("/register/check")
    visit.look("check-returned")
    page.get_by_label(re.compile("ข้าพเจ้าขอรับรอง")).check()
    page.get_by_role("button", name="ส่งคำขอ").click()
    visit.look("sent-again")
