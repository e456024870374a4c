"""`idp keys …` as a person calls it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from idp import clock
from idp.audit.models import AuditEvent
from idp.database import db
from idp.oidc import keys
from idp.oidc.commands import commands


def test_prepare_makes_what_is_missing_and_list_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_KEYS", str(tmp_path / "keys"))
    first = CliRunner().invoke(commands, ["prepare"])
    assert first.exit_code == 0, first.output
    assert "cookies.key" in first.output
    assert "signing/" in first.output
    assert "is complete" in CliRunner().invoke(commands, ["prepare"]).output
    assert "signing" in CliRunner().invoke(commands, ["list"]).output


def test_a_rotation_stands_in_the_audit(sqlite_app: Flask, tmp_path: Path) -> None:
    keys.prepare(tmp_path, clock.now(), "")
    settings = sqlite_app.config["SETTINGS"]
    sqlite_app.config["SETTINGS"] = type(settings)(**{**vars(settings), "keys": tmp_path})
    result = sqlite_app.test_cli_runner().invoke(commands, ["rotate"])
    assert result.exit_code == 0, result.output
    assert len(keys.read(tmp_path)) == 2
    with sqlite_app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "key.rotated")).one()
        assert event.facts["kid"] in result.output
        db.session.rollback()
