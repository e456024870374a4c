"""The decision: one outcome, one account, one mail, under a letter that is in force at that moment."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from idp.accounts.models import Account, Posting
from idp.appointments import operations as appointments
from idp.approval import operations, queue
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.audit.models import AuditEvent
from idp.clients.operations import assignments
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.registration import operations as registration
from tests.factories import a_letter, appoint, open_person, viewer_of
from tests.idp.approval.conftest import APPLICANT, code_for
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from tests.waiting import LONGEST
from thai_web.refusal import Conflict, Forbidden


def _decide(reference: str, by: Invented, outcome: Outcome = Outcome.APPROVED, version: int | None = None) -> None:
    case = registration.find_by_reference(reference)
    assert case
    reason = "เอกสารไม่ตรงกับชื่อผู้ขอ" if outcome == Outcome.REJECTED else ""
    operations.decide(viewer_of(by), case, Verdict(outcome, reason, version or case.version, (), code_for(outcome)))
    db.session.commit()


def test_approval_opens_the_account_with_posting_and_role_and_mails_the_link(
    scene: Flask, send: Callable[..., str], outbox: Callable[[], list[tuple[str, str, str]]]
) -> None:
    reference = send()
    with scene.app_context():
        _decide(reference, UNIT_ADMIN)
        account = db.session.query(Account).filter_by(given_name=APPLICANT.given_name).one()
        posting = db.session.query(Posting).filter_by(account_id=account.id).one()
        assert [offered.code for _held, offered in assignments(posting.id)] == ["reporter"]
        event = db.session.query(AuditEvent).filter_by(name="registration.decided").one()
        letter = appointments.get(event.facts["appointment_id"])
        assert letter.account_id == viewer_of(UNIT_ADMIN).account_id
    mail = [mail for mail in outbox() if "อนุมัติคำขอ" in mail[1]]
    assert [recipient for recipient, _subject, _body in mail] == [APPLICANT.email]
    assert "/activate/" in mail[0][2]
    assert APPLICANT.national_id not in mail[0][2]


def test_rejection_opens_nothing_and_tells_the_reason(
    scene: Flask, send: Callable[..., str], outbox: Callable[[], list[tuple[str, str, str]]]
) -> None:
    reference = send()
    with scene.app_context():
        _decide(reference, UNIT_ADMIN, Outcome.REJECTED)
        assert db.session.query(Account).filter_by(given_name=APPLICANT.given_name).count() == 0
    assert "เอกสารไม่ตรงกับชื่อผู้ขอ" in outbox()[-1][2]


def test_a_case_belongs_to_the_nearest_admin_and_to_nobody_else(scene: Flask, send: Callable[..., str]) -> None:
    with_admin, without_admin = send(), send(replace(APPLICANT, number=78, email="b@example.go.th"), "670604")
    with scene.app_context():
        for person, seen in ((UNIT_ADMIN, {with_admin}), (PROVINCIAL, {without_admin}), (DLA_OFFICER, set())):
            rows, _more = queue.waiting(viewer_of(person))
            assert {row.case.reference for row in rows} == seen
        with pytest.raises(Forbidden):
            _decide(with_admin, PROVINCIAL)
        db.session.rollback()
        with pytest.raises(Forbidden):
            _decide(without_admin, UNIT_ADMIN)


@pytest.mark.attack(23)
def test_nobody_decides_the_own_case_even_as_admin(scene: Flask, send: Callable[..., str]) -> None:
    reference = send(replace(APPLICANT, number=UNIT_ADMIN.number))
    with scene.app_context(), pytest.raises(Forbidden) as refused:
        _decide(reference, UNIT_ADMIN)
    assert refused.value.audit == "refused.decision"


@pytest.mark.attack(22, 30)
def test_a_power_that_ended_since_the_page_was_opened_decides_nothing(scene: Flask, send: Callable[..., str]) -> None:
    reference = send()
    with scene.app_context():
        stale = viewer_of(UNIT_ADMIN)
        appointments.end(viewer_of(PROVINCIAL), stale.holdings[0].appointment_id, "ย้ายไปที่อื่น")
        db.session.commit()
        case = registration.find_by_reference(reference)
        assert case
        with pytest.raises(Forbidden):
            operations.decide(stale, case, Verdict(Outcome.APPROVED, "", case.version))
        db.session.rollback()
        _decide(reference, PROVINCIAL)


@pytest.mark.attack(19)
def test_a_decision_on_another_version_than_was_seen_is_refused(scene: Flask, send: Callable[..., str]) -> None:
    reference = send()
    with scene.app_context(), pytest.raises(Conflict):
        _decide(reference, UNIT_ADMIN, version=99)


@pytest.mark.attack(18)
@pytest.mark.parametrize("outcomes", [(Outcome.APPROVED, Outcome.APPROVED), (Outcome.APPROVED, Outcome.REJECTED)])
def test_two_admins_at_the_same_instant_make_one_outcome_and_one_mail(
    scene: Flask, send: Callable[..., str], outcomes: tuple[Outcome, Outcome]
) -> None:
    second = replace(CLERK, position="ปลัด อบต.")
    with scene.app_context():
        open_person(second)
        appoint(second, by=PROVINCIAL, letter=a_letter())
    reference = send()
    results: list[str] = []
    at_once = threading.Barrier(2)

    def decide(person: Invented, outcome: Outcome) -> None:
        with scene.app_context():
            at_once.wait(LONGEST)
            try:
                _decide(reference, person, outcome)
                results.append("decided")
            except Conflict:
                results.append("conflict")
            finally:
                db.session.rollback()
                db.session.remove()

    threads = [threading.Thread(target=decide, args=pair) for pair in zip((UNIT_ADMIN, second), outcomes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert sorted(results) == ["conflict", "decided"]
    with scene.app_context():
        told = db.session.query(OutboxMessage).filter(OutboxMessage.template.startswith("approval/")).count()
        opened = db.session.query(Account).filter_by(given_name=APPLICANT.given_name).count()
        events = db.session.query(AuditEvent).filter_by(name="registration.decided").count()
        assert (told, events) == (1, 1)
        assert opened <= 1
