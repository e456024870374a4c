"""Runs migrations on the application's own engine, so that they obey its transactions."""

from typing import Any

from alembic import context

from relying_party_example.database import Base, db
from thai_web.database import Instant


def render(kind: str, item: object, _context: Any) -> str | bool:
    """A migration must not depend on our column types: they may change, it may not."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()
