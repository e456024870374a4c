"""What people do on the way from a registration to an account, for every journey."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.factories import letter_image
from tests.journeys.pages import Visit
from tests.people import CHOSEN_PASSWORD as PASSWORD
from tests.people import fictional_national_id


def register(visit: Visit, person: dict[str, str], unit: str, number: int, scan: Path) -> str:
    """The whole way from the front page to the reference number, everything typed by hand."""
    begin_registration(visit)
    page = visit.page
    visit.choose_one(page.get_by_role("radio", name="นางสาว"))
    visit.type("ชื่อ", person["name"])
    visit.type("นามสกุล", "ตั้งใจจริง")
    page.get_by_label("เลขประจำตัวประชาชน").fill("9990000001003")
    visit.type("โทรศัพท์", "๐๘๑๒๓๔๕๖๗๘")
    visit.type("อีเมล", person["email"])
    page.get_by_role("button", name="บันทึกและทำต่อ").click()  # refused once
    expect(page.get_by_role("alert")).to_contain_text("เลขประจำตัวประชาชน")
    expect(page.get_by_label("นามสกุล")).to_have_value("ตั้งใจจริง")
    visit.look("person-refused")
    visit.type("เลขประจำตัวประชาชน", fictional_national_id(number))
    return finish_registration(visit, person, unit, scan)


def begin_registration(visit: Visit) -> None:
    """From the front page to the first question, past the privacy notice."""
    page = visit.page
    visit.go("/")
    visit.look("front")
    visit.press(page.get_by_role("link", name="ลงทะเบียนผู้ใช้ใหม่").first)
    expect(page.get_by_role("heading", name="ประกาศความเป็นส่วนตัว")).to_be_visible()
    visit.look("register")
    visit.press(page.get_by_role("button", name="รับทราบและเริ่มลงทะเบียน"))
    visit.settle_on_task("person")


def finish_registration(visit: Visit, person: dict[str, str], unit: str, scan: Path) -> str:
    """From the person, filled in, to the reference number and the status page."""
    page, demo = visit.page, visit.demo
    visit.save()
    page.wait_for_url("**/register/email/code")
    mail = demo.wait_for_mail(person["email"], "รหัส")
    visit.look("email-code")
    visit.type("รหัส 6 หลัก", re.findall(r"\b\d{6}\b", mail["body"])[0])
    visit.save()
    visit.settle_on_task("unit")
    choose_unit(visit, unit)
    visit.settle_on_task("position")
    visit.type("ตำแหน่ง", "เจ้าพนักงานธุรการ")
    expect(page.get_by_role("checkbox", name=re.compile("บันทึก"))).to_be_checked()  # the only role there is
    visit.look("position")
    visit.save()
    visit.settle_on_task("evidence")
    visit.look("evidence")
    attach(visit, "คำสั่งบรรจุหรือแต่งตั้ง", scan)
    if page.get_by_text("แสดงว่าท่านเป็นใคร").count():  # by hand
        visit.look("evidence-one-more")
        card = scan.with_name(f"บัตรเจ้าหน้าที่-{person['name']}.png")
        card.write_bytes(letter_image("DEMO - NOT A REAL CARD"))
        attach(visit, "บัตรประจำตัวเจ้าหน้าที่ของรัฐ", card)
    visit.look("evidence-attached")
    visit.press(page.get_by_role("link", name="แนบครบแล้ว ทำต่อ"))
    visit.look("check")
    visit.choose_one(page.get_by_label(re.compile("ข้าพเจ้าขอรับรอง")))
    visit.press(page.get_by_role("button", name="ส่งคำขอ"))
    visit.look("submitted")
    reference = re.findall(r"R[0-9A-Z]{10}", page.inner_text("main"))[0]
    demo.wait_for_mail(person["email"], reference)
    visit.go("/registration-status")
    expect(page.get_by_role("main")).to_contain_text("ผู้พิจารณา")
    visit.look("status-waiting")
    return reference


def choose_unit(visit: Visit, unit: str) -> None:
    """With script one that is suggested while typing, without it one that was found: what is pressed is chosen."""
    page = visit.page
    visit.type("ชื่อ รหัส อำเภอ หรือจังหวัดของหน่วยงาน", unit)
    if visit.variant.startswith("script"):
        found = page.get_by_role("option", name=re.compile(f"อบต.{unit} .*เพชรบูรณ์"))
        expect(found).to_be_visible()
        visit.look("unit-suggested")
    else:
        visit.press(page.get_by_role("main").get_by_role("button", name="ค้นหา"))
        found = page.get_by_role("button", name=re.compile(f"อบต.{unit} .*เพชรบูรณ์"))
        visit.look("unit")
    visit.press(found)


def check_effort(visit: Visit, **most: int) -> None:
    """No more presses, choices and fields than promised; without script, each file and the search take a press more."""
    if visit.variant.startswith("plain"):
        most["presses"] += visit.effort["files"] + 1
    assert {name: visit.effort[name] for name in most if visit.effort[name] > most[name]} == {}


def attach(visit: Visit, kind: str, scan: Path) -> None:
    """One document where it is asked for: with script, choosing sends it."""
    place = visit.page.locator(".kind").filter(has=visit.page.get_by_role("heading", name=kind, exact=True))
    hand_in(visit, place, "แนบ", scan)


def hand_in(visit: Visit, place: Locator, button: str, scan: Path) -> None:
    """Choose a file at a place, and see it among what is attached."""
    visit.effort.update(choices=1, files=1)
    place.locator("input.file:not(.camera)").set_input_files(scan)
    if visit.variant.startswith("plain"):
        visit.press(place.get_by_role("button", name=button, exact=True))
    expect(visit.page.get_by_role("img", name=re.compile(re.escape(scan.name)))).to_be_visible()


def decide(visit: Visit, reference: str, outcome: str) -> None:
    """Find the case in the queue, look at its evidence, decide."""
    page = visit.page
    visit.go("/approvals")  # after an earlier decision another case may be open
    visit.look("queue")
    open_case(visit, reference)
    image = page.locator("img.page-image").first
    image.scroll_into_view_if_needed()
    expect(image).to_be_visible()
    visit.look("dossier")
    choose(page, outcome).click()
    expect(page.get_by_role("main")).to_contain_text("บันทึกผลแล้ว")
    visit.look("decided")


def choose(page: Page, outcome: str) -> Locator:
    """One of the three outcomes; what takes the decision. On a phone the approval stands in the bar."""
    if outcome == "APPROVED":
        return page.get_by_role("button", name="อนุมัติ", exact=True)
    page.locator(f".outcome.{outcome.lower()} > summary").click()
    return page.locator(f"#{outcome.lower()}").get_by_role("button", name=re.compile("^ยืนยัน"))


def open_case(visit: Visit, reference: str) -> None:
    """From the queue to one case."""
    visit.page.locator(f"a[href*='{reference}']").click()


def choose_password(visit: Visit, person: dict[str, str], number: int) -> None:
    """Through the link in the result mail, and with the number that its other readers do not know."""
    mail = visit.demo.wait_for_mail(person["email"], "อนุมัติ")
    visit.page.goto(re.findall(r"http://\S+/activate/\S+", mail["body"])[0])
    visit.look("activate")
    visit.page.get_by_label("เลขประจำตัวประชาชน").fill(fictional_national_id(number))
    visit.page.get_by_label("ชื่อผู้ใช้").fill(person["username"])
    visit.page.get_by_label("รหัสผ่าน", exact=True).fill(PASSWORD)
    visit.page.get_by_role("button", name="บันทึกและเข้าสู่ระบบ").click()
    expect(visit.page.get_by_role("main")).to_contain_text("ตั้งชื่อผู้ใช้และรหัสผ่านแล้ว")
    visit.look("home-after-activation")


def appoint(visit: Visit, code: str, name: str, scan: Path) -> None:
    """Record the letter that makes somebody the unit's SSO admin."""
    page = visit.page
    visit.go(f"/appointments/units/{code}")
    expect(page.get_by_role("main")).to_contain_text("ยังไม่มีผู้ดูแล SSO")
    visit.look("unit-without-admin")
    page.get_by_role("link", name="บันทึกการมอบหมายใหม่").click()
    page.get_by_role("button", name="บันทึกการมอบหมาย").click()
    visit.look("appointment-refused")
    page.get_by_role("radio", name=re.compile(name)).check()
    page.get_by_label("เลขที่หนังสือ").fill("พช ๐๐๒๓.๓/๑๒๓")
    for group, (day, month, year) in {
        "หนังสือลงวันที่": ("๑", "พฤศจิกายน", "๒๕๖๙"),
        "มีผลตั้งแต่วันที่": ("1", "11", "2569"),
        "ถึงวันที่": ("30", "กันยายน", "2571"),
    }.items():
        fields = page.get_by_role("group", name=re.compile(f"^{group}")).get_by_role("textbox")
        for place, text in enumerate((day, month, year)):
            fields.nth(place).fill(text)
    page.get_by_label("ตำแหน่งผู้ลงนาม").fill("นายกองค์การบริหารส่วนตำบล")
    page.locator("input[type=file]").set_input_files(scan)
    page.get_by_role("button", name="บันทึกการมอบหมาย").click()
    expect(page.get_by_role("main")).to_contain_text("มีผลอยู่")
    expect(page.locator("img.page-image")).to_be_visible()
    visit.look("appointment")
