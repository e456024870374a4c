"""The pages of a unit's people, through real forms."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert
from werkzeug.test import TestResponse

from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.appointments.models import Appointment
from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.database import db
from idp.throttle import operations as throttle
from idp.throttle.operations import Counted
from idp.units import operations as units
from tests.browsing import heading_of, submit, text_of
from tests.factories import sign_in
from tests.idp.staff.conftest import COLLEAGUE, FORSAKEN, NEIGHBOUR, PEER, REASON, browser_of, posting_of
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN
from thai_web import clock

OWN_UNIT = f"/staff/units/{UNIT_ADMIN.unit_code}"


@pytest.fixture
def admin(sqlite_scene: Flask) -> FlaskClient:
    """The unit admin's browser."""
    return browser_of(sqlite_scene, UNIT_ADMIN)


def _page(app: Flask, person: object) -> str:
    with app.app_context():
        return f"/staff/people/{posting_of(person)}"  # type: ignore[arg-type]


def _crowd(app: Flask, number: int, unit_code: str = UNIT_ADMIN.unit_code) -> None:
    """Many people at once, without passwords."""
    with app.app_context():
        unit, now = units.find(unit_code), clock.now()
        assert unit
        first = db.session.query(Account).count() + 1000
        person = {
            "title": "นาย",
            "family_name": "จำนวนมาก",
            "proof": "CLAIMED",
            "status": "ACTIVE",
            "tokens_not_before": now,
            "created_at": now,
            "updated_at": now,
        }
        people = [
            person
            | {"id": first + each, "subject": f"crowd-{each}", "email": f"c{each}@example.go.th"}
            | {"username": f"crowd.{each}", "given_name": f"ราษฎร์{each:05d}"}
            for each in range(number)
        ]
        db.session.execute(insert(Account), people)
        db.session.execute(
            insert(Posting),
            [
                {
                    "account_id": first + each,
                    "unit_id": unit.id,
                    "position": "นักวิชาการ",
                    "starts_on": clock.today(),
                    "created_at": now,
                }
                for each in range(number)
            ],
        )
        db.session.commit()


def test_the_list_tells_who_where_how_and_since_when(sqlite_scene: Flask, admin: FlaskClient) -> None:
    with sqlite_scene.app_context():
        for _ in range(5):
            throttle.reserve(Counted("password.network", COLLEAGUE.username, "203.0.113.0/24"))
        page = posting_of(CLERK)
        [role] = clients.roles_for("TAO")
        clients.assign(page, role.id)
        db.session.commit()
    assert admin.get("/staff").location == OWN_UNIT
    listed = text_of(admin.get(OWN_UNIT))
    assert "พบ 4 คน" in listed
    for person in (UNIT_ADMIN, PEER, CLERK, COLLEAGUE):
        assert f"{person.title}{person.given_name} {person.family_name}" in listed
    assert f"{NEIGHBOUR.given_name} {NEIGHBOUR.family_name}" not in listed
    assert "INFO: ผู้บันทึกรายงาน" in listed
    assert listed.count("ล็อกอยู่") == 1
    assert listed.count("ผู้ดูแล SSO") >= 2


def test_two_thousand_people_are_paged_and_searched_in_the_same_number_of_statements(
    sqlite_scene: Flask, admin: FlaskClient
) -> None:
    def statements(path: str) -> int:
        seen: list[str] = []

        def note(*call: object) -> None:
            seen.append(str(call[2]))

        with sqlite_scene.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            assert admin.get(path).status_code == 200
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    few = statements(OWN_UNIT)
    _crowd(sqlite_scene, 2000)
    assert statements(OWN_UNIT) <= few
    first = admin.get(OWN_UNIT)
    assert "พบ 2,004 คน" in text_of(first)
    assert first.get_data(as_text=True).count('href="/staff/people/') == 50
    second = admin.get(f"{OWN_UNIT}?page=2")
    assert 'rel="prev"' in second.get_data(as_text=True)
    shown = [set(re.findall(r"/staff/people/(\d+)", each.get_data(as_text=True))) for each in (first, second)]
    assert not shown[0] & shown[1]
    found = admin.get(OWN_UNIT, query_string={"q": "ราษฎร์01234 จำนวนมาก"})
    assert "พบ 1 คน" in text_of(found)


def test_a_search_takes_what_is_typed_letter_by_letter(sqlite_scene: Flask, admin: FlaskClient) -> None:
    for typed in ("%", "_", "'", "สมใจ%"):
        assert "พบ 0 คน" in text_of(admin.get(OWN_UNIT, query_string={"q": typed}))
    for typed in ("นางสาวสมใจ", "SOMJAI", "ธุรการ สมใจ"):
        assert "พบ 1 คน" in text_of(admin.get(OWN_UNIT, query_string={"q": typed}))


