"""Whoever decides hears of a new request by mail, unless they switched that off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import time_machine
from flask import Flask

from idp.approval import arrivals
from idp.database import db
from idp.worker import jobs
from tests.browsing import submit, text_of
from tests.factories import sign_in
from tests.idp.approval.conftest import APPLICANT
from tests.idp.workers import overlapping
from tests.people import PROVINCIAL, UNIT_ADMIN
from thai_web import clock

Send = Callable[..., str]
Outbox = Callable[[], list[tuple[str, str, str]]]

SECOND, THIRD = (replace(APPLICANT, number=number, email=f"{number}@example.go.th") for number in (91, 92))


def _tell(scene: Flask) -> int:
    with scene.app_context():
        told = arrivals.tell()
        db.session.commit()
        return told


def _told(outbox: Outbox) -> list[tuple[str, str]]:
    return [(recipient, subject.partition(" / ")[0]) for recipient, subject, _ in outbox() if "คำขอใหม่" in subject]


def test_the_admin_is_told_at_once_and_of_the_next_ones_together_an_hour_later(
    scene: Flask, send: Send, outbox: Outbox
) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        assert _tell(scene) == 0
        reference = send()
        assert (_tell(scene), _tell(scene)) == (1, 0)
        travel.shift(timedelta(minutes=10))
        send(SECOND)
        travel.shift(timedelta(minutes=10))
        send(THIRD)
        assert _tell(scene) == 0, "not twice within the hour"
        travel.shift(timedelta(minutes=41))
        assert (_tell(scene), _tell(scene)) == (1, 0)
        travel.shift(timedelta(hours=3))
        assert _tell(scene) == 0, "nothing new came"
    assert _told(outbox) == [(UNIT_ADMIN.email, "มีคำขอใหม่ถึงท่าน 1 รายการ"), (UNIT_ADMIN.email, "มีคำขอใหม่ถึงท่าน 2 รายการ")]
    body = outbox()[-1][2]
    assert reference not in body, "who asks for what is read after signing in"
    assert APPLICANT.family_name not in body
    assert "/approvals/mails" in body


def test_a_unit_without_an_admin_is_the_next_offices_affair(scene: Flask, send: Send, outbox: Outbox) -> None:
    send(unit_code="670604")
    assert _tell(scene) == 1
    assert [recipient for recipient, _ in _told(outbox)] == [PROVINCIAL.email]


def test_who_switched_it_off_is_not_told_and_can_switch_it_on_again(scene: Flask, send: Send, outbox: Outbox) -> None:
    admin = scene.test_client()
    sign_in(admin, UNIT_ADMIN)
    assert "ตั้งค่าอีเมลแจ้งเตือน" in text_of(admin.get("/approvals"))
    assert "checked" in admin.get("/approvals/mails").get_data(as_text=True)
    submit(admin, admin.get("/approvals/mails"), {"arrivals": []})
    send()
    assert _tell(scene) == 0
    submit(admin, admin.get("/approvals/mails"), {"arrivals": "y"})
    assert _tell(scene) == 1


def test_two_workers_at_once_tell_once(scene: Flask, send: Send) -> None:
    send()
    assert overlapping(scene, arrivals.tell) == 1


def test_the_worker_does_it() -> None:
    assert "tell deciders of arrivals" in [job.name for job in jobs()]
