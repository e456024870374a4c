"""What every test may ask for: an application on either database, a browser-like client, the register, people."""

import functools
import gc
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from tests import instant, shared_fixtures
from tests.snapshots import Snapshots, administer

# A limit of time in a test says something about the machine, nothing about the program.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
shared_fixtures.begin()

_clock = pytest.StashKey[instant.Clock]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make rehearse` says on the days that it plays."""
    parser.addoption("--machine-clock", action="store_true", help="live on the machine's day, not the pinned one")


def pytest_configure(config: pytest.Config) -> None:
    """Before any module of tests is imported: what it computes belongs to the pinned day, too."""
    if not config.getoption("numprocesses", None):  # which makes this the one that hands the tests out
        config.stash[_clock] = instant.Clock(on_its_own_day=config.getoption("machine_clock"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture is made, whatever its scope."""
    shares_a_server = item.get_closest_marker("xdist_group") or item.get_closest_marker("journey")
    item.config.stash[_clock].begin_test(
        names_its_days=item.get_closest_marker("pinned") is not None, goes_on=shares_a_server is not None
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Pytest's own last lines tell the machine's time."""
    if clock := config.stash.get(_clock, None):
        clock.end()


_real_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: Any) -> Any:
    if self.family in (socket.AF_INET, socket.AF_INET6) and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"a test tried to reach {address[0]}: tests stay on the loopback")
    return _real_connect(self, address)


socket.socket.connect = _loopback_only  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _collect_what_tests_make() -> None:
    """What was imported stays to the end; looking through it for garbage took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server, one for each test process."""
    from tests.postgresql import server

    with server() as url:
        yield url


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """Key files, made once."""
    from idp import secrets_at_rest
    from idp.signing_keys import files

    # Parsing an RSA key tests its primes, which takes 50 ms; every test's application reads the same few.
    files.load_pem_private_key = functools.cache(files.load_pem_private_key)
    folder = tmp_path_factory.mktemp("keys")
    secrets_at_rest.prepare(folder)
    files.prepare(folder, pytestconfig.stash[_clock].earliest, password="")
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, key_folder: Path) -> Path:
    """A migrated SQLite file with the register of Phetchabun, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    _prepare(f"sqlite:///{folder / 'idp.sqlite'}", folder, key_folder)
    return folder / "idp.sqlite"


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory, key_folder: Path, postgresql_url: str) -> str:
    """A migrated PostgreSQL database with the same register, used as template for each test's own."""
    name = f"template_{os.getpid()}"
    administer(make_url(postgresql_url), f"CREATE DATABASE {name}")
    _prepare(f"{postgresql_url}/{name}", tmp_path_factory.mktemp("template"), key_folder)
    return name


def _settings(database_url: str, var: Path, key_folder: Path) -> Any:
    from idp.config import Settings

    return Settings(database_url=database_url, var=var, keys=key_folder, throttle_scale=1)


def _prepare(database_url: str, var: Path, key_folder: Path) -> None:
    from flask_migrate import upgrade

    from idp import create_app
    from idp.commands import MIGRATIONS
    from idp.database import db
    from idp.units.operations import import_register

    app = create_app(_settings(database_url, var, key_folder))
    with app.app_context():
        upgrade(str(MIGRATIONS))
        import_register(province_codes={"67"})
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path, key_folder: Path) -> Iterator[Flask]:
    """The provider on a fresh database of its own, once on SQLite and once on PostgreSQL."""
    yield from _application(request, tmp_path, key_folder, request.param)


@pytest.fixture
def sqlite_app(request: pytest.FixtureRequest, tmp_path: Path, key_folder: Path) -> Iterator[Flask]:
    """The provider on SQLite alone, for what no database can change (pages, guards)."""
    yield from _application(request, tmp_path, key_folder, "sqlite")


def _application(request: pytest.FixtureRequest, tmp_path: Path, key_folder: Path, kind: str) -> Iterator[Flask]:
    from idp import create_app
    from idp.database import db

    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "idp.sqlite")
        url = f"sqlite:///{tmp_path / 'idp.sqlite'}"
    else:
        server, template = request.getfixturevalue("postgresql_url"), request.getfixturevalue("postgresql_template")
        name = f"test_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**10}"
        administer(make_url(server), f"CREATE DATABASE {name} TEMPLATE {template}")
        url = f"{server}/{name}"
    application = create_app(_settings(url, tmp_path, key_folder))
    application.config["TESTING"] = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    with application.app_context():
        shared_fixtures.compile_for(db.engine)
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    if kind == "postgresql":
        administer(make_url(server), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Snapshots:
    """Scenes that were played. In a rehearsal the day goes on, and a scene of before midnight is one of yesterday."""
    return Snapshots(tmp_path_factory.mktemp("scenes"), is_kept=not pytestconfig.getoption("machine_clock"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script."""
    return app.test_client()


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[tuple[str, str, str]]]:
    """The mails queued so far: recipient, subject, body."""
    from tests.factories import read_outbox

    return lambda: read_outbox(app)


@pytest.fixture
def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
