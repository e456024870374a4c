"""A year whose holidays nobody entered is told to DLA before it begins."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
import time_machine
from flask import Flask

from idp.approval import holidays
from idp.database import db
from idp.workdays import operations as workdays
from tests.factories import appoint, appoint_first, open_person
from tests.people import DLA_OFFICER, UNIT_ADMIN
from thai_web import clock

pytestmark = pytest.mark.pinned

Outbox = Callable[[], list[tuple[str, str, str]]]


@pytest.fixture
def offices(app: Flask) -> Flask:
    with app.app_context():
        open_person(DLA_OFFICER)
        open_person(UNIT_ADMIN)
        appoint_first(DLA_OFFICER)
        appoint(UNIT_ADMIN, by=DLA_OFFICER)
    return app


def remind(app: Flask, day: date) -> int:
    with time_machine.travel(datetime.combine(day, time(9), clock.BANGKOK)), app.app_context():
        told = holidays.remind()
        db.session.commit()
        return told


def test_dla_is_told_once_each_december_and_nobody_else(offices: Flask, outbox: Outbox) -> None:
    days = [(2026, 11, 30), (2026, 12, 1), (2026, 12, 31), (2027, 1, 1), (2027, 12, 1), (2027, 12, 2)]
    assert [remind(offices, date(*day)) for day in days] == [0, 1, 0, 0, 1, 0]
    told = [(to, subject, body) for to, subject, body in outbox() if "วันหยุด" in subject]
    assert [to for to, _subject, _body in told] == [DLA_OFFICER.email] * 2
    assert "พ.ศ. 2570" in told[0][1]
    assert "พ.ศ. 2571" in told[1][1]
    assert "/holidays" in told[0][2]


def test_a_year_that_is_complete_is_not_told(offices: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workdays, "COMPLETE_UNTIL", date(2027, 12, 31))
    assert remind(offices, date(2026, 12, 1)) == 0
