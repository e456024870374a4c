"""The instant at which every test begins, in this process and in the processes that it starts.

What is right on one day must not be red on another: no test takes the date of the machine. Where the day matters, a
test travels to one that it names.
"""

import glob
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from thai_web.clock import BANGKOK

# A Tuesday morning at the office, far from holidays and from the ends of month, quarter and year.
BEGINNING = datetime(2026, 11, 24, 9, tzinfo=BANGKOK)

# Seconds by which the clocks of our processes are ahead of the machine's; sitecustomize.py reads it.
AHEAD = "TESTS_CLOCK_AHEAD"
_FOR_PYTHON = str(Path(__file__).with_name("sitecustomize"))


class Clock:
    """The clock of this process, moved to where tests begin; it goes on from there.

    Arguments: `on_its_own_day`, for a rehearsal: only what names its days begins at the pinned instant, everything
    else on the day that the machine believes in. `earliest` is where the earliest test begins.
    """

    def __init__(self, *, on_its_own_day: bool) -> None:
        self._on_its_own_day = on_its_own_day
        begins = datetime.now(UTC) if on_its_own_day else BEGINNING.astimezone(UTC)
        self.earliest = min(begins, BEGINNING.astimezone(UTC))
        self._travel = time_machine.travel(begins)
        self._traveller = self._travel.start()
        self._ahead_in_session = self._tell_processes()
        paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        os.environ["PYTHONPATH"] = os.pathsep.join([_FOR_PYTHON, *(path for path in paths if path)])

    def begin_test(self, *, names_its_days: bool, goes_on: bool) -> None:
        """Move to where a test begins.

        Arguments: `names_its_days`, so that it begins at the pinned instant even in a rehearsal; `goes_on`, for tests
        that share a server: its clock cannot be turned back, so theirs is not either.
        """
        if goes_on or (self._on_its_own_day and not names_its_days):
            self._traveller.move_to(_machine() + self._ahead_in_session)
        else:
            self._traveller.move_to(BEGINNING)
        self._tell_processes()

    def end(self) -> None:
        """Give the process its own clock back."""
        self._travel.stop()
        del os.environ[AHEAD]

    def _tell_processes(self) -> timedelta:
        ahead = datetime.now(UTC) - _machine()  # the first question starts the clock
        os.environ[AHEAD] = str(ahead.total_seconds())
        return ahead


def _machine() -> datetime:
    return time_machine.escape_hatch.datetime.datetime.now(UTC)


def of_a_rehearsal() -> dict[str, str]:
    """The variables by which a rehearsal moves everything, for a process that is handed few of ours."""
    names = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "NO_FAKE_STAT")
    return {name: os.environ[name] for name in names if name in os.environ}


def of_another_language() -> dict[str, str]:
    """Variables by which a process that is no Python lives at the same instant (Debian's package `faketime`)."""
    seconds = float(os.environ[AHEAD])
    if abs(seconds) < 1:
        return {}
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    assert found, "libfaketime is missing: run make system-packages"
    return {
        "LD_PRELOAD": found[0],
        "FAKETIME": f"{seconds:+.3f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
