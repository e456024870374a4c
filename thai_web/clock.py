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


def is_working_time(at: datetime) -> bool:
    """Monday to Friday, 8.30 to 16.30 in Thailand: when a mail to an office is read."""
    local = at.astimezone(BANGKOK)
    return local.weekday() < 5 and time(8, 30) <= local.time() < time(16, 30)
