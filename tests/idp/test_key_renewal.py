"""Other keys for what is looked up by digests and for the record: the old ones stay, and alone are worth nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from flask import Flask

from idp import key_renewal, secrets_at_rest
from idp.accounts import operations as accounts
from idp.audit import excerpt
from idp.audit.models import AuditEvent
from idp.audit.operations import record
from idp.audit.sealing import seal, sign_head, verify
from idp.clients import operations as clients
from idp.clients.models import ClientSecret
from idp.clients.secrets import secret_digest
from idp.database import db, job
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence
from idp.key_renewal import renew
from idp.registration import operations, versions
from idp.registration.models import Registration
from idp.secrets_at_rest import KEY_FILES, load, read
from idp.web.application import key_files
from tests.factories import letter_image, open_person
from tests.people import CLERK, UNIT_ADMIN, fictional_national_id

SYSTEM = {
    "client_id": "asking",
    "client_secret": "a secret of an old system",
    "client_name": "ระบบเดิม",
    "redirect_uris": ["https://old.example.go.th/callback"],
    "scope": "openid",
    "owner_unit": "DLA",
}
OTHER = fictional_national_id(77)
Renew = Callable[[str], None]


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """Key files of this test's own, with the keys of the application, which reads them."""
    found = tmp_path / "keys"
    found.mkdir()
    with app.app_context():
        for name in KEY_FILES:
            keys = getattr(key_files(), name.replace("-", "_"))
            secrets_at_rest.write(found / f"{name}.key", [keys] if isinstance(keys, bytes) else list(keys), "")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], keys=found)
    return found


@pytest.fixture
def renewed(app: Flask, folder: Path) -> Renew:
    """Renews a key as the command does, with the nodes stopped; they then read the file anew."""

    def act(name: str) -> None:
        with app.app_context():
            renew(folder / f"{name}.key", name, "")
            assert key_renewal.faults() == []
        app.config["KEY_FILES"] = load(folder)

    return act


def _stored(app: Flask) -> None:
    with app.app_context():
        clients.import_metadata(SYSTEM)
        open_person(CLERK)
        open_person(UNIT_ADMIN)
        for national_id in (OTHER, CLERK.national_id):
            case = operations.begin()
            case.national_id_index = accounts.national_id_index(national_id)
            case.national_id_sealed = accounts.seal_national_id(national_id)
            db.session.flush()
            versions.keep(case, operations.answers_of(case), case.created_at)
        case.national_id_sealed = None  # destroyed; its index lives on
        evidence.keep(evidence.prepare(letter_image(), "คำสั่ง.png"), "registration:1", "appointment_order")
        evidence.keep(evidence.prepare(letter_image(), "คำสั่ง.png"), "registration:2", "appointment_order")
        db.session.commit()


def _finds_everything(app: Flask) -> None:
    with app.app_context():
        for person in (CLERK, UNIT_ADMIN):
            [account] = accounts.with_national_id(accounts.national_id_index(person.national_id))
            assert account.national_id_sealed
            assert account.national_id_index
            number = secrets_at_rest.decrypt(
                key_files().national_id, account.national_id_sealed, account.national_id_index.hex()
            )
            assert number.decode() == person.national_id
        first, second = db.session.query(Registration).order_by(Registration.id)
        assert operations.national_id(first) == OTHER
        assert second.national_id_index == accounts.national_id_index(CLERK.national_id)
        for case in (first, second):
            [version] = versions.history(case.id)
            assert version.answers["national_id"] == case.national_id_index.hex()  # type: ignore[union-attr]
        documents = db.session.query(Evidence).order_by(Evidence.id).all()
        assert {each.digest for each in documents} == {evidence.digest_of(letter_image())}
        assert evidence.same_document_elsewhere(documents[0].id) == documents[1:]
        assert db.session.query(ClientSecret).one().digest == secret_digest(SYSTEM["client_secret"])


def test_a_new_key_of_the_blind_index_finds_everything_that_the_old_one_found(app: Flask, renewed: Renew) -> None:
    _stored(app)
    for _time in range(2):
        renewed("blind-index")
        _finds_everything(app)
    renewed("national-id")
    _finds_everything(app)


@pytest.mark.attack(145)
def test_the_old_key_of_the_blind_index_tells_nothing_that_is_stored_now(app: Flask, renewed: Renew) -> None:
    _stored(app)
    with app.app_context():
        before = accounts.national_id_index(CLERK.national_id)
        assert accounts.with_national_id(before)
    renewed("blind-index")
    with app.app_context():
        assert accounts.with_national_id(before) == []


@pytest.mark.parametrize("name", key_renewal.KEEPING)
def test_a_run_that_was_broken_off_is_told_by_the_doctor_and_run_again(
    app: Flask, folder: Path, renewed: Renew, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _stored(app)
    with app.app_context(), monkeypatch.context() as broken:
        broken.setattr("idp.key_renewal.record", lambda *_given, **_facts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            renew(folder / f"{name}.key", name, "")
        [told] = key_renewal.faults()
        assert told == f"keys: {name}.key is newer than the database; run `idp keys renew {name}`"
    begun = read(folder / f"{name}.key", "")
    renewed(name)
    assert read(folder / f"{name}.key", "") == begun, "with the key that was made already"
    _finds_everything(app)


@pytest.mark.parametrize("name", key_renewal.KEEPING)
def test_a_file_that_lacks_the_newest_key_is_told_and_never_renewed(
    app: Flask, folder: Path, renewed: Renew, name: str
) -> None:
    path = folder / f"{name}.key"
    before = path.read_bytes()
    renewed(name)
    path.write_bytes(before)
    with app.app_context():
        assert "put the newest file back" in key_renewal.faults()[0]
        with pytest.raises(click.ClickException, match="put the newest file back"):
            renew(path, name, "")


def _note(app: Flask) -> None:
    with app.app_context():
        record("evidence.discarded", evidence_id=1)
        db.session.commit()
        job(seal)


def test_the_record_is_sound_over_a_change_of_its_key(app: Flask, renewed: Renew) -> None:
    _note(app)
    with app.app_context():
        lines = list(excerpt.write(AuditEvent.id > 0, {"by": "test"}, key_files().audit))
    for _time in range(2):
        renewed("audit")
        with app.app_context():
            assert verify() == []
        _note(app)
        with app.app_context():
            assert verify() == []
            assert excerpt.check(lines, key_files().audit)[2] == []


@pytest.mark.attack(145)
def test_whoever_holds_the_old_key_of_the_record_writes_nothing_into_it(app: Flask, renewed: Renew) -> None:
    _note(app)
    now, leaked = app.config["KEY_FILES"], app.config["KEY_FILES"].audit
    renewed("audit")
    _note(app)
    now = app.config["KEY_FILES"]
    app.config["KEY_FILES"] = replace(now, audit=leaked)
    with app.app_context():
        record("account.unlocked", subject=("account", 1))
        db.session.commit()
    app.config["KEY_FILES"] = now
    _note(app)
    with app.app_context():
        [told] = verify()
        assert told.startswith("forged: event")
        job(lambda: sign_head(leaked[0]))
        assert any(fault.startswith("head:") for fault in verify())
