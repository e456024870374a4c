"""The unit's admin on an ordinary day: invites somebody, helps her back in, and ends her access."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import letter_image
from tests.journeys import steps
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.people import PASSWORD, UNIT_ADMIN, fictional_national_id

FRESH = "another-lamp-by-the-river"
NUMBERS = {"script-desktop": 9101, "plain-phone": 9102}


@pytest.mark.parametrize("open_browser", ["script-desktop", "plain-phone"], indirect=True)
def test_an_admin_invites_helps_and_lets_go(demo: Demo, open_browser: Callable[[str], Page], tmp_path: Path) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    family_name = {"script-desktop": "มาก่อน", "plain-phone": "มาหลัง"}[variant]
    name = f"นางสาวมาลัย {family_name}"
    guest = {"email": f"malai.{variant}@sakruat.example.go.th", "username": f"malai.{variant}", "name": family_name}
    scan = tmp_path / "คำสั่ง.png"
    scan.write_bytes(letter_image(f"ORDER {variant}"))

    admin = Visit(open_browser("admin"), demo, variant, "13-staff")
    admin.sign_in(UNIT_ADMIN.username, PASSWORD)
    admin.choose("บุคลากร")
    admin.look("people")
    _invite(admin, name, guest["email"])

    visit = Visit(open_browser("guest"), demo, variant, "14-guest")
    reference = _register(visit, guest, scan, NUMBERS[variant])
    admin.go("/approvals")
    steps.decide(admin, reference, "APPROVED")
    steps.choose_password(visit, guest, NUMBERS[variant])

    _help(admin, name)
    mail = demo.wait_for_mail(guest["email"], "ตั้งรหัสผ่านใหม่")
    visit.page.goto(re.findall(r"http://\S+/recovery/\S+", mail["body"])[0])
    visit.page.get_by_label("เลขประจำตัวประชาชน").fill(fictional_national_id(NUMBERS[variant]))
    visit.page.get_by_label("รหัสผ่านใหม่").fill(FRESH)
    visit.page.get_by_label(re.compile("อีกครั้ง")).fill(FRESH)
    visit.page.get_by_role("button", name="ตั้งรหัสผ่านใหม่").click()
    visit.sign_in(guest["username"], FRESH)
    visit.go("/home/history")
    expect(visit.page.get_by_role("main")).to_contain_text("ผู้ดูแลส่งลิงก์กู้คืนบัญชีทางอีเมล")
    expect(visit.page.get_by_role("main")).to_contain_text("ตามหนังสือที่")
    visit.look("own-history")

    _let_go(admin, name)
    demo.wait_for_mail(guest["email"], "แจ้งว่าไม่เคยทำงานที่นี่")
    visit.go("/home")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("เข้าสู่ระบบ")


def _invite(admin: Visit, name: str, email: str) -> None:
    page = admin.page
    page.get_by_role("link", name="เชิญผู้ใช้ใหม่").click()
    page.get_by_label("อีเมลของผู้ได้รับเชิญ").fill(email)
    page.locator("#act").click()
    expect(page.get_by_role("alert")).to_contain_text("กรอกชื่อผู้ได้รับเชิญ")
    expect(page.get_by_label("อีเมลของผู้ได้รับเชิญ")).to_have_value(email)
    admin.look("invite-refused")
    page.get_by_label("คำนำหน้า ชื่อ และนามสกุล").fill(name)
    page.get_by_label("ตำแหน่ง").fill("เจ้าพนักงานธุรการ")
    page.get_by_role("checkbox", name=re.compile("บันทึก")).check()
    admin.look("invite")
    page.locator("#act").click()
    expect(page.get_by_role("main")).to_contain_text("ส่งคำเชิญแล้ว")
    admin.look("invitations")


def _register(visit: Visit, guest: dict[str, str], scan: Path, number: int) -> str:
    """From the mailed link to the reference: unit, position and mailbox are there already."""
    page = visit.page
    mail = visit.demo.wait_for_mail(guest["email"], "เชิญท่านลงทะเบียน")
    page.goto(re.findall(r"http://\S+/invitation/\S+", mail["body"])[0])
    visit.look("invited")
    page.locator("#act").click()
    page.wait_for_url("**/register/tasks")
    visit.look("tasks")
    visit.go("/register/person")
    page.get_by_role("radio", name="นางสาว").check()
    page.get_by_label("ชื่อ", exact=True).fill("มาลัย")
    page.get_by_label("นามสกุล").fill(guest["name"])
    page.get_by_label("เลขประจำตัวประชาชน").fill(fictional_national_id(number))
    page.get_by_label("โทรศัพท์").fill("0812345678")
    visit.save()
    visit.settle_on_task("evidence")
    steps.attach(visit, "คำสั่งบรรจุหรือแต่งตั้ง", scan)
    card = scan.with_name("บัตร.png")
    card.write_bytes(letter_image(f"CARD {visit.variant}"))
    steps.attach(visit, "บัตรประจำตัวเจ้าหน้าที่ของรัฐ", card)
    page.get_by_role("link", name="แนบครบแล้ว ทำต่อ").click()
    visit.look("check")
    page.get_by_label(re.compile("ข้าพเจ้าขอรับรอง")).check()
    page.get_by_role("button", name="ส่งคำขอ").click()
    visit.look("submitted")
    return str(re.findall(r"R[0-9A-Z]{10}", page.inner_text("main"))[0])


def _open_person(admin: Visit, name: str) -> None:
    admin.go(f"/staff/units/{UNIT_ADMIN.unit_code}")
    admin.page.get_by_role("main").get_by_role("searchbox").fill(name.split()[-1])
    admin.page.get_by_role("main").get_by_role("button", name="ค้นหา").click()
    admin.page.get_by_role("link", name=name).click()


def _help(admin: Visit, name: str) -> None:
    _open_person(admin, name)
    admin.look("person-helped")
    admin.page.get_by_role("link", name="ส่งลิงก์ตั้งรหัสผ่านใหม่").click()
    admin.look("recover")
    admin.page.locator("#act").click()
    expect(admin.page.get_by_role("main")).to_contain_text("ส่งอีเมลถึงเจ้าของบัญชีแล้ว")
    admin.page.get_by_role("link", name="แก้ไขตำแหน่ง").click()
    admin.page.get_by_label("ตำแหน่ง").fill("นักจัดการงานทั่วไป")
    admin.page.get_by_label("เหตุผล").fill("เลื่อนตำแหน่งตามคำสั่ง")
    admin.look("correct")
    admin.page.locator("#act").click()
    expect(admin.page.get_by_role("main")).to_contain_text("แก้ไขตำแหน่งแล้ว")
    admin.page.get_by_role("link", name="แจ้งเปลี่ยนอีเมล").click()
    admin.look("mailbox")


def _let_go(admin: Visit, name: str) -> None:
    _open_person(admin, name)
    admin.page.get_by_role("link", name="แจ้งพ้นจากหน่วยงาน").click()
    admin.look("leave")
    admin.page.locator("#act").click()
    expect(admin.page.get_by_role("alert")).to_contain_text("กรอกเหตุผล")
    _open_person(admin, name)
    admin.page.get_by_role("link", name="แจ้งว่าไม่เคยทำงานที่นี่").click()
    admin.page.get_by_label("เหตุผล").fill("ตรวจสอบทะเบียนแล้ว ไม่พบชื่อนี้ในหน่วยงาน")
    admin.look("never-worked-here")
    admin.page.locator("#act").click()
    expect(admin.page.get_by_role("main")).to_contain_text("พ้นหน่วยงานแล้ว")
    admin.look("gone")
