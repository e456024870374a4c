"""An instant is the same on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from thai_web.clock import BANGKOK
from thai_web.database import Instant

NOON = datetime(2026, 12, 1, 12, tzinfo=BANGKOK)
DIALECTS = [sqlite.dialect(), postgresql.dialect()]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda each: each.name)
def test_an_instant_of_any_zone_goes_in_and_comes_out_in_utc(dialect: sqlite.dialect) -> None:
    stored = Instant().process_bind_param(NOON, dialect)
    assert stored is not None
    assert (stored, stored.utcoffset()) == (NOON, timedelta())
    for kept in (stored, stored.replace(tzinfo=None), NOON):  # SQLite forgets the zone, a connection may have its own
        assert Instant().process_result_value(kept, dialect) == NOON
        assert Instant().process_result_value(kept, dialect).tzinfo is UTC  # type: ignore[union-attr]


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        Instant().process_bind_param(NOON.replace(tzinfo=None), DIALECTS[0])
