"""The provider as it runs for real: gunicorn with several workers, `idp work`, a relay. Each test gets fresh ones."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from aiosmtpd.controller import Controller
from flask import Flask

from tests.waiting import LONGEST, wait_until

BIN = Path(sys.executable).parent


class Relay:
    """Takes mail and counts it."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append(envelope)
        return "250 taken"


class Installation:
    """A database, keys and settings, and the processes started on them."""

    def __init__(self, database_url: str, folder: Path, keys: Path) -> None:
        self.relay, self.smtp_port = Relay(), free_port()
        self.controller = Controller(self.relay, hostname="127.0.0.1", port=self.smtp_port)
        self.environment = {
            **os.environ,
            "IDP_SETTINGS_FILE": str(folder / "none.env"),
            "IDP_DATABASE_URL": database_url,
            "IDP_VAR": str(folder),
            "IDP_KEYS": str(keys),
            "IDP_SMTP_PORT": str(self.smtp_port),
        }
        self.started: list[subprocess.Popen[bytes]] = []
        self.log: Path | None = None

    def node(self, workers: int = 2) -> str:
        """Start gunicorn; the address when it answers."""
        port = free_port()
        command = [str(BIN / "gunicorn"), "--workers", str(workers), "--threads", "2", "--bind", f"127.0.0.1:{port}"]
        process = self.start([*command, "--log-level", "warning", "wsgi:app"])
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(address), "the node answers", lambda: process.poll() is None)
        return address

    def worker(self) -> subprocess.Popen[bytes]:
        """Start `idp work`."""
        return self.start([str(BIN / "idp"), "work"])

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a process that is stopped with the test."""
        log = self.log.open("ab") if self.log else None
        kept = {"stdout": log, "stderr": log} if log else {"stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=self.environment, **kept)  # type: ignore[call-overload]
        if log:
            log.close()
        self.started.append(process)
        return process

    def stop(self) -> None:
        """Stop everything."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            process.wait(LONGEST)
        self.controller.stop()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=LONGEST).ok
    except requests.RequestException:
        return False


@pytest.fixture
def installation(app: Flask, tmp_path: Path, key_folder: Path) -> Iterator[Installation]:
    """Processes beside the test's own application, on the same database."""
    made = Installation(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, key_folder)
    made.controller.start()
    yield made
    made.stop()
