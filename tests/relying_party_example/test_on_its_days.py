"""Whatever day it is, INFO started on it takes a report on time: played on each day on which a window turns."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import PeriodKey, Phase, default_window
from tests.browsing import text_of
from tests.relying_party_example.answers import complete
from tests.relying_party_example.browsing import send
from tests.relying_party_example.conftest import SignIn, application_on
from tests.relying_party_example.people import CERTIFIER, CLERK, SA_KRUAT
from tests.relying_party_example.reports import scene
from tests.relying_party_example.stub_provider import Stub
from thai_web import clock

QUARTERS = [PeriodKey(2570, quarter) for quarter in (1, 2, 3, 4)]


def moments(day: date) -> list[datetime]:
    """Its first moment, its last, and the first of the day after."""
    begins, ends = clock.start_of_day(day), clock.start_of_day(day + timedelta(days=1))
    return [begins, ends - timedelta(seconds=1), ends]


TURNS = [
    moment
    for key in QUARTERS
    for day in (default_window(key).opens_on, default_window(key).due_on, default_window(key).closes_on)
    for moment in moments(day)
]
NIGHTS = [datetime(2026, 12, 31, 23, 59, tzinfo=clock.BANGKOK), datetime(2028, 2, 29, 23, 59, tzinfo=clock.BANGKOK)]


@pytest.fixture
def web(day: datetime, sqlite_url: str, provider: Stub) -> Iterator[Flask]:
    """INFO as it is started on a day, the time standing still."""
    with time_machine.travel(day, tick=False):
        yield from application_on(sqlite_url, provider.issuer, day)


@pytest.mark.parametrize(
    "day",
    [
        *(pytest.param(moment, id=f"{moment:%Y-%m-%d %H:%M:%S}") for moment in (*TURNS, *NIGHTS)),
        pytest.param(clock.now(), id="the day of a rehearsal"),
    ],
)
def test_a_report_is_filed_on_time_and_certified_on_any_day(day: datetime, web: Flask, sign_in: SignIn) -> None:
    with web.app_context():
        key = next(period.key for period in periods.latest() if period.window().phase(day) is Phase.ON_TIME)
        scene.fill(complete(as_of=min(clock.today(), key.ends_on).isoformat()), now=day, key=key)
    clerk, province = sign_in(CLERK), sign_in(CERTIFIER)
    report = f"/reports/{key}/{SA_KRUAT['code']}"
    assert send(clerk, clerk.get(f"{report}/check"), {"declared": "y"}).status_code == 303
    assert "ทันกำหนด" in text_of(clerk.get(report))
    review = f"/certification/{key}/{SA_KRUAT['code']}"
    assert send(province, province.get(review), {}, action="/certify").status_code == 303
    assert "จังหวัดรับรองแล้ว" in text_of(clerk.get(report))
