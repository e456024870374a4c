"""What stands in the database, table by table, so that a test can say that nothing changed."""

import hashlib

from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.database import Base, db

# An attempt that was refused leaves a note, and asking leaves traces of traffic: neither changes anything of anybody.
NOTES = {"audit_event", "audit_name", "traffic_event", "audit_seal", "audit_head"}
REGISTER = {"unit"}  # large, and written by a command only


def contents(app: Flask) -> dict[str, str]:
    """A checksum of each table; of the record only what is no refusal."""
    with app.app_context(), db.engine.connect() as connection:
        found = {
            table.name: _checksum(connection.execute(select(table).order_by(*table.primary_key)).all())
            for table in Base.metadata.sorted_tables
            if table.name not in NOTES | REGISTER
        }
        told = select(AuditEvent.id, AuditEvent.name).where(~AuditEvent.name.startswith("refused."))
        found["audit_event"] = _checksum(connection.execute(told.order_by(AuditEvent.id)).all())
        return found


def _checksum(rows: object) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()
