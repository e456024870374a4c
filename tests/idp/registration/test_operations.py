import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from idp.access.rules import Holding, Power, Viewer
from idp.accounts.rules import Proof
from idp.audit.models import AuditEvent
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.operations import Prepared
from idp.notifications.models import OutboxMessage
from idp.registration import answers, applicant_access, attached_documents, duplicates, expiry, operations, rules
from idp.registration.models import HolderSecret, Registration
from idp.registration.rules import State
from idp.requirements import operations as requirements
from idp.requirements.operations import RequirementAnswers
from idp.units import operations as units
from tests.factories import letter_image, open_person
from tests.idp.registration.conftest import Make, Outbox
from tests.people import CLERK, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Conflict, NotFound, Refusal

MAILS = Path(__file__).parent / "mails"
NOBODY = Viewer(0, 0, "", None, None, "")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST"):
        yield
        db.session.rollback()


def load(registration_id: int) -> Registration:
    return db.session.get_one(Registration, registration_id, populate_existing=True)


def events(name: str) -> int:
    query = select(func.count()).select_from(AuditEvent).where(AuditEvent.name == name)
    return db.session.scalar(query) or 0


def receipts() -> int:
    receipt = OutboxMessage.template == "registration/mail/receipt"
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(receipt)) or 0


