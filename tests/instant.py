"""The instant at which every test begins, in this process and in the processes that it starts.

What is right on one day must not be red on another: no test takes the date of the machine. Where the day matters, a
test travels to one that it names.
"""

import glob
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from idp.clock import BANGKOK

# A Tuesday morning at the office, far from holidays and from the ends of month, quarter and year.
BEGINNING = datetime(2026, 11, 24, 9, tzinfo=BANGKOK)

# Seconds by which the clocks of our processes are ahead of the machine's; sitecustomize.py reads it.
AHEAD = "TESTS_CLOCK_AHEAD"
_FOR_PYTHON = str(Path(__file__).with_name("sitecustomize"))


class PinnedClock:
    """The clock of this process, moved to the beginning; it goes on from there."""

    def __init__(self) -> None:
        self._travel = time_machine.travel(BEGINNING)
        self._traveller = self._travel.start()
        self._ahead_in_session = self._tell_processes()
        paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        os.environ["PYTHONPATH"] = os.pathsep.join([_FOR_PYTHON, *(path for path in paths if path)])

    def begin_test(self, *, goes_on: bool) -> None:
        """Move to the beginning.

        Arguments: `goes_on`, for tests that share a server: its clock cannot be turned back, so theirs is not either.
        """
        self._traveller.move_to(_machine() + self._ahead_in_session if goes_on else BEGINNING)
        self._tell_processes()
        assert goes_on or datetime.now(UTC) - BEGINNING < timedelta(seconds=10), "an earlier test still travels"

    def end(self) -> None:
        """Give the process its own clock back."""
        self._travel.stop()
        os.environ.pop(AHEAD)

    def _tell_processes(self) -> timedelta:
        ahead = datetime.now(UTC) - _machine()
        os.environ[AHEAD] = str(ahead.total_seconds())
        return ahead


def _machine() -> datetime:
    return time_machine.escape_hatch.datetime.datetime.now(UTC)


def of_another_language() -> dict[str, str]:
    """Variables by which a process that is no Python lives at the same instant (Debian's package `faketime`)."""
    if AHEAD not in os.environ:
        return {}
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    assert found, "libfaketime is missing: run make system-packages"
    seconds = float(os.environ[AHEAD])
    return {
        "LD_PRELOAD": found[0], "FAKETIME": f"{seconds:+.3f}", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
    }  # fmt: skip
