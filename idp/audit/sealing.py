"""The worker's sealing of events into the chain, and the check that tells what was done to it."""

import secrets
from collections.abc import Iterator

from sqlalchemy import select, text

from idp.audit.models import AuditEvent, AuditHead, AuditSeal
from idp.audit.operations import recent_unsealed_limit
from idp.audit.rules import START, canonical, leaf, link
from idp.database import db
from idp.secrets_at_rest import keyed_digest, same
from idp.web.application import key_files

BATCH = 500


def seal() -> int:
    """Seal the events that no open transaction can still precede. Returns how many."""
    head = _head()
    sealed = select(AuditSeal.event_id).where(AuditSeal.event_id == AuditEvent.id).exists()
    statement = select(AuditEvent).where(~sealed).order_by(AuditEvent.id).limit(BATCH)
    if db.engine.dialect.name == "postgresql":
        oldest = text("audit_event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        statement = statement.where(oldest)
    events = list(db.session.scalars(statement))
    for event in events:
        head.number += 1
        salt = secrets.token_bytes(16)
        head.hash = link(head.hash, leaf(canonical_of(event), salt))
        db.session.add(AuditSeal(number=head.number, event_id=event.id, hash=head.hash, salt=salt))
    head.mac = _mac(head)
    return len(events)


def _head() -> AuditHead:
    head = db.session.get(AuditHead, 1, with_for_update=True)
    if head is None:
        head = AuditHead(id=1, number=0, hash=START, mac=b"")
        db.session.add(head)
    return head


def _mac(head: AuditHead) -> bytes:
    return keyed_digest(key_files().audit, str(head.number), head.hash.hex())


def canonical_of(event: AuditEvent) -> bytes:
    """The event as it is sealed."""
    return canonical(
        event.at,
        id=event.id,
        name=event.name,
        actor=[event.actor_kind, event.actor_account_id, event.actor_unit_id],
        appointment=event.appointment_id,
        subject=[event.subject_kind, event.subject_id],
        unit=event.unit_id,
        facts=event.facts,
    )


def verify() -> list[str]:
    """Every fault found: a changed, missing or unsealed event, a cut or re-written chain. Empty means sound."""
    head = db.session.get(AuditHead, 1, with_for_update=True)  # sealing waits meanwhile: half of it would look cut
    if head is None:
        return ["unsealed: nothing has been sealed yet"] if _unsealed() else []
    faults = list(_broken_links())
    last = db.session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
    if not same(head.mac, _mac(head)):
        faults.append("head: the chain's head was written without the key")
    if (last.number if last else 0) != head.number or (last.hash if last else START) != head.hash:
        faults.append(f"cut: the chain ends at {last.number if last else 0}, its head says {head.number}")
    return faults + [f"unsealed: event {event_id}" for event_id in _unsealed()]


def _broken_links() -> Iterator[str]:
    previous, expected = START, 1
    rows = db.session.execute(
        select(AuditSeal, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .order_by(AuditSeal.number)
        .execution_options(yield_per=1000)
    )
    for seal_row, event in rows:
        if seal_row.number != expected:
            yield f"missing: seals {expected} to {seal_row.number - 1}"
        elif event is None:
            yield f"missing: event {seal_row.event_id} under seal {seal_row.number}"
        elif link(previous, leaf(canonical_of(event), seal_row.salt)) != seal_row.hash:
            yield f"changed: event {event.id} under seal {seal_row.number}"
        previous, expected = seal_row.hash, seal_row.number + 1


def _unsealed() -> list[int]:
    sealed = select(AuditSeal.event_id).where(AuditSeal.event_id == AuditEvent.id).exists()
    old = AuditEvent.at < recent_unsealed_limit()
    return list(db.session.scalars(select(AuditEvent.id).where(~sealed, old).limit(20)))
