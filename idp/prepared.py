"""Statements of the hot paths, signing in and the protocol: written and typed in SQLAlchemy Core, compiled once, sent
below it.

Making and executing a Core statement costs 0.3 to 1 ms in bookkeeping, many times its own round trip; decision 0020
has the figures. What is given up: events, echo and implicit returning.
"""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Connection, Dialect, Insert, LargeBinary, Table, bindparam, insert, select
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.visitors import cloned_traverse
from sqlalchemy.types import TypeEngine

from idp import database
from idp.connections import Answer, ByLibpq, Statement, is_demoted, way_to
from idp.database import Base


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class: its columns without the mapping."""
    found = model.__table__
    assert isinstance(found, Table)
    return found


class _WithoutWaiting(ColumnElement[bool]):
    """True, and by the way lets PostgreSQL's commit of the running transaction return before the disk has it."""

    inherit_cache = True
    type = Boolean()


@compiles(_WithoutWaiting)
def _true(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "1 = 1"


@compiles(_WithoutWaiting, "postgresql")
def _not_synchronous(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "set_config('synchronous_commit', 'off', true) = 'off'"


def insert_without_waiting(table: Table, names: Sequence[str]) -> Insert:
    """A new row for the values of `names`, which a crash of PostgreSQL within about half a second may take back; SQLite
    as we set it up waits for no disk anyway. For what is worth nothing until a later commit, which does wait: the disk
    keeps their order. To be run alone, since it speaks for its whole transaction."""
    given = [bindparam(name, type_=table.c[name].type) for name in names]
    return insert(table).from_select(list(names), select(*given).where(_WithoutWaiting())).inline()


class Prepared:
    """One statement; its constants stand in it, what varies are `bindparam`s."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, bool], _Form] = {}

    def one(self, values: Mapping[str, Any]) -> Any:
        """The one row, with its columns as attributes, or None."""
        with database.read() as connection:
            return self.one_in(connection, values)

    def all(self, values: Mapping[str, Any]) -> list[Any]:
        """Every row."""
        with database.read() as connection:
            return self.all_in(connection, values)

    def one_in(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The same on this connection; also what a writing statement returns."""
        return next(iter(self.all_in(connection, values)), None)

    def all_in(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Every row."""
        form = self._form(connection, values)
        return [form.row(found) for found in send(connection, form, values).rows]

    def run(self, values: Mapping[str, Any]) -> int:
        """Write, in a transaction of its own. Returns how many rows were touched."""
        with database.write_one() as connection:
            return self.run_in(connection, values)

    def run_in(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Write on this connection. Returns how many rows were touched."""
        return send(connection, self._form(connection, values), values).touched

    def with_values(self, connection: Connection, values: Mapping[str, Any]) -> Statement:
        """As it goes to this connection's driver."""
        form = self._form(connection, values)
        return Statement(form.text, form.parameters(values), form.are_bytes)

    def _form(self, connection: Connection, values: Mapping[str, Any]) -> "_Form":
        dialect, by_libpq = connection.dialect, isinstance(way_to(connection), ByLibpq)
        key = dialect.name, by_libpq
        if key not in self._forms:  # two threads may both make it: the same one
            if dialect.name == "postgresql":
                dialect = _postgresql("numeric_dollar" if by_libpq else "format")
            self._forms[key] = _Form(self._statement, dialect, values)
        return self._forms[key]


class _Form:
    """A statement as one way to a database takes it."""

    def __init__(self, statement: Any, dialect: Dialect, values: Mapping[str, Any]) -> None:
        # Constants stand in the text, which is sent once for each connection, not beside it each time.
        statement = cloned_traverse(statement, {}, {"bindparam": _spell_out})
        compiled = statement.compile(dialect=dialect)
        expanded = compiled.construct_expanded_state(values)
        self.text = expanded.statement
        types = [(name, _impl(compiled.binds[name].type, dialect)) for name in expanded.positiontup or ()]
        self._binds = [(name, each.bind_processor(dialect)) for name, each in types]
        self.are_bytes = [isinstance(each, LargeBinary) for _name, each in types]
        columns = list(statement.exported_columns)
        self._row: Any = namedtuple("_row", [column.key for column in columns])  # type: ignore[misc]
        processors = [_impl(column.type, dialect).result_processor(dialect, None) for column in columns]
        self._results = [(place, each) for place, each in enumerate(processors) if each is not None]

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] if process is None else process(values[name]) for name, process in self._binds]

    def row(self, found: Sequence[Any]) -> Any:
        values = list(found)
        for place, process in self._results:
            values[place] = process(values[place])
        return self._row._make(values)


@lru_cache
def _postgresql(style: str) -> Dialect:
    """PostgreSQL's dialect with parameters by place: what has names is given places anew at each execution."""
    found: Dialect = psycopg.dialect(paramstyle=style)  # type: ignore[no-untyped-call]
    return found


def _spell_out(bind: BindParameter[Any]) -> None:
    bind.literal_execute = not bind.required


def _impl(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)


class Write(NamedTuple):
    """A statement that writes and returns nothing, with the values of its parameters by name."""

    statement: Prepared
    values: Mapping[str, Any]


def write(*writes: Write) -> None:
    """All or none: in the request's transaction where one has begun, else in one of their own, which on PostgreSQL is
    one round trip, however many they are."""
    with database.joined() as connection:
        send_writes(connection, [each.statement.with_values(connection, each.values) for each in writes])


def send(connection: Connection, form: _Form, values: Mapping[str, Any]) -> Answer:
    """Execute the statement. Raises SQLAlchemy's errors, as Core would."""
    try:
        return way_to(connection).execute(form.text, form.parameters(values), form.are_bytes)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_core_says(connection, form.text, error) from error


def send_writes(connection: Connection, statements: Sequence[Statement]) -> None:
    """Execute all or none. Raises SQLAlchemy's errors, as Core would."""
    try:
        way_to(connection).write(statements)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_core_says(connection, "; ".join(each.text for each in statements), error) from error


def _as_core_says(connection: Connection, text: str, error: Any) -> BaseException:
    dialect = connection.dialect
    if is_demoted(error) or dialect.is_disconnect(error, connection.connection.dbapi_connection, None):
        connection.invalidate(error)
    return DBAPIError.instance(text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect)
