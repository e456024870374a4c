"""House rules that no linter knows."""

import re
from pathlib import Path

import pytest

PACKAGES = ("idp", "relying_party_example", "thai_web")
PYTHON = [path for root in PACKAGES for path in Path(root).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = [path for root in PACKAGES for path in Path(root).rglob("*.html")]
DRAWERS = {"utils", "helpers", "services", "managers", "admin", "common", "misc"}


def test_no_file_grows_past_what_one_reads_in_a_sitting() -> None:
    long = {str(path): lines for path in PYTHON if (lines := len(path.read_text().splitlines())) > 350}
    assert not long


def test_no_template_grows_past_a_screen_or_two() -> None:
    long = {str(path): lines for path in TEMPLATES if (lines := len(path.read_text().splitlines())) > 120}
    assert not long


def test_there_are_no_drawers() -> None:
    assert not [str(path) for path in PYTHON if {path.stem, path.parent.name} & DRAWERS]


@pytest.mark.parametrize("pattern", [r"<style", r"\sstyle=", r"\son[a-z]+=", r"javascript:", r"<script(?![^>]*\ssrc=)"])
def test_pages_carry_no_inline_script_or_style(pattern: str) -> None:
    assert not [str(path) for path in TEMPLATES if re.search(pattern, path.read_text())]


def test_neither_the_product_nor_the_demo_needs_the_tests() -> None:
    names = re.compile(r"\btests[./]\w|\b(from|import) tests\b")
    demo = [*Path("demo").rglob("*.py"), Path("wsgi.py"), Path("gunicorn.conf.py")]
    assert not [str(path) for path in (*PYTHON, *demo) if names.search(path.read_text())]


def test_only_clock_asks_the_time() -> None:
    asks = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    assert not [str(path) for path in PYTHON if path.name != "clock.py" and asks.search(path.read_text())]


def test_nobody_but_the_frame_and_the_named_exceptions_commits() -> None:
    allowed = {
        "idp/database.py",
        "idp/web/application.py",
        "idp/web/errors.py",
        "idp/commands.py",
    }
    found = {
        str(path)
        for path in PYTHON
        if "session.commit(" in path.read_text() and path.parts[0] in ("idp", "thai_web") and path.name != "commands.py"
    }
    assert found <= allowed


def test_only_the_vault_opens_files_of_the_vault() -> None:
    opens = re.compile(r"settings\(\)\.var\b|\.var\s*/")
    found = {str(path) for path in PYTHON if opens.search(path.read_text()) and path.parts[0] == "idp"}
    names_another_file = {"idp/config.py"}
    assert found <= {"idp/evidence/vault.py", "idp/evidence/operations.py"} | names_another_file


def test_rules_are_pure() -> None:
    asks_the_time = r"thai_web import clock|thai_web\.clock import .*\b(now|today)\b"
    impure = re.compile(rf"^(from|import) (flask|sqlalchemy|idp\.database|{asks_the_time})", re.M)
    assert not [str(path) for path in PYTHON if path.name == "rules.py" and impure.search(path.read_text())]
