"""The `info` command: clear words, clear errors."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
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
    assert "A period can be opened early from the first day of its quarter" in refused.output


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


COMMANDS: dict[str, list[str]] = {
    "doctor": ["doctor"],
    "migrate": ["migrate"],
    "work": ["work", "--once"],
    "units sync": ["units", "sync"],
    "periods list": ["periods", "list"],
    "periods open-early": ["periods", "open-early", "--reason", "x"],
    "periods extend": ["periods", "extend", "--until", "2027-01-05", "--reason", "x"],
    "periods ensure-open": ["periods", "ensure-open", "--reason", "x"],
}


FOUND = {"all": 3, "doctor": 1, "work": 1}  # exit codes: those two tell what they found and go on


def names_of(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from names_of(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_the_table_has_every_command_and_the_reference_too() -> None:
    assert set(names_of(main)) == set(COMMANDS)
    page = Path("docs/reference/commands.md").read_text()
    assert not [name for name in COMMANDS if f"info {name}" not in page]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_needs_no_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["info", "--help"])
    monkeypatch.setenv("INFO_ISSUER", "nonsense")
    told = CliRunner().invoke(main, [*name.split(), "--help"])
    assert (told.exit_code, "Usage:" in told.output) == (0, True)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("database", "told", "code"),
    [
        (
            "postgresql+psycopg://info:a-secret@127.0.0.1:{port}/info",
            "database: does not answer at 127.0.0.1:{port}",
            FOUND,
        ),
        ("sqlite:///{folder}/empty.sqlite", "run `info migrate`", FOUND),
        ("sqlite:////dev/full/info.sqlite", "/dev/full", {"all": 3}),
        ("sqlite:///{folder}/picture.png", "file is not a database", FOUND),
        ("postgresql://localhost/info", "postgresql+psycopg://", {"all": 2}),
    ],
    ids=["down", "not migrated", "no folder", "no database", "another driver"],
)
def test_a_database_that_cannot_be_used_is_told_in_a_sentence(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    unused_port: int,
    caplog: pytest.LogCaptureFixture,
    name: str,
    database: str,
    told: str,
    code: dict[str, int],
) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" * 100)
    places = {"port": unused_port, "folder": tmp_path}
    monkeypatch.setenv("INFO_DATABASE_URL", database.format(**places))
    result = run(*COMMANDS[name])
    everything = result.output + caplog.text
    assert isinstance(result.exception, SystemExit | None)
    assert "Traceback" not in everything
    assert "a-secret" not in everything
    if (name, told) != ("migrate", "run `info migrate`"):
        assert told.format(**places) in everything
        assert result.exit_code == code.get(name, code["all"])


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "INFO_ISSUER=ก".encode("tis-620")])
def test_settings_that_are_no_text_are_told_in_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "settings.env").write_bytes(content)
    monkeypatch.setenv("INFO_SETTINGS_FILE", str(tmp_path / "settings.env"))
    result = run("periods", "list")
    assert (result.exit_code, "not text in UTF-8" in result.output) == (2, True)


def test_the_doctor_names_what_stands_still_and_nothing_once_the_worker_has_run(
    run: Run, provider: Stub, clock_set: time_machine.Traveller
) -> None:
    before = run("doctor")
    assert before.exit_code == 1
    assert "worker: synchronise_units was not done yet; is `info work` running?" in before.output
    assert run("work", "--once").exit_code == 0
    assert run("doctor").output == "ok\n"
    clock_set.shift(timedelta(minutes=6))
    late = run("doctor")
    assert late.exit_code == 1
    assert late.output.count("was not done since 20") == 4
    provider.down = True
    assert run("work", "--once").exit_code == 1
    told = run("doctor").output
    assert told.count("was not done since") == 1, "the steps that need no provider go on"
    assert "provider: " in told


def test_a_refusal_is_told_in_the_language_of_the_commands(run: Run, clock_set: time_machine.Traveller) -> None:
    refused = run("periods", "extend", "--period", "2570-1", "--until", "2020-01-05", "--reason", "x")
    assert refused.exit_code == 1
    assert not re.search("[ก-๙]", refused.output)
