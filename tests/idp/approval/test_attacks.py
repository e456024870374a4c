"""What a hostile or unlucky reviewer meets: his own case, roles that went away, odd numbers, a page left open."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.approval import operations, queue
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.clients.operations import assignments
from idp.database import db
from idp.registration import operations as registration
from idp.registration import versions
from idp.units import operations as units
from tests.browsing import submit, text_of
from tests.factories import sign_in, viewer_of
from tests.idp.approval.conftest import APPLICANT, SYSTEM, code_for
from tests.people import PROVINCIAL, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Forbidden, Refusal

Send = Callable[..., str]
Outbox = Callable[[], list[tuple[str, str, str]]]


def _decide(reference: str, by: object, outcome: Outcome = Outcome.APPROVED) -> None:
    case = registration.find_by_reference(reference)
    assert case
    operations.decide(viewer_of(by), case, Verdict(outcome, "เอกสารไม่ตรงกับชื่อผู้ขอ", case.version, (), code_for(outcome)))  # type: ignore[arg-type]
    db.session.commit()


@pytest.fixture
def admin(scene: Flask) -> FlaskClient:
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN)
    return client


@pytest.mark.attack(29)
def test_the_only_admins_own_request_goes_to_the_office_above(scene: Flask, send: Send) -> None:
    reference = send(replace(UNIT_ADMIN, email="wilai.again@sakruat.example.go.th"))
    with scene.app_context():
        assert [row.case.reference for row in queue.waiting(viewer_of(UNIT_ADMIN))[0]] == []
        assert [row.case.reference for row in queue.waiting(viewer_of(PROVINCIAL))[0]] == [reference]
        with pytest.raises(Forbidden):
            _decide(reference, UNIT_ADMIN)
        db.session.rollback()
        _decide(reference, PROVINCIAL)
        own = accounts.find_by_username(UNIT_ADMIN.username)
        assert own
        assert db.session.query(Account).filter_by(given_name=UNIT_ADMIN.given_name).count() == 2


def test_a_role_that_its_system_no_longer_declares_does_not_hold_up_the_decision(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        clients.import_metadata(SYSTEM | {"roles": []})
        db.session.commit()
        _decide(reference, UNIT_ADMIN)
        posting = db.session.query(Posting).order_by(Posting.id.desc()).first()
        assert posting
        assert assignments(posting.id) == []


def test_nobody_is_let_into_a_unit_that_closed_meanwhile(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        unit = units.find("670603")
        assert unit
        unit.valid_to = clock.today() - timedelta(days=1)
        db.session.commit()
        with pytest.raises(Refusal):
            _decide(reference, UNIT_ADMIN)
        db.session.rollback()
        _decide(reference, UNIT_ADMIN, Outcome.REJECTED)


def test_evidence_opens_on_a_page_that_was_left_open_over_coffee(scene: Flask, admin: FlaskClient, send: Send) -> None:
    """Noting that the session was seen is a write of its own; the page's own write must not trip over it."""
    dossier = admin.get(f"/approvals/{send()}").get_data(as_text=True)
    page = re.findall(r'src="(/approvals/[^"]+/evidence/[^"]+)"', dossier)[0]
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        assert admin.get(page).status_code == 200
    with scene.app_context():
        assert db.session.query(AuditEvent).filter_by(name="registration.evidence_viewed").count() == 1


@pytest.mark.parametrize("version", ["²", "9" * 5000, "-1", "", "๑"])
def test_a_version_that_is_no_number_counts_as_stale(admin: FlaskClient, send: Send, version: str) -> None:
    dossier = admin.get(f"/approvals/{send()}")
    answer = submit(admin, dossier, {"outcome": "APPROVED", "seen_version": version}, action="/decision")
    assert answer.status_code == 409


def test_addresses_with_impossible_numbers_are_not_found(admin: FlaskClient, send: Send) -> None:
    reference, huge = send(), "9" * 30
    for path in (
        f"/approvals/{reference}/evidence/{huge}/1",
        f"/approvals/{reference}/evidence/1/{huge}",
        f"/appointments/{huge}",
        f"/appointments/1/letter/{huge}",
    ):
        assert admin.get(path).status_code == 404, path
    for path in (f"/approvals?page={huge}", f"/appointments?page={huge}"):
        assert admin.get(path).status_code == 200, path


