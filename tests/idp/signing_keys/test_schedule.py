"""A key's state is a function of the time alone, and rotation never leaves a system with a list that lacks a signer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.signing_keys.schedule import (
    JWKS_MAX_AGE,
    KEPT,
    LEAD,
    LEAD_AFTER_LEAK,
    LONGEST_CACHE,
    REREAD,
    KeyDates,
    is_due,
    signer,
    succession,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
KEY = KeyDates("a", "RS256", NOW, NOW + DAY, NOW + 3 * DAY, NOW + 5 * DAY)


@pytest.mark.parametrize(
    ("after", "state", "published", "signs"),
    [
        (-SECOND, "planned", False, False),
        (timedelta(0), "published", True, False),
        (DAY - SECOND, "published", True, False),
        (DAY, "signing", True, True),
        (3 * DAY - SECOND, "signing", True, True),
        (3 * DAY, "retired", True, False),
        (5 * DAY - SECOND, "retired", True, False),
        (5 * DAY, "dropped", False, False),
    ],
)
def test_the_time_alone_tells_what_a_key_does(after: timedelta, state: str, published: bool, signs: bool) -> None:
    now = NOW + after
    assert (KEY.state(now), KEY.is_published(now), KEY.signs(now)) == (state, published, signs)


def test_a_key_without_an_end_signs_until_it_is_rotated() -> None:
    endless = KeyDates("a", "RS256", NOW, NOW)
    assert endless.state(NOW + 10_000 * DAY) == "signing"


@pytest.mark.parametrize(
    "dates",
    [
        (NOW + SECOND, NOW, None, None),
        (NOW, NOW + DAY, NOW, None),
        (NOW, NOW, NOW + DAY, NOW),
        (NOW, NOW, None, NOW + DAY),
        (NOW.replace(tzinfo=None), NOW, None, None),
    ],
)
def test_dates_that_contradict_each_other_are_refused(dates: tuple[datetime, ...]) -> None:
    with pytest.raises(ValueError, match=r"zone|follow|missing"):
        KeyDates("a", "RS256", *dates)


@pytest.mark.parametrize(
    ("kids", "alg", "expected"),
    [("a", "RS256", "a"), ("ab", "RS256", "b"), ("abc", "RS256", "c"), ("abcd", "ES256", "d"), ("abc", "ES256", None)],
)
def test_of_several_the_youngest_signs_and_each_algorithm_has_its_own(
    kids: str, alg: str, expected: str | None
) -> None:
    keys = {
        "a": KeyDates("a", "RS256", NOW, NOW),
        "b": KeyDates("b", "RS256", NOW, NOW + SECOND),
        "c": KeyDates("c", "RS256", NOW, NOW + SECOND),
        "d": KeyDates("d", "ES256", NOW, NOW),
    }
    found = signer([keys[kid] for kid in kids], alg, NOW + DAY)
    assert (found.kid if found else None) == expected


def test_the_leads_outlive_the_caches_that_they_are_meant_for() -> None:
    assert timedelta(days=1) + REREAD + timedelta(minutes=1) <= LEAD
    assert JWKS_MAX_AGE + REREAD + timedelta(minutes=1) <= LEAD_AFTER_LEAK


def history(ages: list[timedelta]) -> list[KeyDates]:
    """The keys after rotations that were begun so long after the one before took over."""
    keys, now = [KeyDates("0", "RS256", NOW, NOW)], NOW
    for number, age in enumerate(ages, 1):
        now = keys[-1].sign_from + age
        new = KeyDates(str(number), "RS256", now, now + LEAD)
        ended = {key.kid: key for key in succession(keys, new, now)}
        keys = [*(ended.get(key.kid, key) for key in keys), new]
    return keys


AGES = st.lists(st.timedeltas(timedelta(0), timedelta(days=200)), max_size=6)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1300))


@given(AGES, MOMENTS, st.timedeltas(timedelta(0), LONGEST_CACHE), st.timedeltas(timedelta(0), REREAD))
def test_a_list_of_keys_checks_every_signature_for_as_long_as_it_may_be_kept(
    ages: list[timedelta], moment: timedelta, kept: timedelta, unread: timedelta
) -> None:
    keys = history(ages)
    fetched = NOW + moment
    # The node that gave the list out had read the files `unread` earlier.
    known = {key.kid for key in keys if key.publish_at <= fetched - unread or key.kid == "0"}
    listed = {key.kid for key in keys if key.kid in known and key.is_published(fetched)}
    signs = signer(keys, "RS256", fetched + kept)
    assert signs is not None
    assert signs.kid in listed


@given(AGES, MOMENTS, st.timedeltas(timedelta(0), KEPT - SECOND))
def test_what_was_signed_can_be_checked_for_a_week(ages: list[timedelta], moment: timedelta, later: timedelta) -> None:
    keys = history(ages)
    signed_by = signer(keys, "RS256", NOW + moment)
    assert signed_by is not None
    assert signed_by.is_published(NOW + moment + later)


@given(AGES, MOMENTS)
def test_of_all_keys_one_signs_and_the_states_follow_each_other(ages: list[timedelta], moment: timedelta) -> None:
    order = ["planned", "published", "signing", "retired", "dropped"]
    keys, now = history(ages), NOW + moment
    assert [key.state(now) for key in keys].count("signing") == 1
    for key in keys:
        assert order.index(key.state(now)) <= order.index(key.state(now + DAY))


def test_a_twin_made_by_another_worker_gets_its_end_too() -> None:
    twins = [KeyDates(kid, "RS256", NOW, NOW) for kid in ("a", "b")]
    new = KeyDates("c", "RS256", NOW + DAY, NOW + DAY + LEAD)
    assert {key.sign_until for key in succession(twins, new, NOW + DAY)} == {new.sign_from}


def test_a_key_that_ended_earlier_keeps_its_end() -> None:
    new = KeyDates("c", "RS256", NOW + 4 * DAY, NOW + 4 * DAY + LEAD)
    assert succession([KEY], new, NOW + 4 * DAY) == []


@pytest.mark.parametrize(
    ("after", "successor_waits", "due"),
    [(90 * DAY - SECOND, False, False), (90 * DAY, False, True), (90 * DAY, True, False)],
)
def test_a_key_is_due_at_its_age_unless_a_successor_waits(after: timedelta, successor_waits: bool, due: bool) -> None:
    now = NOW + after
    keys = [KeyDates("a", "RS256", NOW, NOW), KeyDates("e", "ES256", now, now)]
    if successor_waits:
        keys.append(KeyDates("b", "RS256", now, now + LEAD))
    assert is_due(keys, "RS256", now, 90 * DAY) is due
    assert not is_due(keys, "ES256", now, 90 * DAY)
