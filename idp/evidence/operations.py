"""Taking documents in, showing their pages, discarding them, sweeping the vault."""

import hashlib
import logging
import os
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select

from idp import remote_address
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.evidence import refusals, rules, sandbox
from idp.evidence.models import Evidence, EvidencePage
from idp.evidence.vault import Vault, new_name
from idp.fast_sql import write_alone
from idp.secrets_at_rest import decrypt, encrypt, keyed_digest
from idp.throttle import operations as throttle
from idp.throttle.operations import Counted
from idp.web.application import key_files, settings
from thai_web import clock
from thai_web.refusal import N_, NotFound, Refusal

log = logging.getLogger(__name__)

GRACE = timedelta(hours=1)  # a file that young may belong to a request that has not committed yet


@dataclass
class Prepared:
    """A document whose pages lie sealed in the vault and that no row knows yet, until `keep`."""

    reference: str
    filename: str
    content_type: str
    size: int
    sha256: str  # plain, for a caller who may show it beside a public document; this room keeps only the keyed digest
    digest: bytes
    wrapped_key: bytes = field(repr=False)
    pages: tuple[EvidencePage, ...]
    names: tuple[str, ...]  # of its files
    is_kept: bool = False
    are_blanks_meant: bool = False  # its sender was told of `blank_pages` and says that nothing is missing

    @property
    def blank_pages(self) -> list[int]:
        """The pages on which nothing is to be seen."""
        return [page.number for page in self.pages if page.blank]


@dataclass(frozen=True)
class Sender:
    """Who sends an upload: the network address, and the draft or account it is for."""

    address: str
    owner: str

    @property
    def seats(self) -> tuple[str, str]:
        """As what one has a painting at a time."""
        return f"address:{remote_address.subscriber(self.address)}", f"owner:{self.owner}"

    @property
    def slow(self) -> tuple[Counted, Counted]:
        """Against what a document that takes too long counts."""
        return Counted("document.slow.address", self.address), Counted("document.slow.owner", self.owner)


@dataclass(frozen=True)
class Swept:
    """What a sweep found: files removed, and pages whose file is gone, as (evidence id, page number)."""

    removed: int
    missing: list[tuple[int, int]]


def prepare(upload: bytes, filename: str, sender: Sender | None = None, most_pages: int = rules.MAX_PAGES) -> Prepared:
    """Judge, repaint and seal an upload, with no transaction open: to be called before a request's first statement.

    Views call it through `uploads.received`; a `sender` is limited in number and slowness. Raises `Refusal`. What is
    prepared and never kept is for `forget`; after a crash, for the next sweep.
    """
    if sender is not None:
        throttle.admit("upload.address", sender.address)
    judgement = rules.judge(upload, filename, settings().upload_limit)
    _check_disk()
    reference, key = secrets.token_hex(16), os.urandom(32)
    images = _painted(judgement, sender, most_pages)
    pages = tuple(
        EvidencePage(
            number=number,
            vault_name=new_name(),
            width=image.width,
            height=image.height,
            size=len(image.jpeg),
            blank=image.blank,
        )
        for number, image in enumerate(images, start=1)
    )
    sha256 = hashlib.sha256(upload).hexdigest()
    document = Prepared(
        reference=reference,
        filename=judgement.name,
        content_type=judgement.kind.content_type,
        size=len(upload),
        sha256=sha256,
        digest=digest_of(upload),
        wrapped_key=encrypt(key_files().evidence, key, f"evidence:{reference}"),
        pages=pages,
        names=tuple(page.vault_name for page in pages),
    )
    _seal(document, key, images)
    return document


def _painted(judgement: rules.Judgement, sender: Sender | None, most_pages: int) -> list[sandbox.PageImage]:
    """The pages. What takes too long counts before it is known, and is given back by what does not: three at once
    from as many drafts are three."""
    if sender is None:
        return sandbox.rebuild(judgement.content, judgement.kind, most_pages)
    with sandbox.SEATS.taken(sender.seats, sandbox.WAIT_SECONDS):
        throttle.reserve(*sender.slow)
        try:
            images = sandbox.rebuild(judgement.content, judgement.kind, most_pages)
        except Refusal as refusal:
            if refusal.code != refusals.SLOW:
                write_alone(*throttle.settling(give_back=sender.slow))
            raise
        write_alone(*throttle.settling(give_back=sender.slow))
        return images


