"""Statements that go by SQLAlchemy's execution keep its types, its errors and its pool's good habits."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import bindparam, column, delete, insert, select, table, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from idp import database
from idp.database import db
from idp.fast_sql import HASTY, KEPT, Query, Statement, Write, write_alone, write_in
from idp.oidc.store.models import UsedAssertion
from tests.postgresql import close_from_outside
from tests.waiting import LONGEST

TABLE = UsedAssertion.__table__
SAVE = Statement(insert(TABLE).values(digest=bindparam("digest"), expires_at=bindparam("expires_at")).inline())
FIND = Query(select(TABLE).where(TABLE.c.digest == bindparam("digest")))
EARLIER = Statement(
    update(TABLE).where(TABLE.c.expires_at > bindparam("limit")).values(expires_at=bindparam("expires_at"))
)
BANGKOK_NOON = datetime(2026, 11, 25, 12, tzinfo=timezone(timedelta(hours=7)))


def test_a_value_comes_back_as_core_would_bring_it(app: Flask) -> None:
    with app.app_context():
        assert SAVE.run({"digest": b"1" * 32, "expires_at": BANGKOK_NOON}) == 1
        found = FIND.one({"digest": b"1" * 32})
        assert (found.digest, found.expires_at) == (b"1" * 32, datetime(2026, 11, 25, 5, tzinfo=UTC))
        assert FIND.one({"digest": b"2" * 32}) is None
        by_core = db.session.execute(select(TABLE)).one()
        assert tuple(found) == tuple(by_core)


def test_an_instant_without_a_zone_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises((ValueError, StatementError), match="needs a zone"):
        SAVE.run({"digest": b"1" * 32, "expires_at": BANGKOK_NOON.replace(tzinfo=None)})


def test_a_write_says_how_many_rows_it_touched(app: Flask) -> None:
    with app.app_context():
        for first in b"123":
            SAVE.run({"digest": bytes([first]) * 32, "expires_at": BANGKOK_NOON})
        later = {"expires_at": BANGKOK_NOON + timedelta(hours=1)}
        assert EARLIER.run({"limit": BANGKOK_NOON - timedelta(hours=1), **later}) == 3
        assert EARLIER.run({"limit": BANGKOK_NOON + timedelta(hours=2), **later}) == 0


def test_what_the_database_refuses_is_the_error_of_core_and_the_next_statement_works(app: Flask) -> None:
    with app.app_context():
        SAVE.run({"digest": b"1" * 32, "expires_at": BANGKOK_NOON})
        with pytest.raises(IntegrityError) as refused:
            SAVE.run({"digest": b"1" * 32, "expires_at": BANGKOK_NOON})
        assert "2026" not in str(refused.value), "what was sent stands in no log"
        assert FIND.one({"digest": b"1" * 32})


def test_a_transaction_that_is_not_finished_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        with suppress(KeyError), database.write() as connection:
            SAVE.run_in(connection, {"digest": b"1" * 32, "expires_at": BANGKOK_NOON})
            raise KeyError
        assert FIND.one({"digest": b"1" * 32}) is None


def test_a_statement_that_joins_goes_with_the_request_and_alone_stands_at_once(app: Flask) -> None:
    with app.app_context():
        db.session.add(UsedAssertion(digest=b"1" * 32, expires_at=BANGKOK_NOON))
        connection = database.request_connection()
        assert FIND.one_in(connection, {"digest": b"1" * 32}), "it sees what the request wrote before"
        SAVE.run_in(connection, {"digest": b"2" * 32, "expires_at": BANGKOK_NOON})
        db.session.rollback()
        assert FIND.one({"digest": b"1" * 32}) is FIND.one({"digest": b"2" * 32}) is None
        SAVE.run({"digest": b"3" * 32, "expires_at": BANGKOK_NOON})
        db.session.rollback()
        assert FIND.one({"digest": b"3" * 32})


def saving(first: bytes) -> Write:
    return Write(SAVE, {"digest": first * 32, "expires_at": BANGKOK_NOON})


def backend(app: Flask) -> int:
    """The server's process behind the connection that serves the next statement."""
    with app.extensions["fast_sql"][True].connect() as connection:
        pid: int = connection.scalar(text("SELECT pg_backend_pid()"))
        return pid


