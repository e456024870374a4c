"""Python imports this before anything else, in the processes that tests start: their clock is that of the test."""

import os
import select
import sys
import time
from datetime import UTC, datetime, timedelta

if ahead := os.environ.get("TESTS_CLOCK_AHEAD"):
    sys.modules["pytest"] = None  # type: ignore[assignment]  # importing it, for a plug-in, would cost each process 0.2 s
    import time_machine

    del sys.modules["pytest"]
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(ahead))).start()
    datetime.now(UTC)  # the first question starts the clock

if "libfaketime" in os.environ.get("LD_PRELOAD", ""):
    # libfaketime 0.9.10 leaves the monotonic clock alone as it is told, and refuses to sleep by it all the same.
    time.sleep = lambda seconds: select.select([], [], [], seconds) and None