def _seal(document: Prepared, key: bytes, images: list[sandbox.PageImage]) -> None:
    try:
        for page, image in zip(document.pages, images, strict=True):
            _vault().write(page.vault_name, encrypt(key, image.jpeg, f"{document.reference}:{page.number}"))
    except BaseException:
        forget(document)
        raise


def _check_disk() -> None:
    """Raises `Refusal` before the disk is so full that nothing else of the system could go on."""
    if _vault().free() < settings().vault_reserve:
        raise refusals.no_room()


def forget(document: Prepared) -> None:
    """Remove the files of a document that is not kept."""
    for name in document.names:
        _vault().remove(name)


def keep(prepared: Prepared, owner: str, kind: str) -> Evidence:
    """Record a prepared document for the row above that `owner` names (`registration:12`); `kind` is what it proves.

    Raises `Refusal` when the owner holds as much as one may.
    """
    _check_share(owner, document=prepared)
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
    prepared.is_kept = True
    record("evidence.kept", subject=("evidence", evidence.id), evidence_id=evidence.id, pages=len(prepared.pages))
    if prepared.are_blanks_meant:
        confirm_blank(evidence.id)
    return evidence


def _check_share(owner: str, document: Prepared) -> None:
    held = select(func.coalesce(func.sum(EvidencePage.size), 0)).join(Evidence).where(Evidence.owner == owner)
    if (db.session.scalar(held) or 0) + sum(page.size for page in document.pages) > settings().documents_limit:
        raise refusals.share_used_up(settings().documents_limit)


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


def page_of(evidence_id: int, number: int) -> tuple[EvidencePage, int]:
    """One page, and how many there are. Raises `NotFound`, for a destroyed document with the reason."""
    if get(evidence_id).discarded_at is not None:
        raise NotFound(N_("เอกสารนี้ถูกทำลายแล้วเมื่อครบกำหนดเก็บรักษา"))
    every = pages(evidence_id)
    found = next((page for page in every if page.number == number), None)
    if found is None:
        raise NotFound(N_("ไม่พบหน้านี้ในเอกสาร"))
    return found, len(every)


def confirm_blank(evidence_id: int) -> None:
    """The sender says that the pages on which nothing is to be seen are meant to be so."""
    get(evidence_id).blank_confirmed_at = clock.now()
    record("evidence.blank_confirmed", subject=("evidence", evidence_id), evidence_id=evidence_id)


def has_unconfirmed_blanks(owner: str) -> bool:
    """Whether a document of an owner has pages on which nothing is to be seen, and nobody said that this is right."""
    query = (
        select(EvidencePage.number)
        .join(Evidence)
        .where(Evidence.owner == owner, EvidencePage.blank, Evidence.blank_confirmed_at.is_(None))
    )
    return db.session.scalar(query.limit(1)) is not None


def digest_of(upload: bytes) -> bytes:
    """By what the same file is recognised, without keeping it."""
    return keyed_digest(key_files().blind_index, "evidence", hashlib.sha256(upload).hexdigest())


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


def kept_since(day: date) -> datetime:
    """On a day, the moment since which what a decision rests on is still kept: pages name a day, and everything stays
    until that day ends in Bangkok."""
    return clock.start_of_day(day - timedelta(days=settings().evidence_days))


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


def faults() -> list[str]:
    """What an operator must mend so that documents are taken, in plain words."""
    free, reserve = _vault().free(), settings().vault_reserve
    full = f"documents: {free // 2**20} MB are free beside them, less than IDP_VAULT_RESERVE; no document is taken"
    return [*sandbox.faults(), *([full] if free < reserve else [])]


def _vault() -> Vault:
    return Vault(settings().var / "evidence")
