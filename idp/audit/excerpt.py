"""A part of the record as a file that proves itself: a piece of the chain without a gap, in which what is not the
reader's to know stands as a digest (`docs/reference/audit-excerpt.md`)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from idp.audit.event_mac import canonical_of
from idp.audit.models import AuditEvent, AuditName, AuditSeal
from idp.audit.rules import START, encode, leaf, link, name_digest
from idp.database import db
from idp.secrets_at_rest import keyed_digest, same
from thai_web.refusal import N_, Refusal

FORMAT = "dla-sso-audit-excerpt/1"
MOST = 50_000  # seals in one file


def write(shown: ColumnElement[bool], about: dict[str, Any], keys: Sequence[bytes]) -> Iterator[str]:
    """The lines of a file from the first to the last sealed event that is `shown`; the ones between are digests.

    Arguments: `about`, who made it and by which filters; `keys`, the first of which marks the file as this
    installation's.
    Raises `Refusal` where there is nothing, or more than a file holds.
    """
    first, last = db.session.execute(
        select(func.min(AuditSeal.number), func.max(AuditSeal.number))
        .join(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .where(shown, AuditSeal.salt.is_not(None))
    ).one()
    if first is None:
        raise Refusal(N_("ไม่มีรายการที่บันทึกลงห่วงโซ่แล้วตามตัวกรองนี้"), next_step=N_("โปรดรอสักครู่แล้วลองใหม่ หรือเปลี่ยนตัวกรอง"))
    if last - first >= MOST:
        raise Refusal(N_("ช่วงนี้มีรายการมากเกินกว่าจะส่งออกในไฟล์เดียว"), next_step=N_("โปรดเลือกช่วงวันให้สั้นลง แล้วส่งออกทีละช่วง"))
    return _marked(_lines(shown, first, last, about), keys[0])


def _lines(shown: ColumnElement[bool], first: int, last: int, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    before = db.session.scalar(select(AuditSeal.hash).where(AuditSeal.number == first - 1)) or START
    yield {"format": FORMAT, "first": first, "last": last, "before": before.hex(), "about": about}
    actor, subject = aliased(AuditName), aliased(AuditName)
    statement = (
        select(AuditSeal, AuditEvent, shown.label("shown"), actor, subject)
        .join(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .outerjoin(actor, (actor.event_id == AuditEvent.id) & (actor.role == "actor"))
        .outerjoin(subject, (subject.event_id == AuditEvent.id) & (subject.role == "subject"))
        .where(AuditSeal.number.between(first, last), AuditSeal.salt.is_not(None))  # an unsalted digest is the event
        .order_by(AuditSeal.number)
        .execution_options(yield_per=1000)
    )
    for seal, event, is_shown, by, about_whom in db.session.execute(statement):
        assert seal.salt is not None
        if is_shown:
            names = {each.role: each.name for each in (by, about_whom) if each}
            salts = {each.role: each.salt.hex() for each in (by, about_whom) if each and each.salt}
            yield {
                "seal": seal.number,
                "hash": seal.hash.hex(),
                "salt": seal.salt.hex(),
                "event": json.loads(canonical_of(event)),
                "names": names,
                "name_salts": salts,
            }
        else:
            yield {"seal": seal.number, "digest": leaf(canonical_of(event), seal.salt).hex()}


def _marked(entries: Iterator[dict[str, Any]], key: bytes) -> Iterator[str]:
    whole = hashlib.sha256()
    for entry in entries:
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        whole.update(line.encode())
        yield line
    yield json.dumps({"end": whole.hexdigest(), "mark": _mark(key, whole.hexdigest())}) + "\n"


def _mark(key: bytes, whole: str) -> str:
    return keyed_digest(key, "excerpt", whole).hex()


def check(lines: Iterable[str], keys: Sequence[bytes] | None) -> tuple[int, int, list[str]]:
    """How many events a file tells, how many it keeps back, and every fault found in it.

    Arguments: `keys`, to see whether this very installation made the file; without them only the chain is followed.
    """
    whole, entries, end = hashlib.sha256(), [], {}
    for line in lines:
        try:
            entry = json.loads(line)
            if "end" in entry:
                end = entry
            else:
                entries.append(entry)
                whole.update(line.encode())
        except (ValueError, TypeError, RecursionError):
            return 0, 0, ["unreadable: a line is no JSON object"]
    try:
        told, kept, faults = _follow(entries)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        return 0, 0, ["unreadable: not a file of the format " + FORMAT]
    if not end:
        faults.append("cut: the file has no last line")
    elif end["end"] != whole.hexdigest():
        faults.append("altered: the file is not what its last line says")
    mark = str(end.get("mark", "")).encode()
    if keys is not None and not any(same(mark, _mark(key, whole.hexdigest()).encode()) for key in keys):
        faults.append("origin: not made by this installation, or altered since")
    return told, kept, faults


def _follow(entries: list[dict[str, Any]]) -> tuple[int, int, list[str]]:
    head, faults, told = entries[0], [], 0
    if head["format"] != FORMAT:
        raise ValueError(head["format"])
    previous, expected = bytes.fromhex(head["before"]), head["first"]
    for entry in entries[1:]:
        if entry["seal"] != expected:
            faults.append(f"missing: seals {expected} to {entry['seal'] - 1}")
        if "event" in entry:
            told += 1
            digest = leaf(encode(entry["event"]), bytes.fromhex(entry["salt"]))
            if link(previous, digest).hex() != entry["hash"]:
                faults.append(f"changed: seal {entry['seal']}, or what stands between it and the one told before")
            faults += [f"changed: the name of the {role} at seal {entry['seal']}" for role in _other_names(entry)]
            previous = bytes.fromhex(entry["hash"])
        else:
            previous = link(previous, bytes.fromhex(entry["digest"]))
        expected = entry["seal"] + 1
    if expected != head["last"] + 1:
        faults.append(f"cut: ends at seal {expected - 1}, its first line says {head['last']}")
    return told, len(entries) - 1 - told, faults


def _other_names(entry: dict[str, Any]) -> list[str]:
    """Roles whose name is not the one that the event was sealed with; events of before were sealed without names."""
    digests = entry["event"].get("names", {})
    salts = {role: bytes.fromhex(salt) for role, salt in entry.get("name_salts", {}).items()}
    told = [role for role in entry["names"] if role in digests]
    return [
        role for role in told if role not in salts or name_digest(entry["names"][role], salts[role]) != digests[role]
    ]
