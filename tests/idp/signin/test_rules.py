"""When a sign-in session counts: one rule, whoever asks."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from idp.accounts.rules import Status
from idp.signin.rules import Lifetimes, session_is_valid

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
LIFETIMES = Lifetimes(timedelta(minutes=30), timedelta(hours=8))


@dataclass(frozen=True)
class Both:
    """A session together with what its account says."""

    auth_time: datetime = NOW - timedelta(hours=1)
    created_at: datetime = NOW - timedelta(hours=1)
    last_seen_at: datetime = NOW - timedelta(minutes=5)
    ended_at: datetime | None = None
    status: str = Status.ACTIVE
    tokens_not_before: datetime = NOW - timedelta(days=100)


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({}, True),
        ({"ended_at": NOW}, False),
        ({"created_at": NOW - timedelta(hours=8)}, False),
        ({"created_at": NOW - timedelta(hours=8) + timedelta(seconds=1)}, True),
        ({"last_seen_at": NOW - timedelta(minutes=30)}, False),
        ({"last_seen_at": NOW - timedelta(minutes=30) + timedelta(seconds=1)}, True),
        ({"status": Status.SUSPENDED}, False),
        ({"tokens_not_before": NOW}, False),
        ({"tokens_not_before": NOW - timedelta(hours=1)}, True),
    ],
)
def test_a_session_counts_while_everything_that_it_hangs_on_does(change: dict[str, object], valid: bool) -> None:
    both = replace(Both(), **change)  # type: ignore[arg-type]
    assert session_is_valid(both, both, NOW, LIFETIMES) is valid
