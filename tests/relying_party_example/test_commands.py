"""The `info` command: clear words, clear errors."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask

from relying_party_example.commands import main
from relying_party_example.database import db
from tests.relying_party_example.stub_provider import Stub

Run = Callable[..., Result]


@pytest.fixture
def run(web: Flask, provider: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the test's own database."""
    monkeypatch.setattr("sys.argv", ["info"])
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'info.sqlite'}",
        "ISSUER": provider.issuer,
        "SETTINGS_FILE": str(tmp_path / "none.env"),
    }.items():
        monkeypatch.setenv(f"INFO_{name}", value)

    def call(*arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments)
        with web.app_context():
            db.session.remove()
        return result

    return call


def test_a_database_is_migrated_again_without_harm(run: Run) -> None:
    assert run("migrate").exit_code == 0


def test_the_register_is_synchronised(run: Run, provider: Stub) -> None:
    assert "0 units new or changed" in run("units", "sync").output
    assert "has not changed" in run("units", "sync").output
    provider.down = True
    failed = run("units", "sync")
    assert failed.exit_code == 1
    assert "INFO_ISSUER" in failed.output


def test_periods_are_extended_with_a_reason(run: Run, clock_set: time_machine.Traveller) -> None:
    assert run("periods", "extend", "--until", "2027-01-05").exit_code == 2
    done = run("periods", "extend", "--period", "2570-1", "--until", "2027-01-05", "--reason", "น้ำท่วม")
    assert "2570-1 is due on 2027-01-05" in done.output
    told = json.loads(run("periods", "list").output)
    assert (told[1]["period"], told[1]["due_on"], told[1]["phase"]) == ("2570-1", "2027-01-05", "ON_TIME")


def test_what_the_rules_refuse_is_an_error_with_a_sentence(run: Run, clock_set: time_machine.Traveller) -> None:
    refused = run("periods", "open-early", "--period", "2570-2", "--reason", "ทดลอง")
    assert refused.exit_code == 1
    assert "เปิดก่อนกำหนดได้ตั้งแต่วันแรกของไตรมาส" in refused.output


@pytest.mark.parametrize(
    "arguments", [("--period", "2570-5", "--until", "2027-01-05"), ("--until", "2570-01-05"), ("--until", "soon")]
)
def test_a_wrong_period_or_day_is_said(run: Run, arguments: tuple[str, ...]) -> None:
    refused = run("periods", "extend", "--reason", "ก", *arguments)
    assert refused.exit_code == 2
    assert "looks like" in refused.output or "2027" in refused.output


def test_the_worker_does_everything_once(run: Run) -> None:
    assert run("work", "--once").exit_code == 0


def test_an_open_period_needs_no_help(run: Run, clock_set: time_machine.Traveller) -> None:
    assert "nothing to do" in run("periods", "ensure-open", "--reason", "สาธิต").output
