"""The holidays that count, and declaring further ones."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import select

from idp.audit.operations import record
from idp.database import db
from idp.workdays import rules
from idp.workdays.models import DeclaredHoliday
from thai_web import clock
from thai_web.refusal import N_, NotFound

FILE = Path(__file__).parent / "data" / "holidays.csv"
COMPLETE_UNTIL = date(
    2026, 12, 31
)  # after it the file has only what falls on the same date each year (data/SOURCES.md)


@dataclass(frozen=True)
class Holiday:
    """A day off, as a list shows it; `is_declared` when DLA entered it and may take it back."""

    day: date
    name: str
    source: str
    is_declared: bool = False


@cache
def shipped() -> tuple[Holiday, ...]:
    """Those of the product's file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Holiday(date.fromisoformat(row["day"]), row["name_th"], "") for row in csv.DictReader(file))


def every() -> list[Holiday]:
    """All that are known, in order."""
    declared = [Holiday(each.day, each.name, each.source, True) for each in db.session.scalars(select(DeclaredHoliday))]
    return sorted([*shipped(), *declared], key=lambda holiday: holiday.day)


def holidays() -> Collection[date]:
    """The days alone, for the rules."""
    return {each.day for each in shipped()} | set(db.session.scalars(select(DeclaredHoliday.day)))


def is_working_day(day: date) -> bool:
    """Whether offices work on a day."""
    return rules.is_working_day(day, holidays())


def declare(day: date, name: str, source: str) -> None:
    """Add a holiday. Raises `Refusal` for a day that is free anyway."""
    rules.check_holiday(day, clock.today(), holidays())
    db.session.add(DeclaredHoliday(day=day, name=name, source=source, created_at=clock.now()))
    db.session.flush()
    record("holiday.declared", subject=("holiday", day.isoformat()), day=day, source=source)


def withdraw(day: date) -> None:
    """Take a declared holiday back. Raises `NotFound`, also for one of the file."""
    declared = db.session.get(DeclaredHoliday, day)
    if declared is None:
        raise NotFound(N_("ไม่พบวันหยุดนี้"))
    db.session.delete(declared)
    record("holiday.withdrawn", subject=("holiday", day.isoformat()), day=day)
