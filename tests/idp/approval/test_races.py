"""Two at the same instant: one outcome, one mail, and the other is told that it was second."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from idp.accounts.models import Account
from idp.approval import operations
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.registration import operations as registration
from idp.registration import versions
from idp.registration.models import Registration
from tests.factories import a_letter, appoint, open_person, viewer_of
from tests.idp.approval.conftest import APPLICANT
from tests.people import CLERK, PROVINCIAL, UNIT_ADMIN, Invented
from tests.waiting import LONGEST
from thai_web.refusal import Conflict

Send = Callable[..., str]
COLLEAGUE = replace(CLERK, position="ปลัด อบต.")
WHY = "ผู้ขอนำคำสั่งฉบับจริงมาแสดงแล้ว"


def case_of(reference: str) -> Registration:
    case = registration.find_by_reference(reference)
    assert case
    return case


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """What became of acts that began together, each in a transaction of its own."""
    told: list[str] = []
    ready = threading.Barrier(len(acts))

    def work(act: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait(LONGEST)
            try:
                act()
                db.session.commit()
                told.append("done")
            except Conflict:
                db.session.rollback()
                told.append("conflict")

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    return sorted(told)


def mails(template: str) -> int:
    return db.session.query(OutboxMessage).filter(OutboxMessage.template.startswith(template)).count()


@pytest.mark.attack(18)
def test_approving_and_taking_back_at_the_same_instant_is_one_of_the_two(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        case_id, version = case_of(reference).id, case_of(reference).version

    def approve() -> None:
        operations.decide(viewer_of(UNIT_ADMIN), case_of(reference), Verdict(Outcome.APPROVED, "", version))

    assert at_once(scene, approve, lambda: registration.withdraw(case_id)) == ["conflict", "done"]
    with scene.app_context():
        opened = db.session.query(Account).filter_by(given_name=APPLICANT.given_name).count()
        assert (opened, mails("approval/")) == ((1, 1) if case_of(reference).state == "APPROVED" else (0, 0))


@pytest.mark.attack(18)
def test_two_who_take_a_rejected_case_up_again_open_it_once(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        open_person(COLLEAGUE)
        appoint(COLLEAGUE, by=PROVINCIAL, letter=a_letter())
        case = case_of(reference)
        rejection = Verdict(Outcome.REJECTED, "ภาพเอกสารไม่ชัด โปรดถ่ายใหม่", case.version, (), "DOUBTFUL")
        operations.decide(viewer_of(UNIT_ADMIN), case, rejection)
        db.session.commit()
        seen = case_of(reference).version

    def reopen(who: Invented) -> Callable[[], object]:
        return lambda: operations.reopen(viewer_of(who), case_of(reference), WHY, seen)

    assert at_once(scene, reopen(UNIT_ADMIN), reopen(COLLEAGUE)) == ["conflict", "done"]
    with scene.app_context():
        case = case_of(reference)
        assert (case.state, mails("approval/mail/reopened")) == ("SUBMITTED", 1)
        told = [(each.outcome, each.reopened_for) for each in versions.history(case.id)]
        assert told == [("REJECTED", ""), (None, WHY)]
