"""What the installation writes is its owner's alone, whatever umask it was started under."""

import os
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.signing_keys import files
from tests.idp.test_commands import Shell, shell  # noqa: F401 - a fixture
from thai_web import clock

GUNICORN = Path(__file__).parents[2] / "gunicorn.conf.py"


@pytest.fixture(autouse=True)
def under_no_umask() -> Iterator[None]:
    """As careless a start as there is."""
    before = os.umask(0)
    yield
    os.umask(before)


def _modes(folder: Path) -> dict[str, int]:
    return {each.name: each.stat().st_mode & 0o777 for each in folder.rglob("*") if each.is_file()}


def test_a_signing_keys_folder_its_keys_and_their_dates_are_the_owners_alone(tmp_path: Path) -> None:
    [kid, *_others] = files.prepare(tmp_path, clock.now(), "")
    assert (tmp_path / "signing").stat().st_mode & 0o777 == 0o700
    assert _modes(tmp_path)[f"{kid}.json"] == _modes(tmp_path)[f"{kid}.pem"] == 0o600
    files.rotate(tmp_path, "ES256", clock.now(), "")
    assert set(_modes(tmp_path).values()) == {0o600}


def test_the_sqlite_file_that_a_command_makes_is_the_owners_alone(shell: Shell, key_folder: Path) -> None:  # noqa: F811
    made = shell.folder / "made"
    made.mkdir()
    url = f"sqlite:///{made / 'idp.sqlite'}"
    assert shell.run("migrate", IDP_DATABASE_URL=url, IDP_KEYS=str(key_folder))[0] == 0
    assert _modes(made)["idp.sqlite"] == 0o600


def test_what_gunicorns_processes_write_is_the_owners_alone(tmp_path: Path) -> None:
    runpy.run_path(str(GUNICORN))
    (tmp_path / "document").write_text("")
    assert _modes(tmp_path) == {"document": 0o600}
