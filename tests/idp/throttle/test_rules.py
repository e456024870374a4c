"""Waits grow, and end."""

from datetime import timedelta

from idp.throttle.rules import LIMITS, WAITS


def test_the_wait_grows_from_a_minute_to_an_hour() -> None:
    assert WAITS[0] == timedelta(minutes=1)
    assert WAITS[-1] == timedelta(hours=1)
    assert list(WAITS) == sorted(set(WAITS))


def test_what_is_limited_leaves_an_attempt_free_and_forgets_within_a_day() -> None:
    assert all(limit.free > 1 and limit.window <= timedelta(days=1) for limit in LIMITS.values())
