"""The statements of the hot paths, the protocol and signing in: written and typed in SQLAlchemy Core, compiled to text
once, and on PostgreSQL sent by psycopg on connections that are kept for them.

Core's bookkeeping costs several times what the statement itself does; decision 0020 has the figures and what else was
tried. On SQLite, and in a transaction that somebody began, Core executes them. The caller says which: `one`, `all`,
`run` and `write_alone` stand by themselves; `one_in`, `all_in`, `run_in` and `write_in` belong to a transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar, cast

import psycopg
from flask import Flask, current_app
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from sqlalchemy import Connection, Dialect, Engine, Table, bindparam, create_engine, event, insert
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.selectable import ExecutableReturnsRows
from sqlalchemy.sql.visitors import cloned_traverse
from sqlalchemy.types import TypeEngine

from idp import database
from idp.database import Base, db

Row = TypeVar("Row", covariant=True)
_Cursor = psycopg.Cursor[TupleRow]
Values = Mapping[str, object]  # of a statement's parameters, by name
KEPT = 5  # connections of a process: more at work at once drive each other's data out of the processor's caches
HASTY = 2  # more of them, whose commits do not wait for the disk: such a statement takes a tenth of a millisecond
PATIENCE = 0.05  # seconds; then one of the pages' is taken: the five may all wait for what this very thread holds
_DIALECT: Dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call] # PostgreSQL's own


def begin(app: Flask) -> None:
    """Keep connections for the application's statements; none is opened yet. SQLite needs none."""
    engines = app.extensions["fast_sql"] = dict[bool, Engine]()
    with app.app_context():
        pages = db.engine
    if pages.dialect.name == "postgresql":
        engines[True] = _engine(pages, KEPT)
        engines[False] = _engine(pages, HASTY, options="-c synchronous_commit=off")


def _engine(pages: Engine, size: int, **settings: str) -> Engine:
    kept = create_engine(
        pages.url,
        connect_args=settings,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        pool_size=size,
        max_overflow=0,
        pool_timeout=PATIENCE,
        pool_use_lifo=True,
        pool_reset_on_return=None,
    )
    database.ask_the_rested(kept)
    event.listen(pages, "engine_disposed", lambda _engine: kept.dispose())
    return kept


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class: its columns without the mapping."""
    found = model.__table__
    assert isinstance(found, Table)
    return found


class Statement:
    """One statement; its constants stand in it, what varies are `bindparam`s. A default of a column is not filled in:
    every column is named."""

    def __init__(self, statement: ExecutableReturnsRows) -> None:
        self._statement = statement.execution_options(preserve_rowcount=True)

    def run(self, values: Values) -> int:
        """Write. Returns how many rows were touched."""
        with _kept() as cursor:
            if cursor is not None:
                return self.send(cursor, values).rowcount
        with database.alone() as connection:
            return self.run_in(connection, values)

    def run_in(self, connection: Connection, values: Values) -> int:
        """Write in the transaction of this connection. Returns how many rows were touched."""
        return connection.execute(self._statement, values).rowcount

    def send(self, cursor: _Cursor, values: Values) -> _Cursor:
        """Execute it by the driver, which prepares it at its first use on a connection. Raises psycopg's errors."""
        compiled = self._compiled
        return cursor.execute(compiled.text, compiled.parameters(values), prepare=True)

    @cached_property
    def _compiled(self) -> "_Compiled":
        return _Compiled(self._statement)


class Query(Statement, Generic[Row]):
    """A statement that brings rows: a SELECT, or a write with RETURNING. Its columns are a row's attributes, and nobody
    but the row type says what they hold."""

    def one(self, values: Values) -> Row | None:
        """The one row, or None."""
        return next(iter(self.all(values)), None)

    def all(self, values: Values) -> Sequence[Row]:
        """Every row."""
        with _kept() as cursor:
            if cursor is not None:
                made, processed = self._made, self._compiled.processed
                return [made(processed(found)) for found in self.send(cursor, values).fetchall()]
        with database.alone() as connection:
            return self.all_in(connection, values)

    def one_in(self, connection: Connection, values: Values) -> Row | None:
        """The one row, or None, in the transaction of this connection."""
        return next(iter(self.all_in(connection, values)), None)

    def all_in(self, connection: Connection, values: Values) -> Sequence[Row]:
        """Every row."""
        return cast(Sequence[Row], connection.execute(self._statement, values).all())

    @cached_property
    def _made(self) -> Callable[[Iterable[object]], Row]:
        columns = [column.key for column in self._statement.exported_columns]
        return cast(Callable[[Iterable[object]], Row], namedtuple("_row", columns)._make)  # type: ignore[attr-defined]


