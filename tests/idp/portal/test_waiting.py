"""What waits for one stands on the home page, the oldest first, one press away; nothing waiting is calm."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from demo.people import a_letter
from idp.access.rules import Power
from idp.accounts.models import Account
from idp.appointments import requests
from idp.appointments.models import Appointment
from idp.appointments.requests import Wanted
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration.models import Registration
from tests.browsing import submit, text_of
from tests.factories import letter_image, sign_in, viewer_of
from tests.idp.oidc.test_statements import counting
from tests.idp.portal.test_views import appointed as appointed
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from thai_web import clock

BUDGET = {
    CLERK: 18,
    UNIT_ADMIN: 31,
    PROVINCIAL: 31,
    DLA_OFFICER: 29,
}  # what the page took before it told of everything, and 3


def _home(app: Flask, person: Invented) -> tuple[FlaskClient, str]:
    client = app.test_client()
    sign_in(client, person)
    return client, client.get("/home").get_data(as_text=True)


def _waiting(page: str) -> list[str]:
    section = page[page.index('id="waiting"') : page.index('id="systems"')]
    rows = re.findall(r"<li.*?</li>", section, flags=re.S)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def _case(reference: str, state: str, days: int, **more: object) -> None:
    at = clock.now() - timedelta(days=days)
    unit_id = viewer_of(CLERK).unit_id
    db.session.add(
        Registration(
            reference=reference,
            state=state,
            given_name="สมหญิง",
            family_name=reference,
            unit_id=unit_id,
            privacy_notice="x",
            privacy_accepted_at=at,
            created_at=at,
            updated_at=at,
            submitted_at=at if state == "SUBMITTED" else None,
            **more,
        )
    )
    db.session.commit()


def test_where_nothing_waits_the_page_says_so(appointed: Flask) -> None:
    _client, page = _home(appointed, CLERK)
    assert _waiting(page) == []
    assert "วันนี้ไม่มีรายการที่รอท่านดำเนินการ" in page


def test_every_kind_stands_in_one_list_with_the_oldest_first(appointed: Flask) -> None:
    with appointed.app_context():
        _case("R0000000001", "SUBMITTED", 3)
        _case("R0000000002", "SUBMITTED", 9)
        admin = viewer_of(UNIT_ADMIN)
        _case("R0000000003", "RETURNED", 5, applicant_id=admin.account_id)
        _case("R0000000004", "DRAFT", 1, applicant_id=admin.account_id)
        past = clock.now() - timedelta(days=7)
        db.session.execute(
            update(Account).where(Account.id == admin.account_id).values(email_proven_at=None, created_at=past)
        )
        db.session.commit()
    client, page = _home(appointed, UNIT_ADMIN)
    rows = _waiting(page)
    assert ["R0000000002" in rows[0], "ยืนยันอีเมล" in rows[1], "R0000000003" in rows[2]] == [True, True, True]
    assert ["R0000000001" in rows[3], "R0000000004" in rows[4], len(rows)] == [True, True, 5]
    assert 'href="/approvals/R0000000002"' in page, "one press leads to the case"
    opened = submit(client, client.get("/home"), {}, action="/requests/R0000000003")
    assert opened.status_code == 303, "one press leads to the own request"


def test_of_many_cases_the_oldest_are_shown_and_the_rest_is_one_press_away(appointed: Flask) -> None:
    with appointed.app_context():
        for number in range(8):
            _case(f"R000000001{number}", "SUBMITTED", number)
    _client, page = _home(appointed, UNIT_ADMIN)
    assert len(_waiting(page)) == 5
    assert "ดูคำขอที่รอพิจารณาทั้งหมด" in page


def test_an_appointment_that_is_asked_for_waits_for_the_office_above_and_sent_back_for_who_asked(
    appointed: Flask,
) -> None:
    with appointed.app_context():
        clerk = viewer_of(CLERK)
        assert clerk.unit_id
        wanted = Wanted(clerk.account_id, Power.SSO_ADMIN)
        asked = requests.ask(clerk, clerk.unit_id, wanted, a_letter(), evidence.prepare(letter_image(), "x.png"))
        request_id = asked.id
        db.session.commit()
    _client, page = _home(appointed, PROVINCIAL)
    assert ["ขอมอบหมายอำนาจ" in row for row in _waiting(page)] == [True]
    assert _waiting(_home(appointed, CLERK)[1]) == []
    with appointed.app_context():
        found = requests.get(request_id)
        found.state, found.decided_at = "RETURNED", clock.now()
        db.session.commit()
    assert _waiting(_home(appointed, PROVINCIAL)[1]) == []
    client, page = _home(appointed, CLERK)
    assert ["คำขอมอบหมายถูกส่งกลับ" in row for row in _waiting(page)] == [True]
    assert client.get(f"/appointment-requests/{request_id}").status_code == 200


@pytest.mark.parametrize(
    ("person", "sees"), [(UNIT_ADMIN, True), (PROVINCIAL, True), (CLERK, False), (DLA_OFFICER, False)]
)
def test_a_letter_that_ends_is_told_to_its_holder_and_to_the_office_right_above(
    appointed: Flask, person: Invented, sees: bool
) -> None:
    with appointed.app_context():
        held = viewer_of(UNIT_ADMIN).holdings[0].appointment_id
        soon = clock.today() + timedelta(days=20)
        db.session.execute(update(Appointment).where(Appointment.id == held).values(ends_on=soon))
        db.session.commit()
    _client, page = _home(appointed, person)
    told = [row for row in _waiting(page) if "หนังสือมอบหมายใกล้สิ้นสุด" in row]
    assert len(told) == sees


@pytest.mark.parametrize("person", BUDGET)
def test_the_home_asks_the_database_little(appointed: Flask, person: Invented) -> None:
    client, _page = _home(appointed, person)
    with counting(appointed) as count:
        assert client.get("/home").status_code == 200
    assert len(count.statements) <= BUDGET[person], count.statements


def test_everything_of_ones_own_is_two_presses_from_the_home(appointed: Flask) -> None:
    client, page = _home(appointed, CLERK)
    assert 'href="/account"' in page
    account = client.get("/account")
    for path in ("/home/email", "/home/password/change", "/home/sign-ins", "/home/consents", "/home/history"):
        assert f'href="{path}"' in account.get_data(as_text=True)
        assert client.get(path).status_code == 200
    assert CLERK.email in text_of(account)


@pytest.mark.parametrize(("person", "chooses"), [(UNIT_ADMIN, True), (CLERK, False)])
def test_the_switch_of_arrival_mails_is_for_who_decides(appointed: Flask, person: Invented, chooses: bool) -> None:
    client, _page = _home(appointed, person)
    assert ("/approvals/mails" in client.get("/account").get_data(as_text=True)) == chooses
