"""Waiting for what happens elsewhere: in another process, in another thread.

A test ends its wait with the event, or when the event can no longer come. The limit only keeps a broken test from
hanging for ever: what a busy machine needs to start a process says nothing about the program.
"""

import time
from collections.abc import Callable

LONGEST = 600.0


def wait_until(condition: Callable[[], object], what: str, can_come: Callable[[], object] = lambda: True) -> None:
    """Wait for something to come true.

    Arguments: `what` to say when it does not; `can_come`, false as soon as it cannot any more (a process ended).
    Raises `AssertionError` then.
    """
    deadline, pause = time.monotonic() + LONGEST, 0.02
    while not condition():
        assert can_come(), f"it cannot come any more that {what}"
        assert time.monotonic() < deadline, f"waited {LONGEST:.0f} s, and it is not so that {what}"
        time.sleep(pause)
        pause = min(pause * 1.5, 0.3)
