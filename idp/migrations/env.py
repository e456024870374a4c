"""Alembic's environment: the application's own engine, batch mode so that SQLite can alter tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from idp.database import Base

database = current_app.extensions["migrate"].db


def run() -> None:
    """Migrate within one transaction."""
    with database.engine.connect() as connection, foreign_keys_at_the_end(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def foreign_keys_at_the_end(connection: Connection) -> Iterator[None]:
    """On SQLite, check foreign keys after the work instead of during it.

    SQLite alters a table by copying and dropping it, which rows that point to it forbid while the check is on; it can
    be switched only outside a transaction (sqlite.org/lang_altertable.html, section 7).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    bare = connection.connection.dbapi_connection
    bare.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        astray = bare.execute("PRAGMA foreign_key_check").fetchall()
        if astray:
            raise RuntimeError(f"rows point to nothing after migrating: {astray[:5]}")
    finally:
        bare.execute("PRAGMA foreign_keys=ON")


run()
