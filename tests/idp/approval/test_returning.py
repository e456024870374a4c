"""Sending back with named fields, correcting over the pages, and asking for more with the account one has."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.approval import operations, queue
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.clients.operations import assignments
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration import answers, applicant_access, attached_documents, expiry
from idp.registration import operations as registration
from idp.registration.fields import Purpose
from idp.units import operations as units
from tests.browsing import forms_of, submit, text_of
from tests.factories import letter_image, open_person, viewer_of
from tests.idp.approval.conftest import APPLICANT, code_for
from tests.people import PASSWORD, PROVINCIAL, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Conflict, Refusal

REASON = "เบอร์โทรศัพท์ติดต่อไม่ได้ โปรดแก้ไข"
Send = Callable[..., str]
Outbox = Callable[[], list[tuple[str, str, str]]]


def decide(reference: str, outcome: Outcome, *named: str, reason: str = REASON) -> None:
    case = registration.find_by_reference(reference)
    assert case
    operations.decide(viewer_of(UNIT_ADMIN), case, Verdict(outcome, reason, case.version, named, code_for(outcome)))
    db.session.commit()


def sign_in(client: FlaskClient, username: str) -> None:
    given = {"username": username, "password": PASSWORD}
    assert submit(client, client.get("/signin"), given).status_code == 303


def holder_of(app: Flask, case_id: int) -> FlaskClient:
    """The applicant's browser."""
    client = app.test_client()
    client.set_cookie("idp_registration", applicant_access.issue(case_id, applicant_access.BROWSER))
    db.session.commit()
    return client


def test_sending_back_mails_what_to_correct_and_a_link_that_works_on_another_device(
    scene: Flask, send: Send, outbox: Outbox
) -> None:
    reference = send()
    with scene.app_context():
        decide(reference, Outcome.RETURNED, "phone")
        assert db.session.query(Account).filter_by(given_name=APPLICANT.given_name).count() == 0
    recipient, subject, body = outbox()[-1]
    assert recipient == APPLICANT.email
    assert reference in subject
    assert REASON in body
    assert "- โทรศัพท์" in body
    assert "- Phone" in body
    with scene.app_context():
        unit = units.find(UNIT_ADMIN.unit_code)
        assert unit
        units.change_telephone(unit, "056711234 ต่อ 12")
        db.session.commit()
    another_device = scene.test_client()
    link = re.findall(r"(/registration-status/\S+)", body)[0]
    page = another_device.get(link)
    assert REASON not in text_of(page), "who merely reads the mailbox sees the state"
    assert submit(another_device, page, {"national_id": APPLICANT.national_id}).location == "/registration-status"
    status = text_of(another_device.get("/registration-status"))
    assert REASON in status
    assert (
        f"สอบถามได้ที่ {UNIT_ADMIN.title}{UNIT_ADMIN.given_name} {UNIT_ADMIN.family_name} โทรศัพท์ 056711234 ต่อ 12" in status
    )
    assert "เอกสารที่แนบ" in status
    assert "บัตรประจำตัวประชาชน" in status
    tasks = another_device.get("/register/tasks").get_data(as_text=True)
    assert "/register/person" in tasks
    assert "/register/unit" not in tasks
    assert another_device.get("/register/unit").location == "/register/tasks"
    form = another_device.get("/register/person")
    assert b'name="national_id"' not in form.data
    forged = {"phone": "0899999999", "given_name": "ปลอม", "national_id": UNIT_ADMIN.national_id}
    assert submit(another_device, form, forged).location == "/register/tasks"
    check = another_device.get("/register/check")
    assert "0899999999" in text_of(check)
    assert submit(another_device, check, {"declaration": "y"}).location == "/register/submitted"
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        assert (case.state, case.phone, case.given_name) == ("SUBMITTED", "0899999999", APPLICANT.given_name)
        rows, _more = queue.waiting(viewer_of(UNIT_ADMIN))
        assert [row.case.reference for row in rows] == [reference]