def at_once(app: Flask, *acts: Callable[[], object]) -> list[Exception | None]:
    """Run each act in a thread and transaction of its own, begun together; returns what each raised."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        with app.test_request_context(method="POST"):
            start.wait()
            try:
                act()
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                results[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_sending_makes_one_case_with_receipt_and_record(waiting: Make) -> None:
    sent = load(waiting())
    assert sent.state == State.SUBMITTED
    assert sent.expires_at is None
    assert (receipts(), events("registration.submitted")) == (1, 1)


def test_a_second_click_changes_nothing(waiting: Make) -> None:
    registration_id = waiting()
    version = load(registration_id).version
    operations.submit(registration_id, 1)
    assert load(registration_id).version == version
    assert (receipts(), events("registration.submitted")) == (1, 1)


@pytest.mark.attack(3)
def test_two_clicks_at_once_make_one_case(app: Flask, complete: Make) -> None:
    registration_id = complete()
    version = load(registration_id).version
    db.session.rollback()
    results = at_once(app, *[lambda: operations.submit(registration_id, version)] * 2)
    assert results == [None, None]
    assert (receipts(), events("registration.submitted")) == (1, 1)


@pytest.mark.attack(3)
def test_the_same_person_sending_two_drafts_at_once_makes_one_case(app: Flask, complete: Make) -> None:
    drafts = [(draft, load(draft).version) for draft in (complete(), complete())]
    db.session.rollback()
    results = at_once(app, *[lambda each=each: operations.submit(*each) for each in drafts])
    assert [type(result) for result in results if result] == [Conflict]
    assert (receipts(), events("registration.submitted")) == (1, 1)


def test_the_same_number_from_another_mailbox_is_a_case_that_the_reviewer_is_told_of(waiting: Make) -> None:
    first, second = load(waiting()), load(waiting(email="other@example.go.th", phone="0899999999"))
    assert duplicates.same_person(second, NOBODY) == [f"เลขประจำตัวประชาชน ตรงกับคำขอเลขที่ {first.reference} (รอพิจารณา)"]


def test_the_reviewer_is_told_of_an_account_with_the_same_number_and_mailbox(waiting: Make) -> None:
    open_person(CLERK)
    unit = units.find(CLERK.unit_code)
    assert unit is not None
    admin = replace(NOBODY, holdings=(Holding(Power.SSO_ADMIN, unit.id, 1),))
    found = duplicates.same_person(load(waiting()), admin)
    assert found == ["เลขประจำตัวประชาชน, อีเมล, โทรศัพท์ ตรงกับบัญชีของ นางสาวสมใจ ขยันงาน"]


@pytest.mark.attack(7)
def test_drafts_of_others_are_told_to_nobody(waiting: Make, complete: Make) -> None:
    complete()
    assert duplicates.same_person(load(waiting()), NOBODY) == []


def test_an_incomplete_draft_cannot_be_sent(complete: Make) -> None:
    draft = load(complete())
    answers.remove(draft.id, attached_documents.documents(draft.id)[0].id)
    with pytest.raises(Refusal) as refused:
        operations.submit(draft.id, draft.version)
    assert refused.value.code == "registration_incomplete"


def test_a_draft_changed_in_another_tab_is_not_sent_unseen(complete: Make) -> None:
    draft = load(complete())
    seen = draft.version
    answers.answer_position(draft.id, "ปลัด อบต.", set())
    with pytest.raises(Conflict) as refused:
        operations.submit(draft.id, seen)
    assert refused.value.code == "registration_stale"


def test_a_unit_that_closed_meanwhile_takes_no_registration(complete: Make) -> None:
    draft, unit = load(complete()), units.find(CLERK.unit_code)
    assert unit is not None
    unit.valid_to = clock.today() - timedelta(days=1)
    with pytest.raises(Refusal):
        operations.submit(draft.id, draft.version)


def test_what_was_sent_cannot_be_edited(waiting: Make) -> None:
    registration_id = waiting()
    document = attached_documents.documents(registration_id)[0]
    for change in (
        lambda: answers.answer_email(registration_id, "x@example.go.th"),
        lambda: answers.choose_unit(registration_id, "P67"),
        lambda: answers.answer_position(registration_id, "อื่น", set()),
        lambda: answers.remove(registration_id, document.id),
    ):
        with pytest.raises(Conflict):
            change()
    assert len(attached_documents.documents(registration_id)) == 2


def test_of_two_deciders_at_once_the_later_is_told_the_outcome(app: Flask, waiting: Make) -> None:
    registration_id = waiting()
    version = load(registration_id).version
    db.session.rollback()

    def decide(outcome: str) -> Callable[[], object]:
        return lambda: operations.record_outcome(
            registration_id, outcome=outcome, reason="", seen_version=version, decided_unit_id=1
        )

    results = at_once(app, decide("APPROVED"), decide("REJECTED"))
    lost = [result for result in results if result]
    assert [type(result) for result in lost] == [Conflict]
    state = State(load(registration_id).state)
    assert state in (State.APPROVED, State.REJECTED)
    assert str(lost[0]) == rules.REFUSED[state]


def test_withdrawing_while_it_is_decided_leaves_one_outcome(app: Flask, waiting: Make) -> None:
    registration_id = waiting()
    version = load(registration_id).version
    db.session.rollback()
    results = at_once(
        app,
        lambda: operations.withdraw(registration_id),
        lambda: operations.record_outcome(
            registration_id, outcome="REJECTED", reason="", seen_version=version, decided_unit_id=1
        ),
    )
    assert [type(result) for result in results if result] == [Conflict]
    assert events("registration.withdrawn") == (load(registration_id).state == State.WITHDRAWN)


def test_a_decision_on_an_older_version_is_refused(waiting: Make) -> None:
    sent = load(waiting())
    with pytest.raises(Conflict) as refused:
        operations.record_outcome(
            sent.id, outcome="APPROVED", reason="", seen_version=sent.version - 1, decided_unit_id=1
        )
    assert refused.value.code == "registration_stale"


@pytest.mark.attack(6)
def test_a_code_mailed_to_one_address_proves_no_other(complete: Make, code: Callable[[], str]) -> None:
    draft_id = complete()
    answers.answer_email(draft_id, "first@example.go.th")
    db.session.commit()
    first = code()
    answers.answer_email(draft_id, "second@example.go.th")
    db.session.commit()
    with pytest.raises(Refusal):
        answers.prove_email(draft_id, first if first != code() else "x")
    assert load(draft_id).email_proven_at is None


@pytest.mark.attack(6)
def test_changing_the_address_takes_its_proof_away(complete: Make) -> None:
    draft_id = complete()
    answers.answer_email(draft_id, CLERK.email.upper())
    assert load(draft_id).email_proven_at is not None
    answers.answer_email(draft_id, "new@example.go.th")
    assert load(draft_id).email_proven_at is None


def test_a_role_that_the_kind_of_unit_cannot_hold_is_refused(complete: Make) -> None:
    with pytest.raises(Refusal):
        answers.answer_position(complete(), "ปลัด", {4711})


def test_another_kind_of_unit_asks_for_the_roles_again(complete: Make) -> None:
    draft_id = complete()
    answers.choose_unit(draft_id, "P67")
    assert rules.Step.POSITION not in operations.done(load(draft_id))
    assert load(draft_id).position == CLERK.position


@pytest.mark.attack(31)
def test_a_document_of_somebody_else_can_be_neither_seen_nor_removed(complete: Make) -> None:
    mine, hers = complete(), complete(UNIT_ADMIN)
    document = attached_documents.documents(hers)[0]
    with pytest.raises(NotFound):
        answers.own_document(load(mine), document.id)
    with pytest.raises(NotFound):
        answers.remove(mine, document.id)
    assert document in attached_documents.documents(hers)


def a_document(text: str) -> Prepared:
    return evidence.prepare(letter_image(text), f"{text}.png")


def test_no_more_files_are_taken_than_their_kind_allows(complete: Make) -> None:
    draft_id = complete()
    for number in ("2", "3", "4"):
        answers.attach(draft_id, a_document(number), "other")
    with pytest.raises(Refusal, match="เอกสารชนิดนี้แนบได้ไม่เกิน") as refused:
        answers.attach(draft_id, a_document("5"), "other")
    assert refused.value.code == "files"
    assert len(attached_documents.documents(draft_id)) == 5


def test_no_more_documents_are_taken_than_there_is_room_for(complete: Make) -> None:
    draft_id = complete()
    requirements.kind("other").most_files = 10
    for number in range(8):
        answers.attach(draft_id, a_document(str(number)), "other")
    with pytest.raises(Refusal, match="รายการ โปรดลบ"):
        answers.attach(draft_id, a_document("more"), "staff_card")


def test_a_file_with_more_pages_than_its_kind_allows_is_refused(complete: Make) -> None:
    draft_id = complete()
    requirements.kind("other").most_pages = 0
    with pytest.raises(Refusal, match="โปรดแนบเฉพาะหน้าที่เกี่ยวข้อง") as refused:
        answers.attach(draft_id, a_document("long"), "other")
    assert refused.value.code == "pages"


def test_a_file_takes_another_ones_place_also_where_its_kind_is_full(complete: Make) -> None:
    draft_id = complete()
    [_order, card] = attached_documents.documents(draft_id)
    assert requirements.kind(card.kind).most_files == 1
    answers.replace(draft_id, card.id, a_document("sharp"))
    assert [each.filename for each in attached_documents.documents(draft_id)] == ["คำสั่ง.png", "sharp.png"]
    assert evidence.get(card.id).discarded_at is not None
    with pytest.raises(NotFound):
        answers.replace(draft_id, card.id, a_document("again"))


@pytest.mark.parametrize(
    ("proof", "kinds", "is_complete"),
    [
        (Proof.CLAIMED, ["appointment_order"], False),
        (Proof.CLAIMED, ["staff_card"], False),
        (Proof.CLAIMED, ["appointment_order", "staff_card"], True),
        (Proof.CLAIMED, ["assignment_letter", "national_id_card", "other"], True),
        (Proof.THAID, [], False),
        (Proof.THAID, ["other", "national_id_card"], False),
        (Proof.THAID, ["staff_card"], True),
    ],
)
def test_by_hand_needs_more_documents_than_with_thaid(
    complete: Make, proof: Proof, kinds: list[str], is_complete: bool
) -> None:
    draft = load(complete())
    for document in attached_documents.documents(draft.id):
        answers.remove(draft.id, document.id)
    draft.proof = proof
    for kind in kinds:
        answers.attach(draft.id, a_document(kind), kind)
    assert (rules.Step.EVIDENCE in operations.done(draft)) is is_complete


def test_what_dla_asks_for_is_felt_by_a_draft_and_not_by_what_waits(complete: Make, waiting: Make) -> None:
    draft_id, sent_id = complete(), waiting(UNIT_ADMIN)
    asked = RequirementAnswers("ใหม่", "New", "EVERYBODY", ["TAO"], None, ["other"])
    requirements.save_requirement(None, asked)
    with pytest.raises(Refusal) as refused:
        operations.submit(draft_id, load(draft_id).version)
    assert refused.value.code == "registration_incomplete"
    assert load(sent_id).state == State.SUBMITTED


def test_an_untouched_draft_goes_after_two_weeks_with_its_documents_and_secrets(complete: Make, waiting: Make) -> None:
    draft_id, sent_id = complete(), waiting(UNIT_ADMIN)
    document = attached_documents.documents(draft_id)[0]
    applicant_access.issue(draft_id, applicant_access.BROWSER)
    db.session.commit()
    last_day = clock.start_of_day(clock.today() + rules.DRAFT_LIFETIME)
    with time_machine.travel(last_day + timedelta(hours=23, minutes=59)):
        assert expiry.sweep_drafts() == 0
    with time_machine.travel(last_day + timedelta(hours=24, minutes=1)):
        assert expiry.sweep_drafts() == 1
        db.session.commit()
    assert db.session.get(Registration, draft_id) is None
    assert evidence.get(document.id).discarded_at is not None
    assert load(sent_id).state == State.SUBMITTED
    assert db.session.scalars(select(HolderSecret).where(HolderSecret.registration_id == draft_id)).all() == []


def test_a_link_opens_the_registration_until_it_expires(waiting: Make) -> None:
    registration_id = waiting()
    secret = applicant_access.issue(registration_id, applicant_access.LINK)
    assert (
        applicant_access.held_by(secret, applicant_access.LINK)
        == applicant_access.held_by(secret, applicant_access.LINK)
        == load(registration_id)
    )
    assert applicant_access.held_by(secret, applicant_access.BROWSER) is None
    with time_machine.travel(clock.now() + rules.LINK_LIFETIME):
        assert applicant_access.held_by(secret, applicant_access.LINK) is None


def test_the_mails_read_as_stored(waiting: Make, outbox: Outbox) -> None:
    with time_machine.travel("2026-12-30 07:05:00Z", tick=False):
        sent = load(waiting())
        applicant_access.send_code(sent.reference, CLERK.email)
        db.session.commit()
    for (recipient, subject, body), name in zip(outbox(), ("email_code", "receipt", "status_code"), strict=True):
        plain = f"{subject}\n\n{body}".replace(sent.reference, "R0000000000")
        plain = re.sub(r"\b\d{6}\b", "123456", plain)
        plain = re.sub(r"registration-status/\S+", "registration-status/SECRET", plain)
        assert recipient == CLERK.email
        assert plain == (MAILS / f"{name}.txt").read_text(encoding="utf-8")


def test_the_national_id_stands_nowhere_in_the_clear(waiting: Make, outbox: Outbox) -> None:
    waiting()
    db.session.commit()
    everything = [str(mail) for mail in outbox()]
    for table in db.metadata.sorted_tables:
        everything += [str(tuple(row)) for row in db.session.execute(text(f'SELECT * FROM "{table.name}"'))]  # noqa: S608
    assert CLERK.national_id not in "\n".join(everything)
    assert CLERK.email in "\n".join(everything)
