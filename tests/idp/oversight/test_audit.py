"""The audit viewer: who reads which units, what is found, that reading leaves a trace, the way to the letter."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from idp.appointments.models import Appointment
from idp.approval import operations
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.audit import excerpt
from idp.audit.catalogue import CATALOGUE
from idp.audit.models import AuditEvent
from idp.audit.operations import record
from idp.audit.sealing import seal
from idp.database import Base, db, job
from idp.oversight import audit_filters, event_texts
from idp.oversight.audit_filters import Inquiry
from idp.registration import operations as registration
from idp.units import operations as units
from idp.web.application import key_files
from tests.browsing import submit, text_of
from tests.factories import read_code, sign_in, viewer_of
from tests.idp.approval.conftest import APPLICANT
from tests.idp.oversight.conftest import AUDITOR
from tests.people import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented, fictional_national_id

Send = Callable[..., str]


def _browser(app: Flask, person: Invented) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, person).status_code == 303
    return client


@pytest.fixture
def decided(auditor: Flask, send: Send) -> str:
    """A case whose document the unit's admin opened and which she rejected."""
    reference = send()
    client = _browser(auditor, UNIT_ADMIN)
    dossier = client.get(f"/approvals/{reference}").get_data(as_text=True)
    [page, *_more] = re.findall(rf'src="(/approvals/{reference}/evidence/\d+/1)"', dossier)
    assert client.get(page).status_code == 200
    with auditor.app_context():
        case = registration.find_by_reference(reference)
        assert case
        verdict = Verdict(Outcome.REJECTED, "เอกสารไม่ตรงกับชื่อ", case.version, (), "OTHER")
        operations.decide(viewer_of(UNIT_ADMIN), case, verdict)
        db.session.commit()
    return reference


def _event(app: Flask, name: str) -> int:
    with app.app_context():
        return db.session.scalars(select(AuditEvent.id).where(AuditEvent.name == name)).all()[-1]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, Inquiry()),
        ({"event": "PIZZA", "unit": "p67"}, Inquiry(unit="P67")),
        ({"event": "registration", "person": "wilai.admin"}, Inquiry("registration", "wilai.admin")),
        ({"since": "๒๕/๑๑/๒๕๖๙", "until": "2026-11-26"}, Inquiry(since=date(2026, 11, 25), until=date(2026, 11, 26))),
        ({"since": "25 พ.ย. 2569"}, Inquiry(since=date(2026, 11, 25))),
        ({"since": "25/11/2026"}, Inquiry(unread=("since",))),
        ({"until": "32/1/2569"}, Inquiry(unread=("until",))),
        ({"person": fictional_national_id(1), "subject": f"ref {fictional_national_id(1)}"}, Inquiry()),
    ],
)
def test_an_address_says_what_is_asked_and_the_rest_is_left_out(given: dict[str, str], asked: Inquiry) -> None:
    assert audit_filters.parse(given) == asked
    assert audit_filters.parse(asked.query()) == replace(asked, unread=())


def test_every_event_and_every_fact_is_told_in_words() -> None:
    assert set(CATALOGUE) <= set(event_texts.EVENT_NAMES)
    assert set(audit_filters.GROUPS) <= set(event_texts.GROUP_NAMES)
    assert {fact for event in CATALOGUE.values() for fact in event.facts} <= set(event_texts.FACT_NAMES)


@pytest.mark.parametrize(
    ("person", "status"), [(DLA_OFFICER, 200), (AUDITOR, 200), (PROVINCIAL, 403), (UNIT_ADMIN, 403)]
)
def test_only_auditors_and_dla_read_the_record(auditor: Flask, decided: str, person: Invented, status: int) -> None:
    client, number = _browser(auditor, person), _event(auditor, "registration.decided")
    for path in ("/audit", f"/audit/events/{number}", f"/audit/cases/{decided}"):
        assert client.get(path).status_code == status, path


