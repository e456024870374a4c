"""Taking documents in, showing their pages, discarding them, sweeping the vault."""

import hashlib
import logging
import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select

from idp import clock
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.evidence import rules, sandbox
from idp.evidence.models import Evidence, EvidencePage
from idp.evidence.vault import Vault, new_name
from idp.refusal import N_, NotFound
from idp.secrets_at_rest import decrypt, encrypt, keyed_digest
from idp.web.application import key_files, settings

log = logging.getLogger(__name__)

GRACE = timedelta(hours=1)  # a file that young may belong to a request that has not committed yet


@dataclass(frozen=True)
class Prepared:
    """A document whose pages lie sealed in the vault and that no row knows yet."""

    reference: str
    filename: str
    content_type: str
    size: int
    sha256: str  # plain, for a caller who may show it beside a public document; this room keeps only the keyed digest
    digest: bytes
    wrapped_key: bytes = field(repr=False)
    pages: tuple[EvidencePage, ...]


@dataclass(frozen=True)
class Swept:
    """What a sweep found: files removed, and pages whose file is gone, as (evidence id, page number)."""

    removed: int
    missing: list[tuple[int, int]]


def prepare(upload: bytes, filename: str) -> Prepared:
    """Judge, repaint and seal an upload, without the database: to be called before a request's first statement.

    Raises `Refusal`. What is prepared and never kept is removed by the next sweep.
    """
    judgement = rules.judge(upload, filename, settings().upload_limit)
    reference, key = secrets.token_hex(16), os.urandom(32)
    pages = []
    for number, image in enumerate(sandbox.rebuild(judgement.content, judgement.kind), start=1):
        page = EvidencePage(
            number=number, vault_name=new_name(), width=image.width, height=image.height, size=len(image.jpeg)
        )
        _vault().write(page.vault_name, encrypt(key, image.jpeg, f"{reference}:{number}"))
        pages.append(page)
    sha256 = hashlib.sha256(upload).hexdigest()
    return Prepared(
        reference=reference,
        filename=judgement.name,
        content_type=judgement.kind.content_type,
        size=len(upload),
        sha256=sha256,
        digest=keyed_digest(key_files().blind_index, "evidence", sha256),
        wrapped_key=encrypt(key_files().evidence, key, f"evidence:{reference}"),
        pages=tuple(pages),
    )


def keep(prepared: Prepared, owner: str, kind: str) -> Evidence:
    """Record a prepared document for the row above that `owner` names (`registration:12`); `kind` is what it proves."""
    evidence = Evidence(
        reference=prepared.reference,
        owner=owner,
        kind=kind,
        filename=prepared.filename,
        content_type=prepared.content_type,
        size=prepared.size,
        digest=prepared.digest,
        wrapped_key=prepared.wrapped_key,
        created_at=clock.now(),
    )
    db.session.add(evidence)
    db.session.flush()
    for page in prepared.pages:
        page.evidence_id = evidence.id
        db.session.add(page)
    db.session.flush()
    record("evidence.kept", subject=("evidence", evidence.id), evidence_id=evidence.id, pages=len(prepared.pages))
    return evidence


def get(evidence_id: int) -> Evidence:
    """The document, also a discarded one. Raises `NotFound`."""
    evidence = db.session.get(Evidence, evidence_id)
    if evidence is None:
        raise NotFound(N_("ไม่พบเอกสารนี้"))
    return evidence


def owned_by(owner: str) -> list[Evidence]:
    """The documents of one owner that are not discarded, oldest first."""
    query = select(Evidence).where(Evidence.owner == owner, Evidence.discarded_at.is_(None)).order_by(Evidence.id)
    return list(db.session.scalars(query))


def pages(evidence_id: int) -> list[EvidencePage]:
    """The pages of a document in order; none when it is discarded."""
    query = select(EvidencePage).where(EvidencePage.evidence_id == evidence_id).order_by(EvidencePage.number)
    return list(db.session.scalars(query))


def read_page(evidence_id: int, number: int) -> bytes:
    """One page as a JPEG. The caller has checked who asks, and records it.

    Raises `NotFound`, and `cryptography.exceptions.InvalidTag` when the file was tampered with.
    """
    evidence = get(evidence_id)
    if evidence.wrapped_key is None:
        raise NotFound(N_("เอกสารนี้ถูกลบแล้ว"))
    page = db.session.get(EvidencePage, (evidence_id, number))
    if page is None:
        raise NotFound(N_("ไม่พบหน้านี้ในเอกสาร"))
    key = decrypt(key_files().evidence, evidence.wrapped_key, f"evidence:{evidence.reference}")
    return decrypt(key, _vault().read(page.vault_name), f"{evidence.reference}:{number}")


def discard(evidence_id: int, actor: Actor | None = None) -> None:
    """Destroy a document's key and forget its pages; twice does no harm. The next sweep takes the dead files."""
    evidence = get(evidence_id)
    if evidence.discarded_at is not None:
        return
    evidence.discarded_at = clock.now()
    evidence.wrapped_key = None
    evidence.filename = rules.FORGOTTEN_NAME  # people put names and numbers into it
    db.session.execute(delete(EvidencePage).where(EvidencePage.evidence_id == evidence_id))
    record("evidence.discarded", subject=("evidence", evidence_id), actor=actor, evidence_id=evidence_id)


def set_aside(evidence_id: int) -> None:
    """Take a document out of its owner's list without destroying it: somebody judged by it and may look back."""
    evidence = get(evidence_id)
    evidence.owner = rules.set_aside_of(evidence.owner)
    record("evidence.set_aside", subject=("evidence", evidence_id), evidence_id=evidence_id)


def same_document_elsewhere(evidence_id: int) -> list[Evidence]:
    """The same file handed in for other owners, also discarded ones: a reason to look, not to refuse."""
    evidence = get(evidence_id)
    own = evidence.owner, rules.set_aside_of(evidence.owner)
    query = select(Evidence).where(Evidence.digest == evidence.digest, Evidence.owner.not_in(own))
    return list(db.session.scalars(query.order_by(Evidence.id)))


def sweep(actor: Actor | None = None) -> Swept:
    """Remove files that no row knows, once they are older than `GRACE`; find rows whose file is gone."""
    # Rows before files: a page that is kept in between has a young file, which stays.
    query = select(EvidencePage.vault_name, EvidencePage.evidence_id, EvidencePage.number)
    known = {name: (evidence_id, number) for name, evidence_id, number in db.session.execute(query)}
    vault, found, removed = _vault(), set(), 0
    for name, written_at in vault.names():
        found.add(name)
        if name not in known and written_at < clock.now() - GRACE:
            vault.remove(name)
            removed += 1
    missing = sorted(place for name, place in known.items() if name not in found)
    if missing:
        log.error("%d pages have lost their file, first evidence %d, page %d", len(missing), *missing[0])
    if removed:
        record("evidence.swept", actor=actor, removed=removed, missing=len(missing))
    return Swept(removed, missing)


def _vault() -> Vault:
    return Vault(settings().var / "evidence")