def stored() -> set[bytes]:
    return {digest[:1] for digest in db.session.scalars(select(TABLE.c.digest))}


def test_what_is_written_together_stands_at_once_or_not_at_all(app: Flask) -> None:
    with app.app_context():
        write_alone(saving(b"1"), saving(b"2"))
        with pytest.raises(IntegrityError) as refused:
            write_alone(saving(b"3"), saving(b"1"), saving(b"4"))
        assert "2026" not in str(refused.value), "what was sent stands in no log"
        write_alone(saving(b"5"))
        assert stored() == {b"1", b"2", b"5"}


def test_only_what_does_not_await_the_disk_is_committed_before_it(app: Flask) -> None:
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file as we set it up awaits no disk")
    with app.app_context():
        for awaits_disk, expected in ((True, "on"), (False, "off")):
            with app.extensions["fast_sql"][awaits_disk].connect() as connection:
                assert connection.scalar(text("SHOW synchronous_commit")) == expected
        write_alone(saving(b"1"), awaits_disk=False)
        write_alone(saving(b"2"), saving(b"3"), awaits_disk=False)
        with pytest.raises(IntegrityError):
            write_alone(saving(b"1"), awaits_disk=False)
        assert stored() == {b"1", b"2", b"3"}


def test_what_is_written_in_the_requests_transaction_ends_with_it(app: Flask) -> None:
    with app.app_context():
        db.session.add(UsedAssertion(digest=b"1" * 32, expires_at=BANGKOK_NOON))
        write_in(database.request_connection(), saving(b"2"), saving(b"3"))
        assert stored() == {b"1", b"2", b"3"}
        db.session.rollback()
        assert stored() == set()


def test_a_connection_that_broke_between_two_writings_is_not_used_again(app: Flask) -> None:
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file closes no connection")
    with app.app_context():
        write_alone(saving(b"1"), saving(b"2"))
        close_from_outside(db.engine.url, backend(app))
        with pytest.raises(DBAPIError):
            write_alone(saving(b"3"), saving(b"4"))
        write_alone(saving(b"3"), saving(b"4"))
        assert stored() == {b"1", b"2", b"3", b"4"}


def test_a_statement_that_the_server_cannot_prepare_leaves_nothing_of_the_others(app: Flask) -> None:
    nowhere = Statement(delete(table("no_such_table", column("digest"))).where(column("digest") == bindparam("digest")))
    with app.app_context():
        with pytest.raises(DBAPIError):
            write_alone(saving(b"1"), Write(nowhere, {"digest": b"2"}))
        assert stored() == set()


@pytest.mark.parametrize(
    "act", [lambda: SAVE.run(saving(b"1").values), lambda: write_alone(saving(b"1"), saving(b"2"))]
)
def test_who_waits_for_a_row_lets_the_thread_go_on_that_holds_it(app: Flask, act: Callable[[], object]) -> None:
    """One of them must end; were the interpreter's lock held meanwhile, neither could."""
    refused: list[type[Exception]] = []

    def other() -> None:
        with app.app_context():
            try:
                act()
            except DBAPIError as error:
                refused.append(type(error))

    with app.app_context():
        with database.write() as connection:
            SAVE.run_in(connection, saving(b"1").values)
            waiting = threading.Thread(target=other)
            waiting.start()
            waiting.join(0.3)
            assert waiting.is_alive()
        waiting.join(LONGEST)
        assert refused == [IntegrityError]
        assert stored() == {b"1"}


def test_what_a_writing_statement_returns_is_read(app: Flask) -> None:
    take = Query(delete(TABLE).where(TABLE.c.digest == bindparam("digest")).returning(TABLE.c.expires_at))
    with app.app_context():
        SAVE.run({"digest": b"1" * 32, "expires_at": BANGKOK_NOON})
        assert take.one({"digest": b"1" * 32}).expires_at == BANGKOK_NOON
        assert take.one({"digest": b"1" * 32}) is None


