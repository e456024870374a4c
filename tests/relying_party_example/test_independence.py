"""INFO is cut out with a copy of two folders, its own and `thai_web`: it runs where the provider cannot be imported."""

import json
import subprocess
import sys
from pathlib import Path

from relying_party_example.signin.provider import SCOPE
from relying_party_example.signin.rules import ROLE_KINDS, ROLE_NAMES

SCRIPT = """
import sys
sys.modules["idp"] = None
from relying_party_example import commands, create_app, worker
from relying_party_example.config import Settings
app = create_app(Settings(database_url="sqlite://"))
assert app.test_client().get("/healthz").status_code == 200
assert not [name for name in sys.modules if name.startswith("idp.")]
"""


def test_info_runs_without_the_providers_package() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_file_of_info_names_the_providers_package() -> None:
    named = [
        str(path)
        for path in Path("relying_party_example").rglob("*.py")
        if "import idp" in path.read_text() or "from idp" in path.read_text()
    ]
    assert not named


def test_the_client_file_declares_the_roles_and_scopes_that_the_code_knows() -> None:
    declared = json.loads(Path("relying_party_example/client.json").read_text())
    assert {role["code"]: set(role["unit_kinds"]) for role in declared["roles"]} == {
        str(role): {str(kind) for kind in kinds} for role, kinds in ROLE_KINDS.items()
    }
    assert {role["name_th"] for role in declared["roles"]} == set(ROLE_NAMES.values())
    assert declared["scope"] == SCOPE
