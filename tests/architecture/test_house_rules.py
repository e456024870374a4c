"""House rules that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

PACKAGES = ("idp", "relying_party_example", "thai_web")
PYTHON = [path for root in PACKAGES for path in Path(root).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = [path for root in PACKAGES for path in Path(root).rglob("*.html")]
OF_MAILS = Path("idp/notifications/templates/notifications/mail.html")  # mailboxes drop style sheets
DRAWERS = {"utils", "helpers", "services", "managers", "admin", "common", "misc"}


def test_no_file_grows_past_what_one_reads_in_a_sitting() -> None:
    long = {str(path): lines for path in PYTHON if (lines := len(path.read_text().splitlines())) > 350}
    assert not long


# The way of an authorization, token, UserInfo, introspection, revocation and logout request, and of a sign-in.
PROTOCOL = (
    "idp/oidc",
    "idp/signing_keys",
    "idp/fast_sql.py",
    "idp/throttle",
    "idp/access",
    "idp/thaid",
    "idp/clients",
    "idp/signin/operations.py",
    "idp/signin/known_device.py",
)
SAYS_ANY = {
    "idp/signing_keys/key_ring.py": "joserfc exports no name for an algorithm",
    "idp/clients/forms.py": "a registration by name, as the fields of its form take it",
    "idp/oidc/logout/backchannel.py": "a query whose rows are read by the caller",
}


def test_nothing_on_the_way_of_a_protocol_request_is_any() -> None:
    on_the_way = [path for path in PYTHON if any(path.is_relative_to(each) for each in PROTOCOL)]
    assert {str(path) for path in on_the_way if _imports_any(path)} == SAYS_ANY.keys()


def _imports_any(path: Path) -> bool:
    imports = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom))
    return any(node.module == "typing" and "Any" in {each.name for each in node.names} for node in imports)


def test_no_template_grows_past_a_screen_or_two() -> None:
    long = {str(path): lines for path in TEMPLATES if (lines := len(path.read_text().splitlines())) > 120}
    assert not long


def test_there_are_no_drawers() -> None:
    assert not [str(path) for path in PYTHON if {path.stem, path.parent.name} & DRAWERS]


@pytest.mark.parametrize("pattern", [r"<style", r"\sstyle=", r"\son[a-z]+=", r"javascript:", r"<script(?![^>]*\ssrc=)"])
def test_pages_carry_no_inline_script_or_style(pattern: str) -> None:
    pages = [path for path in TEMPLATES if path != OF_MAILS or pattern != r"\sstyle="]
    assert not [str(path) for path in pages if re.search(pattern, path.read_text())]


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
