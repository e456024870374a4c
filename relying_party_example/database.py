"""The one engine and its transactions.

Every request has one transaction, committed once by `web.application`. The named exceptions are `claim` and `job`
below; nobody else commits.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, LargeBinary, MetaData, event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON

from thai_web.database import NAMING_CONVENTION, Instant

Result = TypeVar("Result")


class Base(DeclarativeBase):
    """Tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


Base.registry.update_type_annotation_map(
    {
        datetime: Instant(),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
        list[dict[str, Any]]: JSON(),
        list[str]: JSON(),
    }
)

db = SQLAlchemy(model_class=Base)


def begin(app: Flask) -> None:
    """Tie the engine to the application and teach SQLite our transactions."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _teach_sqlite(db.engine)
        else:
            event.listen(db.engine, "handle_error", _leave_a_demoted_primary)


def _leave_a_demoted_primary(context: ExceptionContext) -> None:
    """A connection whose server takes no more writes counts as lost: a new one finds the primary (SQLSTATE 25006)."""
    if getattr(context.original_exception, "sqlstate", None) == "25006":
        context.is_disconnect = True


def _teach_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin by itself; `begin_transaction` does
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        # A deferred transaction that turns to writing fails at once when another wrote meanwhile, whatever the
        # busy timeout; taking the write lock first makes writers wait for each other instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _may_write() else "BEGIN")


def _may_write() -> bool:
    """Whether the running transaction was begun to write: outside a request always, inside by its method."""
    if not has_request_context():
        return True
    return bool(request.method not in ("GET", "HEAD", "OPTIONS") or g.get("will_write"))


def will_write() -> None:
    """Say, before the first statement, that this GET request writes (the return from signing in)."""
    g.will_write = True
    db.session.rollback()


def release() -> None:
    """Close what was read: no transaction may be open during an outside call, however long it takes."""
    db.session.rollback()


def claim(act: Callable[[], Result]) -> Result:
    """Change what must stand before an outside call, or whatever becomes of it, and commit that at once."""
    result = act()
    db.session.commit()
    return result


def job(act: Callable[[], Result]) -> Result:
    """One item of the worker or one command: committed by itself, or rolled back by itself."""
    try:
        result = act()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return result
