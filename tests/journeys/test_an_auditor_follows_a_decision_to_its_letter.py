"""From the record to a decision, its case, the letter under which it was taken; and what the province looks over."""

import re
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Page, expect

from idp import create_app
from idp.access.rules import Power
from idp.accounts import operations as accounts
from idp.appointments import operations as appointments
from idp.approval import operations as approval
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.config import from_environment
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration import operations as registration
from idp.registration.rules import owner
from idp.units import operations as units
from tests.factories import a_letter, letter_image, open_person, viewer_of
from tests.idp.approval.matrix import a_case
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.people import DLA_OFFICER, PASSWORD, PROVINCIAL, UNIT_ADMIN, Invented

AUDITOR = replace(
    PROVINCIAL,
    key="anong_auditor",
    given_name="อนงค์",
    family_name="ตรวจการ",
    email="anong@phetchabun.example.go.th",
    position="นักวิชาการตรวจสอบภายใน",
    number=31,
)
NUMBERS = {"script-desktop": 8300, "script-phone": 8310, "plain-desktop": 8320, "plain-phone": 8330}


def furnish(demo: Demo, variant: str) -> str:
    """An auditor at the province, and a case that the unit's admin will refuse; the story begins at the record."""
    lines = (demo.folder / "settings.env").read_text().splitlines()
    app = create_app(from_environment(dict(line.split("=", 1) for line in lines if line.startswith("IDP_"))))
    with app.app_context():
        if accounts.find_by_username(AUDITOR.username) is None:
            _appoint(AUDITOR)
        reference = a_case("SUBMITTED", NUMBERS[variant], days=2)
        case = registration.find_by_reference(reference)
        assert case
        evidence.keep(evidence.prepare(letter_image("ORDER"), "คำสั่ง.png"), owner(case.id), "appointment_order")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return reference


def _appoint(person: Invented) -> None:
    open_person(person)
    account, unit = accounts.find_by_username(person.username), units.find(person.unit_code)
    assert account
    assert unit
    scan = evidence.prepare(letter_image(), "คำสั่ง.png")
    appointments.appoint(viewer_of(DLA_OFFICER), account.id, unit.id, a_letter(), scan, Power.AUDITOR)
    db.session.commit()


def decide(demo: Demo, reference: str) -> None:
    """The unit's admin refuses the case, as her page would."""
    lines = (demo.folder / "settings.env").read_text().splitlines()
    app = create_app(from_environment(dict(line.split("=", 1) for line in lines if line.startswith("IDP_"))))
    with app.app_context():
        case = registration.find_by_reference(reference)
        assert case
        verdict = Verdict(Outcome.REJECTED, "ไม่พบชื่อในคำสั่งที่แนบ", case.version, (), "OTHER")
        approval.decide(viewer_of(UNIT_ADMIN), case, verdict)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_an_auditor_follows_a_decision_to_its_letter(demo: Demo, open_browser: Callable[[str], Page]) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    reference = furnish(demo, variant)
    admin = Visit(open_browser("admin"), demo, variant, "20-admin")
    admin.sign_in(UNIT_ADMIN.username, PASSWORD)
    admin.go(f"/approvals/{reference}")
    admin.page.get_by_role("link", name=re.compile("^ดูภาพใหญ่")).first.click()
    expect(admin.page.locator("img.page-image")).to_be_visible()
    admin.page.wait_for_load_state("networkidle")
    admin.go(f"/approvals/{reference}/opened")
    expect(admin.page.get_by_role("main")).to_contain_text(f"เพื่อ พิจารณาคำขอ {reference}")
    admin.look("opened")
    decide(demo, reference)

    auditor = Visit(open_browser("auditor"), demo, variant, "21-auditor")
    page = auditor.page
    auditor.sign_in(AUDITOR.username, PASSWORD)
    auditor.choose("บันทึกการตรวจสอบ")
    auditor.look("record")
    page.get_by_label("เหตุการณ์").select_option("registration.decided")
    page.get_by_label("เลขที่คำขอ").fill(reference)
    page.get_by_role("main").get_by_role("button", name="ค้นหา", exact=True).click()
    auditor.look("found")
    page.get_by_role("main").get_by_role("link", name="พิจารณาคำขอ", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("ไม่อนุมัติ")
    auditor.look("decision")
    page.get_by_role("link", name=re.compile("^ดูคำขอ")).click()
    expect(page.get_by_role("main")).to_contain_text("วิไล ดูแลดี")
    auditor.look("case")
    page.get_by_role("link", name="ดูหนังสือมอบหมายอำนาจนี้").first.click()
    expect(page.locator("img.page-image").first).to_be_visible()
    auditor.look("letter")
    page.get_by_role("link", name="ใครเปิดดูเอกสารบ้าง").click()
    expect(page.get_by_role("main")).to_contain_text("อนงค์")
    auditor.look("letter-opened")

    province = Visit(open_browser("province"), demo, variant, "22-province")
    province.sign_in(PROVINCIAL.username, PASSWORD)
    province.choose("ภาพรวม")
    province.look("overview")
    province.page.get_by_role("link", name="ไม่มีผู้ดูแล SSO", exact=True).click()
    expect(province.page.get_by_role("main")).to_contain_text("พิจารณาแทน")
    province.look("overview-no-admin")