def test_an_auditor_reads_the_own_units_alone(auditor: Flask, decided: str) -> None:
    with auditor.app_context():
        dla = units.find("DLA")
        assert dla
        dla_id = dla.id
        record("evidence_kind.saved", subject=("evidence_kind", "other"), unit_id=dla_id, code="x", change="added")
        record("key.rotated", kid="k1")
        db.session.commit()
    foreign = [_event(auditor, "evidence_kind.saved"), _event(auditor, "key.rotated")]
    client, officer = _browser(auditor, AUDITOR), _browser(auditor, DLA_OFFICER)
    listed = client.get("/audit").get_data(as_text=True)
    everything = officer.get("/audit").get_data(as_text=True)
    for number in foreign:
        assert f"/audit/events/{number}" not in listed
        assert f"/audit/events/{number}" in everything
        assert client.get(f"/audit/events/{number}").status_code == 404
        assert officer.get(f"/audit/events/{number}").status_code == 200
    with auditor.app_context():
        case = registration.find_by_reference(decided)
        assert case
        case.unit_id = dla_id
        db.session.commit()
    assert client.get(f"/audit/cases/{decided}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("event=registration.decided", True),
        ("event=registration", True),
        ("event=refused", False),
        ("unit=670603", True),
        ("unit=670604", False),
        ("unit=999999", False),
        ("person=wilai.admin", True),
        ("person=nobody.here", False),
        ("since=2400-01-01", False),
        ("until=2020-01-01", False),
        ("since=1/1/2560", True),
    ],
)
def test_filters_of_the_address_narrow_the_list(auditor: Flask, decided: str, query: str, found: bool) -> None:
    number = _event(auditor, "registration.decided")
    page = _browser(auditor, AUDITOR).get(f"/audit?{query}").get_data(as_text=True)
    assert (f'"/audit/events/{number}"' in page) is found


def test_a_decision_names_the_person_as_every_event_does_and_counts_no_sendings(auditor: Flask, decided: str) -> None:
    client = _browser(auditor, AUDITOR)
    sent = text_of(client.get(f"/audit/events/{_event(auditor, 'registration.submitted')}"))
    told = text_of(client.get(f"/audit/events/{_event(auditor, 'registration.decided')}"))
    name = f"{APPLICANT.title}{APPLICANT.given_name} {APPLICANT.family_name}"
    assert name in sent
    assert name in told
    assert "ครั้งที่ส่ง" not in told, "the number of a row's version is no number of sendings"


def test_a_case_is_followed_by_its_reference(auditor: Flask, decided: str) -> None:
    page = _browser(auditor, AUDITOR).get(f"/audit?subject={decided}").get_data(as_text=True)
    assert f'"/audit/events/{_event(auditor, "registration.submitted")}"' in page
    assert f'"/audit/events/{_event(auditor, "appointment.made")}"' not in page


def test_older_events_follow_page_by_page(auditor: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.oversight.audit_list.PER_PAGE", 3)
    client, seen, address = _browser(auditor, DLA_OFFICER), [], "/audit?event=appointment.made"
    while address:
        page = client.get(address).get_data(as_text=True)
        seen += re.findall(r'"/audit/events/(\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    with auditor.app_context():
        made = select(AuditEvent.id).where(AuditEvent.name == "appointment.made").order_by(AuditEvent.id.desc())
        assert [int(each) for each in seen] == list(db.session.scalars(made))


def test_reading_is_itself_recorded_and_changes_nothing_else(auditor: Flask, decided: str) -> None:
    client, number = _browser(auditor, AUDITOR), _event(auditor, "registration.decided")

    def counts() -> dict[str, int]:
        with auditor.app_context():
            return {
                t.name: db.session.scalar(select(func.count()).select_from(t)) or 0
                for t in Base.metadata.sorted_tables
                if t.name not in ("audit_event", "audit_name")
            }

    before = counts()
    paths = ("/audit?event=registration&unit=670603", f"/audit/events/{number}", f"/audit/cases/{decided}")
    for path in paths:
        assert client.get(path).status_code == 200
        assert client.post(path).status_code in (400, 405)
    assert counts() == before
    with auditor.app_context():
        read = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "audit.read").order_by(AuditEvent.id))
        told = [(event.facts["what"], event.appointment_id is not None) for event in read]
    assert told == [
        ("audit?event=registration&unit=670603", True),
        (f"audit/events/{number}", True),
        (f"audit/cases/{decided}", True),
    ]


def test_a_day_that_cannot_be_read_is_said_and_nothing_typed_is_guessed(auditor: Flask) -> None:
    page = text_of(_browser(auditor, AUDITOR).get("/audit?since=31/02/2569"))
    assert "อ่านวันที่ในช่อง “ตั้งแต่วันที่” ไม่ได้" in page


