"""What lies outside the program and fails, in a sentence for whoever operates it: the database, a file, a folder."""

import sqlite3

import psycopg
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_UNKNOWN = ("42P01", "42703", "3F000")  # SQLSTATE of a table, a column, a schema that is not there
_SQLITE_UNKNOWN = ("no such table", "no such column", "has no column")


def told(error: BaseException, database_url: str, program: str) -> str | None:
    """The sentence; nothing for what is no outage, but a fault of the program. No statement and no parameter is told:
    they may hold what nobody should read. Arguments: `program`, the command that has a subcommand `migrate`."""
    if isinstance(error, PoolTimeout):
        return "database: every connection is in use"
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        return _postgresql(cause, database_url, program)
    if isinstance(cause, sqlite3.Error):
        return _sqlite(cause, database_url, program)
    if isinstance(error, UnicodeDecodeError):
        return f"a file that was given is not text in UTF-8 (byte {error.start})"
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename is not None else ""
        return f"{named}{error.strerror or error}"
    return None


def other_shape(program: str) -> str:
    """The sentence about tables that are older or newer than the program."""
    return f"database: its shape is not the one of this release; run `{program} migrate`"


def _postgresql(error: psycopg.Error, database_url: str, program: str) -> str | None:
    if error.sqlstate in _UNKNOWN:
        return other_shape(program)
    text = str(error).strip()
    if "FATAL:" in text:  # a server that answers, and says why it does not let us in
        return f"database: {_first_line(text.partition('FATAL:')[2])} ({place(database_url)})"
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return f"database: does not answer at {place(database_url)}"
    if (error.sqlstate or "")[:2] in ("08", "53", "57") or error.sqlstate in ("25006", "42501"):
        return f"database: {_first_line(text)} ({place(database_url)})"
    return None


def _sqlite(error: sqlite3.Error, database_url: str, program: str) -> str | None:
    text = str(error)
    if any(each in text for each in _SQLITE_UNKNOWN):
        return other_shape(program)
    is_outage = isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    return f"database: {text} ({place(database_url)})" if is_outage and "syntax error" not in text else None


def place(database_url: str) -> str:
    """Where the database is, without its password."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        return "an address that cannot be read"
    if url.drivername.startswith("sqlite"):
        return url.database or "memory"
    given = url.host or url.query.get("host") or "/var/run/postgresql"
    hosts = given if isinstance(given, str) else ", ".join(given)
    return hosts if hosts.startswith("/") or ":" in hosts else f"{hosts}:{url.port or 5432}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
