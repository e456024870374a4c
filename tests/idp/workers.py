"""Two workers that do the same thing at the same time."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event

from idp.database import db
from tests.waiting import LONGEST


def overlapping(app: Flask, act: Callable[[], int]) -> int:
    """Run `act` in two transactions; on PostgreSQL the first takes its lock after the second has committed.

    There a statement looks at the state of its beginning and locks later; sleeping in between makes the gap as wide
    as it can be. SQLite lets one writer in at a time. Returns the sum of what both returned.
    """
    looked, results = threading.Event(), list[int]()
    slow = threading.local()

    def between_look_and_lock(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> Any:
        if getattr(slow, "is_on", False) and "FOR UPDATE" in statement:
            statement = statement.replace("WHERE ", "WHERE (SELECT pg_sleep(0.5)) IS NOT NULL AND ", 1)
            looked.set()
        return statement, parameters

    def work(*, is_slow: bool) -> None:
        slow.is_on = is_slow
        with app.app_context():
            results.append(act())
            db.session.commit()
            looked.set()

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", between_look_and_lock, retval=True)
        first = threading.Thread(target=work, kwargs={"is_slow": True})
        first.start()
        looked.wait(LONGEST)
        work(is_slow=False)
        first.join()
        event.remove(db.engine, "before_cursor_execute", between_look_and_lock)
    assert len(results) == 2
    return sum(results)
