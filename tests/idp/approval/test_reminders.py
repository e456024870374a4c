"""Who lets requests lie is told once a day, in working hours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask

from idp.approval import reminders
from idp.database import db
from idp.worker import jobs
from tests.factories import appoint, open_person
from tests.idp.approval.conftest import APPLICANT
from tests.idp.workers import overlapping
from tests.people import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN
from thai_web import clock

pytestmark = pytest.mark.pinned
Send = Callable[..., str]
Outbox = Callable[[], list[tuple[str, str, str]]]
MONDAY = date(2026, 11, 30)  # the first of a week without holidays
TUESDAY, WEDNESDAY, THURSDAY, SATURDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 3, 5))
SENT = datetime.combine(MONDAY, time(9), clock.BANGKOK)


def _remind(scene: Flask, day: date, at: str) -> int:
    with (
        time_machine.travel(datetime.combine(day, time.fromisoformat(at), clock.BANGKOK), tick=False),
        scene.app_context(),
    ):
        sent = reminders.remind()
        db.session.commit()
        return sent


def _reminders(outbox: Outbox) -> list[str]:
    return [recipient for recipient, subject, _body in outbox() if "รอท่านพิจารณา" in subject]


@pytest.fixture
def since_monday(scene: Flask, send: Send) -> str:
    with time_machine.travel(SENT, tick=False):
        return send()


def test_the_admin_is_reminded_once_a_working_day_and_nobody_else(
    scene: Flask, since_monday: str, outbox: Outbox
) -> None:
    assert _remind(scene, TUESDAY, "10:00") == 0, "one day is no long wait"
    assert _remind(scene, WEDNESDAY, "08:29") == 0, "before working hours"
    assert _remind(scene, WEDNESDAY, "09:05") == 1
    assert _remind(scene, WEDNESDAY, "15:00") == 0, "once a day"
    assert _remind(scene, THURSDAY, "08:30") == 1
    assert _remind(scene, SATURDAY, "10:00") == 0, "a Saturday"
    assert _reminders(outbox) == [UNIT_ADMIN.email] * 2
    _recipient, subject, body = outbox()[-1]
    assert subject == "มีคำขอรอท่านพิจารณา 1 รายการ / 1 request waits for your decision"
    assert "รอมาแล้ว 2 วัน" in body
    assert "/approvals" in body
    for personal in (APPLICANT.given_name, APPLICANT.family_name, since_monday):
        assert personal not in body


def test_two_workers_of_which_one_looked_before_the_other_committed_remind_once(
    scene: Flask, since_monday: str, outbox: Outbox
) -> None:
    with time_machine.travel(SENT + timedelta(days=2), tick=False):
        assert overlapping(scene, reminders.remind) == 1
    assert _reminders(outbox) == [UNIT_ADMIN.email]


def test_an_admins_own_request_reminds_the_office_above(scene: Flask, send: Send, outbox: Outbox) -> None:
    with time_machine.travel(SENT, tick=False):
        send(UNIT_ADMIN)
    assert _remind(scene, WEDNESDAY, "10:00") == 1
    assert _reminders(outbox) == [PROVINCIAL.email]


def test_offices_above_for_whom_nothing_waits_do_not_keep_others_from_being_reminded(
    scene: Flask, send: Send, outbox: Outbox
) -> None:
    late = replace(UNIT_ADMIN, key="late_admin", email="late@example.go.th", unit_code="670604", number=90)
    with scene.app_context():
        for number in range(4):
            above = replace(PROVINCIAL, key=f"above_{number}", email=f"{number}@example.go.th", number=80 + number)
            open_person(above)
            appoint(above, by=DLA_OFFICER)
        open_person(late)
        appoint(late, by=PROVINCIAL)
    with time_machine.travel(SENT, tick=False):
        send(unit_code=late.unit_code)
    with time_machine.travel(SENT + timedelta(days=2), tick=False), scene.app_context():
        assert reminders.remind(batch=1) == 1
        db.session.commit()
    assert _reminders(outbox) == [late.email]


def test_the_whole_country_can_be_reminded_within_a_morning() -> None:
    [job] = [each for each in jobs() if each.name == "remind deciders"]
    local_governments, morning = 7_850, 3.5 * 3600
    assert morning / job.every * reminders.BATCH > local_governments


def test_nobody_is_reminded_when_nothing_waits(scene: Flask) -> None:
    assert _remind(scene, WEDNESDAY, "10:00") == 0


@pytest.mark.parametrize(
    ("at", "is_working"),
    [("2026-11-23 08:30", True), ("2026-11-27 16:29", True), ("2026-11-27 16:30", False), ("2026-11-29 12:00", False)],
)
def test_working_time_is_thailands(at: str, is_working: bool) -> None:
    assert clock.is_working_time(datetime.fromisoformat(f"{at}+07:00").astimezone(UTC)) is is_working
