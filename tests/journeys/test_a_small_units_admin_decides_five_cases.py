"""The admin of a small unit, on whatever screen she has: five cases in one sitting, with every outcome."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Request, expect

from idp import create_app
from idp.config import from_environment
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration import operations as registration
from idp.registration.rules import owner
from tests.factories import letter_image
from tests.idp.approval.matrix import a_case
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.journeys.steps import choose, open_case
from tests.people import PASSWORD, UNIT_ADMIN

NUMBERS = {"script-desktop": 8100, "script-phone": 8110, "plain-desktop": 8120, "plain-phone": 8130}


def send_requests(demo: Demo, variant: str) -> list[str]:
    """Five requests to the admin's unit, put where the demo keeps its own; the story begins at the reviewer's desk."""
    lines = (demo.folder / "settings.env").read_text().splitlines()
    app = create_app(from_environment(dict(line.split("=", 1) for line in lines if line.startswith("IDP_"))))
    with app.app_context():
        references = [a_case("SUBMITTED", NUMBERS[variant] + step, days=5 - step) for step in range(5)]
        for reference in references:
            case = registration.find_by_reference(reference)
            assert case
            for kind, words in (("appointment_order", "APPOINTMENT ORDER"), ("national_id_card", "DEMO - NOT A CARD")):
                evidence.keep(evidence.prepare(letter_image(words), f"{kind}.png"), owner(case.id), kind)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return references


def test_an_admin_decides_five_cases_in_one_sitting(demo: Demo, open_browser: Callable[[str], Page]) -> None:
    variant = open_browser.variant  # type: ignore[attr-defined]
    first, second, third, *rest = send_requests(demo, variant)
    visit = Visit(open_browser("admin"), demo, variant, "10-five")
    page = visit.page
    visit.sign_in(UNIT_ADMIN.username, PASSWORD)
    visit.choose("คำขอ")
    visit.look("five-queue")

    # The first: find it, take it, look at a page closely, see what will be sent, approve.
    page.get_by_label("ค้นหาคำขอ").fill(first)
    page.get_by_role("main").get_by_role("button", name="ค้นหา", exact=True).click()
    expect(page.locator("a[href*='/approvals/R']")).to_have_count(1)
    visit.look("five-found")
    page.locator(f"a[href*='/approvals/{first}']").click()
    page.get_by_role("button", name="รับไว้พิจารณา").click()
    expect(page.get_by_role("main")).to_contain_text("ท่านรับคำขอนี้ไว้")
    visit.look("five-dossier")
    page.get_by_role("link", name=re.compile("^ดูภาพใหญ่")).first.click()
    page.get_by_role("link", name="หมุนขวา").click()
    visit.look("five-large")
    page.get_by_role("link", name="ย้อนกลับ").click()
    page.get_by_text("ข้อความถึงผู้ขอ (ไม่บังคับ)").click()
    page.get_by_role("button", name="ดูตัวอย่างก่อนส่ง").click()
    visit.look("five-preview")
    page.get_by_role("button", name="บันทึกผลและส่ง").click()
    expect(page.get_by_role("main")).to_contain_text("บันทึกผลแล้ว")

    # The second goes back with a ready answer, two presses from the queue; the third is refused by mistake.
    visit.go("/approvals")
    with pages_loaded(page) as presses:
        open_case(visit, second)
        confirm = choose(page, "RETURNED")
        form = page.locator("#returned")
        form.get_by_label("คำตอบสำเร็จรูป").select_option("standard-0")
        if variant.startswith("plain"):
            form.get_by_role("button", name="ใส่ข้อความ").click()
        expect(form.get_by_label("เหตุผลถึงผู้ขอ")).to_have_value(re.compile("ภาพเอกสารไม่ชัด"))
        expect(form.get_by_label(re.compile("^เอกสาร appointment_order"))).to_be_checked()
        visit.look("five-ready-answer")
        confirm.click()
        expect(page.get_by_role("main")).to_contain_text("บันทึกผลแล้ว")
    assert len(presses) == (3 if variant.startswith("plain") else 2), presses
    visit.go(f"/approvals/{third}")
    confirm, form = choose(page, "REJECTED"), page.locator("#rejected")
    form.get_by_label("เหตุผลถึงผู้ขอ").fill("ไม่พบว่าท่านเป็นบุคลากรของหน่วยงานนี้")
    confirm.click()
    expect(page.get_by_role("alert")).to_contain_text("ประเภทเหตุผล")
    visit.look("five-refused")
    form.get_by_label("ประเภทเหตุผล").select_option("NOT_STAFF")
    confirm.click()
    expect(page.get_by_role("main")).to_contain_text("บันทึกผลแล้ว")

    # The next case came by itself. It and the last are decided together; then the mistake is put right.
    visit.go("/approvals")
    for reference in rest:
        page.locator(f"input[type=checkbox][value^='{reference}']").check()
    page.get_by_role("button", name="พิจารณารายการที่เลือก").click()
    visit.look("five-many")
    page.locator("input[name=outcome][value=APPROVED]").check()
    page.get_by_role("button", name="บันทึกผลทุกรายการ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("บันทึกแล้ว 2 จาก 2 รายการ")
    visit.look("five-results")
    page.get_by_role("link", name="กลับไปรายการคำขอ").click()
    page.get_by_role("link", name=re.compile("^ไม่อนุมัติ")).click()
    page.locator(f"a[href*='/approvals/{third}']").click()
    page.get_by_label("เหตุผลที่เปิดพิจารณาใหม่").fill("ผู้ขอนำคำสั่งฉบับจริงมาแสดงแล้ว")
    visit.look("five-rejected")
    page.get_by_role("button", name="เปิดพิจารณาใหม่").click()
    expect(page.get_by_role("main")).to_contain_text("พิจารณาใหม่แล้ว")
    visit.look("five-reopened")
    visit.go("/approvals")
    with pages_loaded(page) as presses:
        open_case(visit, third)
        choose(page, "APPROVED").click()
        expect(page.get_by_role("main")).to_contain_text("บันทึกผลแล้ว")
    assert len(presses) == 2, presses
    visit.leave()


@contextmanager
def pages_loaded(page: Page) -> Iterator[list[str]]:
    """The addresses of the pages that came meanwhile: one for each press."""
    came: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request() and request.redirected_from is None:
            came.append(request.url)

    page.on("request", note)
    yield came
    page.remove_listener("request", note)
