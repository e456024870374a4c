"""DLA registers a system on pages, gives it a secret, and people sign in to it with what was registered."""

import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, expect

from tests.idp.oidc.relying_party import VERIFIER, challenge
from tests.journeys.conftest import Demo
from tests.journeys.pages import Visit
from tests.people import CLERK, DLA_OFFICER, PASSWORD
from tests.waiting import LONGEST

CALLBACK = "http://127.0.0.1:20999/callback"  # nobody listens: the browser is seen going there


@pytest.mark.parametrize("open_browser", ["script-desktop", "plain-phone"], indirect=True)
def test_dla_registers_a_system_and_a_clerk_signs_in_to_it(demo: Demo, open_browser: Callable[[str], Page]) -> None:
    variant: str = open_browser.variant  # type: ignore[attr-defined]
    client_id = f"roads-{variant}"
    officer = Visit(open_browser("officer"), demo, variant, "14-systems")
    officer.sign_in(DLA_OFFICER.username, PASSWORD)
    page = officer.page
    officer.choose("ระบบที่เชื่อมโยง")
    officer.look("systems")
    page.get_by_role("link", name="ลงทะเบียนระบบใหม่").click()
    page.get_by_label("ชื่อ รหัส อำเภอ หรือจังหวัด").fill("สระกรวด")
    page.get_by_role("button", name="ค้นหา").click()
    page.get_by_label("อบต.สระกรวด").check()
    officer.look("owner")
    page.get_by_role("button", name="ทำต่อ").click()

    page.get_by_label("ชื่อระบบภาษาไทย").fill(f"ระบบถนน {variant}")
    page.get_by_label("รหัสของระบบ (client_id)").fill(client_id)
    page.get_by_label("(redirect_uris)").fill("http://roads.example.go.th/callback")
    page.get_by_label("แสดงในหน้าแรก").uncheck()
    page.locator("#client-save").click()
    expect(page.get_by_role("alert")).to_contain_text("https://")
    officer.look("form-refused")
    page.get_by_label("(redirect_uris)").fill(CALLBACK)
    page.locator("#client-save").click()
    first = page.locator("#client-secret").inner_text()
    page.get_by_role("link", name="เก็บรหัสลับแล้ว").click()
    officer.look("system")
    page.get_by_role("link", name="รหัสลับ").click()
    officer.look("secrets")
    page.locator("#secret-issue").click()
    second = page.locator("#client-secret").inner_text()
    assert first != second
    page.get_by_role("link", name="เก็บรหัสลับแล้ว").click()

    clerk = Visit(open_browser("clerk"), demo, variant, "14-systems")
    for secret in (first, second):  # both count while the system takes up the new one
        assert _signs_in(clerk, client_id, secret)["unit"]["code"] == CLERK.unit_code
    assert "error" in _redeem(demo, client_id, "wrong" * 8, _code(clerk, client_id))

    page.get_by_role("link", name="ตรวจสอบการเข้าใช้ของผู้ใช้").click()
    page.get_by_label("ชื่อผู้ใช้").fill(CLERK.username)
    officer.look("choose-person")
    page.get_by_role("button", name="ระบบนี้จะได้รับข้อมูลใด").click()
    officer.look("told")
    page.get_by_role("link", name="ย้อนกลับ").click()
    page.get_by_label("ชื่อผู้ใช้").fill(CLERK.username)
    page.get_by_role("button", name="สาเหตุที่เข้าใช้ไม่ได้").click()
    officer.look("entrance")
    page.get_by_role("link", name="ย้อนกลับ").click()
    page.get_by_role("link", name="ย้อนกลับ").click()
    page.get_by_role("link", name="ระงับใช้").click()
    page.get_by_label("เหตุผล").fill("จบการทดลอง")
    officer.look("suspending")
    page.get_by_role("button", name="ระงับทันที").click()
    expect(page.get_by_role("main")).to_contain_text("จบการทดลอง")


def _code(clerk: Visit, client_id: str) -> str:
    page, returned = clerk.page, list[str]()
    page.on("request", lambda sent: returned.append(sent.url) if sent.url.startswith(CALLBACK) else None)
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid unit",
        "state": "s" * 32,
        "nonce": "n" * 32,
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    }
    with suppress(BrowserError):
        page.goto(f"{clerk.demo.provider}/authorize?{urlencode(asked)}")
    if page.locator("#login-submit").count():
        page.locator("#username").fill(CLERK.username)
        page.locator("#password").fill(PASSWORD)
        page.locator("#login-submit").click()
    if page.locator("#consent-allow").count():
        clerk.look("consent-of-a-test-system")
        page.locator("#consent-allow").click()
    deadline = time.monotonic() + LONGEST
    while not returned:
        assert time.monotonic() < deadline, "the browser is not sent back"
        page.wait_for_timeout(50)  # in which the browser's events arrive; sleeping would hold them up
    return parse_qs(urlsplit(returned[-1]).query)["code"][0]


def _redeem(demo: Demo, client_id: str, secret: str, code: str) -> dict:
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    answer: dict = requests.post(f"{demo.provider}/token", data=given, auth=(client_id, secret), timeout=LONGEST).json()
    return answer


def _signs_in(clerk: Visit, client_id: str, secret: str) -> dict:
    tokens = _redeem(clerk.demo, client_id, secret, _code(clerk, client_id))
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    told: dict = requests.get(f"{clerk.demo.provider}/userinfo", headers=headers, timeout=LONGEST).json()
    return told
