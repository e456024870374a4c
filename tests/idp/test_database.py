"""The engine's own behaviour, apart from any room."""

import threading

import pytest
from flask import Flask
from sqlalchemy import QueuePool, bindparam, func, select, text

from idp import database
from idp.database import db
from idp.fast_sql import KEPT, Query
from tests.postgresql import close_from_outside
from tests.waiting import LONGEST


def test_a_connection_that_the_database_closed_while_it_rested_is_replaced(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file closes no connection")
    with app.app_context():
        with database.alone() as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        close_from_outside(db.engine.url, pid)
        monkeypatch.setattr(database, "RESTED", 0.0)
        with database.alone() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_many_statements_at_once_leave_the_pages_their_connections(app: Flask) -> None:
    """With more threads than connections are kept for statements, pages still get one."""
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file keeps no connections")
    slow = Query(select(func.pg_sleep(bindparam("seconds")).label("slept")))
    answers: list[object] = []

    def ask() -> None:
        with app.app_context():
            answers.append(slow.one({"seconds": 0.3}))

    with app.app_context():
        threads = [threading.Thread(target=ask) for _each in range(12)]
        for thread in threads:
            thread.start()
        assert db.session.scalar(text("SELECT 1")) == 1
        for thread in threads:
            thread.join(LONGEST)
        db.session.rollback()
        assert len(answers) == 12
        kept, pages = app.extensions["fast_sql"][True].pool, db.engine.pool
        assert isinstance(pages, QueuePool)
        assert (kept.checkedin(), kept.checkedout(), pages.checkedout()) == (KEPT, 0, 0)