def test_a_decision_leads_to_its_case_and_to_the_letter_under_which_it_was_taken(auditor: Flask, decided: str) -> None:
    client = _browser(auditor, AUDITOR)
    event = client.get(f"/audit/events/{_event(auditor, 'registration.decided')}")
    assert "วิไล ดูแลดี" in text_of(event)
    assert "ไม่อนุมัติ" in text_of(event)
    assert f'href="/audit/cases/{decided}"' in event.get_data(as_text=True)
    case = client.get(f"/audit/cases/{decided}").get_data(as_text=True)
    letter = re.search(r'href="(/appointments/\d+)"', case)
    assert letter
    appointment = client.get(letter[1]).get_data(as_text=True)
    image = re.search(r'src="(/appointments/\d+/letter/1)', appointment)
    assert image
    assert client.get(image[1]).mimetype == "image/jpeg"
    with auditor.app_context():
        assert (
            db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.id)).all()[-1] == "appointment.letter_viewed"
        )
    opened = text_of(client.get(f"{letter[1]}/opened"))
    assert "อนงค์" in opened
    assert "หนังสือมอบหมาย หน้า 1" in opened


def test_a_look_at_a_paper_leads_to_the_letter_that_allowed_it(auditor: Flask, decided: str) -> None:
    page = text_of(_browser(auditor, AUDITOR).get(f"/audit/events/{_event(auditor, 'registration.evidence_viewed')}"))
    assert "ทำตามอำนาจ" in page
    assert "ผู้ดูแล SSO ของหน่วยงาน อบต.สระกรวด" in page


def test_who_opened_which_page_is_told_to_auditor_office_and_owner(auditor: Flask, decided: str) -> None:
    pages = [
        text_of(_browser(auditor, AUDITOR).get(f"/audit/cases/{decided}")),
        text_of(_browser(auditor, UNIT_ADMIN).get(f"/approvals/{decided}/opened")),
    ]
    for page in pages:
        assert "วิไล ดูแลดี · อบต.สระกรวด" in page
        assert "หน้า 1 · เปิด 1 ครั้ง" in page
        assert f"เพื่อ พิจารณาคำขอ {decided}" in page


def test_the_owner_of_the_papers_sees_who_opened_them(auditor: Flask, decided: str) -> None:
    browser = auditor.test_client()
    page = browser.get("/registration-status/find")
    sent = submit(browser, page, {"reference": decided, "email": APPLICANT.email})
    code = read_code(auditor, APPLICANT.email)
    asked = browser.get(submit(browser, browser.get(sent.location), {"code": code}).location)
    submit(browser, asked, {"national_id": APPLICANT.national_id})
    status = text_of(browser.get("/registration-status"))
    assert "ใครเปิดดูเอกสารของท่านบ้าง" in status
    assert "วิไล ดูแลดี · อบต.สระกรวด" in status


def test_an_auditor_never_gets_the_papers_of_a_case(auditor: Flask, decided: str) -> None:
    client = _browser(auditor, AUDITOR)
    page = client.get(f"/audit/cases/{decided}").get_data(as_text=True)
    assert "evidence/" not in page
    assert APPLICANT.national_id not in page
    assert client.get(f"/approvals/{decided}").status_code == 403
    assert client.get(f"/approvals/{decided}/opened").status_code == 403


def test_an_export_holds_the_own_units_and_proves_itself(auditor: Flask, decided: str) -> None:
    with auditor.app_context():
        job(seal)
    client = _browser(auditor, AUDITOR)
    answer = client.get("/audit/export?event=registration")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    lines = answer.get_data(as_text=True).splitlines(keepends=True)
    told = [json.loads(line)["event"]["name"] for line in lines if '"event"' in line and '"seal"' in line]
    assert "registration.decided" in told
    assert all(name.startswith("registration.") for name in told)
    with auditor.app_context():
        assert excerpt.check(lines, key_files().audit)[2] == []
        last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[-1]
        assert (last.name, last.facts["what"]) == ("audit.read", "audit/export?event=registration")
    assert client.get("/audit/export?event=key").status_code == 400


def test_what_climbs_past_its_letter_is_not_shown_as_authority_of_itself(auditor: Flask) -> None:
    with auditor.app_context():
        [made] = db.session.scalars(
            select(AuditEvent.id)
            .join(Appointment, Appointment.id == AuditEvent.appointment_id)
            .where(AuditEvent.name == "appointment.made", Appointment.power == "AUDITOR")
        )
    page = text_of(_browser(auditor, DLA_OFFICER).get(f"/audit/events/{made}"))
    assert "การมอบหมายที่เกี่ยวข้อง" in page
