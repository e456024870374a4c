"""The last admin goes, a request arrives at the province, the unit asks for a new appointment, the queue returns."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import letter_image
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.journeys.steps import register
from tests.people import CLERK, PASSWORD, PROVINCIAL, UNIT_ADMIN
from thai_web import clock

UNIT = f"/appointments/units/{UNIT_ADMIN.unit_code}"
APPLICANTS = {"script-desktop": ("จันทนา", 801), "plain-phone": ("มณีรัตน์", 802)}
REASON = "หนังสือไม่มีลายมือชื่อ โปรดแนบฉบับที่ลงนามแล้ว"


@pytest.mark.parametrize("open_browser", list(APPLICANTS), indirect=True)
def test_a_province_works_a_vacancy(demo: Demo, open_browser: Callable[[str], Page], tmp_path: Path) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    name, number = APPLICANTS[variant]
    scan = tmp_path / "คำสั่ง.png"
    scan.write_bytes(letter_image(f"LETTER {variant}"))
    province = Visit(open_browser("province"), demo, variant, "13-province")
    province.sign_in(PROVINCIAL.username, PASSWORD)
    told = len([mail for mail in demo.mails_to(PROVINCIAL.email) if "ไม่มีผู้ดูแล SSO" in mail["subject"]])
    end_the_last(province)
    demo.wait_for_mail(PROVINCIAL.email, "ไม่มีผู้ดูแล SSO", told + 1)

    applicant = Visit(open_browser("applicant"), demo, variant, "14-applicant")
    person = {"name": name, "email": f"applicant{number}@example.go.th", "username": f"applicant.{number}"}
    reference = register(applicant, person, "สระกรวด", number, scan)
    expect(applicant.page.get_by_role("main")).to_contain_text("หน่วยงานของท่านไม่มีผู้ดูแล SSO")
    province.go("/approvals")
    expect(province.page.locator(f"a[href*='{reference}']")).to_have_count(1)

    clerk = Visit(open_browser("clerk"), demo, variant, "15-clerk")
    clerk.sign_in(CLERK.username, PASSWORD)
    ask(clerk, scan)
    send_back_and_approve(province, clerk)

    admin = Visit(open_browser("admin"), demo, variant, "16-admin")
    admin.sign_in(UNIT_ADMIN.username, PASSWORD)
    admin.go("/approvals")
    expect(admin.page.locator(f"a[href*='{reference}']")).to_have_count(1)
    province.go("/approvals")
    expect(province.page.locator(f"a[href*='{reference}']")).to_have_count(0)
    be_away(admin)
    province.go("/approvals")
    expect(province.page.locator(f"a[href*='{reference}']")).to_have_count(1)
    province.go(UNIT)
    province.look("unit-admin-away")
    admin.page.get_by_role("button", name=re.compile("ยกเลิก")).click()
    expect(admin.page.get_by_role("main")).to_contain_text("ยกเลิกวันที่ไม่อยู่แล้ว")


def end_the_last(visit: Visit) -> None:
    """Refused once without the word that one knows what it means."""
    page = visit.page
    visit.go(UNIT)
    in_force = page.locator("ul.queue li").filter(has_text="มีผลอยู่").filter(has_text="ผู้ดูแล SSO ของหน่วยงาน")
    in_force.get_by_role("link").first.click()
    visit.look("appointment-of-the-last")
    page.get_by_text("ยุติการมอบหมายก่อนกำหนด").click()
    page.get_by_label("เหตุผลที่ยุติการมอบหมาย").fill("ครบวาระ รอหนังสือฉบับใหม่")
    page.get_by_role("button", name="ยุติการมอบหมายทันที").click()
    expect(page.get_by_role("alert")).to_contain_text("ยืนยันว่าทราบแล้ว")
    visit.look("end-refused")
    page.get_by_label(re.compile("ข้าพเจ้าทราบแล้วว่าหน่วยงานนี้")).check()
    page.get_by_role("button", name="ยุติการมอบหมายทันที").click()
    expect(page.get_by_role("main")).to_contain_text("มีผลทันที")
    visit.look("ended")
    visit.go(UNIT)
    expect(page.get_by_role("main")).to_contain_text("คำขอจะไปที่ สถจ.เพชรบูรณ์")


def fill_letter(page: Page, number: str) -> None:
    """What stands in the letter; today and a year of days from it, in the Buddhist era."""
    page.get_by_label("เลขที่หนังสือ").fill(number)
    page.get_by_label("ตำแหน่งผู้ลงนาม").fill("นายกองค์การบริหารส่วนตำบลสระกรวด")
    today = clock.today()
    for group, day in {"หนังสือลงวันที่": today, "มีผลตั้งแต่วันที่": today, "ถึงวันที่": today + timedelta(days=365)}.items():
        fill_date(page, group, day.day, day.month, day.year + 543)


def fill_date(page: Page, group: str, *parts: int) -> None:
    """Day, month, year."""
    fields = page.get_by_role("group", name=re.compile(f"^{group}")).get_by_role("textbox")
    for place, part in enumerate(parts):
        fields.nth(place).fill(str(part))


def ask(visit: Visit, scan: Path) -> None:
    """From the home page to the request."""
    page = visit.page
    page.get_by_role("link", name="บัญชีของฉัน").last.click()
    page.get_by_role("link", name=re.compile("^ผู้ดูแล SSO")).first.click()
    visit.look("own-unit")
    page.get_by_role("link", name="ขอมอบหมายผู้ดูแล SSO").click()
    page.get_by_role("button", name="ส่งคำขอ").click()
    visit.look("asking-refused")
    page.get_by_role("radio", name=re.compile(UNIT_ADMIN.given_name)).check()
    fill_letter(page, "สก ๑๕/๒๕๖๙")
    page.locator("input[type=file]").set_input_files(scan)
    page.get_by_role("button", name="ส่งคำขอ").click()
    expect(page.get_by_role("main")).to_contain_text("รอการพิจารณาของ สถจ.เพชรบูรณ์")
    visit.look("asked")


def send_back_and_approve(province: Visit, clerk: Visit) -> None:
    """Once back to the unit, then approved; both ends see the letter it was decided under."""
    page = province.page
    province.go("/appointments")
    province.look("appointments-waiting")
    page.get_by_role("link", name=re.compile(UNIT_ADMIN.given_name)).first.click()
    province.look("request")
    told = len([mail for mail in clerk.demo.mails_to(CLERK.email) if "โปรดแก้ไขคำขอมอบหมาย" in mail["subject"]])
    page.get_by_label("ส่งกลับให้แก้ไข").check()
    page.get_by_label("เหตุผลถึงหน่วยงาน").fill(REASON)
    page.get_by_role("button", name="บันทึกผล").click()
    expect(page.get_by_role("main")).to_contain_text("บันทึกผลแล้ว")
    mail = clerk.demo.wait_for_mail(CLERK.email, "โปรดแก้ไขคำขอมอบหมาย", told + 1)
    clerk.page.goto(re.findall(r"http://\S+/appointment-requests/\d+", mail["body"])[0])
    clerk.page.reload()
    clerk.look("request-returned")
    clerk.page.get_by_role("link", name="แก้ไขคำขอ").click()
    expect(clerk.page.get_by_role("main")).to_contain_text(REASON)
    clerk.page.get_by_label("เลขที่หนังสือ").fill("สก ๑๖/๒๕๖๙")
    clerk.look("correcting")
    clerk.page.get_by_role("button", name="ส่งคำขออีกครั้ง").click()
    expect(clerk.page.get_by_role("main")).to_contain_text("ส่งคำขออีกครั้งแล้ว")
    page.reload()
    page.get_by_label("อนุมัติ", exact=True).check()
    page.get_by_role("button", name="บันทึกผล").click()
    expect(page.get_by_role("main")).to_contain_text("อนุมัติแล้ว")
    province.look("request-approved")
    clerk.page.reload()
    clerk.page.get_by_role("link", name="ดูหนังสือมอบหมายอำนาจนี้").click()
    expect(clerk.page.locator("img.page-image").first).to_be_visible()
    clerk.look("authority")


def be_away(visit: Visit) -> None:
    """Today, marked by the admin herself on the page of her appointment."""
    page = visit.page
    visit.go("/account")
    page.get_by_role("link", name="ผู้ดูแล SSO ของหน่วยงาน").first.click()
    page.get_by_text("บันทึกวันที่ไม่อยู่").first.click()
    today = clock.today()
    for group in ("ไม่อยู่ตั้งแต่วันที่", "ไม่อยู่ถึงวันที่"):
        fill_date(page, group, today.day, today.month, today.year + 543)
    page.get_by_role("button", name="บันทึกวันที่ไม่อยู่").click()
    expect(page.get_by_role("main")).to_contain_text("บันทึกวันที่ไม่อยู่แล้ว")
    visit.look("away")
