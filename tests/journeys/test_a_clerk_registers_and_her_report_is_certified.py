"""The wire, from a clerk's registration to a certified report, as four people play it in a browser.

Played with scripts on and off, on a desktop and on a phone; axe looks at each page, and a picture of each is kept.
"""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.factories import letter_image
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.journeys.steps import appoint, check_effort, choose_password, decide, register

# Each variant plays in a unit of its own, since a unit reports once a quarter. None of them has an admin at first.
UNITS = {
    "script-desktop": ("670604", "คลองกระจัง", 501, "อนงค์", "กานดา"),
    "script-phone": ("670605", "นาสนุ่น", 502, "บุษบา", "ขวัญใจ"),
    "plain-desktop": ("670606", "ประดู่งาม", 503, "ชบา", "จันทร์เพ็ญ"),
    "plain-phone": ("670608", "หนองย่างทอย", 504, "ดาวเรือง", "ทองใบ"),
}


def test_a_clerk_registers_and_her_report_is_certified(
    demo: Demo, open_browser: Callable[[str], Page], tmp_path: Path
) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    code, unit, number, admin_name, clerk_name = UNITS[variant]
    scan = tmp_path / "คำสั่งบรรจุ.png"
    scan.write_bytes(letter_image())

    # A future admin registers; the unit has none yet, so the province decides.
    first = Visit(open_browser("admin"), demo, variant, "1-admin")
    admin = {"name": admin_name, "email": f"anong{number}@example.go.th", "username": f"anong.{number}"}
    reference = register(first, admin, unit, number, scan)
    province = Visit(open_browser("province"), demo, variant, "2-province")
    province.sign_in("prasit.province", demo.people["prasit.province"]["password"])
    decide(province, reference, "APPROVED")
    choose_password(first, admin, number)

    # The province appoints her by letter; from now on the unit decides for itself.
    appoint(province, code, admin["name"], scan)
    province.leave()

    # The clerk registers, is refused once for a bad document, and approved when she asks again.
    clerk = Visit(open_browser("clerk"), demo, variant, "3-clerk")
    person = {"name": clerk_name, "email": f"kanda{number}@example.go.th", "username": f"kanda.{number}"}
    reference = register(clerk, person, unit, number + 100, scan)
    check_effort(clerk, presses=8, choices=4, fields=8)
    first.go("/home")
    decide(first, reference, "APPROVED")
    choose_password(clerk, person, number + 100)
    clerk.go("/home")
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text("หน้าแรก")
    clerk.look("portal")

    # INFO opens without a second sign-in; she records the quarter's report and sends it.
    enter_info(clerk)
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text(f"อบต.{unit}")
    record_report(clerk)

    # The province returns it once with a reason, she corrects and sends it again, the province certifies.
    province.sign_in("prasit.province", demo.people["prasit.province"]["password"])
    enter_info(province)
    send_back(province, unit)
    correct(clerk)
    certify(province, unit)
    clerk.page.reload()
    expect(clerk.page.get_by_role("main")).to_contain_text("จังหวัดรับรองแล้ว")
    clerk.look("certified")

    # DLA's officer sees the national counts.
    officer = Visit(open_browser("officer"), demo, variant, "4-officer")
    officer.sign_in("malee.officer", demo.people["malee.officer"]["password"])
    enter_info(officer)
    officer.page.goto(f"{demo.info}/dashboards/board")
    expect(officer.page.get_by_role("row", name=re.compile("เพชรบูรณ์")).get_by_role("cell").nth(3)).not_to_have_text("0")
    officer.look("country")


def enter_info(visit: Visit) -> None:
    """From the portal's tile, without being asked again who one is."""
    visit.go("/home")
    visit.page.get_by_role("link", name=re.compile("INFO")).click()
    visit.page.wait_for_url(f"{visit.demo.info}/**")
    assert "/signin" not in visit.page.url.removeprefix(visit.demo.info)
    visit.look("info-home")


