"""Working days, counted. Pure: the holidays are passed in."""

from collections.abc import Collection
from datetime import date, timedelta

from thai_web.refusal import N_, Refusal

DAY = timedelta(days=1)
FURTHEST = timedelta(days=3 * 366)


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < 5 and day not in holidays


def working_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """How many working days have begun after `start` up to and with `end`; none when `end` is not later.

    What is sent on a Friday has waited one working day on Monday morning.
    """
    days = (start + DAY * number for number in range(1, (end - start).days + 1))
    return sum(is_working_day(day, holidays) for day in days)


def sent_by(today: date, number: int, holidays: Collection[date]) -> date:
    """The last day from which at least `number` working days have gone by until today."""
    day = today
    while number > 0:
        number -= is_working_day(day, holidays)
        day -= DAY
    return day


def check_holiday(day: date, today: date, known: Collection[date]) -> None:
    """Raises `Refusal` for a day that is free anyway, or too far away to have been declared."""
    if not is_working_day(day, known):
        raise Refusal(N_("วันนี้เป็นวันหยุดอยู่แล้ว"), code="day", status=422)
    if abs(day - today) > FURTHEST:
        raise Refusal(N_("โปรดกรอกวันหยุดภายใน 3 ปีจากวันนี้"), code="day", status=422)
