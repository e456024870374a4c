"""Recording an event in the transaction of the change it tells of."""

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, literal_column, select

from idp import database
from idp.access import viewer
from idp.audit.catalogue import CATALOGUE
from idp.audit.event_mac import new_mac
from idp.audit.models import LONGEST_NAME, AuditEvent, AuditName, TrafficEvent
from idp.audit.rules import APPLICANT, COMMAND, Actor, name_digest
from idp.database import db
from idp.fast_sql import Write, insertion, table_of, write_alone, write_in
from thai_web import clock
from thai_web.refusal import Refusal

TRAFFIC = table_of(TrafficEvent)
_TRAFFIC = insertion(TRAFFIC, "at", "name", "account_id", "address", "facts")


def record(
    name: str,
    *,
    subject: tuple[str, int | str] | None = None,
    unit_id: int | None = None,
    actor: Actor | None = None,
    subject_name: str | None = None,
    **facts: object,
) -> None:
    """Add one event of the catalogue. Raises `ValueError` when it is unknown or its facts are not the declared ones."""
    declared = CATALOGUE.get(name)
    if declared is None or set(declared.facts) != set(facts):
        raise ValueError(f"audit event {name} does not carry its declared facts")
    actor = actor or _viewer_as_actor()
    names = {"actor": actor.name, "subject": subject_name}
    beside = {role: (person[:LONGEST_NAME], secrets.token_bytes(16)) for role, person in names.items() if person}
    event = AuditEvent(
        at=clock.now(),
        name=name,
        actor_kind=actor.kind,
        actor_account_id=actor.account_id,
        actor_unit_id=actor.unit_id,
        appointment_id=facts.get("appointment_id") or actor.appointment_id,
        subject_kind=subject[0] if subject else None,
        subject_id=str(subject[1]) if subject else None,
        unit_id=unit_id,
        facts={key: _plain(value) for key, value in facts.items()},
        transaction_id=_transaction_number(),
        name_digests={role: name_digest(*given) for role, given in beside.items()},
    )
    event.mac = new_mac(event)
    db.session.add(event)
    db.session.flush()
    for role, (person, salt) in beside.items():
        db.session.add(AuditName(event_id=event.id, role=role, name=person, salt=salt))


def record_refusal(refusal: Refusal) -> None:
    """Make an event of a refusal that carries an audit name, after its transaction was rolled back; `create_app` hands
    this to the error pages."""
    if refusal.audit:
        record(refusal.audit, **refusal.facts)  # type: ignore[arg-type]


def _viewer_as_actor() -> Actor:
    person = viewer.current()
    if person is None:
        return APPLICANT if viewer.in_request() else COMMAND
    return Actor("account", person.account_id, person.unit_id, None, person.name)


def _transaction_number() -> ColumnElement[int] | int:
    if db.engine.dialect.name == "postgresql":
        return literal_column("pg_current_xact_id()::text::bigint")
    return 0


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def traffic(name: str, account_id: int | None, address: str | None, **facts: object) -> None:
    """Note a sign-in, a sign-out, outside the chain, with the request that brings it."""
    write_in(database.request_connection(), traffic_row(name, account_id, address, **facts))


def traffic_at_once(name: str, account_id: int | None, address: str | None, **facts: object) -> None:
    """The same of what is refused: committed by itself, since the request that was refused leaves nothing else."""
    write_alone(traffic_row(name, account_id, address, **facts))


def traffic_row(name: str, account_id: int | None, address: str | None, **facts: object) -> Write:
    """The same record, to be written together with what it tells of."""
    row = {"at": clock.now(), "name": name, "account_id": account_id, "address": address, "facts": facts}
    return Write(_TRAFFIC, row)


def purge_traffic(older_than: datetime, batch: int = 1000) -> int:
    """Delete traffic records past their retention, a batch at a time. Returns how many went."""
    old = select(TrafficEvent.id).where(TrafficEvent.at < older_than).limit(batch)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(TrafficEvent).where(TrafficEvent.id.in_(ids)))
    return len(ids)


def recent_unsealed_limit() -> datetime:
    """Events older than this ought to be sealed already."""
    return clock.now() - timedelta(minutes=5)


def count_events() -> int:
    """How many events there are."""
    return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0
