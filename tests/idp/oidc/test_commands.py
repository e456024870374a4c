"""`idp keys …` as a person calls it."""

from dataclasses import replace
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
from idp.oidc.key_dates import LEAD_AFTER_LEAK


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
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], keys=tmp_path)
    result = sqlite_app.test_cli_runner().invoke(commands, ["rotate"])
    assert result.exit_code == 0, result.output
    assert [key.alg for key in keys.read(tmp_path)] == ["RS256", "RS256", "ES256", "PS256", "EdDSA"]
    with sqlite_app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "key.rotated")).one()
        assert event.facts["kid"] in result.output
        db.session.rollback()


def test_every_algorithm_or_a_chosen_one_is_rotated_also_in_a_hurry(sqlite_app: Flask, tmp_path: Path) -> None:
    keys.prepare(tmp_path, clock.now(), "")
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], keys=tmp_path)
    runner = sqlite_app.test_cli_runner()
    assert "(ES256) is published" in runner.invoke(commands, ["rotate", "ES256"]).output
    assert len(keys.read(tmp_path)) == 5
    result = runner.invoke(commands, ["rotate", "all", "--leaked"])
    assert result.exit_code == 0, result.output
    known = keys.read(tmp_path)
    assert len(known) == 8, "the waiting key leaked too, and its successor took its place"
    soon = clock.now() + LEAD_AFTER_LEAK
    assert [key.state(soon) for key in known] == ["dropped", "signing"] * 4
    assert runner.invoke(commands, ["rotate", "none"]).exit_code == 2
