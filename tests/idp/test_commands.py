"""The `idp` command: clear words and exit codes."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import Flask

from idp.accounts.models import Account
from idp.appointments.models import Appointment
from idp.commands import first_officer
from idp.database import db
from tests.people import DLA_OFFICER, fictional_national_id
from tests.scene import letter_image
from tests.waiting import LONGEST

OFFICER = [
    "--given-name", DLA_OFFICER.given_name, "--family-name", DLA_OFFICER.family_name, "--email", DLA_OFFICER.email,
    "--position", DLA_OFFICER.position, "--letter-number", "มท 0806/1", "--letter-date", "2026-11-01",
    "--signed-by", "อธิบดี",
]  # fmt: skip


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


@pytest.mark.parametrize(
    ("environment", "told", "code"),
    [
        ({"IDP_ISSUER": "nonsense"}, "IDP_ISSUER", 2),
        ({"IDP_KEYS": "/nonexistent"}, "idp keys prepare", 2),
        ({"IDP_ENVIRONMENT": "production"}, "IDP_DATABASE_URL", 2),
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