def test_the_province_finds_a_person_and_a_unit_below_and_nobody_elsewhere(sqlite_scene: Flask) -> None:
    officer = browser_of(sqlite_scene, PROVINCIAL)
    page = officer.get("/staff", query_string={"q": "ดาว"})
    assert FORSAKEN.family_name in text_of(page)
    assert "จ.เพชรบูรณ์" in text_of(page)
    with sqlite_scene.app_context():
        unit = units.find(FORSAKEN.unit_code)
        assert unit
        name = unit.name_th
        db.session.rollback()
    assert f"/staff/units/{FORSAKEN.unit_code}" in officer.get("/staff", query_string={"q": name}).get_data(
        as_text=True
    )
    found = officer.get("/staff", query_string={"q": "มาลี"})
    assert DLA_OFFICER.family_name not in text_of(found)


def test_a_vacant_unit_says_who_helps_and_that_office_does(sqlite_scene: Flask) -> None:
    officer = browser_of(sqlite_scene, PROVINCIAL)
    assert "ขณะนี้คือ สถจ.เพชรบูรณ์" in text_of(officer.get(f"/staff/units/{FORSAKEN.unit_code}"))
    page = _page(sqlite_scene, FORSAKEN)
    assert "ระงับบัญชี" in text_of(officer.get(page))
    served = text_of(officer.get(_page(sqlite_scene, CLERK)))
    assert "ท่านดูข้อมูลได้อย่างเดียว" in served
    assert "สิ่งที่ทำได้" not in served


@pytest.mark.attack(22)
@pytest.mark.parametrize("act", ["unlock", "end-sessions", "suspend", "end-posting", "never-worked-here", "roles/new"])
def test_a_stronger_or_equal_account_is_shown_and_left_alone(sqlite_scene: Flask, admin: FlaskClient, act: str) -> None:
    page = _page(sqlite_scene, PEER)
    shown = text_of(admin.get(page))
    assert "สิ่งที่ทำได้" not in shown
    assert "ผู้ที่ช่วยเหลือบุคคลนี้ได้คือ" in shown
    answer = admin.post(f"{page}/{act}", data={"reason": REASON, "csrf_token": _token(admin)})
    assert answer.status_code == 403
    assert "เพชรบูรณ์" in text_of(answer), "it says who may"
    with sqlite_scene.app_context():
        refused = db.session.query(AuditEvent).filter_by(name="refused.help").one()
        assert refused.facts["why"] == "no authority"
        found = accounts.find_by_username(PEER.username)
        assert found
        assert found.status == "ACTIVE"


def _token(client: FlaskClient) -> str:
    return re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/home").get_data(as_text=True))[0]


def test_a_person_of_another_unit_does_not_exist(sqlite_scene: Flask, admin: FlaskClient) -> None:
    page = _page(sqlite_scene, NEIGHBOUR)
    for path in (
        page,
        f"{page}/suspend",
        f"{page}/roles/new",
        f"/staff/units/{NEIGHBOUR.unit_code}",
        "/staff/people/99999",
    ):
        assert admin.get(path).status_code == 404, path
    assert admin.get(_page(sqlite_scene, CLERK) + "/nothing").status_code == 404


def test_a_clerk_has_no_such_page_and_no_such_menu(sqlite_scene: Flask) -> None:
    clerk = browser_of(sqlite_scene, CLERK)
    for path in ("/staff", OWN_UNIT, _page(sqlite_scene, COLLEAGUE)):
        assert clerk.get(path).status_code == 403
    assert "บุคลากร" not in text_of(clerk.get("/home"))


def test_suspending_takes_a_reason_and_keeps_what_was_typed(sqlite_scene: Flask, admin: FlaskClient) -> None:
    page = _page(sqlite_scene, CLERK)
    asked = admin.get(f"{page}/suspend")
    assert heading_of(asked) == "ระงับบัญชี"
    refused = submit(admin, asked, {"reason": "สั้นไป"})
    assert refused.status_code == 422
    assert "อย่างน้อย 10 ตัวอักษร" in text_of(refused)
    assert "สั้นไป</textarea>" in refused.get_data(as_text=True)
    done = submit(admin, asked, {"reason": "อยู่ระหว่างการสอบสวน"})
    assert done.location == page
    shown = text_of(admin.get(page))
    assert "ระงับบัญชีแล้ว" in shown
    assert "อยู่ระหว่างการสอบสวน" in shown
    assert submit(admin, asked, {"reason": "อยู่ระหว่างการสอบสวน"}).status_code == 409, "a second click"


