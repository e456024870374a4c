"""A provider that knows the running simulator, and a browser that goes there and back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from demo.thaid_simulator.application import create_app
from demo.thaid_simulator.switches import turned
from demo.thaid_simulator.world import World, default_world
from idp.thaid import browser
from idp.thaid.rules import PLACES, Intent, ThaIDIdentity
from tests.idp.thaid import party
from tests.people import CLERK
from tests.serving import serving
from tests.waiting import LONGEST


@dataclass
class Journey:
    """One browser at one provider, with the simulator beside it."""

    app: Flask
    world: World
    client: FlaskClient

    def another(self) -> "Journey":
        """The same places, seen from another browser."""
        return Journey(self.app, self.world, self.app.test_client())

    def configure(self, **changes: Any) -> None:
        """The provider, started again with other settings."""
        self.app.config["SETTINGS"] = replace(self.app.config["SETTINGS"], **changes)
        self.app.extensions.pop("thaid", None)

    def switch(self, **changes: Any) -> None:
        """Turn the simulator's switches."""
        self.world.switches = turned(self.world.switches, changes)

    def leave(self, intent: Intent = Intent.SIGN_IN, path: str = "", about_id: int | None = None) -> str:
        """What a page of a room above does when its button is pressed. Returns ThaID's address."""
        with self.app.test_request_context(method="POST", headers=self._cookies()):
            response = browser.depart(intent, path or PLACES[intent].finish, about_id)
        name, _equals, value = response.headers["Set-Cookie"].partition(";")[0].partition("=")
        self.client.set_cookie(name, value)
        address: str = response.location
        return address

    def confirm(self, address: str, national_id: str = CLERK.national_id) -> str:
        """At ThaID: be this person. Returns the callback's path and query."""
        transaction = self.ask(address)
        form = {"txID": transaction, "national_id": national_id}
        return self.local(
            requests.post(f"{self.world.issuer}/sandbox/", data=form, allow_redirects=False, timeout=LONGEST)
        )

    def ask(self, address: str) -> str:
        """Follow the address to the QR page. Returns the transaction's id."""
        answer = requests.get(address, allow_redirects=False, timeout=LONGEST)
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.headers["Location"]).query)["txID"][0]

    def local(self, answer: requests.Response) -> str:
        """Where ThaID sends the browser, as a path at the provider."""
        parts = urlsplit(answer.headers["Location"])
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "http://localhost:8000/thaid/callback"
        return f"{parts.path}?{parts.query}"

    def come_back(self, national_id: str = CLERK.national_id, **departure: Any) -> TestResponse:
        """The whole way, up to the callback's answer."""
        return self.client.get(self.confirm(self.leave(**departure), national_id))

    def arrive(self, landing: str, intent: Intent = Intent.SIGN_IN, about_id: int | None = None) -> ThaIDIdentity:
        """What the page that finishes does."""
        with self.app.test_request_context(landing, headers=self._cookies()):
            return browser.arrive(intent, about_id)

    def identity(self, national_id: str = CLERK.national_id) -> ThaIDIdentity:
        """The whole way, to the end."""
        response = self.come_back(national_id)
        assert response.status_code == 303, response.get_data(as_text=True)
        return self.arrive(response.location)

    def _cookies(self) -> dict[str, str]:
        held = self.client.get_cookie("idp_thaid")
        return {"Cookie": f"idp_thaid={held.value}"} if held else {}


@pytest.fixture(scope="session")
def simulator() -> Iterator[World]:
    """The simulator, running."""
    world = default_world("")
    with serving(create_app(world)) as port:
        world.issuer = f"http://127.0.0.1:{port}"
        yield world


@pytest.fixture
def world(simulator: World) -> World:
    """The simulator as at the start, with a relying party that is not ours."""
    simulator.reset()
    party.register(simulator)
    return simulator


def _journey(app: Flask, world: World) -> Journey:
    world.reset()
    client = next(iter(world.clients.values()))
    journey = Journey(app, world, app.test_client())
    journey.configure(
        thaid_issuer=world.issuer,
        thaid_client_id=client.client_id,
        thaid_client_secret=client.client_secret,
        outbound_hosts=("127.0.0.1",),
    )
    return journey


@pytest.fixture
def journey(sqlite_app: Flask, simulator: World) -> Journey:
    """For what no database can change."""
    return _journey(sqlite_app, simulator)


@pytest.fixture
def stored_journey(app: Flask, simulator: World) -> Journey:
    """On each database."""
    return _journey(app, simulator)
