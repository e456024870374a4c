"""INFO on either database, a provider to sign in at, and browsers that are signed in."""

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from relying_party_example import create_app
from relying_party_example.commands import upgrade
from relying_party_example.config import Settings
from relying_party_example.database import db, job
from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import PeriodKey
from relying_party_example.signin import operations as signin
from relying_party_example.signin.provider import Tokens
from relying_party_example.signin.rules import Person, person_from
from relying_party_example.units import operations as units
from relying_party_example.units.feed import Feed
from relying_party_example.units.rules import from_feed
from tests.relying_party_example import people
from tests.relying_party_example.stub_provider import CLIENT, Stub, running
from tests.snapshots import administer
from thai_web import clock

KEY = PeriodKey(2570, 1)
_numbers = itertools.count(1)
SignIn = Callable[[dict[str, Any]], FlaskClient]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'info.sqlite'}"
        return
    server = request.getfixturevalue("postgresql_url")
    name = f"info_{os.getpid()}_{next(_numbers)}"
    administer(make_url(server), f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    administer(make_url(server), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database, for what no database can change (pages, guards)."""
    return f"sqlite:///{tmp_path / 'info.sqlite'}"


@pytest.fixture
def provider() -> Iterator[Stub]:
    """The stub provider, running."""
    with running(Stub(units=people.REGISTER)) as stub:
        yield stub


FILLED = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def application_on(url: str, issuer: str, at: datetime = FILLED) -> Iterator[Flask]:
    """INFO on an empty database, filled at a moment."""
    settings = Settings(
        database_url=url,
        issuer=issuer,
        base_url="http://localhost",
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
    )
    application = create_app(settings)
    application.config["TESTING"] = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    with application.app_context():
        upgrade()
        job(lambda: fill(at))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


def fill(now: datetime) -> None:
    """The register, and a quarter that takes reports on time: on 22 November the first of 2570, opened early."""
    rows = [found for row in people.REGISTER if (found := from_feed(row))]
    units.synchronise(Feed('"0"', rows), now)
    periods.create_wanted(now)
    periods.ensure_open("ทดลองใช้", person_from(people.DLA_OFFICER), now)


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """INFO with its context pushed, for operations."""
    for application in application_on(database_url, "http://127.0.0.1:9"):
        with application.app_context():
            yield application


@pytest.fixture
def web(sqlite_url: str, provider: Stub) -> Iterator[Flask]:
    """INFO on SQLite beside the running stub provider, for pages."""
    yield from application_on(sqlite_url, provider.issuer)


@pytest.fixture
def web_on_either(database_url: str) -> Iterator[Flask]:
    """INFO on either database, for pages whose answer may depend on it."""
    yield from application_on(database_url, "http://127.0.0.1:9")


@pytest.fixture
def clock_set() -> Iterator[time_machine.Traveller]:
    """Noon of 24 November 2026 in Thailand: the quarter was opened early and nothing is due yet."""
    with time_machine.travel(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign_in(web: Flask, provider: Stub) -> SignIn:
    """A browser in which a person of the cast is signed in already."""

    return lambda claims: browser_of(web, provider, claims)


def browser_of(web: Flask, provider: Stub, claims: dict[str, Any]) -> FlaskClient:
    """A browser in which the person of these claims is signed in."""
    client = web.test_client()
    with web.app_context():
        tokens = Tokens(**{name: value for name, value in provider.issue(claims).items() if name != "token_type"})
        secret = job(lambda: signin.open_session(claims, tokens, hours=8, now=clock.now()))
    client.set_cookie("info_sid", secret, domain="localhost")
    return client


@pytest.fixture
def the() -> Callable[[dict[str, Any]], Person]:
    """The person of claims."""
    return person_from
