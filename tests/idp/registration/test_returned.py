"""Sending back and correcting: only what was named opens, and what a reviewer saw stays."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from idp.access.rules import Viewer
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration import answers, attached_documents, duplicates, expiry, operations, summary, versions
from idp.registration.answers import PersonAnswers
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.units import operations as units
from tests.factories import letter_image
from tests.idp.registration.conftest import Make, Outbox
from tests.people import CLERK, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden

REASON = "ภาพคำสั่งไม่ชัด โปรดถ่ายใหม่"
Return = Callable[..., int]


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST"):
        yield
        db.session.rollback()


@pytest.fixture
def returned(waiting: Make) -> Return:
    """Make a registration that was sent back for the answers named; `document` stands for the attached one."""

    def make(*named: str) -> int:
        registration_id = waiting()
        attached = attached_documents.documents(registration_id)[0].id
        marked = [f"document:{attached}" if name == "document" else name for name in named]
        decide(registration_id, "RETURNED", to_correct=marked)
        return registration_id

    return make


def load(registration_id: int) -> Registration:
    return db.session.get_one(Registration, registration_id, populate_existing=True)


def decide(registration_id: int, outcome: str, **more: Any) -> None:
    version, office = load(registration_id).version, units.find("P67")
    assert office is not None
    operations.record_outcome(
        registration_id, outcome=outcome, reason=REASON, seen_version=version, decided_unit_id=office.id, **more
    )
    db.session.commit()


def attach(registration_id: int, text: str) -> int:
    before = attached_documents.document_ids(registration_id)
    document = evidence.prepare(letter_image(text), f"{text}.png")
    answers.attach(registration_id, document, "appointment_order")
    return (attached_documents.document_ids(registration_id) - before).pop()


def test_only_the_named_answers_can_be_changed(returned: Return) -> None:
    registration_id = returned("phone")
    document = attached_documents.documents(registration_id)[0]
    for change in (
        lambda: answers.answer_email(registration_id, "x@example.go.th"),
        lambda: answers.choose_unit(registration_id, "P67"),
        lambda: answers.answer_position(registration_id, "ปลัด อบต.", None),
        lambda: answers.answer_position(registration_id, None, set()),
        lambda: answers.answer_person(registration_id, PersonAnswers("นาย", "อื่น", "ไป", None, None)),
        lambda: answers.answer_person(registration_id, PersonAnswers(None, None, None, UNIT_ADMIN.national_id, None)),
        lambda: answers.attach(registration_id, evidence.prepare(letter_image("2"), "2.png"), "other"),
        lambda: answers.remove(registration_id, document.id),
    ):
        with pytest.raises(Forbidden) as refused:
            change()
        assert refused.value.code == "field_closed"
    answers.answer_person(registration_id, PersonAnswers(None, None, None, None, "0899999999"))
    assert load(registration_id).phone == "0899999999"
    assert load(registration_id).given_name == CLERK.given_name


@pytest.mark.attack(28)
def test_a_corrected_request_comes_back_to_the_queue_with_what_changed(returned: Return) -> None:
    registration_id = returned("phone", "document")
    first, card = attached_documents.documents(registration_id)
    answers.answer_person(registration_id, PersonAnswers(None, None, None, None, "0899999999"))
    answers.remove(registration_id, first.id)
    second = attach(registration_id, "clear")
    operations.submit(registration_id, load(registration_id).version)
    assert load(registration_id).state == State.SUBMITTED
    told = {
        (each.label, each.before, each.after) for each in summary.differences(operations.changes(load(registration_id)))
    }
    assert told == {("โทรศัพท์", "0812345678", "0899999999"), ("เอกสารหลักฐาน", "คำสั่ง.png", "clear.png")}
    assert [version.number for version in versions.history(registration_id)] == [1, 2]
    assert versions.history(registration_id)[0].outcome == "RETURNED"
    assert versions.history(registration_id)[0].reason == REASON
    assert attached_documents.document_ids(registration_id) == {first.id, card.id, second}
    assert evidence.read_page(first.id, 1), "a document that a reviewer judged by is kept"


def test_a_replaced_document_is_no_copy_from_elsewhere(returned: Return) -> None:
    registration_id = returned("document")
    first = attached_documents.documents(registration_id)[0]
    answers.remove(registration_id, first.id)
    answers.attach(registration_id, evidence.prepare(letter_image(), "อีกครั้ง.png"), "staff_card")
    again = attached_documents.documents(registration_id)[-1]
    assert evidence.same_document_elsewhere(again.id) == []


def test_a_document_added_while_correcting_can_be_taken_back_again(returned: Return) -> None:
    registration_id = returned("documents")
    added = attach(registration_id, "more")
    answers.remove(registration_id, added)
    assert added not in attached_documents.document_ids(registration_id)
    with pytest.raises(Forbidden):
        answers.remove(registration_id, attached_documents.documents(registration_id)[0].id)


def test_another_unit_opens_the_roles_that_depend_on_it(returned: Return) -> None:
    registration_id = returned("unit")
    answers.choose_unit(registration_id, "P67")
    answers.answer_position(registration_id, None, set())
    operations.submit(registration_id, load(registration_id).version)
    assert [each.label for each in summary.differences(operations.changes(load(registration_id)))] == ["หน่วยงาน"]


def test_a_returned_request_can_be_withdrawn_and_then_stays_closed(returned: Return) -> None:
    registration_id = returned("phone")
    operations.withdraw(registration_id)
    with pytest.raises(Conflict):
        answers.answer_person(registration_id, PersonAnswers(None, None, None, None, "0899999999"))
    with pytest.raises(Conflict):
        operations.submit(registration_id, load(registration_id).version)


def test_a_returned_request_is_not_swept_like_a_draft(returned: Return) -> None:
    registration_id = returned("phone")
    answers.answer_person(registration_id, PersonAnswers(None, None, None, None, "0899999999"))
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=60)):
        assert expiry.sweep_drafts() == 0
    assert load(registration_id).state == State.RETURNED


def test_a_new_address_in_a_returned_request_is_proven_before_it_is_sent(returned: Return, outbox: Outbox) -> None:
    registration_id = returned("email")
    answers.answer_email(registration_id, "new@example.go.th")
    with pytest.raises(Exception, match="ยังกรอกข้อมูลไม่ครบ"):
        operations.submit(registration_id, load(registration_id).version)


def test_the_usual_wait_is_told_from_enough_decisions_only(waiting: Make) -> None:
    office = units.find("P67")
    assert office is not None
    for number, days in enumerate((1, 2, 9)):
        assert versions.usual_wait_days(office.id) is None
        registration_id = waiting(email=f"a{number}@example.go.th")
        with time_machine.travel(clock.now() + timedelta(days=days) - timedelta(minutes=5), tick=False):
            decide(registration_id, "REJECTED")
    with time_machine.travel(clock.now() + timedelta(days=10)):
        assert versions.usual_wait_days(office.id) == 2
    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert versions.usual_wait_days(office.id) is None


NOBODY = Viewer(0, 0, "", None, None, "")


def test_a_person_asking_again_with_her_account_is_no_duplicate_of_herself(waiting: Make) -> None:
    first, second = load(waiting()), load(waiting(email="second@example.go.th"))
    first.applicant_id = second.applicant_id = None
    assert duplicates.same_person(second, NOBODY)
