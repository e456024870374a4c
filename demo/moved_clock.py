"""A clock that the demo moves: what is done within `at` was done then."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from thai_web import clock

A_DAY = timedelta(days=1)
Act = Callable[[], object]


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Within it, and in this process alone, it is `instant`."""
    ordinary = clock.now
    clock.now = lambda: instant
    try:
        yield
    finally:
        clock.now = ordinary


def office_hour(day: date, minutes: int) -> datetime:
    """An instant of an ordinary working day: so many minutes after half past eight in Bangkok."""
    return clock.start_of_day(day) + timedelta(hours=8, minutes=30 + minutes % 460)


def working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


@dataclass
class Chronicle:
    """Acts with their instants, planned in any order and played in the order of time."""

    planned: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def plan(self, instant: datetime, act: Act) -> None:
        """Let `act` be done at `instant`; what would be in the future is done at that hour of the last days."""
        while instant > clock.now():
            instant -= A_DAY
        self.planned.append((instant, len(self.planned), act))

    def play(self, after_each: Act) -> int:
        """Do everything that was planned. Returns how much that was."""
        for instant, act in self._in_order():
            with at(instant):
                act()
                after_each()
        return len(self.planned)

    def _in_order(self) -> Iterable[tuple[datetime, Act]]:
        return ((instant, act) for instant, _number, act in sorted(self.planned, key=lambda each: each[:2]))
