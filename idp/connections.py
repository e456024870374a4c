"""The connections behind the engine: those that rest between two statements, and what PostgreSQL's do more cheaply."""

import itertools
import math
import select
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

READ_ONLY = "25006"  # read_only_sql_transaction (PostgreSQL, appendix A)
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


def leave_a_demoted_primary(engine: Engine) -> None:
    """Let every connection go once one of them met a server that takes no more writes: a new one finds the primary."""

    @event.listens_for(engine, "handle_error")
    def handle(context: ExceptionContext) -> None:
        if is_demoted(context.original_exception):
            context.is_disconnect = True


def is_demoted(error: BaseException) -> bool:
    """Whether a write was refused because its server became a standby (SQLSTATE 25006)."""
    return getattr(error, "sqlstate", None) == READ_ONLY


class Answer(NamedTuple):
    """What a statement brought: its rows, and how many it wrote, or read."""

    rows: Sequence[Sequence[Any]]
    touched: int


class Statement(NamedTuple):
    """As it goes to the driver; PostgreSQL has to be told which parameters are bytes."""

    text: str
    parameters: Sequence[Any]
    are_bytes: Sequence[bool]


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

    def write(self, statements: Iterable[Statement]) -> None:
        """In the transaction that runs. Raises the driver's errors."""
        for statement in statements:
            self.execute(*statement)


class ByResting(ByCursor):
    """The cursor of a connection to SQLite on which no transaction runs."""

    def write(self, statements: Iterable[Statement]) -> None:
        """All or none. Raises the driver's errors."""
        self._cursor.execute("BEGIN IMMEDIATE")
        try:
            super().write(statements)
        except BaseException:
            self._cursor.execute("ROLLBACK")
            raise
        self._cursor.execute("COMMIT")


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
        result = _checked(self._pgconn.exec_prepared(*self._prepared(text, parameters, are_bytes)))
        if not result.nfields:
            return Answer((), result.command_tuples or 0)
        self._adapters.set_pgresult(result)
        return Answer(self._adapters.load_rows(0, result.ntuples, tuple), result.ntuples)

    def write(self, statements: Iterable[Statement]) -> None:
        """All or none, in one round trip: a pipeline is one transaction up to its sync (PostgreSQL 15, section 34.5.1).

        Raises psycopg's errors.
        """
        prepared = [self._prepared(*statement) for statement in statements]
        try:
            self._pgconn.enter_pipeline_mode()
            for each in prepared:
                self._pgconn.send_query_prepared(*each)
            self._pgconn.pipeline_sync()
            results = list(self._up_to_sync())
            self._pgconn.exit_pipeline_mode()
        except BaseException:
            self._pgconn.finish()  # in the middle of a pipeline it is of use to nobody
            raise
        for result in results:
            _checked(result)

    def _up_to_sync(self) -> Iterator[PGresult]:
        """Of a commit that fails the last result tells."""
        while True:
            while self._pgconn.is_busy():
                self._wait()
            result = self._pgconn.get_result()
            if result and result.status == ExecStatus.PIPELINE_SYNC:
                return
            if result:
                yield result

    def _wait(self) -> None:
        """libpq would wait by itself, but with the interpreter's lock held: a thread that holds the row which we wait
        for could never let it go. Raises psycopg's error of a connection that is lost."""
        events = select.POLLIN | select.POLLOUT if self._pgconn.flush() else select.POLLIN
        waiting = select.poll()
        waiting.register(self._pgconn.socket, events)
        waiting.poll()
        self._pgconn.consume_input()

    def _prepared(self, text: str, parameters: Sequence[Any], are_bytes: Sequence[bool]) -> tuple[bytes, Any, Any]:
        """The statement's name on this connection, its parameters as they travel, and their formats."""
        name = self._names.get(text) or self._prepare(text, are_bytes)
        formats = [PyFormat.BINARY if binary else PyFormat.TEXT for binary in are_bytes]
        given = self._adapters.dump_sequence(parameters, formats)
        return name, given, self._adapters.formats

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
        driver: Any = connection.connection.dbapi_connection
        connection.info["way"] = ByLibpq(driver) if self._engine.dialect.name == "postgresql" else ByResting(driver)
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
