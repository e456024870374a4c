"""Working days, counted by hand and against a slower way of counting."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.workdays.rules import check_holiday, is_working_day, sent_by, working_days_between
from thai_web.refusal import Refusal

FREE = {date(2026, 12, 7), date(2026, 12, 10), date(2026, 12, 31)}
DAYS = st.dates(date(2026, 11, 1), date(2027, 1, 31))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-27", "2026-11-27", 0),  # a Friday, the same day
        ("2026-11-27", "2026-11-29", 0),  # until Sunday
        ("2026-11-27", "2026-11-30", 1),  # until Monday
        ("2026-12-04", "2026-12-07", 0),  # the Monday is a substitution
        ("2026-12-04", "2026-12-11", 3),  # and the Thursday Constitution Day
        ("2026-11-30", "2026-11-27", 0),  # backwards
        ("2026-12-30", "2027-01-04", 2),  # 1 January is not in these holidays
    ],
)
def test_days_are_counted_as_offices_count_them(start: str, end: str, days: int) -> None:
    assert working_days_between(date.fromisoformat(start), date.fromisoformat(end), FREE) == days


@given(DAYS, DAYS, DAYS)
def test_counting_in_two_parts_is_counting_once(first: date, middle: date, last: date) -> None:
    first, middle, last = sorted((first, middle, last))
    parts = working_days_between(first, middle, FREE) + working_days_between(middle, last, FREE)
    assert parts == working_days_between(first, last, FREE)


@given(DAYS, st.integers(0, 30))
def test_the_last_day_from_which_so_many_days_have_gone_by(today: date, number: int) -> None:
    day = sent_by(today, number, FREE)
    assert working_days_between(day, today, FREE) >= number
    assert working_days_between(day + timedelta(days=1), today, FREE) < max(1, number)


@pytest.mark.parametrize("day", [date(2026, 12, 5), date(2026, 12, 7), date(2031, 1, 6)])
def test_a_day_that_is_free_anyway_or_far_away_is_no_new_holiday(day: date) -> None:
    with pytest.raises(Refusal):
        check_holiday(day, date(2026, 11, 25), FREE)


def test_weekends_are_no_working_days() -> None:
    assert [is_working_day(date(2026, 11, day), FREE) for day in (27, 28, 29, 30)] == [True, False, False, True]
