"""The chain: how an event becomes bytes and how bytes become a link."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

START = b"\x00" * 32


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, an applicant without account, a command or the worker."""

    kind: str
    account_id: int | None = None
    unit_id: int | None = None
    appointment_id: int | None = None
    name: str | None = None


COMMAND = Actor("command")
WORKER = Actor("worker")
APPLICANT = Actor("applicant")


def canonical(at: datetime, **columns: object) -> bytes:
    """One event as bytes, the same on every database and in every export."""
    return encode(columns | {"at": at.isoformat(timespec="microseconds")})


def encode(columns: dict[str, object]) -> bytes:
    """An event's columns as the bytes that were sealed, also when they come from a file."""
    return json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def leaf(event: bytes, salt: bytes | None) -> bytes:
    """What the chain links: a salted digest, so that an excerpt can prove its place in the chain without telling the
    events between its own, which nobody can guess from their digests. Seals of before have no salt and link the event.
    """
    return event if salt is None else hashlib.sha256(salt + event).digest()


def name_digest(name: str, salt: bytes) -> str:
    """What the chain keeps of a person's name; without the salt, which is erased with the name, it tells nothing."""
    return hashlib.sha256(salt + name.encode()).hexdigest()


def link(previous: bytes, event: bytes) -> bytes:
    """The next hash of the chain."""
    return hashlib.sha256(previous + event).digest()
