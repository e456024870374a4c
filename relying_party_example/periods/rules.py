"""The letters' rule: when a quarter's window opens, until when a report is on time, when it closes.

`ภายในวันที่` includes the day itself, so every limit is a half-open instant in Thailand: from the opening day 00.00 until
the beginning of the day after the last.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from thai_web.clock import start_of_day
from thai_web.thai import BUDDHIST_ERA

_DAY = timedelta(days=1)
# The window of the quarter before stays open for fifteen days of the next (the letters: "by the 15th").
FIFTEEN_DAYS = timedelta(days=15)


@dataclass(frozen=True, order=True)
class PeriodKey:
    """A quarter of a fiscal year of the Buddhist era: F runs from 1 October F-1 to 30 September F."""

    fiscal_year: int
    quarter: int

    def __post_init__(self) -> None:
        if not 2500 <= self.fiscal_year <= 2999 or not 1 <= self.quarter <= 4:
            raise ValueError(f"no quarter of a fiscal year: {self.fiscal_year}-{self.quarter}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2570-1`. Raises `ValueError`."""
        if not re.fullmatch(r"2[5-9][0-9]{2}-[1-4]", text, re.ASCII):
            raise ValueError(f"no period: {text!r}")
        year, quarter = text.split("-")
        return cls(int(year), int(quarter))

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter that a day lies in. Fiscal quarter 1 is the calendar's last of the year before."""
        fiscal_year = day.year + BUDDHIST_ERA + (1 if day.month >= 10 else 0)
        return cls(fiscal_year, (day.month + 2) // 3 % 4 + 1)

    def __str__(self) -> str:
        return f"{self.fiscal_year}-{self.quarter}"

    @property
    def next(self) -> Self:
        """The quarter after."""
        return type(self)(self.fiscal_year + self.quarter // 4, self.quarter % 4 + 1)

    @property
    def starts_on(self) -> date:
        """The quarter's first day."""
        year = self.fiscal_year - BUDDHIST_ERA - (1 if self.quarter == 1 else 0)
        return date(year, (10, 1, 4, 7)[self.quarter - 1], 1)

    @property
    def ends_on(self) -> date:
        """The quarter's last day."""
        return self.next.starts_on - _DAY

    @property
    def last_month(self) -> date:
        """The first day of the quarter's last month, on which the window opens."""
        return self.ends_on.replace(day=1)


class Phase(StrEnum):
    """Where a moment lies in a window: W0 to W3 and WX of the specification."""

    NOT_OPEN = "W0"
    ON_TIME = "W1"
    LATE = "W2"
    CLOSED = "W3"
    EXTENDED = "WX"

    @property
    def is_open(self) -> bool:
        return self in (Phase.ON_TIME, Phase.LATE, Phase.EXTENDED)


@dataclass(frozen=True)
class Window:
    """The three days of a period, all inclusive, and the day of an extension that holds for the unit asked about."""

    opens_on: date
    due_on: date
    closes_on: date
    extended_until: date | None = None

    def __post_init__(self) -> None:
        if not self.opens_on <= self.due_on <= self.closes_on:
            raise ValueError("a window opens, falls due and closes in this order")

    def phase(self, now: datetime) -> Phase:
        """Where `now` lies."""
        if now < start_of_day(self.opens_on):
            return Phase.NOT_OPEN
        if now < start_of_day(self.due_on + _DAY):
            return Phase.ON_TIME
        if now < start_of_day(self.closes_on + _DAY):
            return Phase.LATE
        if self.extended_until and now < start_of_day(self.extended_until + _DAY):
            return Phase.EXTENDED
        return Phase.CLOSED

    @property
    def last_day(self) -> date:
        """The last day on which anything can be done."""
        return max(self.closes_on, self.extended_until or self.closes_on)


def default_window(key: PeriodKey) -> Window:
    """The letters' dates: opens on the 1st of the quarter's last month, due on its 30th, closes on the 15th after."""
    opens_on = key.last_month
    return Window(opens_on, opens_on.replace(day=30), key.ends_on + FIFTEEN_DAYS)


def periods_wanted(today: date) -> list[PeriodKey]:
    """The periods that should stand in the database: each whose window may be open, and the next one."""
    current = PeriodKey.of(today)
    return sorted({PeriodKey.of(today - FIFTEEN_DAYS), current, current.next})


def opened_early(key: PeriodKey, window: Window, today: date) -> Window:
    """The window opening today. Raises `ValueError` before the quarter has begun and once the window is open."""
    if not key.starts_on <= today < window.opens_on:
        raise ValueError("opening early means: within the quarter, before the opening day")
    return Window(today, window.due_on, window.closes_on)


def is_extension(until: date, than: date, today: date) -> bool:
    """Whether a day gives more time than another, and has not passed."""
    return until > than and until >= today


def extended(window: Window, due_on: date, today: date) -> Window:
    """The window with a later due day; it closes when it would have, but leaves the province its fifteen days.

    Raises `ValueError` where the new day is not later, or lies in the past.
    """
    if not is_extension(due_on, window.due_on, today):
        raise ValueError("an extension must be later than the due day, and not in the past")
    return Window(window.opens_on, due_on, max(window.closes_on, due_on + FIFTEEN_DAYS))


class Act(StrEnum):
    """What a period manager does, always with a reason that everybody may read."""

    OPEN_EARLY = "OPEN_EARLY"
    EXTEND = "EXTEND"
    EXTEND_SOME = "EXTEND_SOME"


class Scope(StrEnum):
    """Whom an extension concerns."""

    ALL = "ALL"
    PROVINCE = "PROVINCE"
    UNIT = "UNIT"
