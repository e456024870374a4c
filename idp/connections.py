"""The connections behind the engine: those that rest between two statements, and what PostgreSQL's do more cheaply."""

import itertools
import math
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

RESTED = 3.0  # seconds after which a connection may have been closed by a restart or a firewall
AT_REST = 5  # of the pool's fifteen connections
PATIENCE = 0.05  # seconds


class _LateCursor(psycopg.Cursor[Any]):
    """A cursor whose description is made when somebody looks into it.

    SQLAlchemy fetches it at every execution, yet looks into it at a statement's first only; made each time it costs
    two microseconds a column, more than the statement itself for the wide rows of the protocol.
    """

    @property
    def description(self) -> Any:
        return _Columns(self) if self.pgresult and self.pgresult.nfields else super().description


class _Columns(Sequence[psycopg.Column]):
    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        self._cursor, self._result = cursor, cursor.pgresult

    def __len__(self) -> int:
        return self._result.nfields if self._result else 0

    def __getitem__(self, place: Any) -> Any:
        return [psycopg.Column(self._cursor, each) for each in range(len(self))][place]

    def __iter__(self) -> Iterator[psycopg.Column]:
        return iter(self[:])


def describe_late(engine: Engine) -> None:
    """Let every cursor of PostgreSQL describe its columns late."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.cursor_factory = _LateCursor


def ask_the_rested(engine: Engine) -> None:
    """Ask a connection for a sign of life only after a rest: asked each time, it costs as much as the statement."""

    @event.listens_for(engine, "checkin")
    def remember(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["returned_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("returned_at", math.inf) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the database closed this connection") from error  # the pool takes another


class Answer(NamedTuple):
    """What a statement brought: its rows, and how many it wrote, or read."""

    rows: Sequence[Sequence[Any]]
    touched: int


class ByCursor:
    """One cursor for all statements of a connection."""

    def __init__(self, driver: Any) -> None:
        self._cursor = driver.cursor()

    def execute(self, text: str, parameters: Sequence[Any], _are_bytes: Sequence[bool]) -> Answer:
        """Raises the driver's errors."""
        self._cursor.execute(text, parameters)
        # All at once: SQLite reads on, and locks, until the last one.
        rows = self._cursor.fetchall() if self._cursor.description else ()
        return Answer(rows, self._cursor.rowcount)


class ByLibpq:
    """Statements prepared at their first use on a connection of PostgreSQL, and executed by one call of libpq.

    psycopg's cursor comes to the same by generators and by a look at what is worth preparing: half of what a read by
    key costs the process. Its adapters still turn values into parameters and columns into values. Only for a connection
    that commits each statement by itself: after a ROLLBACK psycopg makes PostgreSQL forget what was prepared.
    """

    _numbers = itertools.count()  # a connection that was lent before may know the earlier ones

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._pgconn, self._bytea = driver.pgconn, driver.adapters.types["bytea"].oid
        self._names: dict[str, bytes] = {}
        self._adapters = Transformer(driver)

    def execute(self, text: str, parameters: Sequence[Any], are_bytes: Sequence[bool]) -> Answer:
        """Raises psycopg's errors."""
        name = self._names.get(text) or self._prepare(text, are_bytes)
        formats = [PyFormat.BINARY if binary else PyFormat.TEXT for binary in are_bytes]
        given: Any = self._adapters.dump_sequence(parameters, formats)
        result = _checked(self._pgconn.exec_prepared(name, given, self._adapters.formats))
        if not result.nfields:
            return Answer((), result.command_tuples or 0)
        self._adapters.set_pgresult(result)
        return Answer(self._adapters.load_rows(0, result.ntuples, tuple), result.ntuples)

    def _prepare(self, text: str, are_bytes: Sequence[bool]) -> bytes:
        """Bytes are named as such: SQLAlchemy casts every other parameter in the text, and PostgreSQL takes for text
        what has no type and stands beside no column."""
        name = b"sso_%d" % next(self._numbers)
        _checked(self._pgconn.prepare(name, text.encode(), [self._bytea if binary else 0 for binary in are_bytes]))
        self._names[text] = name
        return name


def _checked(result: PGresult) -> PGresult:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise psycopg.errors.error_from_result(result)
    return result


def way_to(connection: Connection) -> ByCursor | ByLibpq:
    """How a compiled statement goes to the driver."""
    found: ByCursor | ByLibpq | None = connection.info.get("way")
    if found is None:
        found = connection.info["way"] = ByCursor(connection.connection.dbapi_connection)
    return found


class Ready:
    """Connections that commit each statement by itself, kept between the statements of the hot paths.

    Taking one from the pool, beginning a transaction that is none and rolling it back cost more than the statement.
    Those at rest are lent by the pool, so only a few may be: pages need the others.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._at_rest: deque[tuple[Connection, float]] = deque()
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(AT_REST):
            self._turns.put(None)
        event.listen(engine, "engine_disposed", self._close)

    @contextmanager
    def one(self) -> Generator[Connection]:
        """One for a statement. Whoever finds all at work waits a moment: a sixth that works at the same time has to be
        taken from the pool, and drives the data of the others out of the processor's caches."""
        try:
            self._turns.get(timeout=PATIENCE)
        except Empty:  # they wait for the database, perhaps for what this very thread holds
            with self._lent() as connection:
                yield connection
            return
        try:
            with self._lent() as connection:
                yield connection
        finally:
            self._turns.put(None)

    @contextmanager
    def _lent(self) -> Generator[Connection]:
        connection = self._take()
        try:
            yield connection
        except BaseException:
            self._return(connection)  # what it was in the middle of, nobody knows: back to the pool, which tidies up
            raise
        self._give_back(connection)

    def _take(self) -> Connection:
        """The one used last, if it is still alive."""
        while self._at_rest:
            connection, since = self._at_rest.pop()
            if time.monotonic() - since < RESTED or self._is_alive(connection):
                return connection
            self._return(connection)
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self._engine.dialect.name == "postgresql":
            driver: Any = connection.connection.dbapi_connection
            connection.info["way"] = ByLibpq(driver)
        return connection

    def _give_back(self, connection: Connection) -> None:
        """Let it rest, unless enough do already."""
        if len(self._at_rest) < AT_REST:
            self._at_rest.append((connection, time.monotonic()))
        else:
            self._return(connection)

    @staticmethod
    def _return(connection: Connection) -> None:
        """To the pool, where others use it in their own way."""
        if not connection.invalidated:
            connection.info.pop("way", None)
        connection.close()

    @staticmethod
    def _is_alive(connection: Connection) -> bool:
        try:
            connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            return False
        return True

    def _close(self, _engine: Engine) -> None:
        while self._at_rest:
            connection = self._at_rest.pop()[0]
            connection.detach()  # the pool, from which it came, is gone already
            connection.close()
