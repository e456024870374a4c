"""What people do when ThaID does not help, and when they forgot how to sign in."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.people import CHOSEN_PASSWORD, CLERK, PASSWORD, UNIT_ADMIN
from tests.waiting import LONGEST


@pytest.fixture
def turn(demo: Demo) -> Iterator[Callable[..., None]]:
    """Turns a switch of the simulated ThaID; it is right again when the journey is over."""

    def turn_to(**switches: object) -> None:
        asked = requests.post(f"{demo.thaid}/control.json", json={"switches": switches}, timeout=LONGEST)
        assert asked.status_code == 200, asked.text

    yield turn_to
    turn_to(outage="none", outage_at="everywhere")


@pytest.mark.attack(17)
@pytest.mark.parametrize("open_browser", ["script-desktop", "plain-phone"], indirect=True)
def test_thaid_denied_expired_and_down_leave_the_password_door_open(
    demo: Demo, open_browser: Callable[[str], Page], turn: Callable[..., None]
) -> None:
    admin = Visit(open_browser("admin"), demo, open_browser.variant, "10-thaid-fails")  # type: ignore[attr-defined]
    page = admin.page

    # She says no in the app, and is told so.
    ask_thaid(admin)
    answer_in_app(admin, "deny")
    expect(page.get_by_role("heading", level=1)).to_have_text("เข้าสู่ระบบ")
    expect(page.get_by_role("main")).to_contain_text("ท่านไม่ได้ยืนยันตัวตนในแอป ThaID")
    assert page.url == f"{demo.provider}/signin?next=%2Fhome"
    admin.look("denied")

    # The QR code runs out: ThaID tells nobody, and she comes back by herself.
    ask_thaid(admin)
    answer_in_app(admin, "expire")
    expect(page.get_by_role("heading", level=1)).to_have_text("QR หมดอายุ")
    admin.go("/signin")

    # ThaID does not answer when it is asked who came back: the page says so and what to do.
    ask_thaid(admin)
    turn(outage="down", outage_at="token")
    answer_in_app(admin, "approve")
    expect(page.get_by_role("main")).to_contain_text("ThaID")
    expect(page.get_by_role("main")).to_contain_text("รหัสผ่าน")
    admin.look("down")
    admin.sign_in(UNIT_ADMIN.username, PASSWORD)

    # It is there again, and answers after a short rest: a citizen whom nobody registered is shown the way.
    turn(outage="none")
    admin.leave()
    for _attempt in range(20):
        ask_thaid(admin)
        answer_in_app(admin, "approve", "ปิติ")
        page.wait_for_url(f"{demo.provider}/**")
        if page.get_by_role("heading", level=1).inner_text() != "ยืนยันตัวตนด้วย ThaID ไม่สำเร็จ":
            break
        time.sleep(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("ยังไม่มีบัญชีของท่านในระบบ")
    admin.look("no-account")


@pytest.mark.attack(9)
@pytest.mark.parametrize("open_browser", ["script-phone"], indirect=True)
def test_a_forgotten_password_is_recovered_by_mail_and_by_thaid(
    demo: Demo, open_browser: Callable[[str], Page]
) -> None:
    clerk = Visit(open_browser("clerk"), demo, open_browser.variant, "11-forgotten")  # type: ignore[attr-defined]
    page = clerk.page

    # By the mailed link and the national ID.
    clerk.go("/signin")
    page.get_by_role("link", name="ลืมชื่อผู้ใช้หรือรหัสผ่าน").click()
    clerk.look("forgotten")
    page.get_by_label("อีเมลที่ใช้ลงทะเบียน").fill(CLERK.email.upper())
    page.get_by_role("button", name="ส่งลิงก์").click()
    clerk.look("link-sent")
    mail = demo.wait_for_mail(CLERK.email, "ตั้งรหัสผ่านใหม่")
    page.goto(re.findall(r"http://\S+/recovery/\S+", mail["body"])[0])
    expect(page.get_by_role("main")).to_contain_text(CLERK.username)
    choose(clerk, CHOSEN_PASSWORD, UNIT_ADMIN.national_id)
    expect(page.get_by_role("alert")).to_contain_text("ไม่ตรงกับบัญชีนี้")
    clerk.look("wrong-number")
    choose(clerk, CHOSEN_PASSWORD, CLERK.national_id)
    expect(page.get_by_role("main")).to_contain_text("ตั้งรหัสผ่านใหม่แล้ว")
    demo.wait_for_mail(CLERK.email, "รหัสผ่านของท่านถูกเปลี่ยนแล้ว")
    page.locator("#password").fill(PASSWORD)
    page.locator("#login-submit").click()
    expect(page.get_by_role("alert")).to_contain_text("ไม่ถูกต้อง")
    clerk.sign_in(CLERK.username, CHOSEN_PASSWORD)
    clerk.leave()

    # By ThaID, at once.
    clerk.go("/recovery")
    page.locator("#thaid-submit").click()
    answer_in_app(clerk, "approve", CLERK.given_name)
    expect(page.get_by_label("ชื่อผู้ใช้")).to_have_value(CLERK.username)
    clerk.look("password-after-thaid")
    choose(clerk, PASSWORD)
    expect(page.get_by_role("main")).to_contain_text("ตั้งชื่อผู้ใช้และรหัสผ่านแล้ว")

    # That was her first proof: the mailbox has to be proven anew before it recovers anything.
    clerk.look("home-with-mailbox-unproven")
    page.get_by_role("main").get_by_role("link", name="ยืนยันอีเมล").click()
    clerk.look("own-email")
    page.get_by_role("button", name="ส่งรหัสไปที่อีเมลนี้").click()
    code = re.findall(r"\b\d{6}\b", demo.wait_for_mail(CLERK.email, "รหัสยืนยันอีเมล")["body"])[0]
    page.get_by_label("รหัส 6 หลัก").fill(code)
    clerk.look("own-email-code")
    page.get_by_role("button", name="ยืนยันอีเมล").click()
    expect(page.get_by_role("main")).to_contain_text("ยืนยันอีเมลแล้ว")
    clerk.leave()
    clerk.sign_in(CLERK.username, PASSWORD)


def ask_thaid(visit: Visit) -> None:
    """Press the button on the sign-in page."""
    visit.go("/signin")
    visit.page.locator("#thaid-submit").click()


def answer_in_app(visit: Visit, act: str, given_name: str = UNIT_ADMIN.given_name) -> None:
    """In the app on the same device."""
    visit.page.locator("#open-app").click()
    visit.page.get_by_role("radio", name=re.compile(given_name)).check()
    visit.page.locator(f"#{act}").click()


def choose(visit: Visit, password: str, national_id: str = "") -> None:
    """A new password, twice; with the number where it is asked for."""
    if national_id:
        visit.page.get_by_label("เลขประจำตัวประชาชน").fill(national_id)
    visit.page.locator("#password").fill(password)
    visit.page.locator("#password_again").fill(password)
    visit.page.locator("main form button.button").last.click()
