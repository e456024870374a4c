"""Periods on both databases: acts leave a reason, and the expected units are fixed once."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from relying_party_example.database import db, job
from relying_party_example.periods import operations
from relying_party_example.periods.models import ExpectedUnit, Period
from relying_party_example.periods.rules import Act, PeriodKey, Phase, Scope
from relying_party_example.signin.rules import person_from
from relying_party_example.units import operations as units
from relying_party_example.units.feed import Feed
from relying_party_example.units.rules import from_feed
from tests.relying_party_example.people import CLOSED, DLA_OFFICER, KHLONG_KRACHANG, REGISTER, SA_KRUAT
from thai_web.refusal import Conflict, NotFound

KEY = PeriodKey(2570, 1)
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
AFTER_CLOSE = datetime(2027, 1, 20, 5, 0, tzinfo=UTC)
OFFICER = person_from(DLA_OFFICER)


def test_making_periods_twice_makes_them_once(app: Flask) -> None:
    job(lambda: operations.create_wanted(NOW))
    assert [str(period.key) for period in operations.latest()] == ["2570-2", "2570-1"]


def test_opening_early_is_recorded_with_its_reason(app: Flask) -> None:
    act = operations.acts_on(operations.find(KEY))[0]
    assert (act.act, act.reason, act.actor_name) == (Act.OPEN_EARLY, "ทดลองใช้", OFFICER.name)
    assert (act.day_before, act.day_after) == (date(2026, 12, 1), date(2026, 11, 22))


def test_an_open_period_cannot_be_opened_early_again(app: Flask) -> None:
    with pytest.raises(Conflict):
        operations.open_early(KEY, "อีกครั้ง", OFFICER, NOW)


def test_an_extension_moves_the_due_day_of_everybody(app: Flask) -> None:
    job(lambda: operations.extend(KEY, date(2027, 1, 5), "น้ำท่วม", OFFICER, NOW))
    period = operations.find(KEY)
    assert (period.due_on, period.closes_on) == (date(2027, 1, 5), date(2027, 1, 20))
    assert operations.acts_on(period)[0].day_before == date(2026, 12, 30)


def test_an_extension_backwards_is_refused(app: Flask) -> None:
    with pytest.raises(Conflict):
        operations.extend(KEY, date(2026, 12, 29), "เร็วขึ้น", OFFICER, NOW)


@pytest.mark.parametrize(
    ("scope", "code", "holds_for_neighbour"),
    [(Scope.UNIT, SA_KRUAT["code"], False), (Scope.PROVINCE, "67", True), (Scope.PROVINCE, "65", False)],
)
def test_an_extension_for_some_opens_the_closed_period_for_them_alone(
    app: Flask, scope: Scope, code: str, holds_for_neighbour: bool
) -> None:
    until = date(2027, 1, 31)
    job(lambda: operations.extend_some(KEY, scope, code, until, "ระบบเครือข่ายขัดข้อง", OFFICER, AFTER_CLOSE))
    period = operations.find(KEY)
    neighbour = operations.expected(period, KHLONG_KRACHANG["code"])
    assert neighbour is not None
    phase = period.window(operations.extension_for(period, neighbour)).phase(AFTER_CLOSE)
    assert phase is (Phase.EXTENDED if holds_for_neighbour else Phase.CLOSED)


def test_an_extension_for_nobody_known_is_refused(app: Flask) -> None:
    with pytest.raises(NotFound):
        operations.extend_some(KEY, Scope.UNIT, "999999", date(2027, 1, 31), "–", OFFICER, NOW)


def test_the_expected_units_are_fixed_at_opening(app: Flask) -> None:
    period = operations.find(KEY)
    assert operations.expected(period, CLOSED["code"]) is None
    without = [found for row in REGISTER if row is not SA_KRUAT and (found := from_feed(row))]
    job(lambda: units.synchronise(Feed('"2"', without), NOW))
    job(lambda: operations.freeze(operations.find(KEY), NOW))
    assert operations.expected(operations.find(KEY), SA_KRUAT["code"]) is not None


def test_nobody_is_expected_before_the_window_opens(app: Flask) -> None:
    job(lambda: operations.freeze_opened(NOW))
    later = db.session.scalar(select(Period.id).where(Period.quarter == 2))
    assert db.session.scalar(select(func.count()).where(ExpectedUnit.period_id == later)) == 0


@pytest.mark.parametrize(
    ("now", "told", "due"),
    [
        (NOW, "a period is open; nothing to do", date(2026, 12, 30)),
        (datetime(2027, 1, 5, 5, 0, tzinfo=UTC), "2570-1 extended", date(2027, 1, 20)),
    ],
)
def test_a_demo_always_has_a_period_to_report_in(app: Flask, now: datetime, told: str, due: date) -> None:
    assert job(lambda: operations.ensure_open("สาธิต", OFFICER, now)) == told
    assert operations.find(KEY).due_on == due


def test_a_demo_between_two_windows_opens_the_quarter_early(app: Flask) -> None:
    now = datetime(2027, 1, 20, 5, 0, tzinfo=UTC)
    job(lambda: operations.create_wanted(now))
    assert job(lambda: operations.ensure_open("สาธิต", OFFICER, now)) == "2570-2 opened early"
    assert operations.find(PeriodKey(2570, 2)).window().phase(now) is Phase.ON_TIME
