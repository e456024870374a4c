"""Appointments through the page: two clicks, a search that must not stop too early, a refused reason."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from idp.accounts.operations import find_by_username
from idp.appointments import operations as appointments
from idp.appointments.models import Appointment
from idp.audit.models import AuditEvent
from idp.database import db
from idp.units.models import Unit
from idp.units.operations import import_register
from tests.browsing import submit, text_of
from tests.factories import appoint, appoint_first, letter_image, open_person, sign_in, viewer_of
from tests.people import CAST, CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN
from tests.races import start_behind
from thai_web import clock


@pytest.fixture
def officer(app: Flask) -> FlaskClient:
    """The provincial officer's browser; the unit has an admin and a clerk."""
    with app.app_context():
        for person in CAST:
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)
    client = app.test_client()
    sign_in(client, PROVINCIAL)
    return client


def test_a_double_click_records_one_appointment(app: Flask, officer: FlaskClient) -> None:
    page, today = officer.get(f"/appointments/units/{CLERK.unit_code}/new"), clock.today()
    day = {"day": str(today.day), "month": str(today.month), "year": str(today.year + 543)}
    dates = {f"{name}-{part}": value for name in ("letter_date", "starts_on", "ends_on") for part, value in day.items()}
    with app.app_context():
        clerk = find_by_username(CLERK.username)
        assert clerk
        values = {"account": str(clerk.id), "letter_number": "สก 1/2569", "signed_by": "นายก อบต.", **dates}
        db.session.rollback()
    answers = [submit(officer, page, {**values, "scan": (BytesIO(letter_image()), "a.png")}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with app.app_context():
        assert db.session.query(Appointment).filter_by(letter_number="สก 1/2569").count() == 1


def test_a_search_finds_ones_own_units_however_many_others_are_named_alike(app: Flask, officer: FlaskClient) -> None:
    with app.test_request_context(method="POST"):
        import_register(province_codes={"30", "67"})
        db.session.commit()
    with app.app_context():
        # As if the alphabet put every unit of Nakhon Ratchasima first.
        db.session.execute(update(Unit).where(Unit.province_code == "30").values(sort_key=b"0"))
        db.session.commit()
    found = officer.get("/appointments", query_string={"q": "อบต"}).get_data(as_text=True)
    assert found.count('href="/appointments/units/') == 20


def test_a_refused_end_still_says_who_recorded_the_letter_and_shows_the_form(officer: FlaskClient) -> None:
    with officer.application.app_context():
        made = db.session.query(Appointment).order_by(Appointment.id.desc()).first()
        assert made
        path = f"/appointments/{made.id}"
    refused = submit(officer, officer.get(path), {"reason": ""}, action="/end")
    assert refused.status_code == 422
    assert f"{PROVINCIAL.title}{PROVINCIAL.given_name} {PROVINCIAL.family_name} เมื่อ" in text_of(refused)
    assert "<details open" in refused.get_data(as_text=True), "the summary's link must lead to a field that shows"


def test_when_every_letter_at_dla_has_ended_the_command_begins_again(app: Flask, officer: FlaskClient) -> None:
    with app.app_context(), time_machine.travel(clock.now() + timedelta(days=701), tick=False):
        assert appoint_first(DLA_OFFICER).made_by_account_id is None


def test_of_two_who_end_an_appointment_the_second_is_told_that_it_is_over(app: Flask, officer: FlaskClient) -> None:
    answers = []
    with app.app_context():
        made = db.session.query(Appointment).order_by(Appointment.id.desc()).first()
        assert made
        appointment_id, path = made.id, f"/appointments/{made.id}"
        db.session.rollback()
        page = officer.get(path)
        appointments.end(viewer_of(PROVINCIAL), appointment_id, "เกษียณอายุราชการ")
        db.session.flush()
        late = start_behind(lambda: answers.append(submit(officer, page, {"reason": "ลาออก"}, action="/end")))
        db.session.commit()
        late.join()
        assert db.session.query(AuditEvent).filter_by(name="appointment.ended").count() == 1
    assert answers[0].status_code == 409


def test_the_list_of_appointments_takes_the_same_statements_for_any_number_of_rows(
    app: Flask, officer: FlaskClient
) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*call: object) -> None:
            seen.append(str(call[2]))

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            assert officer.get("/appointments").status_code == 200
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    statements()  # the first look in a process reads the register of units once
    few = statements()
    with app.app_context():
        for number, code in enumerate(("670604", "670102", "670202"), 50):
            person = replace(UNIT_ADMIN, key=f"admin_{number}", number=number, unit_code=code)
            open_person(person)
            appoint(person, by=PROVINCIAL)
    assert statements() == few