def record_report(visit: Visit) -> None:
    """Every block, a refused number on the way, and the declaration."""
    page = visit.page
    page.locator("#report-start").click()
    visit.look("report-tasks")
    page.locator("ol.task-list a").first.click()
    fill_date(page, "as_of", ("20", "พฤศจิกายน", "2569"))
    next_part(visit, "report-identity")
    for name, value in {"has_centre": "yes", "centre_form": "one_stop", "opening": "lunch"}.items():
        page.locator(f"input[name={name}][value={value}]").check()
    page.locator("input[name=channels][value=counter]").check()
    next_part(visit, "report-centre")
    fill(page, volume_tax_offered="๔", volume_tax_recipients="-1", volume_tax_in_time="80")
    page.locator("button[value=next]").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator("#volume_tax_offered")).to_have_value("๔")
    visit.look("report-volume-refused")
    fill(page, volume_tax_offered="4", volume_tax_recipients="80")
    next_part(visit, "report-volume")
    fill(page, respondents="20", sex_male_count="8", sex_female_count="12", age_21_40_count="12", age_41_60_count="8")
    fill(page, method_paper_count="20")
    next_part(visit, "report-respondents")
    for place, row in enumerate(("process", "staff", "place", "channels", "outcome", "overall")):
        fill(page, **{f"satisfaction_{row}_5": str(12 - place), f"satisfaction_{row}_4": str(8 + place)})
    next_part(visit, "report-satisfaction")
    fill(page, problems="ที่จอดรถไม่พอ")
    next_part(visit, "report-remarks")
    send_report(visit, "report-check")


def send_report(visit: Visit, name: str) -> None:
    """The check page, its declaration, and the receipt."""
    page = visit.page
    if "/check" not in page.url:
        page.get_by_role("link", name="ตรวจคำตอบและส่งรายงาน").click()
    expect(page.locator("#report-submit")).to_be_visible()
    visit.look(name)
    for answer in page.locator("main textarea").all():
        answer.fill("แก้ไขแล้วตามที่แจ้ง")
    page.locator("input[name=declared]").check()
    page.locator("#report-submit").click()
    expect(page.get_by_role("main")).to_contain_text("ส่งจังหวัดแล้ว")
    visit.look(name.replace("check", "sent"))


def send_back(visit: Visit, unit: str) -> None:
    """The province finds the report in its queue and returns it with a reason."""
    page = visit.page
    open_in_queue(visit, unit)
    visit.look("review")
    page.get_by_role("link", name="ส่งกลับให้แก้ไข").click()
    page.locator("#report-return").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    visit.look("return-refused")
    page.locator("input[name=flagged][value=remarks]").check()
    page.locator("textarea[name=reason]").fill("โปรดระบุข้อเสนอแนะของผู้รับบริการด้วย")
    page.locator("#report-return").click()
    expect(page.get_by_role("main")).to_contain_text("ส่งกลับแก้ไข")
    visit.look("returned")


def open_in_queue(visit: Visit, unit: str) -> None:
    """The unit's report among those that wait."""
    visit.page.goto(f"{visit.demo.info}/")
    visit.page.get_by_role("link", name=re.compile("รอรับรอง")).click()
    visit.look("info-queue")
    visit.page.get_by_role("link", name=re.compile(f"อบต.{unit}")).click()


def correct(visit: Visit) -> None:
    """The clerk sees the reason, corrects the flagged part and sends again."""
    page = visit.page
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("โปรดระบุข้อเสนอแนะ")
    visit.look("report-returned")
    page.locator("ol.task-list a[href*=remarks]").click()
    fill(page, suggestions="เพิ่มที่จอดรถ")
    next_part(visit, "report-corrected")
    send_report(visit, "report-check-again")


def certify(visit: Visit, unit: str) -> None:
    """The province certifies what it has seen."""
    open_in_queue(visit, unit)
    visit.page.locator("#report-certify").click()
    expect(visit.page.get_by_role("main")).to_contain_text("จังหวัดรับรองแล้ว")
    visit.look("certified")


def next_part(visit: Visit, name: str) -> None:
    """Look at the part as filled in, save it, go on."""
    visit.look(name)
    before = visit.page.url
    visit.page.locator("button[value=next]").click()
    visit.page.wait_for_url(lambda url: url != before)


def fill(page: Page, **values: str) -> None:
    """Type into fields by name."""
    for name, text in values.items():
        page.locator(f"[name={name}]").fill(text)


def fill_date(page: Page, name: str, parts: tuple[str, str, str]) -> None:
    """Day, month, Buddhist year."""
    for part, text in zip(("day", "month", "year"), parts, strict=True):
        page.locator(f"[name={name}-{part}]").fill(text)
