"""The only place that asks the time, so that a test can move it."""

from datetime import UTC, date, datetime, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_in_bangkok(instant: datetime) -> date:
    """The calendar day of an instant where the offices are; Thailand keeps no summer time."""
    return instant.astimezone(BANGKOK).date()


def today() -> date:
    """Today's date in Thailand."""
    return day_in_bangkok(now())