class _Compiled:
    """A statement as psycopg takes it, with what SQLAlchemy's types do to values on their way in and out."""

    def __init__(self, statement: ExecutableReturnsRows) -> None:
        # Constants stand in the text, which a connection is told once; a partial index is found by them, too.
        statement = cloned_traverse(statement, {}, {"bindparam": _spell_out})
        compiled = statement.compile(dialect=_DIALECT)
        varying = {name: None for name, bind in compiled.binds.items() if bind.required}
        expanded = compiled.construct_expanded_state(varying)
        self.text = expanded.statement.encode()
        self._binds = [
            (name, _type(compiled.binds[name].type).bind_processor(_DIALECT)) for name in expanded.positiontup or ()
        ]
        processors = [_type(column.type).result_processor(_DIALECT, None) for column in statement.exported_columns]
        self._results = [(place, each) for place, each in enumerate(processors) if each is not None]

    def parameters(self, values: Values) -> list[object]:
        return [values[name] if process is None else process(values[name]) for name, process in self._binds]

    def processed(self, found: Iterable[object]) -> list[object]:
        values = list(found)
        for place, process in self._results:
            values[place] = process(values[place])
        return values


def _spell_out(bind: BindParameter[object]) -> None:
    bind.literal_execute = not bind.required


def _type(declared: TypeEngine[object]) -> TypeEngine[object]:
    return declared.dialect_impl(_DIALECT)


def insertion(table: Table, *names: str) -> Statement:
    """A new row, of which these columns are given."""
    return Statement(insert(table).values({each: bindparam(each) for each in names}).inline())


class Write(NamedTuple):
    """A statement that writes and returns nothing, with the values of its parameters by name."""

    statement: Statement
    values: Values


def write_in(connection: Connection, *writes: Write) -> None:
    """In the transaction of this connection."""
    for each in writes:
        each.statement.run_in(connection, each.values)


def write_alone(*writes: Write, awaits_disk: bool = True) -> None:
    """All or none, committed by themselves: on PostgreSQL in one round trip, however many they are.

    Without `awaits_disk` a crash of PostgreSQL within about half a second may take them back; SQLite as we set it up
    waits for no disk anyway. For what is worth nothing before a later commit, which does wait: the disk keeps their
    order.
    """
    with _kept(awaits_disk) as cursor:
        if cursor is not None:
            if len(writes) == 1:
                writes[0].statement.send(cursor, writes[0].values)
                return
            with cursor.connection.pipeline():
                # Not `transaction()`, which would wait for the answer of each of its three parts.
                cursor.execute("BEGIN")
                for each in writes:
                    each.statement.send(cursor, each.values)
                cursor.execute("COMMIT")
            return
    with database.write() as connection:
        write_in(connection, *writes)


@contextmanager
def _kept(awaits_disk: bool = True) -> Generator[_Cursor | None]:
    """The cursor of a connection that commits each statement by itself; nothing on SQLite, and where all of them are
    at work.

    Raises SQLAlchemy's errors, as Core would.
    """
    engine: Engine | None = current_app.extensions["fast_sql"].get(awaits_disk)
    if engine is None:
        yield None
        return
    try:
        lent = engine.raw_connection()
    except TimeoutError:
        yield None
        return
    driver = cast(psycopg.Connection[TupleRow], lent.driver_connection)
    try:
        if "cursor" not in lent.info:  # one for a connection's life: a new one learns each type's form anew
            lent.info["cursor"] = psycopg.RawCursor(driver)
        yield lent.info["cursor"]
    except psycopg.Error as error:
        if driver.closed or database.is_demoted(error):
            lent.invalidate()
            engine.dispose()  # the others meet the same
        raise _as_core_says(error) from error
    finally:
        if lent.is_valid and driver.info.transaction_status != TransactionStatus.IDLE:
            lent.invalidate()  # closed, which undoes what it was in the middle of
        lent.close()


def _as_core_says(error: psycopg.Error) -> DBAPIError:
    kinds = (IntegrityError, psycopg.IntegrityError), (OperationalError, psycopg.OperationalError)
    kind = next((ours for ours, theirs in kinds if isinstance(error, theirs)), DBAPIError)
    return kind(None, None, error, hide_parameters=True)
