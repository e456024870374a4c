"""The systems of this folder: where each lives, and how it is registered."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.conformance.provider import SECRET, Provider
from tests.processes.conftest import free_port
from tests.waiting import LONGEST, wait_until

HERE = Path(__file__).parent
NODE_MODULES = HERE / "node_modules"
EXAMPLES = ("python", "javascript", "php")
PORTS = {name: free_port() for name in (*EXAMPLES, "page")}
POPUP = "http://127.0.0.1/back"  # of a page of another site, on whatever port


def registered() -> list[dict[str, Any]]:
    """The metadata of them all."""
    page = {"token_endpoint_auth_method": "none", "client_secret": None, "redirect_uris": [address("page") + "/"]}
    in_browser = {**_metadata("page"), **page}
    popup = {**in_browser, "client_id": "popup", "client_name": "ระบบ popup", "redirect_uris": [POPUP]}
    return [*(_metadata(name) for name in EXAMPLES), in_browser, popup]


def _metadata(name: str) -> dict[str, Any]:
    return {
        "client_id": name,
        "client_secret": SECRET,
        "client_name": f"ระบบ {name}",
        "owner_unit": "P67",
        "redirect_uris": [f"{address(name)}/signin/callback"],
        "post_logout_redirect_uris": [f"{address(name)}/"],
        "grant_types": ["authorization_code", "refresh_token"],
    }


def address(name: str) -> str:
    """Where a system lives."""
    return f"http://localhost:{PORTS[name]}"


def node_modules() -> Path:
    """The packages of package-lock.json. Without them these tests fail: they are no luxury."""
    assert (NODE_MODULES / "openid-client").is_dir(), "run: make node-packages"
    return NODE_MODULES


def trusting(provider: Provider) -> dict[str, str]:
    """What makes Python and Node trust the provider's certificate, as an installation's own authority would be."""
    certificate = str(provider.certificate)
    return {"REQUESTS_CA_BUNDLE": certificate, "NODE_EXTRA_CA_CERTS": certificate}


@contextmanager
def running(name: str, command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A system's own server; yields its address."""
    assert shutil.which(command[0]), f"{command[0]} is missing: run make system-packages"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(name), f"the {name} example answers", lambda: process.poll() is None)
        yield address(name)
    finally:
        process.terminate()
        process.wait(LONGEST)


def _answers(name: str) -> bool:
    try:
        return requests.get(address(name) + "/", timeout=LONGEST).ok
    except requests.RequestException:
        return False
