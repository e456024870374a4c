"""The suite on days on which calendars trip, each in a run of its own: the whole process tree lives on that day.

python -m tests.rehearsal.days [PART OF A NAME ...]

`libfaketime` moves the clock of everything, databases included, and `--machine-clock` leaves the pinned instant out.
"""

import glob
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from relying_party_example.periods.rules import PeriodKey, default_window
from thai_web.clock import BANGKOK

# Everything but the browser.
FAST = ["tests/idp", "tests/relying_party_example", "tests/thai_web"]
WHOLE = [*FAST, "tests/demo", "tests/processes", "tests/conformance", "tests/architecture"]
# The rooms that count days.
CALENDAR = [
    *(
        f"tests/idp/{room}"
        for room in (
            "appointments",
            "approval",
            "notifications",
            "oversight",
            "portal",
            "registration",
            "staff",
            "workdays",
        )
    ),
    "tests/idp/test_metrics.py",
    "tests/relying_party_example",
    "tests/demo",
]
INFO = ["tests/relying_party_example", "tests/idp/workdays", "tests/idp/approval/test_climbing.py"]
DEMO = "tests/rehearsal/test_demo.py"
BROWSER = [f"--deselect=tests/conformance/foreign/{name}.py" for name in ("test_oidc_client_ts", "test_popups")]
SITECUSTOMIZE = Path(__file__).parents[1] / "sitecustomize"


@dataclass(frozen=True)
class Day:
    """An instant, by the clock of Bangkok, and what is played from it on."""

    name: str
    at: datetime
    plays: list[str]


def days() -> Iterator[Day]:
    """Every day that is rehearsed."""
    yield Day("new-year", _at(2026, 12, 31, 23, 50), WHOLE)
    yield Day("leap-day", _at(2028, 2, 29, 10), WHOLE)
    yield Day("end-of-the-fiscal-year", _at(2027, 9, 30, 16, 20), WHOLE)
    yield Day("songkran", _at(2027, 4, 12, 10), CALENDAR)
    yield Day("constitution-day", _at(2026, 12, 10, 9), CALENDAR)
    yield Day("night-of-a-months-end", _at(2027, 1, 31, 23, 50), CALENDAR)
    for quarter in (1, 2, 3, 4):
        window = default_window(PeriodKey(2570, quarter))
        for name, day in (("opens", window.opens_on), ("is-due", window.due_on), ("closes", window.closes_on)):
            yield Day(f"quarter-{quarter}-{name}", _at(day.year, day.month, day.day, 10), INFO)


def _at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BANGKOK)  # type: ignore[misc,arg-type]


def play(day: Day) -> bool:
    """Run what belongs to the day. Returns whether all of it is green."""
    began = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        "--machine-clock",
        "-m",
        "not journey and (not slow or each_day)",
        *BROWSER,
        *day.plays,
        DEMO,
    ]
    print(f"--- {day.name}: {day.at:%A %d %B %Y, %H:%M} in Thailand", flush=True)
    code = subprocess.run(command, env={**os.environ, **environment(day.at)}, check=False).returncode
    print(f"--- {day.name}: {'green' if code == 0 else 'RED'} after {(time.monotonic() - began) / 60:.1f} minutes")
    return code == 0


def environment(at: datetime) -> dict[str, str]:
    """The variables by which a process, and whatever it starts, lives at `at`."""
    [library] = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    ahead = round((at - datetime.now(UTC)).total_seconds())
    return {
        "LD_PRELOAD": library,
        "FAKETIME": f"{ahead:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": str(SITECUSTOMIZE),
    }


def main() -> int:
    """Returns 1 when a day is red."""
    wanted = [day for day in days() if not sys.argv[1:] or any(part in day.name for part in sys.argv[1:])]
    red = [day.name for day in wanted if not play(day)]
    print(f"{len(wanted) - len(red)} of {len(wanted)} days are green" + (f"; red: {', '.join(red)}" if red else ""))
    return 1 if red or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
