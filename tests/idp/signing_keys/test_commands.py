"""`idp keys …` as a person calls it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.database import db
from idp.signing_keys import files
from idp.signing_keys.commands import commands
from idp.signing_keys.schedule import LEAD_AFTER_LEAK
from thai_web import clock


def test_prepare_makes_what_is_missing_and_list_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_KEYS", str(tmp_path / "keys"))
    first = CliRunner().invoke(commands, ["prepare"])
    assert first.exit_code == 0, first.output
    assert "cookies.key" in first.output
    assert "signing/" in first.output
    assert "is complete" in CliRunner().invoke(commands, ["prepare"]).output
    assert "signing" in CliRunner().invoke(commands, ["list"]).output


def test_a_rotation_stands_in_the_audit(sqlite_app: Flask, tmp_path: Path) -> None:
    files.prepare(tmp_path, clock.now(), "")
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], keys=tmp_path)
    result = sqlite_app.test_cli_runner().invoke(commands, ["rotate"])
    assert result.exit_code == 0, result.output
    assert [key.alg for key in files.read(tmp_path)] == ["RS256", "RS256", "ES256", "PS256", "EdDSA"]
    with sqlite_app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "key.rotated")).one()
        assert event.facts["kid"] in result.output
        db.session.rollback()


def test_every_algorithm_or_a_chosen_one_is_rotated_also_in_a_hurry(sqlite_app: Flask, tmp_path: Path) -> None:
    files.prepare(tmp_path, clock.now(), "")
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], keys=tmp_path)
    runner = sqlite_app.test_cli_runner()
    assert "(ES256) is published" in runner.invoke(commands, ["rotate", "ES256"]).output
    assert len(files.read(tmp_path)) == 5
    refused = runner.invoke(commands, ["rotate", "all"])
    assert "(ES256) waits already" in str(refused.exception)
    assert len(files.read(tmp_path)) == 5, "one that waits keeps the others back as well"
    result = runner.invoke(commands, ["rotate", "all", "--leaked"])
    assert result.exit_code == 0, result.output
    known = files.read(tmp_path)
    assert len(known) == 8, "the waiting key leaked too, and its successor took its place"
    soon = clock.now() + LEAD_AFTER_LEAK
    assert [key.state(soon) for key in known] == ["dropped", "signing"] * 4
    assert runner.invoke(commands, ["rotate", "none"]).exit_code == 2


JOURNEY = "correct horse battery"


@pytest.fixture
def sealed(sqlite_app: Flask, tmp_path: Path) -> Path:
    """The private keys of an installation, exported."""
    files.prepare(tmp_path / "first", clock.now(), "")
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], keys=tmp_path / "first")
    file = tmp_path / "keys.sealed"
    result = sqlite_app.test_cli_runner().invoke(
        commands, ["export", "--private", str(file)], input=f"{JOURNEY}\n{JOURNEY}\n"
    )
    assert result.exit_code == 0, result.output
    assert JOURNEY not in result.output
    return file


def recorded(app: Flask, name: str) -> list[dict[str, Any]]:
    """The facts of the events of a name."""
    with app.app_context():
        found = list(db.session.scalars(select(AuditEvent.facts).where(AuditEvent.name == name)))
        db.session.rollback()
    return found


def test_an_export_without_a_file_prints_the_public_keys_alone(sqlite_app: Flask) -> None:
    result = sqlite_app.test_cli_runner().invoke(commands, ["export"])
    listed = json.loads(result.output)["keys"]
    assert [key["alg"] for key in listed] == ["RS256", "ES256", "PS256", "EdDSA"]
    assert not any(set(key) & {"d", "p", "q"} for key in listed)
    assert recorded(sqlite_app, "key.exported") == []


def test_private_keys_travel_to_another_folder_and_both_ends_stand_in_the_audit(
    sqlite_app: Flask, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDP_KEYS", str(tmp_path / "second"))
    assert sealed.stat().st_mode & 0o077 == 0
    password = tmp_path / "password"
    password.write_text(JOURNEY + "\n")
    arguments = ["import", str(sealed), "--password-file", str(password)]
    result = sqlite_app.test_cli_runner().invoke(commands, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.count("signing") == 4
    assert files.read(tmp_path / "second") == files.read(tmp_path / "first")
    kids = {"kids": [key.kid for key in files.read(tmp_path / "first")]}
    assert recorded(sqlite_app, "key.exported") == recorded(sqlite_app, "key.imported") == [kids]
    again = sqlite_app.test_cli_runner().invoke(commands, arguments)
    assert again.exit_code == 1
    assert "is here already" in again.stderr


def test_an_export_overwrites_nothing_and_wants_a_long_password(sqlite_app: Flask, sealed: Path) -> None:
    before = sealed.read_text()
    runner = sqlite_app.test_cli_runner()
    result = runner.invoke(commands, ["export", "--private", str(sealed)], input=f"{JOURNEY}\n{JOURNEY}\n")
    assert (result.exit_code, sealed.read_text()) == (1, before)
    assert "is there already" in result.stderr
    result = runner.invoke(commands, ["export", "--private", str(sealed) + "2"], input="short\nshort\n")
    assert result.exit_code == 1
    assert "at least 12 characters" in result.stderr
    assert not Path(str(sealed) + "2").exists()


def test_a_wrong_password_brings_nothing_in(
    sqlite_app: Flask, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDP_KEYS", str(tmp_path / "second"))
    result = sqlite_app.test_cli_runner().invoke(commands, ["import", str(sealed)], input="another password\n")
    assert result.exit_code == 1
    assert "the password is another one" in result.stderr
    assert not (tmp_path / "second").exists()


def test_keys_whose_arrival_cannot_be_recorded_do_not_stay(sealed: Path, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(JOURNEY)
    command = [
        str(Path(sys.executable).parent / "idp"),
        "keys",
        "import",
        str(sealed),
        "--password-file",
        str(password),
    ]
    environment = {
        "PATH": "/usr/bin:/bin",
        "IDP_SETTINGS_FILE": str(tmp_path / "none"),
        "IDP_KEYS": str(tmp_path / "second"),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cookies.key" in done.stderr, "the other key files of the installation were not brought along"
    assert files.read(tmp_path / "second") == []