@pytest.mark.parametrize("state", ["RETURNED", "REJECTED", "LAPSED"])
def test_whoever_got_no_approval_reads_who_decided_and_whom_to_ask(scene: Flask, send: Send, state: str) -> None:
    reference = send()
    with scene.app_context():
        unit = units.find(UNIT_ADMIN.unit_code)
        assert unit
        units.change_telephone(unit, "056711234 ต่อ 12")
        decide(reference, Outcome.REJECTED if state == "REJECTED" else Outcome.RETURNED, "phone")
        case = registration.find_by_reference(reference)
        assert case
        case_id = case.id
    with time_machine.travel(clock.now() + timedelta(days=61 if state == "LAPSED" else 0)):
        with scene.app_context():
            assert expiry.close_uncorrected() == (state == "LAPSED")
            db.session.commit()
            applicant = holder_of(scene, case_id)
        status = text_of(applicant.get("/registration-status"))
    assert "ผู้พิจารณา ผู้ดูแล SSO ของ อบต.สระกรวด" in status
    assert (
        f"สอบถามได้ที่ {UNIT_ADMIN.title}{UNIT_ADMIN.given_name} {UNIT_ADMIN.family_name} โทรศัพท์ 056711234 ต่อ 12" in status
    )


def test_the_next_answer_to_correct_is_led_to_until_none_is_left(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        document = attached_documents.documents(case.id)[0].id
        decide(reference, Outcome.RETURNED, "phone", f"document:{document}")
        browser = holder_of(scene, case.id)
    assert "แก้ไขข้อแรก" in text_of(browser.get("/register/tasks"))
    page = text_of(browser.get("/register/evidence"))
    assert REASON in page
    assert "ผู้พิจารณาให้เปลี่ยนไฟล์นี้" in page
    assert "ต้องเปลี่ยนไฟล์" in page
    assert "แนบครบแล้ว ทำต่อ" not in page
    submit(browser, browser.get("/register/person"), {"phone": "0899999999"})
    tasks = text_of(browser.get("/register/tasks"))
    assert "แก้ไขข้อถัดไป" in tasks
    assert "ตรวจสอบและส่งคำขอ" not in tasks
    new = {"document": (BytesIO(letter_image("NEW")), "ใหม่.png")}
    submit(browser, browser.get("/register/evidence"), new, action=f"/register/evidence/{document}/replace")
    assert "แนบครบแล้ว ทำต่อ" in text_of(browser.get("/register/evidence"))
    assert "ตรวจสอบและส่งคำขอ" in text_of(browser.get("/register/tasks"))


WANTED, ALL_THERE = "ผู้พิจารณาขอเอกสารเพิ่ม", "แนบครบแล้ว ทำต่อ"


def test_who_is_asked_for_more_documents_reads_why_until_one_was_added(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        decide(reference, Outcome.RETURNED, "documents")
        browser = holder_of(scene, case.id)
    page = browser.get("/register/evidence")
    for word in (REASON, WANTED, "ไม่มีเอกสารเพิ่ม"):
        assert word in text_of(page)
    assert ALL_THERE not in text_of(page)
    more = {"kind": "staff_card", "document": (BytesIO(letter_image("MORE")), "เพิ่ม.png")}
    assert submit(browser, page, more, action="").location == "/register/evidence"
    page = browser.get("/register/evidence")
    assert ALL_THERE in text_of(page)
    assert WANTED not in text_of(page)
    [added] = re.findall(r"/register/evidence/(\d+)/remove", page.get_data(as_text=True))
    submit(browser, page, {}, action=f"/{added}/remove")
    assert WANTED in text_of(browser.get("/register/evidence")), "taken back, it is wanted again"


@pytest.mark.parametrize(
    ("named", "reason", "code"),
    [((), REASON, "to_correct"), (("colour",), REASON, "to_correct"), (("phone",), "แก้", "reason")],
)
def test_sending_back_says_what_and_why(
    scene: Flask, send: Send, named: tuple[str, ...], reason: str, code: str
) -> None:
    reference = send()
    with scene.app_context(), pytest.raises(Refusal) as refused:
        decide(reference, Outcome.RETURNED, *named, reason=reason)
    assert refused.value.code == code


def test_the_reviewer_sees_what_changed_since_the_request_was_sent_back(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        decide(reference, Outcome.RETURNED, "position")
        case = registration.find_by_reference(reference)
        assert case
        registration.edit(case.id).position = "นักพัฒนาชุมชน"
        registration.submit(case.id, case.version)
        db.session.commit()
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN.username)
    page = text_of(client.get(f"/approvals/{reference}"))
    assert "สิ่งที่เปลี่ยนจากครั้งก่อน" in page
    assert "นักพัฒนาชุมชน" in page
    assert "ส่งครั้งที่ 1" in page, "the sending that was sent back, with its reason"
    assert REASON in page


def test_the_form_sends_back_and_keeps_what_was_typed_when_refused(scene: Flask, send: Send) -> None:
    reference = send()
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN.username)
    page = client.get(f"/approvals/{reference}")
    refused = submit(
        client, page, {"outcome": "RETURNED", "reason_code": "CONTACT", "reason": REASON}, action="decision"
    )
    assert refused.status_code == 422
    assert REASON in refused.get_data(as_text=True)
    assert 'href="#returned-to_correct"' in refused.get_data(as_text=True)
    given = {"outcome": "RETURNED", "reason_code": "CONTACT", "reason": REASON, "to_correct": ["phone", "unit"]}
    assert submit(client, refused, given, action="decision").status_code == 303
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        assert case.to_correct == ["phone", "unit"]


def test_a_further_role_is_asked_with_the_account_and_decided_in_the_same_queue(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        account, posting = open_person(APPLICANT)
        account_id, posting_id = account.id, posting.id
    client = scene.test_client()
    sign_in(client, APPLICANT.username)
    begun = submit(client, client.get("/requests/new"), {"purpose": "ROLES", "privacy": "y"})
    assert begun.location == "/register/tasks"
    assert client.get("/register/person").location == "/register/tasks"
    page = client.get("/register/position")
    [role] = re.findall(r'name="roles" value="(\d+)"|value="(\d+)"[^>]*name="roles"', page.get_data(as_text=True))
    assert submit(client, page, {"roles": ["".join(role)]}).location == "/register/check"
    assert submit(client, client.get("/register/check"), {"declaration": "y"}).location == "/register/submitted"
    with scene.app_context():
        [case] = registration.requests_of(account_id)
        assert (case.state, case.applicant_id, case.posting_id) == ("SUBMITTED", account_id, posting_id)
        decide(case.reference, Outcome.APPROVED, reason="")
        assert [offered.code for _held, offered in assignments(posting_id)] == ["reporter"]
        assert len(accounts.with_national_id(case.national_id_index or b"")) == 1
    assert "/activate/" not in outbox()[-1][2]
    home = client.get("/home")
    assert "ขอสิทธิ์ในระบบเพิ่ม" in text_of(home)


def test_who_moved_leaves_the_old_unit_when_the_new_one_approves(scene: Flask) -> None:
    with scene.app_context():
        account, old = open_person(APPLICANT)
        draft = registration.begin_further(account, Purpose.MOVE, old.id)
        answers.choose_unit(draft.id, "670604")
        answers.answer_position(draft.id, "ปลัด อบต.", set())
        with pytest.raises(Refusal):  # nothing shows yet that she works there
            registration.submit(draft.id, draft.version)
        document = evidence.prepare(letter_image(), "คำสั่ง.png")
        answers.attach(draft.id, document, "appointment_order")
        registration.submit(draft.id, draft.version)
        db.session.commit()
        assert [each.unit_id for each in accounts.postings(account.id, clock.today())] == [old.unit_id]
        case = registration.lock(draft.id)
        operations.decide(viewer_of(PROVINCIAL), case, Verdict(Outcome.APPROVED, "", case.version))
        db.session.commit()
        [now] = accounts.postings(account.id, clock.today())
        assert (now.unit_id, now.position) == (case.unit_id, "ปลัด อบต.")


def test_roles_are_asked_for_a_posting_that_is_in_force(scene: Flask) -> None:
    with scene.app_context():
        account, posting = open_person(APPLICANT)
        draft = registration.begin_further(account, Purpose.ROLES, posting.id)
        answers.answer_position(draft.id, None, {answers.roles_offered(draft)[0].id})
        registration.submit(draft.id, draft.version)
        accounts.end_posting(posting, clock.today() - timedelta(days=1))
        db.session.commit()
        with pytest.raises(Conflict):
            registration.begin_further(account, Purpose.ROLES, posting.id)
        with pytest.raises(Conflict):
            decide(draft.reference, Outcome.APPROVED, reason="")


def test_a_request_of_somebody_else_is_not_found(scene: Flask, send: Send) -> None:
    reference = send()
    client = scene.test_client()
    sign_in(client, PROVINCIAL.username)
    token = forms_of(client.get("/requests/new"))[-1]["fields"]["csrf_token"]
    assert client.post(f"/requests/{reference}", data={"csrf_token": token}).status_code == 404
