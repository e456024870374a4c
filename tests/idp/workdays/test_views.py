"""The calendar of offices: DLA enters what the cabinet declares."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.audit.models import AuditEvent
from idp.database import db
from idp.workdays import operations
from tests.browsing import forms_of, submit, text_of
from tests.factories import appoint, appoint_first, open_person, sign_in
from tests.people import DLA_OFFICER, PROVINCIAL
from thai_web import clock


@pytest.fixture
def officer(app: Flask) -> FlaskClient:
    with app.app_context():
        open_person(DLA_OFFICER)
        open_person(PROVINCIAL)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
    client = app.test_client()
    sign_in(client, DLA_OFFICER)
    return client


def _a_working_day() -> date:
    day = clock.today() + timedelta(days=14)
    while not operations.is_working_day(day):
        day += timedelta(days=1)
    return day


def test_a_declared_holiday_counts_and_can_be_taken_back(app: Flask, officer: FlaskClient) -> None:
    with app.app_context():
        day = _a_working_day()
    given = {
        "day-day": str(day.day),
        "day-month": str(day.month),
        "day-year": str(day.year + 543),
        "name": "วันหยุดพิเศษ",
        "source": "มติคณะรัฐมนตรี วันที่ 1 ธันวาคม 2569",
    }
    page = officer.get("/holidays")
    refused = submit(officer, page, {**given, "source": ""}, action="/holidays")
    assert refused.status_code == 422
    assert "กรอกที่มา" in text_of(refused)
    assert submit(officer, refused, given, action="/holidays").status_code == 303
    page = officer.get("/holidays")
    assert "วันหยุดพิเศษ" in text_of(page)
    with app.app_context():
        assert not operations.is_working_day(day)
    twice = submit(officer, page, given, action="/holidays")
    assert "วันนี้เป็นวันหยุดอยู่แล้ว" in text_of(twice)
    assert submit(officer, page, {}, action="/withdraw").status_code == 303
    with app.app_context():
        assert operations.is_working_day(day)
        names = [event.name for event in db.session.query(AuditEvent).filter(AuditEvent.name.like("holiday.%"))]
        assert names == ["holiday.declared", "holiday.withdrawn"]


def test_what_the_product_brings_is_not_taken_back_and_others_may_not_enter(app: Flask, officer: FlaskClient) -> None:
    token = forms_of(officer.get("/holidays"))[-1]["fields"]["csrf_token"]
    for day in ("2026-12-31", "tomorrow", "2026-13-01"):
        assert officer.post(f"/holidays/{day}/withdraw", data={"csrf_token": token}).status_code == 404
    province = app.test_client()
    sign_in(province, PROVINCIAL)
    assert province.get("/holidays").status_code == 403


def test_the_file_holds_working_days_in_order_once() -> None:
    days = [holiday.day for holiday in operations.shipped()]
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days)


def test_the_page_says_from_when_on_its_list_is_not_complete(officer: FlaskClient) -> None:
    page = text_of(officer.get("/holidays"))
    assert "ครบถึงวันที่ 31 ธันวาคม 2569" in page
    assert "ถึงวันที่ 31 ธันวาคม 2570 ยังไม่ครบ" in page
