"""The letters' dates, and both sides of every limit."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relying_party_example.periods.rules import (
    PeriodKey,
    Phase,
    Window,
    default_window,
    extended,
    opened_early,
    periods_wanted,
)
from thai_web.clock import BANGKOK

FIRST_QUARTER = PeriodKey(2567, 1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("quarter", "opens", "due", "closes"),
    [
        (1, date(2023, 12, 1), date(2023, 12, 30), date(2024, 1, 15)),
        (2, date(2024, 3, 1), date(2024, 3, 30), date(2024, 4, 15)),
        (3, date(2024, 6, 1), date(2024, 6, 30), date(2024, 7, 15)),
        (4, date(2024, 9, 1), date(2024, 9, 30), date(2024, 10, 15)),
    ],
)
def test_the_dates_of_2567_are_those_of_the_letters(quarter: int, opens: date, due: date, closes: date) -> None:
    assert default_window(PeriodKey(2567, quarter)) == Window(opens, due, closes)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BANGKOK)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (at(2023, 11, 30, 23, 59, 59), Phase.NOT_OPEN),
        (at(2023, 12, 1), Phase.ON_TIME),
        (at(2023, 12, 30, 23, 59, 59), Phase.ON_TIME),
        (at(2023, 12, 31), Phase.LATE),
        (at(2024, 1, 15, 23, 59, 59), Phase.LATE),
        (at(2024, 1, 16), Phase.CLOSED),
        (datetime(2023, 11, 30, 16, 59, 59, tzinfo=UTC), Phase.NOT_OPEN),
        (datetime(2023, 11, 30, 17, 0, tzinfo=UTC), Phase.ON_TIME),
        (datetime(2023, 12, 30, 17, 0, tzinfo=UTC), Phase.LATE),
        (datetime(2024, 1, 15, 17, 0, tzinfo=UTC), Phase.CLOSED),
    ],
)
def test_a_day_counts_to_its_end_in_thailand(moment: datetime, phase: Phase) -> None:
    assert default_window(FIRST_QUARTER).phase(moment) is phase


def test_an_extension_opens_a_closed_window_until_its_own_day_ends() -> None:
    window = Window(date(2023, 12, 1), date(2023, 12, 30), date(2024, 1, 15), extended_until=date(2024, 1, 20))
    assert window.phase(at(2024, 1, 15, 23, 59, 59)) is Phase.LATE
    assert window.phase(at(2024, 1, 16)) is Phase.EXTENDED
    assert window.phase(at(2024, 1, 20, 23, 59, 59)) is Phase.EXTENDED
    assert window.phase(at(2024, 1, 21)) is Phase.CLOSED


def test_the_fourth_quarter_closes_inside_the_next_fiscal_year() -> None:
    window = default_window(PeriodKey(2567, 4))
    assert PeriodKey.of(window.closes_on) == PeriodKey(2568, 1)
    assert window.phase(at(2024, 10, 15, 12)) is Phase.LATE


keys = st.builds(PeriodKey, st.integers(2500, 2900), st.integers(1, 4))


@given(keys)
def test_windows_of_two_quarters_never_overlap(key: PeriodKey) -> None:
    assert default_window(key).closes_on < default_window(key.next).opens_on


@given(keys)
def test_quarters_follow_each_other_without_gap(key: PeriodKey) -> None:
    assert key.ends_on + timedelta(days=1) == key.next.starts_on
    assert PeriodKey.of(key.starts_on) == PeriodKey.of(key.ends_on) == key
    assert PeriodKey.parse(str(key)) == key


@given(keys, st.sampled_from(["opens_on", "due_on", "closes_on"]))
def test_only_the_order_of_phases_is_ever_seen(key: PeriodKey, limit: str) -> None:
    window = default_window(key)
    order = [Phase.NOT_OPEN, Phase.ON_TIME, Phase.LATE, Phase.CLOSED]
    day = getattr(window, limit)
    start = datetime(day.year, day.month, day.day, tzinfo=BANGKOK)
    seen = [window.phase(start + step) for step in (-SECOND, SECOND, timedelta(days=1), timedelta(days=60))]
    assert [order.index(phase) for phase in seen] == sorted(order.index(phase) for phase in seen)


@pytest.mark.parametrize("text", ["2570", "2570-0", "2570-5", "2027-1", "๒๕๗๐-1", "2570-1 ", "2570-11", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        PeriodKey.parse(text)


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (date(2026, 11, 22), ["2570-1", "2570-2"]),
        (date(2026, 10, 15), ["2569-4", "2570-1", "2570-2"]),
        (date(2026, 10, 16), ["2570-1", "2570-2"]),
    ],
)
def test_every_window_that_may_be_open_and_the_next_are_wanted(today: date, wanted: list[str]) -> None:
    assert [str(key) for key in periods_wanted(today)] == wanted


def test_a_window_opens_early_only_within_its_quarter() -> None:
    key = PeriodKey(2570, 1)
    window = default_window(key)
    assert opened_early(key, window, date(2026, 10, 1)).opens_on == date(2026, 10, 1)
    for day in (date(2026, 9, 30), date(2026, 12, 1)):
        with pytest.raises(ValueError, match="early"):
            opened_early(key, window, day)


def test_an_extension_is_later_and_leaves_the_province_its_fifteen_days() -> None:
    window = default_window(PeriodKey(2570, 1))
    assert extended(window, date(2027, 1, 5), date(2026, 12, 31)).closes_on == date(2027, 1, 20)
    assert extended(window, date(2026, 12, 31), date(2026, 12, 31)).closes_on == date(2027, 1, 15)
    for day in (date(2026, 12, 30), date(2026, 12, 1)):
        with pytest.raises(ValueError, match="later"):
            extended(window, day, date(2026, 11, 22))
    with pytest.raises(ValueError, match="past"):
        extended(window, date(2027, 2, 1), date(2027, 2, 2))
