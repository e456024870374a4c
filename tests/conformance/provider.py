"""The provider as systems meet it: gunicorn by https, its worker, people of the cast and systems in its database."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.certificate import for_localhost
from tests.people import CLERK, UNIT_ADMIN
from tests.processes.conftest import BIN, Installation, free_port
from tests.waiting import LONGEST, wait_until

CALLBACK = "https://rp.example.go.th/callback"
CALLBACK_WITH_QUERY = "https://rp.example.go.th/callback?bar=foo"
SIGNED_OUT = "https://rp.example.go.th/signed-out"
SECRET = "a-secret-of-the-system/that:needs+encoding%0123456789"


@dataclass(frozen=True)
class Provider:
    """A running provider: its issuer and the certificate by which it is known."""

    issuer: str
    certificate: Path
    folder: Path

    def call(self, method: str, url: str, **arguments: Any) -> requests.Response:
        """One call without cookies, and without following anything."""
        address = url if url.startswith("http") else self.issuer + url
        return requests.request(
            method, address, verify=str(self.certificate), allow_redirects=False, timeout=LONGEST, **arguments
        )

    def discovery(self) -> dict[str, Any]:
        """What it says about itself."""
        found: dict[str, Any] = self.call("GET", "/.well-known/openid-configuration").json()
        return found

    def log(self) -> str:
        """Everything that its processes wrote."""
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def running(
    folder: Path, template: Path, keys: Path, systems: list[dict[str, Any]], *, scheme: str = "https"
) -> Iterator[Provider]:
    """A provider on a fresh copy of the register, with the clerk, her admin and `systems`."""
    shutil.copy(template, folder / "idp.sqlite")
    database = f"sqlite:///{folder / 'idp.sqlite'}"
    _settle(database, folder, keys, systems)
    made, port = Installation(database, folder, keys), free_port()
    certificate, key = for_localhost(folder)
    provider = Provider(f"{scheme}://localhost:{port}", certificate, folder)
    by_https = ["--certfile", str(certificate), "--keyfile", str(key)] if scheme == "https" else []
    made.environment |= {
        "IDP_ISSUER": provider.issuer,
        "IDP_THROTTLE_SCALE": "100",
        "IDP_OUTBOUND_HOSTS": "127.0.0.1,localhost",
    }
    made.log = folder / "log"
    made.controller.start()
    try:
        node = made.start(
            [
                str(BIN / "gunicorn"),
                "--workers",
                "2",
                "--threads",
                "4",
                "--bind",
                f"127.0.0.1:{port}",
                *by_https,
                "--graceful-timeout",
                "1",
                "wsgi:app",
            ]
        )
        made.worker()
        wait_until(lambda: _answers(provider), "the provider answers", lambda: node.poll() is None)
        yield provider
    finally:
        made.stop()


def _answers(provider: Provider) -> bool:
    try:
        return provider.call("GET", "/readyz").ok
    except requests.RequestException:
        return False


def _settle(database: str, folder: Path, keys: Path, systems: list[dict[str, Any]]) -> None:
    from demo.people import EVERYTHING
    from idp import create_app
    from idp.accounts import details
    from idp.clients import operations as clients
    from idp.config import Settings
    from idp.database import db
    from tests.factories import open_person

    app = create_app(Settings(database_url=database, var=folder, keys=keys))
    with app.app_context():
        for metadata in systems:
            clients.import_metadata(metadata)
        for person in (CLERK, UNIT_ADMIN):
            account, _posting = open_person(person)
            if person is CLERK:
                details.tell(account.id, EVERYTHING)
                db.session.commit()
        db.session.remove()
        db.engine.dispose()
