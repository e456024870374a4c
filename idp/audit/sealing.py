"""The worker's sealing of events into the chain, and the check that tells what was done to it."""

import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlalchemy import func, select, text

from idp.audit import heads
from idp.audit.event_mac import canonical_of, is_authentic
from idp.audit.models import AuditEvent, AuditHead, AuditName, AuditSeal
from idp.audit.operations import recent_unsealed_limit
from idp.audit.rules import START, leaf, link, name_digest
from idp.database import db
from idp.secrets_at_rest import keyed_digest, same
from idp.web.application import key_files

BATCH = 500
log = logging.getLogger("idp.audit")
# Below the oldest transaction still open; or with a number that this cluster has not given out yet, which comes with a
# dump from another one and would else wait for ever.
_SETTLED = """(audit_event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
 OR audit_event.transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"""


def seal() -> int:
    """Seal the events that no open transaction can still precede. Returns how many."""
    head = _head()
    sealed = select(AuditSeal.event_id).where(AuditSeal.event_id == AuditEvent.id).exists()
    statement = select(AuditEvent).where(~sealed).order_by(AuditEvent.id).limit(BATCH)
    if db.engine.dialect.name == "postgresql":
        statement = statement.where(text(_SETTLED))
    events = list(db.session.scalars(statement))
    if head.macs_from is None and len(events) < BATCH:
        # The first time since events have a MAC: those still written without one are sealed now, none after them.
        head.macs_from = (
            head.number + 1 + max((at for at, event in enumerate(events, 1) if event.mac is None), default=0)
        )
    for event in events:
        head.number += 1
        salt = secrets.token_bytes(16)
        head.hash = link(head.hash, leaf(canonical_of(event), salt))
        db.session.add(AuditSeal(number=head.number, event_id=event.id, hash=head.hash, salt=salt))
        if _is_forged(head, head.number, event, key_files().audit):
            log.error("audit event %s was not written by the provider", event.id)  # sealed all the same, so it stays
    head.mac = _mac(head, key_files().audit[0])
    return len(events)


def sign_head(key: bytes) -> None:
    """Let the chain's head be signed by another key, with no event sealed."""
    head = _head()
    head.mac = _mac(head, key)


def _is_forged(head: AuditHead, number: int, event: AuditEvent, keys: Sequence[bytes]) -> bool:
    return head.macs_from is not None and number >= head.macs_from and not is_authentic(event, keys)


def _head() -> AuditHead:
    head = db.session.get(AuditHead, 1, with_for_update=True)
    if head is None:
        head = AuditHead(id=1, number=0, hash=START, mac=b"")
        db.session.add(head)
    return head


def _mac(head: AuditHead, key: bytes) -> bytes:
    covered = [str(head.number), head.hash.hex()] + ([f"macs from {head.macs_from}"] if head.macs_from else [])
    return keyed_digest(key, *covered)


def verify(kept_heads: Iterable[str] = ()) -> list[str]:
    """Every fault found: a changed, missing, forged or unsealed event, another name, a cut or rewritten chain.

    Arguments: `kept_heads`, lines of `idp.audit.heads` from a place that the database's administrator cannot change.
    Empty means sound.
    """
    head = db.session.get(AuditHead, 1, with_for_update=True)  # sealing waits meanwhile: half of it would look cut
    if head is None:
        return ["unsealed: nothing has been sealed yet"] if _unsealed() else []
    faults = [*_broken_links(head), *_copied(), *_other_names(), *heads.faults(kept_heads)]
    last = db.session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
    if not same(head.mac, _mac(head, key_files().audit[0])):
        faults.append("head: the chain's head was written without the key")
    if (last.number if last else 0) != head.number or (last.hash if last else START) != head.hash:
        faults.append(f"cut: the chain ends at {last.number if last else 0}, its head says {head.number}")
    return faults + [f"unsealed: event {event_id}" for event_id in _unsealed()]


def _broken_links(head: AuditHead) -> Iterator[str]:
    """A key that was renewed writes nothing after the event that says so: it may be in strange hands."""
    keys, previous, expected = list(key_files().audit), START, 1
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
        elif _is_forged(head, seal_row.number, event, keys):
            yield f"forged: event {event.id} under seal {seal_row.number} was not written by the provider"
        elif event.name == "key.renewed" and event.facts["file"] == "audit":
            keys = keys[:-1]
        previous, expected = seal_row.hash, seal_row.number + 1


def _copied() -> Iterator[str]:
    """The same event twice: its MAC has a nonce, so a genuine one is unique."""
    many = select(func.max(AuditEvent.id)).where(AuditEvent.mac.is_not(None)).group_by(AuditEvent.mac)
    for event_id in db.session.scalars(many.having(func.count() > 1)):
        yield f"forged: event {event_id} is a copy of another"


def _other_names() -> Iterator[str]:
    """Names that are not those of the event; one that was erased is no fault (`erased_names`)."""
    beside = select(AuditName, AuditEvent.name_digests).join(AuditEvent, AuditEvent.id == AuditName.event_id)
    for name, digests in db.session.execute(beside.execution_options(yield_per=1000)):
        if digests is None:
            continue  # of before names were sealed
        if name.salt is None or digests.get(name.role) != name_digest(name.name, name.salt):
            yield f"changed: the name of the {name.role} beside event {name.event_id}"


def erased_names() -> list[str]:
    """Each name that stood beside an event and is gone. Nothing in the product erases one: it was done by hand, which
    the law may ask for, and whoever reads the record should know."""
    beside = select(AuditEvent.id, AuditEvent.name_digests, AuditName.role).order_by(AuditEvent.id)
    beside = beside.select_from(AuditEvent).outerjoin(AuditName, AuditName.event_id == AuditEvent.id)
    rows = db.session.execute(beside.execution_options(yield_per=1000))
    return [
        f"erased: the name of the {role} beside event {event_id}"
        for (event_id, kept), of_event in groupby(rows, key=lambda row: (row.id, row.name_digests))
        for role in sorted(set(kept or ()) - {row.role for row in of_event})
    ]


def _unsealed() -> list[int]:
    sealed = select(AuditSeal.event_id).where(AuditSeal.event_id == AuditEvent.id).exists()
    old = AuditEvent.at < recent_unsealed_limit()
    return list(db.session.scalars(select(AuditEvent.id).where(~sealed, old).limit(20)))
