"""What a case shares with others is for its reviewer; the applicants learn nothing of each other."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.audit.models import AuditEvent
from idp.database import db
from idp.registration import applicant_access
from idp.registration import operations as registration
from tests.browsing import submit, text_of
from tests.factories import open_person, sign_in
from tests.idp.approval.conftest import APPLICANT
from tests.people import CLERK, PROVINCIAL, UNIT_ADMIN

COLLEAGUE = replace(APPLICANT, given_name="สมพร", family_name="ใจเย็น", number=78)
SAME_DOCUMENT = "เอกสารฉบับเดียวกันนี้เคยแนบกับรายการอื่นด้วย"


def status_page(app: Flask, reference: str) -> FlaskClient:
    """The applicant's browser, which holds the request."""
    with app.test_request_context(method="POST"):
        case = registration.find_by_reference(reference)
        assert case is not None
        secret = applicant_access.issue(case.id, applicant_access.LINK)
        db.session.commit()
        number = registration.national_id(case)
    client = app.test_client()
    submit(client, client.get(f"/registration-status/{secret}"), {"national_id": number})
    return client


@pytest.mark.attack(7)
@pytest.mark.attack(34)
def test_one_mailbox_telephone_and_document_of_two_people_are_shown_to_the_reviewer_alone(
    scene: Flask, send: Callable[..., str]
) -> None:
    first, second = send(), send(COLLEAGUE)
    admin = scene.test_client()
    sign_in(admin, UNIT_ADMIN)
    for mine, other in ((first, second), (second, first)):
        dossier = text_of(admin.get(f"/approvals/{mine}"))
        assert f"อีเมล, โทรศัพท์ ตรงกับคำขอเลขที่ {other} (รอพิจารณา)" in dossier
        assert dossier.count(SAME_DOCUMENT) == 2
        seen = text_of(status_page(scene, mine).get("/registration-status"))
        assert mine in seen
        assert not [word for word in (other, SAME_DOCUMENT, "ตรงกับ") if word in seen]


@pytest.mark.attack(7)
def test_the_number_of_an_account_that_is_there_already_is_the_reviewers_affair(
    scene: Flask, send: Callable[..., str]
) -> None:
    reference = send(replace(APPLICANT, number=UNIT_ADMIN.number, email="somebody@example.go.th"), "670604")
    province = scene.test_client()
    sign_in(province, PROVINCIAL)
    assert f"เลขประจำตัวประชาชน ตรงกับบัญชีของ {UNIT_ADMIN.title}{UNIT_ADMIN.given_name}" in text_of(
        province.get(f"/approvals/{reference}")
    )
    with scene.app_context():
        seen_by = db.session.query(AuditEvent).filter_by(name="registration.viewed").one()
        assert seen_by.appointment_id, "who opened the case, and under which letter, is on record"
    seen = text_of(status_page(scene, reference).get("/registration-status"))
    assert UNIT_ADMIN.family_name not in seen
    assert "บัญชีของ" not in seen


@pytest.mark.attack(135)
def test_an_invented_request_tells_its_reviewer_of_no_person_outside_his_units(
    scene: Flask, send: Callable[..., str]
) -> None:
    elsewhere = replace(
        CLERK, key="kanya_elsewhere", family_name="อยู่ไกล", unit_code="670604", number=88, email="kanya@example.go.th"
    )
    with scene.app_context():
        open_person(elsewhere)
    admin = scene.test_client()
    sign_in(admin, UNIT_ADMIN)
    for shared in ({"number": elsewhere.number}, {"email": elsewhere.email}):  # and the telephone
        reference = send(replace(APPLICANT, **shared))
        seen = text_of(admin.get(f"/approvals/{reference}"))
        assert "โทรศัพท์ ตรงกับบัญชีของบุคคลในหน่วยงานอื่น" in seen
        assert elsewhere.family_name not in seen
