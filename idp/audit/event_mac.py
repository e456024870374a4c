"""How an event becomes the bytes that are sealed, and the MAC (RFC 2104) by which one that the provider wrote is told
from one that somebody put into the table."""

import secrets
from collections.abc import Sequence
from typing import Any

from idp.audit.models import AuditEvent
from idp.audit.rules import canonical
from idp.secrets_at_rest import keyed_digest, same
from idp.web.application import key_files

NONCE = 16  # bytes


def canonical_of(event: AuditEvent) -> bytes:
    """The event as it is sealed."""
    return canonical(event.at, id=event.id, **_columns(event))


def _columns(event: AuditEvent) -> dict[str, Any]:
    columns = {
        "name": event.name,
        "actor": [event.actor_kind, event.actor_account_id, event.actor_unit_id],
        "appointment": event.appointment_id,
        "subject": [event.subject_kind, event.subject_id],
        "unit": event.unit_id,
        "facts": event.facts,
    }
    if event.name_digests:  # events of before were sealed without
        columns["names"] = event.name_digests
    return columns


def new_mac(event: AuditEvent) -> bytes:
    """The MAC of an event that is being written, before the database gives it a number: a nonce, then the digest. The
    nonce makes each one unique, so that a copied event shows by its MAC."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _digest(key_files().audit[0], event, nonce)


def is_authentic(event: AuditEvent, keys: Sequence[bytes]) -> bool:
    """Whether a process that holds one of these audit keys wrote this event."""
    if event.mac is None:
        return False
    nonce, mac = event.mac[:NONCE], event.mac[NONCE:]
    return any(same(mac, _digest(key, event, nonce)) for key in keys)


def _digest(key: bytes, event: AuditEvent, nonce: bytes) -> bytes:
    plain = canonical(event.at, **_columns(event)).decode()
    return keyed_digest(key, "event", nonce.hex(), plain)
