import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.database import db
from idp.evidence import operations
from idp.evidence.commands import commands
from idp.evidence.models import EvidencePage
from idp.evidence.page_images import page_response
from idp.secrets_at_rest import decrypt
from idp.web.application import key_files, settings
from tests.idp.evidence import documents
from thai_web import clock
from thai_web.refusal import NotFound


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()


def keep(owner: str = "registration:12", filename: str = "หนังสือ.pdf", pages: int = 2) -> int:
    evidence = operations.keep(operations.prepare(documents.pdf(pages), filename), owner, "employment")
    db.session.commit()
    return evidence.id


def file_of(evidence_id: int, number: int = 1) -> Path:
    name = operations.pages(evidence_id)[number - 1].vault_name
    return settings().var / "evidence" / name[:2] / name


def files() -> set[Path]:
    return {path for path in (settings().var / "evidence").rglob("*") if path.is_file()}


def age(path: Path, minutes: int = 120) -> None:
    """A file is as old as the disk says, by the machine's clock."""
    then = (clock.now() - timedelta(minutes=minutes)).timestamp()
    os.utime(path, (then, then))


def events() -> list[tuple[str, dict[str, object]]]:
    query = select(AuditEvent).where(AuditEvent.name.startswith("evidence.")).order_by(AuditEvent.id)
    return [(event.name, event.facts) for event in db.session.scalars(query)]


def test_a_document_is_kept_as_page_images() -> None:
    evidence_id = keep()
    evidence = operations.get(evidence_id)
    assert (evidence.filename, evidence.content_type, evidence.kind) == ("หนังสือ.pdf", "application/pdf", "employment")
    for page in operations.pages(evidence_id):
        image = operations.read_page(evidence_id, page.number)
        assert (page.width, page.height) == documents.upright(image).size
        assert page.size == len(image)
    assert [each.id for each in operations.owned_by("registration:12")] == [evidence_id]
    assert operations.owned_by("registration:1") == []
    assert events() == [("evidence.kept", {"evidence_id": evidence_id, "pages": 2})]


def test_preparing_a_document_sends_no_statement() -> None:
    operations.prepare(documents.pdf(), "a.pdf")
    assert not db.session().in_transaction()


@pytest.mark.attack(33)
def test_the_folder_alone_reveals_nothing() -> None:
    evidence_id = keep()
    image = operations.read_page(evidence_id, 1)
    for path in files():
        assert image[20:200] not in path.read_bytes()
        assert not path.read_bytes().startswith(b"\xff\xd8")
    wrapped = operations.get(evidence_id).wrapped_key
    assert wrapped is not None
    with pytest.raises(InvalidTag):
        decrypt(bytes(32), wrapped, f"evidence:{operations.get(evidence_id).reference}")


@pytest.mark.attack(33)
def test_each_document_has_a_key_of_its_own() -> None:
    one, other = operations.get(keep()), operations.get(keep())
    assert one.wrapped_key is not None
    assert other.wrapped_key is not None
    key = decrypt(key_files().evidence, other.wrapped_key, f"evidence:{other.reference}")
    assert key != decrypt(key_files().evidence, one.wrapped_key, f"evidence:{one.reference}")
    with pytest.raises(InvalidTag):
        decrypt(key, file_of(one.id).read_bytes(), f"{one.reference}:1")


def test_a_changed_file_is_not_shown() -> None:
    evidence_id = keep()
    path = file_of(evidence_id)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvalidTag):
        operations.read_page(evidence_id, 1)
    assert operations.read_page(evidence_id, 2)


def test_pages_cannot_change_places() -> None:
    evidence_id = keep()
    first, second = file_of(evidence_id, 1), file_of(evidence_id, 2)
    first.write_bytes(second.read_bytes())
    with pytest.raises(InvalidTag):
        operations.read_page(evidence_id, 1)


def test_a_page_that_is_not_there_is_not_found() -> None:
    evidence_id = keep()
    for number in (-1, 0, 3):
        with pytest.raises(NotFound):
            operations.read_page(evidence_id, number)
    with pytest.raises(NotFound):
        operations.read_page(evidence_id + 1, 1)


@pytest.mark.attack(31)
def test_a_discarded_document_is_unreadable_at_once_and_its_files_go_with_the_sweep() -> None:
    kept, gone = keep(), keep()
    for path in files():
        age(path)
    assert operations.sweep() == operations.Swept(0, [])
    operations.discard(gone)
    operations.discard(gone)
    db.session.commit()
    with pytest.raises(NotFound):
        operations.read_page(gone, 1)
    assert operations.get(gone).wrapped_key is None
    assert operations.pages(gone) == []
    assert [each.id for each in operations.owned_by("registration:12")] == [kept]
    assert operations.sweep() == operations.Swept(2, [])
    assert files() == {file_of(kept, 1), file_of(kept, 2)}
    assert [name for name, _facts in events()][-2:] == ["evidence.discarded", "evidence.swept"]


def test_a_discard_that_is_rolled_back_loses_nothing() -> None:
    evidence_id = keep()
    operations.discard(evidence_id)
    db.session.rollback()
    assert operations.read_page(evidence_id, 1)


@pytest.mark.attack(33)
def test_files_of_a_failed_request_are_swept_after_an_hour() -> None:
    operations.keep(operations.prepare(documents.pdf(), "a.pdf"), "registration:12", "employment")
    db.session.rollback()
    (orphan,) = files()
    age(orphan, minutes=59)
    assert operations.sweep().removed == 0
    age(orphan, minutes=61)
    assert operations.sweep().removed == 1
    assert files() == set()


def test_a_page_without_its_file_is_reported() -> None:
    evidence_id = keep()
    file_of(evidence_id, 2).unlink()
    assert operations.sweep() == operations.Swept(0, [(evidence_id, 2)])
    assert db.session.get(EvidencePage, (evidence_id, 2)) is not None


@pytest.mark.attack(34)
def test_the_same_file_for_another_owner_is_noticed_under_any_name() -> None:
    mine, again = keep("registration:12"), keep("registration:12", "again.pdf")
    other = keep("registration:13", "other name.pdf")
    keep("registration:14", pages=1)
    assert [each.id for each in operations.same_document_elsewhere(mine)] == [other]
    assert [each.id for each in operations.same_document_elsewhere(other)] == [mine, again]


@pytest.mark.attack(32)
def test_a_page_is_answered_as_an_image_that_nobody_stores(app: Flask) -> None:
    evidence_id = keep(filename="หนังสือ ที่ ๑.pdf")
    with app.test_request_context():
        response = page_response(evidence_id, 2)
    response.direct_passthrough = False
    assert response.mimetype == "image/jpeg"
    assert documents.upright(response.get_data()).width == 1413
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("inline; filename=")
    assert disposition.isascii()
    assert "ETag" not in response.headers


def test_the_command_tells_what_it_swept(app: Flask) -> None:
    evidence_id = keep()
    file_of(evidence_id, 1).unlink()
    result = app.test_cli_runner().invoke(commands, ["sweep"])
    assert result.exit_code == 1
    assert f"evidence {evidence_id}, page 1: its file is gone" in result.output
    assert "0 files removed, 1 missing" in result.output
