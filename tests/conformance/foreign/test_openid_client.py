"""openid-client, the certified library of the Node world: sign in, refresh, revoke, sign out."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import instant
from tests.conformance.browser import Arrival, Browser
from tests.conformance.foreign.clients import HERE, node_modules, trusting
from tests.conformance.provider import CALLBACK, SECRET, SIGNED_OUT, Provider
from tests.people import CLERK

pytestmark = pytest.mark.xdist_group("conformance")


def play(provider: Provider, browser: Browser, client_id: str, method: str) -> dict[str, Any]:
    """Let the script sign in with our browser; what it found in the end."""
    assert node_modules()
    environment = {
        **os.environ,
        **trusting(provider),
        **instant.of_another_language(),
        "ISSUER": provider.issuer,
        "CLIENT_ID": client_id,
        "METHOD": method,
        "CLIENT_SECRET": SECRET,
        "CALLBACK": CALLBACK,
        "SIGNED_OUT": SIGNED_OUT,
    }
    command = ["node", str(HERE / "certified.mjs")]
    with subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as script:
        assert script.stdin
        assert script.stdout
        assert script.stderr
        for line in script.stdout:
            said = json.loads(line)
            if "done" in said:
                found: dict[str, Any] = said["done"]
                return found
            arrival = browser.walk(said["open"])
            assert isinstance(arrival, Arrival), arrival.text
            script.stdin.write(json.dumps({"arrived": f"{arrival.address}?{urlencode(arrival.in_url)}"}) + "\n")
            script.stdin.flush()
        raise AssertionError(script.stderr.read())


@pytest.mark.parametrize(("client_id", "method"), [("basic", "client_secret_basic"), ("post", "client_secret_post")])
def test_openid_client_is_content(provider: Provider, browser: Browser, client_id: str, method: str) -> None:
    found = play(provider, browser, client_id, method)
    assert CLERK.given_name in found["name"]
    assert found["stillSame"] is True
    assert (found["active"], found["activeAfter"]) == (True, False)
    assert found["revoked"] == 401
    assert found["left"] == f"{SIGNED_OUT}?state=bye"
    assert found["refused"] == "invalid_grant"


def test_the_lock_file_names_no_host() -> None:
    assert '"resolved"' not in (Path(HERE) / "package-lock.json").read_text()
