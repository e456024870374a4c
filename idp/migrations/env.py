"""Alembic's environment: the application's own engine, batch mode so that SQLite can alter tables."""

from alembic import context
from flask import current_app

from idp.database import Base

database = current_app.extensions["migrate"].db


def run() -> None:
    """Migrate within one transaction."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True,
            transactional_ddl=True,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()


run()
