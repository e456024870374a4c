"""The only place that asks the time, so that a test can move it."""

from datetime import UTC, date, datetime, time, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_in_bangkok(instant: datetime) -> date:
    """The calendar day of an instant where the offices are; Thailand keeps no summer time."""
    return instant.astimezone(BANGKOK).date()


def start_of_day(day: date) -> datetime:
    """The instant at which a calendar day begins in Thailand."""
    return datetime.combine(day, time(), BANGKOK).astimezone(UTC)


def today() -> date:
    """Today's date in Thailand."""
    return day_in_bangkok(now())