def test_a_connection_that_broke_in_use_is_not_used_again(app: Flask) -> None:
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file closes no connection")
    with app.app_context():
        SAVE.run({"digest": b"1" * 32, "expires_at": BANGKOK_NOON})
        close_from_outside(db.engine.url, backend(app))
        with pytest.raises(DBAPIError):
            FIND.one({"digest": b"1" * 32})
        assert FIND.one({"digest": b"1" * 32})


@pytest.mark.parametrize("way", ["alone", "together", "in a page's transaction"])
def test_after_the_primary_was_demoted_writes_go_on_without_a_restart(app: Flask, way: str) -> None:
    """The server behind the connections became a standby; whoever connects anew finds the primary."""
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file has no standby")

    def save(secret: bytes) -> None:
        if way == "alone":
            SAVE.run(saving(secret).values)
        elif way == "together":
            write_alone(saving(secret), saving(secret + secret))
        else:
            db.session.execute(insert(TABLE).values(saving(secret).values))
            db.session.commit()

    with app.app_context():
        save(b"1")
        if way == "in a page's transaction":
            db.session.execute(text("SET default_transaction_read_only = on"))
            db.session.commit()
        else:
            with app.extensions["fast_sql"][True].connect() as connection:
                connection.exec_driver_sql("SET default_transaction_read_only = on")
        with pytest.raises(DBAPIError) as refused:
            save(b"2")
        assert getattr(refused.value.orig, "sqlstate", None) == "25006"
        db.session.rollback()
        save(b"3")
        assert b"3" in stored()


def test_a_page_that_is_rolled_back_takes_nothing_from_the_statements(app: Flask) -> None:
    """Rolling a page's transaction back makes PostgreSQL forget what was prepared on its connection."""
    with app.app_context():
        SAVE.run({"digest": b"1" * 32, "expires_at": BANGKOK_NOON})
        for _turn in range(3):
            assert FIND.one({"digest": b"1" * 32})
            for _page in range(2):
                for _ in range(8):  # often enough that the driver prepares it
                    db.session.execute(select(TABLE)).all()
                SAVE.run_in(database.request_connection(), {"digest": b"2" * 32, "expires_at": BANGKOK_NOON})
                db.session.rollback()
            assert FIND.one({"digest": b"2" * 32}) is None


def test_who_finds_every_connection_at_work_waits_a_moment_and_gets_another(app: Flask) -> None:
    """All of them may wait for a row that this very thread holds."""
    if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("a file keeps no connections")
    with app.app_context(), ExitStack() as held:
        for engine, size in zip(app.extensions["fast_sql"].values(), (KEPT, HASTY), strict=True):
            for _ in range(size):
                held.enter_context(engine.connect())
        assert SAVE.run(saving(b"1").values) == 1
        assert FIND.one({"digest": b"1" * 32}).expires_at == BANGKOK_NOON
        write_alone(saving(b"2"), saving(b"3"), awaits_disk=False)
        write_alone(saving(b"5"), awaits_disk=False)
        with pytest.raises(IntegrityError):
            write_alone(saving(b"4"), saving(b"1"))
        assert stored() == {b"1", b"2", b"3", b"5"}


def test_what_fails_in_the_middle_leaves_nothing_and_keeps_no_connection(app: Flask) -> None:
    nowhere = Query(select(column("digest")).select_from(table("no_such_table")))
    with app.app_context():
        for _ in range(2 * KEPT):
            with pytest.raises(DBAPIError):
                nowhere.all({})
            with pytest.raises((KeyError, StatementError)):
                write_alone(saving(b"1"), Write(SAVE, {"digest": b"2" * 32}))  # a value is missing
        assert stored() == set()
        assert [engine.pool.checkedout() for engine in app.extensions["fast_sql"].values()] in ([], [0, 0])
