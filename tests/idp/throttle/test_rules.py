"""Delays grow, and end."""

from datetime import UTC, datetime, timedelta

import pytest

from idp.throttle.rules import Limit, blocked_until

LAST = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LIMIT = Limit(free=3)


@pytest.mark.parametrize(
    ("count", "minutes"), [(0, None), (2, None), (3, 1), (4, 2), (5, 4), (6, 8), (9, 60), (5000, 60)]
)
def test_the_wait_doubles_after_the_free_attempts_up_to_an_hour(count: int, minutes: int | None) -> None:
    until = blocked_until(LIMIT, count, LAST)
    assert until == (LAST + timedelta(minutes=minutes) if minutes else None)


def test_a_load_test_may_raise_the_limits_but_never_lift_them() -> None:
    assert blocked_until(LIMIT, 29, LAST, scale=10) is None
    assert blocked_until(LIMIT, 30, LAST, scale=10) is not None
