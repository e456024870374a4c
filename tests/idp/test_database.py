"""The engine's own behaviour, apart from any room."""

import threading

import pytest
from flask import Flask
from sqlalchemy import QueuePool, text

from idp import connections, database
from idp.database import db
from tests.postgresql import close_from_outside
from tests.waiting import LONGEST


def test_a_connection_that_the_database_closed_while_it_rested_is_replaced(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file closes no connection")
    with app.app_context():
        with database.read() as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        close_from_outside(db.engine.url, pid)
        monkeypatch.setattr(connections, "RESTED", 0.0)
        with database.read() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_many_statements_at_once_leave_the_pages_their_connections(app: Flask) -> None:
    """With more threads than the pool has connections, those at rest must not keep pages waiting for one."""
    together = threading.Barrier(12)

    def ask() -> None:
        with app.app_context(), database.read() as connection:
            together.wait(LONGEST)
            connection.execute(text("SELECT 1"))

    with app.app_context():
        pool = db.engine.pool
        threads = [threading.Thread(target=ask) for _each in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONGEST)
        assert isinstance(pool, QueuePool)
        assert pool.checkedout() == connections.AT_REST
