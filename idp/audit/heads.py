"""Heads of the chain kept where the database's administrator cannot change them: in a file of the worker's machine and
in its log. Who puts an older state of the database back, its own valid head included, is told by a head kept since."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from idp.audit.models import AuditHead, AuditSeal
from idp.database import among, db
from idp.secrets_at_rest import keyed_digest, same
from idp.web.application import key_files, settings
from thai_web import clock

log = logging.getLogger("idp.audit")


@dataclass(frozen=True)
class KeptHead:
    """How the chain ended at an instant."""

    at: datetime
    number: int
    hash: str

    def line(self) -> str:
        """One line of the file: the instant, the number of the last seal, its hash, and a MAC over the three."""
        told = f"{self.at.isoformat(timespec='seconds')} {self.number} {self.hash}"
        return f"{told} {_mac(key_files().audit[0], told)}"


def _mac(key: bytes, told: str) -> str:
    return keyed_digest(key, "kept head", told).hex()


def keep() -> None:
    """Append the head as it is committed now, if the chain has grown since the last one that was kept."""
    head = db.session.get(AuditHead, 1)
    path = settings().audit_heads_file
    if head is None or not head.number or head.number == _last_number(path):
        return
    kept = KeptHead(clock.now(), head.number, head.hash.hex())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as lines:
        lines.write(kept.line() + "\n")
    log.info("audit head %s", kept.line())


def kept_lines() -> list[str]:
    """The heads that the worker of this machine kept."""
    path = settings().audit_heads_file
    return path.read_text("ascii", "replace").splitlines() if path.exists() else []


def _last_number(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as lines:
        lines.seek(max(0, path.stat().st_size - 300))
        last = lines.read().decode("ascii", "replace").splitlines()[-1:]
    fields = last[0].split() if last else []
    return int(fields[1]) if len(fields) == 4 and fields[1].isdecimal() else 0


def faults(lines: Iterable[str]) -> Iterator[str]:
    """What the chain of now lacks of heads kept earlier."""
    kept = []
    for line in filter(str.strip, lines):
        told, _space, mac = line.strip().rpartition(" ")
        if not any(same(mac.encode(), _mac(key, told).encode()) for key in key_files().audit):
            yield "kept head: a line was not written with the key of this installation"
            continue
        at, number, expected = told.split(" ")
        kept.append((at, int(number), expected))
    wanted = {seal for _at, seal, _hash in kept}
    seals = select(AuditSeal.number, AuditSeal.hash).where(among(AuditSeal.number, wanted))
    present = {seal: found.hex() for seal, found in db.session.execute(seals)}
    for at, seal, expected in kept:
        if seal not in present:
            yield f"cut: at {at} the chain reached seal {seal}, which is gone"
        elif present[seal] != expected:
            yield f"rewritten: seal {seal} is not the one of {at}"
