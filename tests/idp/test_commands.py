"""The `idp` command: clear words and exit codes."""

import io
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from flask import Flask

from idp import commands, create_app
from idp.accounts.models import Account
from idp.appointments.models import Appointment
from idp.commands import first_officer
from idp.database import db
from tests.factories import letter_image
from tests.idp.notifications.test_bounces import report
from tests.people import DLA_OFFICER, fictional_national_id
from tests.waiting import LONGEST

OFFICER = [
    "--given-name",
    DLA_OFFICER.given_name,
    "--family-name",
    DLA_OFFICER.family_name,
    "--email",
    DLA_OFFICER.email,
    "--position",
    DLA_OFFICER.position,
    "--letter-number",
    "มท 0806/1",
    "--letter-date",
    "2026-11-01",
    "--signed-by",
    "อธิบดี",
]


@pytest.fixture
def letter(tmp_path: Path) -> list[str]:
    (tmp_path / "letter.png").write_bytes(letter_image())
    return ["--letter", str(tmp_path / "letter.png")]


def test_the_first_officer_gets_a_link_and_there_is_only_one(app: Flask, letter: list[str]) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(first_officer, [*OFFICER, *letter, "--national-id", DLA_OFFICER.national_id])
    assert done.exit_code == 0, done.output
    assert "/activate/" in done.output
    again = runner.invoke(first_officer, [*OFFICER, *letter, "--national-id", fictional_national_id(2)])
    assert again.exit_code != 0
    with app.app_context():
        assert db.session.query(Account).count() == 1, "the refused second try left nothing behind"


@pytest.mark.attack(10)
def test_two_first_officers_at_the_same_instant_make_one(app: Flask, letter: list[str]) -> None:
    at_once = threading.Barrier(2)
    codes: list[int] = []

    def make(number: int) -> None:
        at_once.wait(LONGEST)
        runner = app.test_cli_runner()
        codes.append(
            runner.invoke(first_officer, [*OFFICER, *letter, "--national-id", fictional_national_id(number)]).exit_code
        )

    threads = [threading.Thread(target=make, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    with app.app_context():
        assert db.session.query(Appointment).count() == 1
    assert sorted(codes)[0] == 0
    assert sorted(codes)[1] != 0


ROW = f"{DLA_OFFICER.national_id},{DLA_OFFICER.given_name},{DLA_OFFICER.family_name},x@example.go.th,DLA,นิติกร"
WITHOUT_DATABASE = {"keys prepare", "keys list", "keys export", "keys password", "audit verify FILE"}
WITHOUT_KEYS = {"keys prepare", "keys list"}
ARGUMENTS = {
    "accounts import": ["people.csv"],
    "audit verify": [],
    "audit verify FILE": ["excerpt.jsonl"],
    "clients import": ["clients.json"],
    "clients list": [],
    "clients secret end": ["rp", "1"],
    "clients secret list": ["rp"],
    "clients secret rotate": ["rp"],
    "clients show": ["rp"],
    "doctor": [],
    "evidence sweep": [],
    "first-officer": [*OFFICER, "--letter", "letter.png", "--national-id", DLA_OFFICER.national_id],
    "keys export": [],
    "keys import": ["keys.json", "--password-file", "password"],
    "keys list": [],
    "keys password": ["--password-file", "password"],
    "keys prepare": [],
    "keys renew": ["national-id"],
    "keys rotate": [],
    "mail bounced": [],
    "migrate": [],
    "units import": [],
    "units search": ["x"],
    "units show": ["DLA"],
    "work": ["--once"],
}
COMMANDS = sorted(ARGUMENTS)


def names_of(group: click.Group, before: str = "") -> Iterator[str]:
    """Every command by its full name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from names_of(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_the_table_has_every_command() -> None:
    assert set(names_of(commands.cli)) == {name.removesuffix(" FILE") for name in ARGUMENTS}


@dataclass
class Shell:
    """Runs a command as its entry point does, in this process: starting Python takes a second."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, name: str, **environment: str) -> tuple[int, str]:
        """The exit code and all that was told."""
        self.monkeypatch.chdir(self.folder)
        for variable in [each for each in os.environ if each.startswith("IDP_")]:
            self.monkeypatch.delenv(variable)
        own = {"IDP_VAR": str(self.folder), "IDP_SETTINGS_FILE": "none", "IDP_SMTP_PORT": "1", **environment}
        for variable, value in own.items():
            self.monkeypatch.setenv(variable, value)
        self.monkeypatch.setattr(sys, "argv", ["idp", *name.removesuffix(" FILE").split(), *ARGUMENTS[name]])
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report("<of-a-mail@sso.localhost>"))))
        logging.getLogger("idp").handlers.clear()  # they hold the standard error stream of an earlier test
        made: list[Flask] = []
        self.monkeypatch.setattr(commands, "create_app", lambda: made.append(create_app()) or made[-1])
        try:
            commands.main()
            code: object = 0
        except SystemExit as ended:
            code = ended.code or 0
        finally:
            for app in made:
                with app.app_context():
                    db.engine.dispose()  # a process would end here
        told = self.capsys.readouterr()
        assert isinstance(code, int)
        return code, told.out + told.err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    for name in ("people.csv", "excerpt.jsonl", "clients.json", "keys.json"):
        (tmp_path / name).write_text("")
    (tmp_path / "people.csv").write_text("national_id,given_name,family_name,email,unit_code,position\n" + ROW)
    (tmp_path / "clients.json").write_text('{"client_id": "x", "redirect_uris": ["https://x.example.go.th/cb"]}')
    (tmp_path / "letter.png").write_bytes(letter_image())
    (tmp_path / "password").write_text("long enough a password")
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("name", COMMANDS)
def test_without_the_database_each_command_says_where_it_was_looked_for(
    shell: Shell, key_folder: Path, unused_port: int, name: str
) -> None:
    keys = shell.folder / "keys"
    shutil.copytree(key_folder, keys)
    url = f"postgresql+psycopg://sso:a-secret@127.0.0.1:{unused_port}/sso"
    code, told = shell.run(name, IDP_DATABASE_URL=url, IDP_KEYS=str(keys))
    assert "Traceback" not in told
    assert "a-secret" not in told
    if name in WITHOUT_DATABASE:
        assert "database:" not in told
    elif name == "keys import":
        assert code == 1, "the file is looked at first"
    else:
        assert f"database: does not answer at 127.0.0.1:{unused_port}" in told
        assert told.count("does not answer at 127.0.0.1") == 1 or name == "work"
        assert code == {"mail bounced": 75, "doctor": 1, "work": 1}.get(name, 3)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("where", ["no such folder", "damaged", "signing damaged"])
