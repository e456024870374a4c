"""The reviewer's pages, through real forms."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from idp.accounts.models import Account
from idp.accounts.rules import Proof
from idp.audit.models import AuditEvent
from idp.database import db
from idp.notifications import operations as notifications
from idp.notifications.models import OutboxMessage
from idp.registration import applicant_access, retention
from idp.registration import operations as registration
from tests.browsing import submit, text_of
from tests.factories import sign_in
from tests.idp.approval.conftest import APPLICANT
from tests.people import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN
from thai_web import clock, thai


@pytest.fixture
def admin(scene: Flask) -> FlaskClient:
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN)
    return client


def _page_addresses(dossier: str) -> list[str]:
    import re

    return sorted(set(re.findall(r'src="(/approvals/[^"]+/evidence/[^"]+)"', dossier)))


def test_the_admin_sees_the_case_beside_its_evidence_and_approves(admin: FlaskClient, send: Callable[..., str]) -> None:
    reference = send()
    assert APPLICANT.family_name in text_of(admin.get("/approvals"))
    dossier = admin.get(f"/approvals/{reference}")
    text = text_of(dossier)
    assert APPLICANT.position in text
    assert APPLICANT.national_id not in dossier.get_data(as_text=True)
    pages = _page_addresses(dossier.get_data(as_text=True))
    image = admin.get(pages[0])
    assert (image.status_code, image.content_type) == (200, "image/jpeg")
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in image.headers["Cache-Control"]
    done = submit(admin, dossier, {"outcome": "APPROVED"}, action="/decision")
    assert done.status_code == 303
    assert "บันทึกผลแล้ว" in text_of(admin.get(done.location))


def test_opening_a_page_of_evidence_is_noted(scene: Flask, admin: FlaskClient, send: Callable[..., str]) -> None:
    reference = send()
    admin.get(_page_addresses(admin.get(f"/approvals/{reference}").get_data(as_text=True))[0])
    with scene.app_context():
        assert db.session.query(AuditEvent).filter_by(name="registration.evidence_viewed").count() == 1


def test_a_refusal_without_reason_is_sent_back_with_what_was_typed(
    admin: FlaskClient, send: Callable[..., str]
) -> None:
    dossier = admin.get(f"/approvals/{send()}")
    answer = submit(
        admin, dossier, {"outcome": "REJECTED", "reason_code": "OTHER", "reason": "ไม่ผ่าน"}, action="/decision"
    )
    assert answer.status_code == 422
    assert 'href="#rejected-reason"' in answer.get_data(as_text=True)
    assert "ไม่ผ่าน</textarea>" in answer.get_data(as_text=True).replace("\r", "").replace("\n", "")


@pytest.mark.attack(91)
def test_a_destroyed_document_is_told_with_its_day_in_place_of_its_pages(
    scene: Flask, admin: FlaskClient, send: Callable[..., str]
) -> None:
    reference = send()
    rejected = {"outcome": "REJECTED", "reason_code": "OTHER", "reason": "เอกสารไม่ตรงกับชื่อผู้ขอ โปรดส่งใหม่"}
    answer = submit(admin, admin.get(f"/approvals/{reference}"), rejected, action="/decision")
    assert answer.status_code == 303, text_of(answer)
    dossier = admin.get(f"/approvals/{reference}")
    pages = _page_addresses(dossier.get_data(as_text=True))
    assert "เผื่อการอุทธรณ์" in text_of(dossier)
    assert "คำสั่ง.png" in text_of(dossier)
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case is not None
        case.updated_at -= timedelta(days=31)
        db.session.commit()
        assert retention.destroy_due() == 1
        db.session.commit()
    dossier = admin.get(f"/approvals/{reference}")
    assert _page_addresses(dossier.get_data(as_text=True)) == []
    text = text_of(dossier)
    assert text.count("เพราะครบกำหนดเก็บรักษา") == 2
    assert f"ทำลายเมื่อ {thai.format_date(clock.today(), 'th')}" in text
    assert "จึงเปิดพิจารณาใหม่ไม่ได้" in text
    assert "คำสั่ง.png" not in text
    for page in pages:
        assert admin.get(page).status_code == 404
        assert admin.get(f"{page}/large").status_code == 404


@pytest.mark.attack(18)
def test_the_second_of_two_pages_gets_the_state_and_not_a_second_outcome(
    scene: Flask, admin: FlaskClient, send: Callable[..., str], outbox: Callable[[], list]
) -> None:
    reference = send()
    one, other = admin.get(f"/approvals/{reference}"), admin.get(f"/approvals/{reference}")
    submit(admin, one, {"outcome": "APPROVED"}, action="/decision")
    mails = len(outbox())
    late = submit(
        admin, other, {"outcome": "REJECTED", "reason_code": "OTHER", "reason": "เอกสารไม่ครบถ้วน"}, action="/decision"
    )
    assert late.status_code == 409
    assert "อนุมัติ" in text_of(late)
    assert len(outbox()) == mails


@pytest.mark.attack(22)
@pytest.mark.parametrize("person", [PROVINCIAL, DLA_OFFICER])
def test_an_office_above_does_not_decide_while_the_unit_has_its_own_admin(
    scene: Flask, send: Callable[..., str], person
) -> None:
    reference = send()
    client = scene.test_client()
    sign_in(client, person)
    assert client.get(f"/approvals/{reference}").status_code == 403
    with scene.app_context():
        assert db.session.query(AuditEvent).filter_by(name="refused.decision").count() == 1


@pytest.mark.attack(31)
def test_a_document_is_served_in_its_own_case_only(scene: Flask, admin: FlaskClient, send: Callable[..., str]) -> None:
    from dataclasses import replace

    mine = send()
    other = send(replace(APPLICANT, number=79, email="c@example.go.th"), "670604")
    client = scene.test_client()
    sign_in(client, PROVINCIAL)
    foreign = _page_addresses(client.get(f"/approvals/{other}").get_data(as_text=True))[0]
    assert admin.get(foreign).status_code == 403
    assert admin.get(foreign.replace(other, mine)).status_code == 404
    stranger = scene.test_client()
    assert stranger.get(foreign).status_code == 303


@pytest.mark.attack(31)
def test_what_its_applicant_took_back_is_closed_to_the_reviewer(
    scene: Flask, admin: FlaskClient, send: Callable[..., str]
) -> None:
    reference = send()
    dossier = admin.get(f"/approvals/{reference}")
    page = _page_addresses(dossier.get_data(as_text=True))[0]
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        registration.withdraw(case.id)
        db.session.commit()
    for closed in (
        admin.get(f"/approvals/{reference}"),
        admin.get(page),
        submit(admin, dossier, {"outcome": "APPROVED"}),
    ):
        assert closed.status_code == 409
        assert "ผู้ขอถอนคำขอนี้ไปแล้ว" in text_of(closed)


def test_a_draft_is_not_there_for_anybody_but_its_holder(scene: Flask, admin: FlaskClient) -> None:
    with scene.app_context():
        reference = registration.begin().reference
        db.session.commit()
    assert admin.get(f"/approvals/{reference}").status_code == 404


def test_reading_changes_nothing_but_what_is_noted(scene: Flask, admin: FlaskClient, send: Callable[..., str]) -> None:
    reference = send()
    for path in ("/approvals", f"/approvals/{reference}", f"/approvals/{reference}/decision"):
        admin.get(path)
        admin.head(path)
    assert "ยืนยันส่งกลับ" in text_of(admin.get(f"/approvals/{reference}"))


def test_a_mail_that_did_not_arrive_is_shown_to_reviewer_and_applicant(
    scene: Flask, admin: FlaskClient, send: Callable[..., str]
) -> None:
    reference = send()
    with scene.app_context():
        db.session.execute(update(OutboxMessage).values(state="SENT"))
        case = registration.find_by_reference(reference)
        assert case
        last = notifications.about("registration", case.id)[-1]
        last.state = "BOUNCED"
        secret = applicant_access.issue(case.id, applicant_access.LINK)
        db.session.commit()
    assert "อีเมลส่งไม่ถึง" in text_of(admin.get("/approvals"))
    dossier = admin.get(f"/approvals/{reference}")
    assert f"อีเมล “ใบรับคำขอ” ถึง {APPLICANT.email} ส่งไม่ถึงผู้รับ" in text_of(dossier)
    assert "โปรดโทรแจ้งผู้ขอ" in text_of(dossier)
    assert "ให้ลงทะเบียนใหม่ด้วยอีเมลที่ใช้ได้" in text_of(dossier), "ThaID opens nothing that was typed by hand"
    assert "โปรดส่งกลับโดยเลือกข้อ “อีเมล”" in text_of(dossier)
    applicant = scene.test_client()
    submit(applicant, applicant.get(f"/registration-status/{secret}"), {"national_id": APPLICANT.national_id})
    status = text_of(applicant.get("/registration-status"))
    assert "ส่งไม่ถึงผู้รับ" in status
    assert "ผลการพิจารณาแสดงที่หน้านี้เสมอ" in status
    assert "แจ้งผู้พิจารณาให้ส่งกลับ" in status
    submit(admin, dossier, {"outcome": "REJECTED", "reason_code": "OTHER", "reason": "เอกสารไม่ชัด โปรดลงทะเบียนใหม่"})
    assert "ดูวิธีติดต่อผู้ขอ" in text_of(admin.get("/approvals")), "the receipt is still the last mail known to be lost"
    for decided in (admin.get(f"/approvals/{reference}"), applicant.get("/registration-status")):
        assert "ส่งไม่ถึงผู้รับ" in text_of(decided)
        assert "ส่งกลับ" not in text_of(decided), "what is decided cannot be sent back any more"


def test_the_reviewer_names_the_ways_that_are_open_to_the_applicant(
    scene: Flask, admin: FlaskClient, send: Callable[..., str]
) -> None:
    reference = send()
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        notifications.about("registration", case.id)[-1].state = "FAILED"
        case.proof = Proof.THAID
        db.session.commit()
    assert "หรือด้วย ThaID" in text_of(admin.get(f"/approvals/{reference}"))
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        case.applicant_id = db.session.scalars(select(Account.id).where(Account.email == PROVINCIAL.email)).one()
        db.session.commit()
    dossier = text_of(admin.get(f"/approvals/{reference}"))
    assert "หลังเข้าสู่ระบบ" in dossier
    assert "ให้ส่งกลับโดยเลือกข้อ “อีเมล”" not in dossier, "the mailbox belongs to the account"
