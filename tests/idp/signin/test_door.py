"""What the sign-in page says: where one goes, why it asks again, and what to do when a password was tried too often."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import submit, text_of
from tests.factories import open_person, sign_in
from tests.idp.oidc.relying_party import RelyingParty, register
from tests.idp.oidc.test_statements import counting
from tests.people import CLERK

FIRST_TIME, AGAIN = "เพื่อเข้าใช้ ระบบทดสอบ", "ยืนยันตัวตนอีกครั้ง"


@pytest.fixture
def system(app: Flask, client: FlaskClient) -> RelyingParty:
    register(app)
    with app.app_context():
        open_person(CLERK)
    return RelyingParty(app, client)


def test_the_page_names_the_system_one_goes_on_to_also_after_a_wrong_password(system: RelyingParty) -> None:
    page = system.browser.get(system.authorize().location)
    assert FIRST_TIME in text_of(page)
    assert AGAIN not in text_of(page)
    refused = submit(system.browser, page, {"username": CLERK.username, "password": "wrong-password-here"})
    assert FIRST_TIME in text_of(refused)
    assert "เข้าสู่ระบบไม่สำเร็จ" in text_of(refused)
    assert "เพื่อเข้าใช้" not in text_of(system.browser.get("/signin"))
    assert "เพื่อเข้าใช้" not in text_of(system.browser.get("/signin?client=nobody"))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"prompt": "login"}, "ระบบทดสอบ ขอให้ยืนยันตัวตนอีกครั้งเพื่อความปลอดภัย"),
        ({"max_age": "0"}, "ท่านเข้าสู่ระบบไว้นานแล้ว ระบบทดสอบ จึงขอให้ยืนยันตัวตนอีกครั้ง"),
        (
            {"claims": '{"id_token": {"sub": {"value": "somebody else"}}}'},
            "เบราว์เซอร์นี้เข้าสู่ระบบด้วยบัญชีอื่นอยู่ โปรดเข้าด้วยบัญชีที่ท่านใช้กับ ระบบทดสอบ",
        ),
    ],
)
def test_who_has_signed_in_is_told_why_the_page_asks_again(
    system: RelyingParty, asked: dict[str, str], why: str
) -> None:
    sign_in(system.browser, CLERK)
    page = system.browser.get(system.authorize(**asked).location)
    assert why in text_of(page)
    refused = submit(system.browser, page, {"username": CLERK.username, "password": "wrong-password-here"})
    assert why in text_of(refused), "a wrong password does not make the page forget"


def test_whose_sign_in_has_ended_is_told_so_and_who_signed_out_is_not(system: RelyingParty) -> None:
    ended = "การเข้าสู่ระบบครั้งก่อนสิ้นสุดแล้ว"
    assert ended not in text_of(system.browser.get("/signin"))
    system.browser.set_cookie("idp_sid", "of-a-session-that-is-over")
    assert ended in text_of(system.browser.get("/signin?next=/home"))
    sign_in(system.browser, CLERK)
    submit(system.browser, system.browser.get("/home"), {}, action="/signout")
    assert ended not in text_of(system.browser.get("/signin"))


def test_a_reason_that_nobody_gave_is_not_shown(system: RelyingParty) -> None:
    for invented in ("hacked", "<b>x</b>", ""):
        page = system.browser.get("/signin", query_string={"why": invented})
        assert 'class="notice' not in page.get_data(as_text=True)


@pytest.mark.parametrize("thaid", [True, False])
def test_too_many_tries_leave_the_other_ways_open(system: RelyingParty, thaid: bool) -> None:
    settings = system.app.config["SETTINGS"]
    system.app.config["SETTINGS"] = replace(settings, thaid_client_id="dla" if thaid else "")
    for _ in range(5):
        sign_in(system.browser, CLERK, "guess-guess-guess")
    refused = sign_in(system.browser, CLERK)
    assert refused.status_code == 429
    assert "กรอกรหัสผ่านไม่ถูกต้องหลายครั้ง โปรดรอประมาณ 1 นาทีแล้วลองใหม่" in text_of(refused)
    page = refused.get_data(as_text=True)
    assert ('href="#thaid-submit"' in page, 'id="thaid-submit"' in page) == (thaid, thaid)
    assert page.count('href="/recovery"') == 2


def test_naming_the_system_costs_one_statement_a_minute(system: RelyingParty) -> None:
    where = system.authorize().location
    system.browser.get(where)
    with counting(system.app) as count:
        assert FIRST_TIME in text_of(system.browser.get(where))
    assert not count.statements
