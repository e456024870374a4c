"""A whole demo of its own on free ports, and a real Chromium beside it."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys import secrets_search
from tests.waiting import LONGEST, wait_until

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
PATIENCE = 120_000  # milliseconds that a step may take on a busy machine
PICTURES = Path("var/pictures")
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Demo:
    """A running demo: its addresses and its people."""

    provider: str
    info: str
    inbox: str
    thaid: str
    people: dict[str, dict[str, Any]]
    folder: Path

    def mails(self) -> list[dict[str, Any]]:
        """Every mail that arrived, oldest first."""
        every: list[dict[str, Any]] = requests.get(f"{self.inbox}/mails.json", timeout=LONGEST).json()
        return every

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """The mails that arrived for an address, oldest first."""
        return [mail for mail in self.mails() if mail["to"] == address]

    def wait_for_mail(self, address: str, subject_holds: str, count: int = 1) -> dict[str, Any]:
        """The newest mail whose subject holds a text, once there are `count` of them."""
        found: list[dict[str, Any]] = []

        def came() -> bool:
            found[:] = [mail for mail in self.mails_to(address) if subject_holds in mail["subject"]]
            return len(found) >= count

        wait_until(came, f"a mail about “{subject_holds}” came to {address}")
        return found[-1]


def _free_base() -> int:
    """A port whose neighbours 1, 2, 3 and 25 above are free too; each test process looks in a range of its own."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for base in range(21000 + process * 1000, 22000 + process * 1000, 40):
        if all(_is_free(base + step) for step in (0, 1, 2, 3, 25)):
            return base
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares the demo is a journey: its clock goes on with the demo's."""
    for item in items:
        if "demo" in getattr(item, "fixturenames", ()):
            item.add_marker("journey")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """What `make demo` starts, in a folder of its own."""
    base, folder = _free_base(), tmp_path_factory.mktemp("demo")
    environment = {**os.environ, "PORT_BASE": str(base), "DEMO_FOLDER": str(folder), "IDP_THROTTLE_SCALE": "50"}
    environment["DEMO_PROVINCE"] = "no"  # journeys count what is there
    log = (folder / "demo.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "demo.run"], env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        said = folder / "demo.log"
        wait_until(lambda: "Ctrl-C stops all" in said.read_text(), "the demo is up", lambda: process.poll() is None)
        told = json.loads((folder / "demo.json").read_text())
        people = {person["username"]: person for person in told["people"]}
        yield Demo(
            **{each: told["addresses"][each] for each in ("provider", "info", "inbox", "thaid")},
            people=people,
            folder=folder,
        )
    finally:
        process.terminate()
        process.wait(LONGEST)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    expect.set_options(timeout=PATIENCE)
    path = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(params=["script-desktop", "script-phone", "plain-desktop", "plain-phone"])
def open_browser(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Callable[[str], Page]]:
    """Opens a fresh browser profile for a person, with scripts on or off, at desktop or phone size.

    When the journey is over, no national ID and no password may stand anywhere that it left traces.
    """
    script, size = request.param.split("-")
    contexts, addresses = [], set()

    def open_for(_person: str) -> Page:
        context = browser.new_context(viewport=SIZES[size], java_script_enabled=script == "script", locale="th-TH")
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda asked: addresses.add(asked.url))
        contexts.append(context)
        return context.new_page()

    open_for.variant = request.param  # type: ignore[attr-defined]
    yield open_for
    for context in contexts:
        context.close()
    assert not secrets_search.found(secrets_search.places(demo.folder, demo.mails(), addresses))
