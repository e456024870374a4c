"""What a form sends is limited by who sends it, and leaves nothing behind when it is not kept."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from idp.audit.models import AuditEvent
from idp.database import db
from idp.evidence import operations, sandbox
from idp.evidence.uploads import received
from idp.evidence.vault import Vault
from idp.web.application import settings
from tests.idp.evidence import documents
from thai_web.refusal import Refusal, TooMany

OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST", environ_base={"REMOTE_ADDR": OFFICE}):
        yield
        db.session.rollback()


def changed(app: Flask, **values: Any) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **values)


def a_file(content: bytes, name: str = "a.pdf") -> FileStorage:
    return FileStorage(BytesIO(content), name)


def files() -> list[Path]:
    return [path for path in (settings().var / "evidence").rglob("*") if path.is_file()]


def keep(content: bytes, owner: str = "registration:12", name: str = "a.pdf") -> int:
    with received(a_file(content, name), owner) as document:
        kept = operations.keep(document, owner, "other")
    db.session.commit()
    return kept.id


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One second of the processor instead of five, so that the test does not take so long."""
    program = Path(sandbox.CONFINED).read_text()
    assert "\nSECONDS = 5\n" in program
    (tmp_path / "confine.py").write_text(program.replace("\nSECONDS = 5\n", "\nSECONDS = 1\n"))
    monkeypatch.setattr(sandbox, "CONFINED", tmp_path / "confine.py")


def send_slow(owner: str) -> Refusal:
    with pytest.raises(Refusal) as refused, received(a_file(documents.endless_pdf()), owner):
        pass
    return refused.value


@pytest.mark.attack(92)
def test_who_sends_documents_that_take_too_long_waits_and_others_do_not(app: Flask, impatient: None) -> None:
    for number in range(3):
        assert send_slow(f"registration:{number}").code == "document_slow"
    assert isinstance(send_slow("registration:9"), TooMany), "another draft from the same address"
    with pytest.raises(TooMany), received(a_file(documents.pdf()), "registration:10"):
        pass
    with app.test_request_context(method="POST", environ_base={"REMOTE_ADDR": ELSEWHERE}):
        assert keep(documents.pdf(), "registration:11")
    assert len(files()) == 1


@pytest.mark.attack(92)
def test_a_draft_that_sends_slow_documents_waits_at_every_address(app: Flask, impatient: None) -> None:
    for number in range(3):
        with app.test_request_context(method="POST", environ_base={"REMOTE_ADDR": f"203.0.113.{number}"}):
            assert send_slow("registration:1").code == "document_slow"
    with app.test_request_context(method="POST", environ_base={"REMOTE_ADDR": ELSEWHERE}):
        assert isinstance(send_slow("registration:1"), TooMany)


def test_documents_that_are_quickly_painted_or_quickly_refused_count_nothing() -> None:
    for number in range(5):
        with pytest.raises(Refusal) as refused, received(a_file(documents.locked_pdf()), "registration:1"):
            pass
        assert refused.value.code == "document_refused"
        assert keep(documents.pdf(content=b"0 0 200 %d re f" % (200 + number)))


@pytest.mark.attack(33)
def test_nothing_of_a_refused_document_is_left_in_the_vault() -> None:
    class Unwanted(Exception):
        pass

    def keep_and_refuse() -> None:
        with received(a_file(documents.pdf(2)), "registration:1") as document:
            assert len(files()) == 2
            operations.keep(document, "registration:1", "other")
            raise Unwanted

    with pytest.raises(Unwanted):
        keep_and_refuse()
    assert files() == []


@pytest.mark.attack(33)
def test_nothing_of_a_document_that_nobody_kept_is_left_in_the_vault() -> None:
    with received(a_file(documents.pdf(2)), "registration:1"):
        assert len(files()) == 2
    assert files() == []


@pytest.mark.attack(33)
def test_a_disk_that_fails_in_the_middle_of_a_document_keeps_no_half_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write, written = Vault.write, []

    def fails_at_the_second(self: Vault, name: str, content: bytes) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(name)
        write(self, name, content)

    monkeypatch.setattr(Vault, "write", fails_at_the_second)
    with pytest.raises(OSError, match="No space"), received(a_file(documents.pdf(2)), "registration:1"):
        pass
    assert written
    assert files() == []


def test_a_document_of_which_nothing_would_be_seen_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refusal, match="ว่างเปล่า"), received(a_file(documents.pdf(2, b"")), "account:1"):
        pass
    assert files() == []
    with received(a_file(documents.pdf(1, b"")), "registration:1", may_be_blank=True) as document:
        assert [page.blank for page in document.pages] == [True]


@pytest.mark.attack(92)
def test_one_request_holds_so_many_bytes_and_no_more(app: Flask) -> None:
    kept = keep(documents.pdf())
    size = operations.pages(kept)[0].size
    changed(app, documents_limit=2 * size)
    assert keep(documents.pdf())
    with pytest.raises(Refusal, match="รวมกันเกิน"):
        keep(documents.pdf())
    assert len(files()) == 2
    assert keep(documents.pdf(), "registration:13"), "another one has its own share"
    operations.discard(kept)
    db.session.commit()
    assert keep(documents.pdf()), "what is discarded makes room"


@pytest.mark.attack(92)
def test_a_disk_that_is_nearly_full_takes_no_document_and_the_doctor_says_so(app: Flask) -> None:
    changed(app, vault_reserve=2**62)
    with pytest.raises(Refusal, match="เต็ม") as refused:
        keep(documents.pdf())
    assert refused.value.status == 503
    assert files() == []
    (fault,) = operations.faults()
    assert "IDP_VAULT_RESERVE" in fault


def test_a_file_of_too_many_pages_is_refused_before_it_is_painted() -> None:
    with (
        pytest.raises(Refusal, match="หน้า") as refused,
        received(a_file(documents.pdf(3)), "registration:1", most_pages=2),
    ):
        pass
    assert refused.value.values == {"limit": 2}


def test_every_upload_of_the_product_comes_in_by_the_same_way() -> None:
    """Only the command of the first officer, which an operator types, opens a file by itself."""
    own = {"idp/evidence/uploads.py", "idp/evidence/operations.py", "idp/commands.py"}
    opens = {
        str(path)
        for path in Path("idp").rglob("*.py")
        if re.search(r"\b(evidence|vault)\.prepare\(|sandbox\.rebuild\(", path.read_text())
    }
    assert opens <= own, opens


def test_what_was_received_is_recorded() -> None:
    kept = keep(documents.pdf())
    assert db.session.query(AuditEvent).filter_by(name="evidence.kept", subject_id=str(kept)).count() == 1
