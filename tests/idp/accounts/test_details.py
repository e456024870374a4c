"""What people tell of themselves."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts import details
from idp.accounts import operations as accounts
from idp.accounts.models import AccountDetails
from idp.accounts.rules import Details, check_name, normalise_web_address
from idp.audit.models import AuditEvent
from idp.database import db
from tests.browsing import submit, text_of
from tests.factories import open_person, sign_in
from tests.people import CLERK
from thai_web import clock
from thai_web.refusal import Refusal


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.example.go.th", "https://www.example.go.th"),
        (" https://example.go.th/a?b=c#d ", "https://example.go.th/a?b=c#d"),
        ("https://example.go.th/สมใจ", "https://example.go.th/%E0%B8%AA%E0%B8%A1%E0%B9%83%E0%B8%88"),
        ("https://example.go.th/%E0%B8%AA", "https://example.go.th/%E0%B8%AA"),
        ("https://ตัวอย่าง.ไทย:8443/", "https://xn--72c1a1bt4awk9o.xn--o3cw4h:8443/"),
        ("HTTP://EXAMPLE.go.th/", "http://example.go.th/"),
    ],
)
def test_a_web_address_is_kept_as_every_program_reads_it(typed: str, kept: str) -> None:
    assert normalise_web_address(typed) == kept
    assert kept.isascii()


@pytest.mark.parametrize(
    "typed",
    [
        "www.example.go.th",
        "javascript:alert(1)",
        "ftp://example.go.th",
        "https://",
        "https://localhost/",
        "https://a b.th/",
        "https://user:pass@example.go.th/",
        "https://example.go.th:port/",
        "https://[::1",
        "https://example.go.th\\@evil.th/",
        "https://example.go.th/<b>",
        "https://example.go.th/" + "ก" * 200,
    ],
)
def test_what_is_no_web_address_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        normalise_web_address(typed)


def test_a_nickname_is_made_of_letters() -> None:
    check_name("ใจเย็น Jai-O'Neil")
    with pytest.raises(Refusal):
        check_name("<script>")


def test_what_is_told_is_kept_changed_and_taken_away_and_recorded_without_its_content(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        account, _posting = open_person(CLERK)
        before = account.updated_at
        details.tell(account.id, Details(nickname="ใจ", address="1 ถ.เอก"))
        details.tell(account.id, Details(nickname="ใจ", address="2 ถ.โท"))
        details.tell(account.id, Details(nickname="ใจ", address="2 ถ.โท"))
        assert details.read(account.id) == Details(nickname="ใจ", address="2 ถ.โท")
        details.tell(account.id, Details())
        assert details.read(account.id) == Details()
        assert db.session.query(AccountDetails).count() == 1
        assert account.updated_at > before
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "account.details_changed"))
        changes = [event.facts["changed"] for event in found]
        assert changes == ["nickname address", "address", "nickname address"]
        db.session.rollback()


@pytest.fixture
def browser(sqlite_app: Flask) -> FlaskClient:
    """The clerk signed in."""
    with sqlite_app.app_context():
        open_person(CLERK)
    client = sqlite_app.test_client()
    sign_in(client, CLERK)
    return client


def test_a_person_fills_in_what_she_likes(sqlite_app: Flask, browser: FlaskClient) -> None:
    page = browser.get("/home/details")
    values = {
        "nickname": "ใจ",
        "gender": "female",
        "birthdate-day": "๑๓",
        "birthdate-month": "เม.ย.",
        "birthdate-year": "๒๕๓๓",
        "address": "1 ถ.เอก\r\nศรีเทพ",
        "website": "https://example.go.th",
    }
    saved = submit(browser, page, values, action="")
    assert saved.location == "/account"
    assert "บันทึกข้อมูลเพิ่มเติมแล้ว" in text_of(browser.get("/account"))
    page = browser.get("/home/details")
    assert 'value="ใจ"' in page.text
    assert 'value="2533"' in page.text
    with sqlite_app.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account
        told = details.read(account.id)
        assert (told.gender, told.birthdate.isoformat() if told.birthdate else "") == ("female", "1990-04-13")
        assert told.address == "1 ถ.เอก\nศรีเทพ"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"website": "example"}, "กรอกที่อยู่เว็บให้ครบ"),
        ({"nickname": "<b>"}, "ใช้ได้เฉพาะตัวอักษร"),
        (
            {"birthdate-day": "1", "birthdate-month": "1", "birthdate-year": str(clock.today().year + 544)},
            "ตรวจสอบปีเกิด",
        ),
        ({"birthdate-day": "1", "birthdate-month": "1", "birthdate-year": "1990"}, "กรอกปีเป็น พ.ศ."),
        ({"address": "ก" * 501}, "ยาวเกินไป"),
        ({"gender": "x"}, "เลือกจากรายการที่มีให้"),
    ],
)
def test_a_refused_answer_says_what_to_do_and_loses_nothing(
    browser: FlaskClient, values: dict[str, str], says: str
) -> None:
    answer = submit(browser, browser.get("/home/details"), {"middle_name": "ใจเย็น", **values}, action="")
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert 'value="ใจเย็น"' in answer.text


def test_the_page_is_for_its_owner_alone(sqlite_app: Flask) -> None:
    assert sqlite_app.test_client().get("/home/details").status_code == 303
