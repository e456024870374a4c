"""Asking, correcting and deciding through the pages."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from idp.access.rules import Power
from idp.appointments.models import Appointment, AppointmentRequest
from idp.appointments.rules import Action
from idp.audit.models import AuditEvent
from idp.database import db
from tests.browsing import forms_of, submit, text_of
from tests.factories import appoint, letter_image, open_person, sign_in
from tests.idp.appointments.conftest import NEIGHBOUR, REASON, account_id, ask, decide
from tests.idp.evidence import documents
from tests.people import CLERK, PROVINCIAL, UNIT_ADMIN, Invented
from thai_web import clock

UNIT = f"/appointments/units/{CLERK.unit_code}"


def _client(app: Flask, person: Invented) -> FlaskClient:
    client = app.test_client()
    sign_in(client, person)
    return client


def _dates(ends: int = 1) -> dict[str, str]:
    today = clock.today()
    era = {"letter_date": 0, "starts_on": 0, "ends_on": ends}
    parts = {
        name: (today.day if today.day < 29 else 28, today.month, today.year + 543 + more) for name, more in era.items()
    }
    return {
        f"{name}-{part}": str(value)
        for name, values in parts.items()
        for part, value in zip(("day", "month", "year"), values, strict=True)
    }


def _letter(**more: object) -> dict[str, object]:
    return {
        "letter_number": "สก 9/2569",
        "signed_by": "นายก อบต.",
        **_dates(),
        "scan": (BytesIO(letter_image()), "a.png"),
        **more,
    }


def test_a_clerk_asks_the_province_sends_back_she_corrects_and_it_is_approved(sqlite_chain: Flask) -> None:
    clerk, officer = _client(sqlite_chain, CLERK), _client(sqlite_chain, PROVINCIAL)
    assert UNIT in clerk.get("/account").get_data(as_text=True)
    assert f"{UNIT}/ask" in clerk.get(UNIT).get_data(as_text=True)
    with sqlite_chain.app_context():
        values = _letter(account=str(account_id(CLERK)))
    refused = submit(clerk, clerk.get(f"{UNIT}/ask"), {**values, "letter_number": ""})
    assert refused.status_code == 422
    assert "นายก อบต." in refused.get_data(as_text=True), "nothing typed is lost"
    sent = submit(clerk, clerk.get(f"{UNIT}/ask"), _letter(account=values["account"]))
    assert sent.status_code == 303, text_of(sent)
    assert "รอการพิจารณาของ สถจ.เพชรบูรณ์" in text_of(clerk.get(sent.location))

    assert f'href="{sent.location}"' in officer.get("/home").get_data(as_text=True), "one press from the home page"
    assert sent.location in officer.get("/appointments").get_data(as_text=True)
    unreasoned = submit(officer, officer.get(sent.location), {"outcome": "RETURN"}, action="/decision")
    assert unreasoned.status_code == 422
    assert "ระบุเหตุผลให้หน่วยงานเข้าใจ" in text_of(unreasoned)
    assert submit(officer, unreasoned, {"outcome": "RETURN", "reason": REASON}, action="/decision").status_code == 303
    assert REASON in text_of(clerk.get(sent.location))

    correction = clerk.get(f"{sent.location}/correct")
    assert submit(clerk, correction, {"letter_number": "สก 10/2569"}).status_code == 303
    stale = submit(clerk, correction, {"letter_number": "สก 11/2569"})
    assert stale.status_code == 409
    approved = submit(officer, officer.get(sent.location), {"outcome": "APPROVE"}, action="/decision")
    assert approved.status_code == 303
    shown = clerk.get(sent.location)
    assert "อนุมัติแล้ว" in text_of(shown)
    assert "ตามหนังสือที่ สถ 0801/ว 1" in text_of(shown), "the letter it was decided under"
    with sqlite_chain.app_context():
        made = db.session.query(Appointment).filter_by(letter_number="สก 10/2569").one()
        behind = f"/appointments/{made.made_under_appointment_id}"
    assert behind in shown.get_data(as_text=True)
    assert clerk.get(behind).status_code == 200
    assert clerk.get(f"{behind}/letter/1").status_code == 200


def _two_sided() -> dict[str, object]:
    return {"scan": (BytesIO(documents.pdf_with_a_blank_back()), "a.pdf")}


def test_a_blank_page_of_a_letter_is_told_before_it_is_sent_and_confirmed(sqlite_chain: Flask) -> None:
    clerk, officer = _client(sqlite_chain, CLERK), _client(sqlite_chain, PROVINCIAL)
    with sqlite_chain.app_context():
        values = {"account": str(account_id(CLERK))}
    page = clerk.get(f"{UNIT}/ask")
    assert "ว่างจริง" not in text_of(page), "asked where there is something to ask"
    told = submit(clerk, page, {**_letter(**values), **_two_sided()})
    assert told.status_code == 422
    assert "หน้า 2 ของไฟล์นี้ว่างเปล่าเมื่อระบบเปิดดู" in text_of(told)
    assert "โปรดเลือกไฟล์ a.pdf อีกครั้ง" in text_of(told)
    with sqlite_chain.app_context():
        assert db.session.query(AppointmentRequest).all() == []
    sent = submit(clerk, told, {**_two_sided(), "blanks_meant": "y"})
    assert sent.status_code == 303, text_of(sent)
    assert "หน้า 2 ว่างเปล่าเมื่อระบบเปิดดู" in text_of(officer.get(sent.location))
    with sqlite_chain.app_context():
        assert db.session.query(AuditEvent).filter_by(name="evidence.blank_confirmed").count() == 1

    submit(officer, officer.get(sent.location), {"outcome": "RETURN", "reason": REASON}, action="/decision")
    told = submit(clerk, clerk.get(f"{sent.location}/correct"), _two_sided())
    assert "หน้า 2 ของไฟล์นี้ว่างเปล่าเมื่อระบบเปิดดู" in text_of(told)
    assert submit(clerk, told, {"blanks_meant": ""}).status_code == 303, "the letter that was sent before stays"


def test_a_blank_page_is_told_to_whoever_records_a_letter_themselves(sqlite_chain: Flask) -> None:
    officer = _client(sqlite_chain, PROVINCIAL)
    with sqlite_chain.app_context():
        values = {"account": str(account_id(CLERK))}
    told = submit(officer, officer.get(f"{UNIT}/new"), {**_letter(**values), **_two_sided()})
    assert "หน้า 2 ของไฟล์นี้ว่างเปล่าเมื่อระบบเปิดดู" in text_of(told)
    made = submit(officer, told, {**_two_sided(), "blanks_meant": "y"})
    assert made.status_code == 303, text_of(made)
    assert "หน้า 2 ว่างเปล่าเมื่อระบบเปิดดู" in text_of(officer.get(made.location))


def _wrong_dates() -> dict[str, str]:
    """A letter of tomorrow, that begins today and ended yesterday."""
    days = {"letter_date": 1, "starts_on": 0, "ends_on": -1}
    return {
        f"{name}-{part}": value
        for name, more in days.items()
        for part, value in _parts(clock.today() + timedelta(days=more))
    }


def _parts(day: date) -> list[tuple[str, str]]:
    return [("day", str(day.day)), ("month", str(day.month)), ("year", str(day.year + 543))]


WRONG = ("วันที่ของหนังสือต้องไม่อยู่ในอนาคต", "วันเริ่มต้นต้องไม่อยู่ก่อนวันที่ของหนังสือ", "วันสิ้นสุดต้องไม่อยู่ก่อนวันเริ่มต้น")


@pytest.mark.parametrize("page", ["ask", "correct", "new"])
def test_every_wrong_date_is_told_at_once_before_the_scan_is_opened(sqlite_chain: Flask, page: str) -> None:
    with sqlite_chain.app_context():
        path = f"{UNIT}/{page}"
        if page == "correct":
            path = f"/appointment-requests/{decide(PROVINCIAL, ask(CLERK, CLERK), Action.RETURN).id}/correct"
        holder = account_id(CLERK)
    client = _client(sqlite_chain, PROVINCIAL if page == "new" else CLERK)
    unreadable = (BytesIO(b"not a picture"), "a.png")
    typed = {**_letter(account=str(holder), scan=unreadable), **_wrong_dates(), "letter_number": ""}
    refused = submit(client, client.get(path), typed)
    assert refused.status_code == 422
    for sentence in (*WRONG, "กรอกเลขที่หนังสือ"):
        assert sentence in text_of(refused)
    assert "ใช้ไฟล์ชนิดนี้ไม่ได้" not in text_of(refused)


def test_a_decision_on_a_page_that_was_overtaken_is_told_so(sqlite_chain: Flask) -> None:
    clerk, officer = _client(sqlite_chain, CLERK), _client(sqlite_chain, PROVINCIAL)
    with sqlite_chain.app_context():
        path = f"/appointment-requests/{ask(CLERK, CLERK).id}"
    page = officer.get(path)
    assert submit(clerk, clerk.get(path), {}, action="/withdraw").status_code == 303
    overtaken = submit(officer, page, {"outcome": "APPROVE"}, action="/decision")
    assert overtaken.status_code == 409
    assert "ผู้ยื่นถอนคำขอนี้แล้ว" in text_of(overtaken)


@pytest.mark.attack(30)
def test_a_page_opened_before_midnight_in_bangkok_decides_nothing_after_it(sqlite_chain: Flask) -> None:
    with sqlite_chain.app_context():
        today = clock.today()
        held = db.session.query(Appointment).filter_by(account_id=account_id(PROVINCIAL)).one()
        held.ends_on = today
        path = f"/appointment-requests/{ask(CLERK, CLERK).id}"
        db.session.commit()
    with time_machine.travel(f"{today.isoformat()}T16:59:59+00:00", tick=False) as moment:
        officer = _client(sqlite_chain, PROVINCIAL)
        page = officer.get(path)
        assert "ผลการพิจารณา" in text_of(page)
        moment.shift(2)
        late = submit(officer, page, {"outcome": "APPROVE"}, action="/decision")
        assert late.status_code == 403
    with sqlite_chain.app_context():
        assert db.session.query(AppointmentRequest).one().state == "WAITING"


def test_a_stranger_finds_neither_unit_nor_request_nor_letter(sqlite_chain: Flask) -> None:
    with sqlite_chain.app_context():
        open_person(NEIGHBOUR)
        path = f"/appointment-requests/{ask(CLERK, CLERK).id}"
        held = db.session.query(Appointment).filter_by(account_id=account_id(UNIT_ADMIN)).one().id
    stranger = _client(sqlite_chain, NEIGHBOUR)
    for each in (UNIT, f"{UNIT}/ask", path, f"{path}/letter/1", f"{path}/correct", f"/appointments/{held}"):
        assert stranger.get(each).status_code == 404, each
    assert stranger.get("/appointments").status_code == 403


def _read_only(app: Flask) -> FlaskClient:
    with app.app_context():
        appoint(CLERK, by=PROVINCIAL, power=Power.AUDITOR)
    return _client(app, CLERK)


def test_an_auditor_reads_the_unit_and_what_is_read_is_recorded(sqlite_chain: Flask) -> None:
    auditor = _read_only(sqlite_chain)
    with sqlite_chain.app_context():
        request = ask(UNIT_ADMIN, UNIT_ADMIN, Power.DEPUTY)
        path = f"/appointment-requests/{request.id}"
    for each in ("/appointments", UNIT, path):
        page = auditor.get(each)
        assert page.status_code == 200
        assert not [form for form in forms_of(page) if "/decision" in form["action"] or "/end" in form["action"]]
    with sqlite_chain.app_context():
        read = [event.facts["what"] for event in db.session.query(AuditEvent).filter_by(name="audit.read")]
        assert read == ["appointments", f"appointments/units/{CLERK.unit_code}", path[1:]]
        clerk = account_id(CLERK)
        assert {event.actor_account_id for event in db.session.query(AuditEvent).filter_by(name="audit.read")} == {
            clerk
        }


@pytest.mark.attack(22)
def test_read_only_people_write_nothing_on_any_route(sqlite_chain: Flask) -> None:
    """Every address that takes a POST, as an auditor and a deputy who does not stand in, with the forms of nobody."""
    auditor = _read_only(sqlite_chain)
    with sqlite_chain.app_context():
        appoint(CLERK, by=PROVINCIAL, power=Power.DEPUTY)
        request_id = ask(UNIT_ADMIN, UNIT_ADMIN, Power.DEPUTY).id
        before = _rows()
    token = forms_of(auditor.get("/home"))[-1]["fields"]["csrf_token"][0]
    known = {"request_id": request_id, "appointment_id": 3, "code": CLERK.unit_code}
    tried = 0
    for rule in sqlite_chain.url_map.iter_rules():
        view = sqlite_chain.view_functions[rule.endpoint]
        guard = getattr(view, "guard", None)
        if "POST" not in (rule.methods or ()) or guard is None or guard.kind != "requires":
            continue
        values = {name: known.get(name, 1) for name in rule.arguments}
        path = sqlite_chain.url_map.bind("localhost").build(rule.endpoint, values, method="POST")
        data = {"csrf_token": token, "outcome": "APPROVE", "seen_version": "1", "reason": REASON, "confirmed": "y"}
        answer = auditor.post(path, data=data)
        assert answer.status_code == 403, (path, answer.status_code)
        tried += 1
    assert tried > 5
    for path in (f"/appointment-requests/{request_id}/withdraw", f"/appointment-requests/{request_id}/correct"):
        assert auditor.post(path, data={"csrf_token": token, "seen_version": "1"}).status_code in (403, 422), path
    with sqlite_chain.app_context():
        assert _rows() == before


def _rows() -> list[tuple[object, ...]]:
    requests = [(each.id, each.state, each.version) for each in db.session.query(AppointmentRequest)]
    appointments = [(each.id, each.ended_at, each.ends_on) for each in db.session.query(Appointment)]
    return sorted(requests) + sorted(appointments, key=str)
