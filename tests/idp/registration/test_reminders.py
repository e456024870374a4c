"""Who forgot a draft or a correction is told once."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.database import db
from idp.notifications import operations as notifications
from idp.registration import answers, expiry, operations, reminders, rules
from idp.registration.answers import PersonAnswers
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.units import operations as units
from tests.idp.registration.conftest import Make, Outbox
from tests.idp.workers import overlapping
from tests.people import CLERK, UNIT_ADMIN
from thai_web import clock, thai


@pytest.fixture(autouse=True)
def request_of(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST"):
        yield


def remind(**later: float) -> int:
    with time_machine.travel(clock.now() + timedelta(**later), tick=False):
        sent = reminders.remind()
        db.session.commit()
        return sent


def test_a_draft_that_will_be_deleted_is_told_of_once_with_a_link_back(
    app: Flask, complete: Make, outbox: Outbox
) -> None:
    draft_id = complete()
    assert remind(days=10) == 0
    assert remind(days=11, minutes=1) == 1
    assert remind(days=12) == 0
    recipient, subject, body = outbox()[-1]
    assert recipient == CLERK.email
    assert db.session.get_one(Registration, draft_id).reference in subject
    link = re.findall(r"/registration-status/\S+", body)[0]
    assert app.test_client().get(link).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=12), tick=False):
        answers.answer_position(draft_id, "ปลัด อบต.", None)
        db.session.commit()
    assert remind(days=15) == 0, "it was touched: two weeks begin anew"
    assert remind(days=23, minutes=1) == 1


def test_an_address_that_is_not_proven_gets_no_reminder(outbox: Outbox) -> None:
    draft = operations.begin()
    answers.answer_email(draft.id, "somebody.else@example.go.th")
    db.session.commit()
    assert remind(days=12) == 0


def test_a_correction_that_is_awaited_is_told_of_once_for_each_return(waiting: Make, outbox: Outbox) -> None:
    case_id = waiting()
    office = units.find("P67")
    assert office
    for began in (0, 20):
        with time_machine.travel(clock.now() + timedelta(days=began), tick=False):
            case = operations.lock(case_id)
            operations.record_outcome(
                case_id,
                outcome="RETURNED",
                reason="ภาพไม่ชัด โปรดถ่ายใหม่",
                seen_version=case.version,
                decided_unit_id=office.id,
                to_correct=["phone"],
            )
            returned_on = thai.format_date(clock.today(), "th")
            db.session.commit()
        assert remind(days=began + 4) == 0
        assert remind(days=began + 5, minutes=1) == 1
        assert remind(days=began + 9) == 0
        assert "ภาพไม่ชัด" in outbox()[-1][2]
        assert f"ถูกส่งกลับให้แก้ไขเมื่อ {returned_on}" in outbox()[-1][2]
        with time_machine.travel(clock.now() + timedelta(days=began + 10), tick=False):
            operations.submit(case_id, operations.lock(case_id).version)
            db.session.commit()
        assert remind(days=began + 17) == 0, "it waits for the reviewer now"


def send_back(case_id: int) -> None:
    office = units.find("P67")
    assert office
    version = operations.lock(case_id).version
    operations.record_outcome(
        case_id,
        outcome="RETURNED",
        reason="ภาพไม่ชัด โปรดถ่ายใหม่",
        seen_version=version,
        decided_unit_id=office.id,
        to_correct=["phone"],
    )
    db.session.commit()


def close(**later: float) -> int:
    with time_machine.travel(clock.now() + timedelta(**later), tick=False):
        closed = expiry.close_uncorrected()
        db.session.commit()
        return closed


def test_what_nobody_corrects_is_told_of_again_and_then_closed_with_a_mail(waiting: Make, outbox: Outbox) -> None:
    case_id = waiting()
    send_back(case_id)
    assert remind(days=5, minutes=1) == 1
    assert f"ปิดคำขอนี้หลังวันที่ {thai.format_date(clock.today() + timedelta(days=60), 'th')}" in outbox()[-1][2]
    assert [remind(days=day, minutes=1) for day in (52, 53, 54, 59)] == [0, 1, 0, 0]
    assert (close(days=60), close(days=61), close(days=62)) == (0, 1, 0)
    recipient, subject, body = outbox()[-1]
    case = db.session.get_one(Registration, case_id)
    assert (case.state, case.decided_at) == (State.LAPSED, None)
    recorded = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "registration.lapsed")).one()
    assert recorded.facts == {"registration_id": case_id}
    assert (recipient, case.reference in subject) == (CLERK.email, True)
    assert "ไม่มีการแก้ไขภายใน 60 วัน" in body
    assert "/register" in body
    db.session.rollback()
    assert waiting(), "the way is free for a new request"


def test_a_change_of_an_answer_begins_the_wait_anew(waiting: Make) -> None:
    case_id = waiting()
    send_back(case_id)
    with time_machine.travel(clock.now() + timedelta(days=59), tick=False):
        answers.answer_person(case_id, PersonAnswers(None, None, None, None, "0898765432"))
        db.session.commit()
    assert (close(days=61), close(days=119), close(days=120)) == (0, 0, 1)


def test_the_mails_of_a_swept_draft_go_with_it(complete: Make) -> None:
    gone, kept = complete(), complete(UNIT_ADMIN)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        answers.answer_position(kept, "ปลัด อบต.", None)
    with time_machine.travel(clock.now() + rules.DRAFT_LIFETIME + timedelta(days=1), tick=False):
        assert expiry.sweep_drafts() == 1
    assert notifications.about("registration", gone) == []
    assert notifications.about("registration", kept) != []


def test_two_workers_of_which_one_chose_its_rows_before_the_other_committed_remind_once(
    app: Flask, complete: Make
) -> None:
    complete()
    with time_machine.travel(clock.now() + timedelta(days=12), tick=False):
        assert overlapping(app, reminders.remind) == 1
