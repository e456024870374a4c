"""The key files: made for the owner alone, wrapped under the installation's password, and renewed."""

import stat
from pathlib import Path

import pytest
from flask import Flask

from idp import create_app, secrets_at_rest
from idp.accounts import operations as accounts
from idp.config import from_environment
from idp.database import db
from idp.evidence import operations as evidence
from idp.key_renewal import renew
from idp.notifications.operations import queue
from idp.secrets_at_rest import KEY_FILES, KeyFileError, load, prepare, read
from idp.signing_keys import files
from idp.web.application import key_files
from tests.factories import letter_image, open_person, read_outbox
from tests.idp.test_config import PRODUCTION
from tests.people import CLERK
from thai_web import clock

PASSWORD = "a long password of the installation"


def test_key_files_and_their_folder_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert prepare(folder) == list(KEY_FILES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.glob("*.key")} == {0o600}


def test_with_a_password_no_key_lies_open_and_what_lay_open_is_wrapped(tmp_path: Path) -> None:
    prepare(tmp_path)
    before = load(tmp_path)
    with pytest.raises(KeyFileError, match="not encrypted"):
        load(tmp_path, PASSWORD, wrapped=True)
    assert prepare(tmp_path, PASSWORD) == list(KEY_FILES)
    assert prepare(tmp_path, PASSWORD) == []
    assert load(tmp_path, PASSWORD, wrapped=True) == before
    assert before.audit[0] not in b"".join(each.read_bytes() for each in tmp_path.glob("*.key"))


def test_in_production_the_provider_does_not_start_on_keys_that_lie_open(tmp_path: Path) -> None:
    prepare(tmp_path)
    settings = from_environment({**PRODUCTION, "IDP_KEYS": str(tmp_path)})
    with pytest.raises(KeyFileError, match="not encrypted"):
        create_app(settings)


@pytest.mark.parametrize("password", ["", "another password of the installation"])
def test_another_password_reads_nothing_and_says_which_file(tmp_path: Path, password: str) -> None:
    prepare(tmp_path, PASSWORD)
    with pytest.raises(KeyFileError, match=r"cookies\.key cannot be read; is IDP_KEYS_PASSWORD right"):
        load(tmp_path, password)


def test_a_wrapped_key_under_another_name_is_no_key(tmp_path: Path) -> None:
    prepare(tmp_path, PASSWORD)
    (tmp_path / "audit.key").write_bytes((tmp_path / "cookies.key").read_bytes())
    with pytest.raises(KeyFileError, match=r"audit\.key"):
        load(tmp_path, PASSWORD)


def _with_new_keys(app: Flask, folder: Path) -> None:
    app.config["KEY_FILES"] = load(folder)


@pytest.mark.parametrize("broken_off", [False, True])
def test_a_new_key_takes_over_and_everything_encrypted_is_read_as_before(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_off: bool
) -> None:
    folder = tmp_path / "keys"
    with app.app_context():
        for name in KEY_FILES:  # a folder of this test's own, with the keys of the application
            found = getattr(key_files(), name.replace("-", "_"))
            folder.mkdir(exist_ok=True)
            secrets_at_rest.write(folder / f"{name}.key", [found] if isinstance(found, bytes) else list(found), "")
        account, _posting = open_person(CLERK)
        account_id = account.id
        document = evidence.keep(evidence.prepare(letter_image(), "คำสั่ง.png"), "test:1", "appointment_order").id
        db.session.commit()
        page = evidence.read_page(document, 1)
        queue("recovery/mail/thaid", CLERK.email, {"account": account, "link": "/signin"}, ("account", account_id))
        db.session.commit()
    mails = read_outbox(app)
    assert mails
    for name in ("national-id", "evidence", "mail"):
        path = folder / f"{name}.key"
        old = read(path, "")
        with app.app_context():
            if broken_off:
                secrets_at_rest.write(path, [secrets_at_rest.new_key(), *old], "")
            renew(path, name, "")
        assert len(read(path, "")) == 1
        assert read(path, "") != old
    _with_new_keys(app, folder)
    assert read_outbox(app) == mails
    with app.app_context():
        sealed, index = accounts.get(account_id).national_id_sealed, accounts.national_id_index(CLERK.national_id)
        assert sealed is not None
        assert secrets_at_rest.decrypt(key_files().national_id, sealed, index.hex()).decode() == CLERK.national_id
        assert evidence.read_page(document, 1) == page


def test_every_key_goes_under_another_password_or_none(tmp_path: Path) -> None:
    prepare(tmp_path, PASSWORD)
    files.prepare(tmp_path, clock.now(), PASSWORD)
    before = load(tmp_path, PASSWORD)
    with pytest.raises(KeyFileError):
        secrets_at_rest.encrypt_under(tmp_path, "another password", "new password")
    for change in (files.encrypt_under, secrets_at_rest.encrypt_under):
        change(tmp_path, PASSWORD, "new password")
    assert load(tmp_path, "new password", wrapped=True) == before
    for each in files.read(tmp_path):
        assert files.load(tmp_path, each, "new password", production=True)
        with pytest.raises(KeyFileError):
            files.load(tmp_path, each, PASSWORD, production=True)