def test_a_leaver_is_recorded_with_the_last_day_in_the_buddhist_era(sqlite_scene: Flask, admin: FlaskClient) -> None:
    page, today = _page(sqlite_scene, CLERK), clock.today()
    asked = admin.get(f"{page}/end-posting")
    values = {"reason": REASON, "last_day-day": str(today.day), "last_day-month": str(today.month)}
    refused = submit(admin, asked, {**values, "last_day-year": str(today.year)})
    assert refused.status_code == 422
    before = today - timedelta(days=400)
    early = {
        "last_day-day": str(before.day),
        "last_day-month": str(before.month),
        "last_day-year": str(before.year + 543),
    }
    assert "ไม่เคยทำงานที่นี่" in text_of(submit(admin, asked, {**values, **early}))
    assert submit(admin, asked, {**values, "last_day-year": str(today.year + 543)}).status_code == 303
    assert "พ้นจากหน่วยงาน" in text_of(admin.get(page))


def _day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year + 543)}


LONG_AGO = date(2020, 1, 31)
TOO_SHORT = "ระบุเหตุผลให้เจ้าของบัญชีเข้าใจ อย่างน้อย 10 ตัวอักษร"
NOT_A_NAME = "ใช้ได้เฉพาะตัวอักษร เว้นวรรค จุด และขีด"
NOT_AN_ADDRESS = "กรอกอีเมลให้ครบถ้วน เป็นตัวอักษรอังกฤษ"


@pytest.mark.parametrize(
    ("act", "typed", "told"),
    [
        ("mailbox", {"email": "ส@sakruat.go.th", "reason": "a"}, (NOT_AN_ADDRESS, TOO_SHORT)),
        (
            "correct/person",
            {"given_name": "<b>", "family_name": "<i>", "phone": "12", "reason": "a"},
            (NOT_A_NAME, "กรอกหมายเลขโทรศัพท์ไทยหมายเลขเดียว", TOO_SHORT),
        ),
        ("correct/position", {"position": "", "reason": "a"}, ("กรอกตำแหน่ง", TOO_SHORT)),
        ("end-posting", {**_day("last_day", LONG_AGO), "reason": "a"}, ("ไม่อยู่ก่อนวันที่เริ่มสังกัด", TOO_SHORT)),
        ("roles/new", _day("ends_on", LONG_AGO), ("เลือกสิทธิ์", "วันสิ้นสุดต้องไม่ใช่วันที่ผ่านมาแล้ว")),
    ],
)
def test_all_that_is_wrong_with_an_act_is_told_at_once(
    sqlite_scene: Flask, admin: FlaskClient, act: str, typed: dict[str, str], told: tuple[str, ...]
) -> None:
    path = f"{_page(sqlite_scene, CLERK)}/{act}"
    refused = submit(admin, admin.get(path), typed)
    assert refused.status_code == 422
    for sentence in told:
        assert sentence in _errors(refused)


def _errors(page: TestResponse) -> str:
    """The summary of what is wrong."""
    [summary] = re.findall(r'<div class="error-summary.*?</div>', page.get_data(as_text=True), flags=re.S)
    return summary


def test_all_that_is_wrong_with_an_invitation_is_told_at_once(sqlite_scene: Flask, admin: FlaskClient) -> None:
    asked = admin.get(f"{OWN_UNIT}/invitations/new")
    refused = submit(admin, asked, {"name": "<b>", "email": "ส@sakruat.go.th", "position": ""})
    assert refused.status_code == 422
    for sentence in (NOT_A_NAME, NOT_AN_ADDRESS, "กรอกตำแหน่ง"):
        assert sentence in _errors(refused)


def test_the_only_admin_is_told_where_the_requests_will_go(sqlite_scene: Flask) -> None:
    officer = browser_of(sqlite_scene, PROVINCIAL)
    assert "คนเดียว" in text_of(officer.get(_page(sqlite_scene, NEIGHBOUR) + "/end-posting"))
    assert "คนเดียว" not in text_of(officer.get(_page(sqlite_scene, PEER) + "/end-posting"))


def test_a_role_is_given_and_ended_on_the_pages(sqlite_scene: Flask, admin: FlaskClient) -> None:
    page = _page(sqlite_scene, CLERK)
    with sqlite_scene.app_context():
        [role] = clients.roles_for("TAO")
        role_id = str(role.id)
    asked = admin.get(f"{page}/roles/new")
    assert submit(admin, asked, {}).status_code == 422
    assert submit(admin, asked, {"role": role_id}).status_code == 303
    shown = admin.get(page).get_data(as_text=True)
    end = re.findall(rf'href="({page}/roles/\d+/end)"', shown)[0]
    assert submit(admin, admin.get(end), {"reason": "สั้น"}).status_code == 422
    assert submit(admin, admin.get(end), {"reason": REASON}).status_code == 303
    assert "ยังไม่มีสิทธิ์ในระบบใด" in text_of(admin.get(page))
    assert admin.get(end).status_code == 404


