"""Two who act at the very same moment: the second is started while the first has not committed, and waits for it."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from sqlalchemy import event, text

from idp.database import db
from tests.waiting import wait_until

# Who waits for a lock that this very transaction holds (PostgreSQL).
BEHIND_US = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")


def start_behind(act: Callable[[], object]) -> threading.Thread:
    """Start a second one in a thread, and return as soon as it waits for the transaction of this session, which the
    caller then commits. Raises `AssertionError` where it comes to its end without waiting: that was no race."""
    second = threading.Thread(target=act)
    with _waits(second) as waits:
        second.start()
        wait_until(waits, "the second waits for the first", second.is_alive)
    return second


@contextmanager
def _waits(second: threading.Thread) -> Generator[Callable[[], bool]]:
    if db.engine.dialect.name == "postgresql":
        yield lambda: bool(db.session.scalar(BEHIND_US))
        return
    # SQLite tells nobody who waits, but who will write reads nothing before it has the only write lock: here.
    asked = threading.Event()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if threading.current_thread() is second and statement == "BEGIN IMMEDIATE":
            asked.set()

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked.is_set
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