def test_the_queue_asks_no_more_statements_for_more_units(scene: Flask, send: Send) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*call: object) -> None:
            seen.append(str(call[2]))

        with scene.app_context():
            viewer = viewer_of(PROVINCIAL)
            event.listen(db.engine, "before_cursor_execute", note)
            queue.waiting(viewer)
            event.remove(db.engine, "before_cursor_execute", note)
            db.session.rollback()
        return len(seen)

    send(replace(APPLICANT, number=81, email="a@example.go.th"), "670604")
    few = statements()
    for number, code in enumerate(("670102", "670202", "670302"), 82):
        send(replace(APPLICANT, number=number, email=f"a{number}@example.go.th"), code)
    assert statements() <= few


def test_the_language_is_switched_on_a_refused_decision_without_an_error(admin: FlaskClient, send: Send) -> None:
    reference = send()
    refused = submit(admin, admin.get(f"/approvals/{reference}"), {"outcome": "REJECTED"}, action="/decision")
    assert refused.status_code == 422
    switched = submit(admin, refused, {"language": "en"}, action="/language")
    assert switched.location == f"/approvals/{reference}"
    assert admin.get(switched.location).status_code == 200


def test_when_the_database_is_gone_a_signed_in_person_still_reads_a_page(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object, **_options: object) -> None:
        raise OSError("database is gone")

    monkeypatch.setattr("idp.signin.operations.find_session", gone)
    answer = admin.get("/home")
    assert answer.status_code == 500
    assert "ระบบขัดข้อง" in text_of(answer)


@pytest.mark.attack(27)
def test_program_text_in_a_reason_stays_text_in_mail_and_page(
    scene: Flask, admin: FlaskClient, send: Send, outbox: Outbox
) -> None:
    reference = send()
    reason = "{{ 7*7 }} {% raw %} ${7*7} <script>alert(1)</script>\nBcc: all@example.com"
    page = admin.get(f"/approvals/{reference}")
    assert submit(admin, page, {"outcome": "REJECTED", "reason_code": "OTHER", "reason": reason}).status_code == 303
    _to, subject, body = outbox()[-1]
    assert reason in body, "neither carried out nor swallowed"
    assert "Bcc" not in subject
    shown = admin.get(f"/approvals/{reference}").get_data(as_text=True)
    assert "<script>alert" not in shown


@pytest.mark.attack(28)
def test_a_decision_outlives_the_request_that_was_taken_back(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        verdict = Verdict(Outcome.RETURNED, "เบอร์โทรศัพท์ติดต่อไม่ได้", case.version, ("phone",), "CONTACT")
        operations.decide(viewer_of(UNIT_ADMIN), case, verdict)
        db.session.commit()
        registration.withdraw(case.id)
        db.session.commit()
        [version] = versions.history(case.id)
        assert (version.outcome, version.reason) == ("RETURNED", verdict.reason)
        names = [each.name for each in db.session.query(AuditEvent).filter_by(subject_id=str(case.id))]
        assert [name for name in names if name.startswith("registration.")] == [
            "registration.submitted",
            "registration.decided",
            "registration.withdrawn",
        ]


@pytest.mark.attack(31)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_document_closes_to_whom_its_case_leaves(scene: Flask, send: Send, method: str) -> None:
    reference = send()
    admin = scene.test_client()
    sign_in(admin, UNIT_ADMIN)
    address = re.findall(r'src="(/approvals/[^"]+)"', admin.get(f"/approvals/{reference}").get_data(as_text=True))[0]
    assert admin.open(address, method=method, headers={"Range": "bytes=0-10"}).status_code == 200
    with scene.app_context():
        account = accounts.find_by_username(UNIT_ADMIN.username)
        assert account
        posting = accounts.postings(account.id, clock.today())[0]
        accounts.end_posting(posting, clock.today() - timedelta(days=1))
        db.session.commit()
    assert admin.open(address, method=method).status_code == 403
