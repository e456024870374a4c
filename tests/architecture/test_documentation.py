"""The reference says what the code does; links lead somewhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from idp.oidc import endpoints
from tests.architecture import attacks
from tests.architecture.reference import PAGES


@pytest.mark.parametrize(("path", "make"), PAGES.items())
def test_a_reference_page_is_what_the_code_says(path: str, make: Callable[[], str]) -> None:
    assert Path(path).read_text() == make(), "run: python -m tests.architecture.reference"


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [*Path("docs").rglob("*.md"), Path("README.md"), Path("CONTRIBUTING.md")]
    dead = [
        f"{page}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not dead


def test_every_path_of_the_protocol_is_described(sqlite_app: Flask) -> None:
    page = Path("docs/reference/endpoints.md").read_text()
    protocol = {room.blueprint.name for room in endpoints.ROOMS} - {"select_account", "own_consents"}
    rules = {rule.rule for rule in sqlite_app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in protocol}
    assert not {rule for rule in rules if rule not in page}


def test_every_command_is_described() -> None:
    from idp.commands import cli

    page = Path("docs/reference/commands.md").read_text()
    assert not [name for name in cli.commands if f"idp {name}" not in page]


def test_every_attack_is_played_by_a_test_and_the_page_says_which() -> None:
    assert set(attacks.marked()) == set(attacks.ATTACKS)
    assert Path("docs/reference/attacks.md").read_text(encoding="utf-8") == attacks.page(), (
        "run python -m tests.architecture.attacks"
    )


def test_each_line_of_a_standard_names_a_test_that_is_there() -> None:
    page = Path("docs/reference/standards.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named) > 15
    assert not [f"{file}::{name}" for file, name in named if f"def {name}(" not in Path(file).read_text("utf-8")]
    rows = [
        line
        for line in page.splitlines()
        if line.startswith("| ") and not line.startswith(("| criterion", "| subject"))
    ]
    assert not [row for row in rows if "::" not in row]
