"""A letter that led to no appointment is destroyed when nobody can appeal any more."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.appointments import requests, retention
from idp.appointments.models import AppointmentRequest
from idp.appointments.rules import Action
from idp.database import db
from idp.evidence import operations as evidence
from idp.worker import jobs
from tests.browsing import text_of
from tests.factories import letter_image, sign_in, viewer_of
from tests.idp.appointments.conftest import a_letter_from_today, ask, decide
from tests.people import CLERK, PROVINCIAL
from thai_web import clock

DAYS = timedelta(days=90)


def destroy(app: Flask, later: timedelta = timedelta()) -> int:
    with time_machine.travel(clock.now() + later), app.app_context():
        done = retention.destroy_due()
        db.session.commit()
        return done


def stands(app: Flask, request_id: int) -> bool:
    with app.app_context():
        request = db.session.get_one(AppointmentRequest, request_id)
        return evidence.get(request.evidence_id or 0).discarded_at is None


def late(app: Flask, later: timedelta) -> list[str]:
    with time_machine.travel(clock.now() + later), app.app_context():
        return retention.faults()


def test_a_refused_letter_is_kept_for_an_appeal_and_then_destroyed(chain: Flask) -> None:
    with chain.app_context():
        days = timedelta(days=chain.config["SETTINGS"].evidence_days)
        refused = decide(PROVINCIAL, ask(CLERK, CLERK), Action.REFUSE).id
    assert (destroy(chain, days), stands(chain, refused)) == (0, True)
    assert late(chain, days + timedelta(days=1)) == []
    assert "the letters of 1 decided requests are overdue" in late(chain, days + timedelta(days=2))[0]
    assert (destroy(chain, days + timedelta(days=1)), stands(chain, refused)) == (1, False)
    assert destroy(chain, days + timedelta(days=1)) == 0
    browser = chain.test_client()
    sign_in(browser, CLERK)
    assert "ทำลายหนังสือที่แนบแล้ว" in text_of(browser.get(f"/appointment-requests/{refused}"))
    assert browser.get(f"/appointment-requests/{refused}/letter/1").status_code == 404


def test_a_letter_that_was_taken_back_goes_at_once_and_one_in_force_stays(chain: Flask) -> None:
    with chain.app_context():
        withdrawn = ask(CLERK, CLERK)
        requests.withdraw(viewer_of(CLERK), withdrawn.id, withdrawn.version)
        db.session.commit()
        gone, approved = withdrawn.id, decide(PROVINCIAL, ask(CLERK, CLERK)).id
    assert destroy(chain) == 1
    assert (stands(chain, gone), stands(chain, approved)) == (False, True)
    assert destroy(chain, 10 * DAYS) == 0


@pytest.mark.attack(91)
@pytest.mark.parametrize("outcome", [Action.APPROVE, Action.REFUSE])
def test_a_letter_that_another_replaced_goes_after_the_same_days_whatever_was_decided(
    chain: Flask, outcome: Action
) -> None:
    def letters() -> tuple[bool, bool]:
        with chain.app_context():
            return tuple(evidence.get(each).discarded_at is None for each in (replaced, current))  # type: ignore[return-value]

    with chain.app_context():
        days = timedelta(days=chain.config["SETTINGS"].evidence_days)
        returned = decide(PROVINCIAL, ask(CLERK, CLERK), Action.RETURN)
        replaced, scan = returned.evidence_id or 0, evidence.prepare(letter_image("ฉบับลงนาม"), "หนังสือ.png")
        requests.correct(viewer_of(CLERK), returned.id, a_letter_from_today(), scan, returned.version)
        db.session.commit()
        current = decide(PROVINCIAL, returned, outcome).evidence_id or 0
    assert (destroy(chain, days), letters()) == (0, (True, True))
    assert "the letters of 1 decided requests are overdue" in late(chain, days + timedelta(days=2))[0]
    assert destroy(chain, days + timedelta(days=1)) == 1
    assert letters() == (False, outcome == Action.APPROVE)
    assert (late(chain, days + timedelta(days=2)), destroy(chain, 10 * DAYS)) == ([], 0)


def test_the_worker_does_it() -> None:
    assert "destroy the letters of ended requests" in [each.name for each in jobs()]