def test_without_keys_each_command_names_the_file(shell: Shell, key_folder: Path, name: str, where: str) -> None:
    keys = shell.folder / "keys"
    if where != "no such folder":
        shutil.copytree(key_folder, keys)
        broken = keys / "mail.key" if where == "damaged" else next((keys / "signing").glob("*.json"))
        broken.write_text("\N{THAI CHARACTER KO KAI}")
    code, told = shell.run(name, IDP_KEYS=str(keys), IDP_DATABASE_URL=f"sqlite:///{shell.folder}/none.sqlite")
    assert "Traceback" not in told
    if name not in WITHOUT_KEYS and where != "signing damaged":
        assert str(keys) in told or name == "keys import"
        assert code in (1, 2, 3) or (name, code) == ("mail bounced", 75)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_before_the_first_migration_each_command_says_what_to_run(
    shell: Shell, key_folder: Path, request: pytest.FixtureRequest, name: str, kind: str
) -> None:
    keys, url = shell.folder / "keys", f"sqlite:///{shell.folder}/empty.sqlite"
    shutil.copytree(key_folder, keys)
    if kind == "postgresql":
        url = f"{request.getfixturevalue('postgresql_url')}/postgres"
        if name == "migrate":
            pytest.skip("the other tests of this server need the database empty")
    code, told = shell.run(name, IDP_DATABASE_URL=url, IDP_KEYS=str(keys))
    assert "Traceback" not in told
    if name not in {*WITHOUT_DATABASE, "migrate", "keys import"}:
        assert "run `idp migrate`" in told
        assert code == {"mail bounced": 75, "doctor": 1, "work": 1}.get(name, 3)


