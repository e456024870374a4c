"""`idp doctor`: what an operator would look at first."""

import smtplib
from datetime import datetime, timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select

from idp import heartbeats, key_renewal, worker
from idp.appointments import retention as letters
from idp.clients import subjects
from idp.clients.rules import SIGNING_ALGORITHMS
from idp.database import db
from idp.evidence import operations as evidence
from idp.notifications.delivery import Relay
from idp.notifications.models import OutboxMessage
from idp.outbox import DeliveryState
from idp.portal import manual
from idp.registration import retention
from idp.signing_keys import files
from idp.signing_keys.schedule import is_due
from idp.units.models import Unit
from idp.web.application import settings
from thai_web import clock, outages


def faults() -> list[str]:
    """Everything that an operator must mend, in plain words; what fails for another's sake is told once."""
    found: list[str] = []
    for check in (
        _schema,
        _register,
        _keys,
        key_renewal.faults,
        subjects.faults,
        _mail,
        _waiting_mail,
        _worker,
        _manual,
        _documents,
    ):
        try:
            found += check()
        except Exception as error:
            db.session.rollback()
            outage = outages.told(error, settings().database_url, "idp")
            if outage is None:
                raise
            found.append(outage)
    return list(dict.fromkeys(found))


def _schema() -> list[str]:
    directory = current_app.extensions["migrate"].directory
    newest = ScriptDirectory(directory).get_current_head()
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return [] if present == newest else [outages.other_shape("idp")]


def _register() -> list[str]:
    count = db.session.scalar(select(func.count()).select_from(Unit)) or 0
    return [] if count else ["register: empty; run `idp units import`"]


def _keys() -> list[str]:
    """A key that is overdue: nobody may write the folder, or no worker runs."""
    if not settings().key_rotation_days:
        return []
    known, now = files.read(settings().keys), clock.now()
    late = timedelta(days=settings().key_rotation_days + 2)
    due = [alg for alg in SIGNING_ALGORITHMS if is_due(known, alg, now, late)]
    return [f"keys: {' and '.join(due)} should have been rotated; run `idp keys rotate {' '.join(due)}`"] if due else []


def _mail() -> list[str]:
    found = []
    try:
        Relay(settings().smtp_host, settings().smtp_port, settings().smtp_timeout).quit()
    except (OSError, smtplib.SMTPException) as error:
        place = f"{settings().smtp_host}:{settings().smtp_port}"
        found.append(f"mail: the relay does not answer at {place} ({type(error).__name__})")
    return found


def _waiting_mail() -> list[str]:
    found = []
    late = clock.now() - timedelta(minutes=15)
    waiting = select(func.count()).where(OutboxMessage.state == DeliveryState.QUEUED, OutboxMessage.created_at < late)
    if number := db.session.scalar(waiting):
        found.append(f"mail: {number} wait for more than 15 minutes; is `idp work` running?")
    week = clock.now() - timedelta(days=7)
    given_up = select(func.count()).where(OutboxMessage.state == DeliveryState.FAILED, OutboxMessage.created_at > week)
    if number := db.session.scalar(given_up):
        found.append(f"mail: {number} of the last seven days could not be delivered; the log says why")
    return found


def _documents() -> list[str]:
    return [*evidence.faults(), *retention.faults(), *letters.faults()]


def _worker() -> list[str]:
    """The jobs that stand still. A worker that ended is one fault, not twenty."""
    now, last = clock.now(), max(heartbeats.last().values(), default=None)
    if last is None or now - last > worker.LATE:
        return [f"worker: no job was done {_since(last)}; is `idp work` running?"]
    return [
        f"worker: the job “{name}” was not done {_since(at)}; the log of `idp work` says why"
        for name, at in worker.standing(now).items()
    ]


def _since(at: datetime | None) -> str:
    return f"since {at:%Y-%m-%d %H:%M} UTC" if at else "yet"


def _manual() -> list[str]:
    absent = ", ".join(manual.missing())
    return [f"manual: no page for {absent} in {manual.FOLDER}; run the product from its checkout"] if absent else []
