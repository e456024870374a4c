"""The one engine and its transactions.

Every request has one transaction, committed once by `idp.web.application`. The named exceptions are the functions
`at_once`, `count`, `per_row` and `job` below; nobody else commits.
"""

import json
import math
import sqlite3
import time
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar, cast

from flask import Flask, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    SQLColumnExpression,
    any_,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import JSON

from thai_web import clock
from thai_web.database import NAMING_CONVENTION, Instant

READ_ONLY = "25006"  # read_only_sql_transaction (PostgreSQL, appendix A)
RESTED = 3.0  # seconds after which a connection may have been closed by a restart or a firewall

Result = TypeVar("Result")
Row = TypeVar("Row")


class Base(DeclarativeBase):
    """Tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


Base.registry.update_type_annotation_map(
    {datetime: Instant(), bytes: LargeBinary(), dict[str, object]: JSON(), list[str]: JSON()}
)

db = SQLAlchemy(model_class=Base)


def begin(app: Flask) -> None:
    """Tie the engine to the application and teach SQLite our transactions."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _teach_sqlite(db.engine)
        else:
            ask_the_rested(db.engine)
            _leave_a_demoted_primary(db.engine)


def _teach_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin by itself; `begin` below does
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        # A deferred transaction that turns to writing fails at once when another wrote meanwhile, whatever the
        # busy timeout; taking the write lock first makes writers wait for each other instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("will_write") or may_write() else "BEGIN")


def ask_the_rested(engine: Engine) -> None:
    """Ask a connection for a sign of life only after a rest: asked each time, it costs as much as the statement."""

    @event.listens_for(engine, "checkin")
    def remember(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["returned_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("returned_at", math.inf) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the database closed this connection") from error  # the pool takes another


def _leave_a_demoted_primary(engine: Engine) -> None:
    """Let every connection go once one of them met a server that takes no more writes: a new one finds the primary."""

    @event.listens_for(engine, "handle_error")
    def handle(context: ExceptionContext) -> None:
        if is_demoted(context.original_exception):
            context.is_disconnect = True


def is_demoted(error: BaseException) -> bool:
    """Whether a write was refused because its server became a standby (SQLSTATE 25006)."""
    return getattr(error, "sqlstate", None) == READ_ONLY


def may_write() -> bool:
    """Whether the running transaction was begun to write: outside a request always, inside by its method."""
    if not has_request_context():
        return True
    return bool(request.method not in ("GET", "HEAD", "OPTIONS") or g.get("will_write"))


def will_write() -> None:
    """Say, before the first statement, that this GET request writes (a ThaID callback, an authorization code)."""
    if not g.get("will_write"):
        g.will_write = True
        db.session.rollback()


@contextmanager
def alone() -> Generator[Connection]:
    """A connection that commits each statement by itself."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def request_connection() -> Connection:
    """The connection of the request's transaction, on which stands all that the request has written."""
    db.session.flush()
    return db.session.connection()


@contextmanager
def write() -> Generator[Connection]:
    """One short Core transaction of its own, for the hot paths of the protocol.

    It says nothing about the request's session: one that has read already must still begin anew before it writes.
    """
    with db.engine.connect().execution_options(will_write=True) as connection, connection.begin():
        yield connection


def at_once(act: Callable[[], Result]) -> Result:
    """Do something that stands whatever the request does afterwards, a secret that is spent, a proof that came: what
    was written before and what it writes is committed. No transaction may be open during an outside call."""
    if db.session.registry.has():
        db.session.commit()
    result = act()
    if db.session.registry.has():
        db.session.commit()
    return result


def count(act: Callable[[], Result]) -> Result:
    """Commit an attempt in its own right, so that a refusal that follows does not roll it back. Raises `RuntimeError`
    when something is waiting to be written: it would be lost."""
    if db.session.registry.has():
        if db.session.new or db.session.dirty or db.session.deleted:
            raise RuntimeError("an attempt is counted before anything is changed")
        db.session.rollback()
    result = act()
    if db.session.registry.has():
        db.session.commit()
    return result


def per_row(rows: Iterable[Row], act: Callable[[Row], object]) -> Generator[tuple[Row, Exception | None]]:
    """One savepoint and one result a row; the caller's transaction commits the good ones together."""
    for row in rows:
        try:
            with db.session.begin_nested():
                act(row)
        except Exception as error:
            yield row, error
        else:
            yield row, None


def every(table: type[Row], batch: int = 1000) -> Generator[Row]:
    """Every row of a table, to be changed; written a batch at a time, so that memory holds one batch."""
    last = 0
    while rows := db.session.scalars(select(table).where(table.id > last).order_by(table.id).limit(batch)).all():  # type: ignore[attr-defined]
        yield from rows
        last = rows[-1].id  # type: ignore[attr-defined]
        db.session.flush()
        db.session.expunge_all()


def job(act: Callable[[], Result]) -> Result:
    """One item of the worker: committed by itself, or rolled back by itself."""
    try:
        result = act()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return result


def among(
    column: SQLColumnExpression[int] | SQLColumnExpression[int | None], numbers: Collection[int]
) -> ColumnElement[bool]:
    """`column.in_(numbers)` in one parameter: naming thousands takes longer than the query."""
    if db.engine.dialect.name == "postgresql":
        return column == any_(literal(list(numbers), ARRAY(Integer)))
    listed = func.json_each(json.dumps(list(numbers))).table_valued("value")
    return cast(ColumnElement[bool], column.in_(select(listed.c.value)))


def utc_now() -> datetime:
    """Column default."""
    return clock.now()