FULL = "sqlite:////dev/full/idp.sqlite"


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "environment",
    [
        {"IDP_DATABASE_URL": FULL},
        {"IDP_DATABASE_URL": "sqlite:///letter.png"},
        {"IDP_DATABASE_URL": "sqlite:///."},
        {"IDP_VAR": "/proc/nowhere"},
        {"IDP_VAR": "letter.png"},
        {"IDP_SETTINGS_FILE": "letter.png"},
    ],
    ids=["no folder", "no database", "a folder", "var cannot be made", "var is a file", "settings are no text"],
)
def test_a_place_that_cannot_be_used_is_named(
    shell: Shell, key_folder: Path, name: str, environment: dict[str, str]
) -> None:
    shutil.copytree(key_folder, shell.folder / "keys")
    migrated = {"IDP_DATABASE_URL": "sqlite:///empty.sqlite", "IDP_KEYS": "keys"}
    code, told = shell.run(name, **{**migrated, **environment})
    assert "Traceback" not in told
    assert code in (0, 1, 2, 3, 75)
    if "IDP_DATABASE_URL" in environment and name not in {*WITHOUT_DATABASE, "keys import"}:
        assert "database: " in told
        assert code != 0


@pytest.mark.parametrize("name", [each for each in COMMANDS if ARGUMENTS[each] and "." in "".join(ARGUMENTS[each])])
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"{", b"[" * 100_000, "ก".encode("tis-620")])
def test_a_given_file_of_any_content_is_answered_in_words(
    app: Flask, shell: Shell, key_folder: Path, name: str, content: bytes
) -> None:
    for given in ARGUMENTS[name]:
        if (shell.folder / given).is_file():
            (shell.folder / given).write_bytes(content)
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    code, told = shell.run(name, IDP_DATABASE_URL=url, IDP_KEYS=str(key_folder))
    assert "Traceback" not in told
    assert code in (1, 2) or (name, content) == ("audit verify FILE", b"")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_needs_neither_keys_nor_database(shell: Shell, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ARGUMENTS, name, ["--help"])
    code, told = shell.run(name, IDP_KEYS="/nonexistent", IDP_DATABASE_URL="nonsense", IDP_ISSUER="nonsense")
    assert (code, told.splitlines()[0].startswith("Usage: idp ")) == (0, True)
    assert "Options:" in told


def test_the_doctor_tells_everything_that_it_can_tell_without_a_database(
    shell: Shell, key_folder: Path, unused_port: int
) -> None:
    url = f"postgresql+psycopg://sso@127.0.0.1:{unused_port}/sso"
    code, told = shell.run("doctor", IDP_DATABASE_URL=url, IDP_KEYS=str(key_folder), IDP_SMTP_PORT=str(unused_port))
    assert code == 1
    assert told.splitlines() == [
        f"database: does not answer at 127.0.0.1:{unused_port}",
        f"mail: the relay does not answer at localhost:{unused_port} (ConnectionRefusedError)",
        "2 to mend",
    ]


def test_a_refusal_is_told_in_the_language_of_the_commands(app: Flask, shell: Shell, key_folder: Path) -> None:
    given = {"IDP_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "IDP_KEYS": str(key_folder)}
    assert shell.run("first-officer", **given)[0] == 0
    code, told = shell.run("first-officer", **given)
    assert code == 1
    assert told.isascii()


@pytest.mark.parametrize(
    ("environment", "told", "code"),
    [
        ({"IDP_ISSUER": "nonsense"}, "IDP_ISSUER", 2),
        ({"IDP_KEYS": "/nonexistent"}, "idp keys prepare", 2),
        ({"IDP_ENVIRONMENT": "production"}, "IDP_DATABASE_URL", 2),
        ({"IDP_DATABASE_URL": "postgresql://localhost/sso"}, "postgresql+psycopg://", 2),
    ],
)
def test_what_is_wrong_with_an_installation_is_said_without_a_stack_trace(
    tmp_path: Path, environment: dict[str, str], told: str, code: int
) -> None:
    command = [str(Path(sys.executable).parent / "idp"), "doctor"]
    base = {"PATH": "/usr/bin:/bin", "IDP_SETTINGS_FILE": str(tmp_path / "none"), "IDP_VAR": str(tmp_path)}
    done = subprocess.run(command, env={**base, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