def test_the_person_reads_everything_about_her_own_account(sqlite_scene: Flask, admin: FlaskClient) -> None:
    page = _page(sqlite_scene, CLERK)
    submit(admin, admin.get(f"{page}/end-sessions"), {"reason": "พบการเข้าใช้จากเครื่องที่ไม่รู้จัก"})
    clerk = browser_of(sqlite_scene, CLERK)
    own = text_of(clerk.get("/home/history"))
    assert "ให้ออกจากระบบทุกเครื่อง" in own
    assert "พบการเข้าใช้จากเครื่องที่ไม่รู้จัก" in own
    assert f"โดย {UNIT_ADMIN.title}{UNIT_ADMIN.given_name} {UNIT_ADMIN.family_name}" in own
    assert "ตามหนังสือที่ สถ 0801/ว 1" in own
    assert "เปิดบัญชี" in own
    assert "ระบบที่ฉันอนุญาตให้ใช้ข้อมูล" in own, "and from here what she agreed to"
    assert "พบการเข้าใช้" not in text_of(browser_of(sqlite_scene, COLLEAGUE).get("/home/history"))


def test_a_history_of_many_events_is_paged(sqlite_scene: Flask) -> None:
    with sqlite_scene.app_context():
        found = accounts.find_by_username(CLERK.username)
        assert found
        for number in range(60):
            accounts.suspend(found, f"เหตุการณ์ที่ {number}")
            accounts.reinstate(found, f"เหตุการณ์ที่ {number}")
        db.session.commit()
    clerk = browser_of(sqlite_scene, CLERK)
    first = clerk.get("/home/history")
    assert 'rel="next"' in first.get_data(as_text=True)
    assert 'rel="prev"' in clerk.get("/home/history?page=3").get_data(as_text=True)


def test_powers_taken_away_close_the_pages_at_once(sqlite_scene: Flask, admin: FlaskClient) -> None:
    officer = browser_of(sqlite_scene, PROVINCIAL)
    page = _page(sqlite_scene, UNIT_ADMIN)
    open_form = admin.get(_page(sqlite_scene, CLERK) + "/suspend")
    submit(officer, officer.get(f"{page}/suspend"), {"reason": "อยู่ระหว่างการสอบสวน"})
    assert submit(admin, open_form, {"reason": REASON}).status_code == 401
    submit(officer, officer.get(f"{page}/reinstate"), {"reason": "ผลการสอบสวนไม่พบความผิด"})
    assert sign_in(admin, UNIT_ADMIN).status_code == 303
    assert admin.get(OWN_UNIT).status_code == 200


def test_an_expired_letter_closes_the_pages(sqlite_scene: Flask) -> None:
    admin = browser_of(sqlite_scene, UNIT_ADMIN)
    page = _page(sqlite_scene, CLERK)
    asked = admin.get(f"{page}/suspend")
    with sqlite_scene.app_context():
        found = accounts.find_by_username(UNIT_ADMIN.username)
        assert found
        made = db.session.query(Appointment).filter_by(account_id=found.id).one()
        made.starts_on, made.ends_on = clock.today() - timedelta(days=30), clock.today() - timedelta(days=1)
        db.session.commit()
    assert submit(admin, asked, {"reason": REASON}).status_code == 403
    assert admin.get(page).status_code == 403


@pytest.mark.parametrize(
    "typed",
    [
        "089-987-6543",
        "+66899876543",
        "๐๘๙ ๙๘๗ ๖๕๔๓",
        "089-987",
        "O’Brien",
        "เลิศล\u0e4d\u0e49\u0e32",
        "ท\u0e48\u0e35รัก\u200b",
    ],
)
def test_a_person_is_found_as_people_write_names_and_numbers(sqlite_scene: Flask, typed: str) -> None:
    with sqlite_scene.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account
        account.given_name, account.family_name, account.phone = "ที่รัก", "O'Brien เลิศล้ำ", "0899876543"
        db.session.commit()
    client = browser_of(sqlite_scene, UNIT_ADMIN)
    shown = text_of(client.get("/staff", query_string={"q": typed}))
    assert "ที่รัก O'Brien เลิศล้ำ" in shown
    assert COLLEAGUE.given_name not in shown
