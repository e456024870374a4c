"""INFO and the real provider, each on its own database, speaking over the loopback: what ends there is felt here."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp import create_app as create_provider
from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.clients import operations as clients
from idp.config import Settings as ProviderSettings
from idp.database import db
from tests.browsing import heading_of, text_of
from tests.conformance.browser import Arrival, Browser
from tests.conformance.provider import Provider
from tests.factories import open_person
from tests.people import CLERK, PROVINCIAL, Invented
from tests.relying_party_example.browsing import send, sign_out
from tests.relying_party_example.conftest import application_on
from tests.relying_party_example.reports import scene
from tests.relying_party_example.stub_provider import CLIENT
from tests.serving import serving
from thai_web import clock

pytestmark = pytest.mark.pinned  # the quarter that takes reports is the one of the pinned day

REVIEW = "/certification/2570-1/670603"
REMARKS = "/reports/2570-1/670603/parts/remarks"
Change = Callable[[int, int], object]


@dataclass
class Both:
    """The two applications, and the people in the provider's database by their key: account and posting."""

    provider: Flask
    issuer: str
    info: Flask
    people: dict[str, tuple[int, int]]

    def enter(self, person: Invented) -> FlaskClient:
        """A browser that signed in to INFO through the provider's own pages."""
        client = self.info.test_client()
        away = client.get("/signin/start").headers["Location"]
        back = Browser(Provider(self.issuer, Path(), Path()), person).walk(away)
        assert isinstance(back, Arrival), back.text
        done = client.get(back.address.removeprefix("http://localhost"), query_string=back.told)
        assert (done.status_code, done.headers["Location"]) == (303, "/")
        assert person.given_name in text_of(client.get("/dashboards/"))
        return client

    def happen(self, person: Invented, change: Change) -> None:
        """Something becomes of a person at the provider."""
        with self.provider.app_context():
            change(*self.people[person.key])
            db.session.commit()
            db.session.remove()


@pytest.fixture
def both(tmp_path: Path, sqlite_template: Path, key_folder: Path, unused_port: int) -> Iterator[Both]:
    """A clerk who reports and a province's officer who certifies, with accounts at the provider."""
    issuer = f"http://127.0.0.1:{unused_port}"
    shutil.copy(sqlite_template, tmp_path / "idp.sqlite")
    database = f"sqlite:///{tmp_path / 'idp.sqlite'}"
    provider = create_provider(
        ProviderSettings(database_url=database, var=tmp_path, keys=key_folder, issuer=issuer, throttle_scale=100)
    )
    with provider.app_context():
        _register_info()
        people = {CLERK.key: _person(CLERK, "reporter"), PROVINCIAL.key: _person(PROVINCIAL, "certifier")}
        db.session.remove()
    with _served(provider, unused_port):
        for info in application_on(f"sqlite:///{tmp_path / 'info.sqlite'}", issuer):
            yield Both(provider, issuer, info, people)
    with provider.app_context():
        db.session.remove()
        db.engine.dispose()


def _register_info() -> None:
    text = Path("relying_party_example/client.json").read_text().replace("http://localhost:8001", "http://localhost")
    clients.import_metadata(json.loads(text) | {"client_id": CLIENT[0], "client_secret": CLIENT[1]})
    db.session.commit()


def _person(person: Invented, role: str) -> tuple[int, int]:
    account, posting = open_person(person)
    [offered] = [each for each in clients.every_role() if each.code == role]
    clients.assign(posting.id, offered.id)
    db.session.commit()
    return account.id, posting.id


@contextmanager
def _served(app: Flask, port: int) -> Iterator[None]:
    with serving(app, port=port):
        yield


def role_ends(_account: int, posting: int) -> None:
    for held, _offered in clients.assignments(posting):
        clients.end_assignment(held.id, "test")


def posting_ends(_account: int, posting: int) -> None:
    accounts.end_posting(db.session.get_one(Posting, posting), clock.today() - timedelta(days=1))


def is_suspended(account: int, _posting: int) -> None:
    accounts.suspend(accounts.get(account), "test")


@contextmanager
def later(seconds: int) -> Iterator[None]:
    """The clock of both applications goes forward."""
    with time_machine.travel(clock.now() + timedelta(seconds=seconds)):
        yield


def save(client: FlaskClient, page: TestResponse, text: str) -> TestResponse:
    return send(client, page, {"problems": text})


@pytest.mark.attack(74)
@pytest.mark.parametrize(
    ("change", "status", "heading"),
    [
        (role_ends, 403, "ท่านไม่มีสิทธิ์ทำรายการนี้แล้ว"),
        (posting_ends, 401, "โปรดเข้าสู่ระบบใหม่"),
        (is_suspended, 401, "โปรดเข้าสู่ระบบใหม่"),
    ],
)
def test_what_ends_at_the_provider_decides_nothing_in_info_a_minute_later(
    both: Both, change: Change, status: int, heading: str
) -> None:
    clerk, officer = both.enter(CLERK), both.enter(PROVINCIAL)
    with both.info.app_context():
        scene.fill()
        scene.submit()
    page, own = officer.get(REVIEW), clerk.get("/reports/2570-1/670603")
    for person in (CLERK, PROVINCIAL):
        both.happen(person, change)
    with later(60):
        certified = send(officer, page, {}, action="/certify")
        recalled = send(clerk, own, {}, action="/recall")
        for refused in (certified, recalled):
            assert (refused.status_code, heading_of(refused)) == (status, heading)
    with both.info.app_context():
        assert scene.dossier().state == "SUBMITTED"


@pytest.mark.attack(74)
@pytest.mark.parametrize(("change", "status"), [(role_ends, 403), (posting_ends, 303), (is_suspended, 303)])
def test_what_ends_at_the_provider_shows_nothing_in_info_five_minutes_later(
    both: Both, change: Change, status: int
) -> None:
    officer = both.enter(PROVINCIAL)
    with both.info.app_context():
        scene.fill()
        scene.submit()
    both.happen(PROVINCIAL, change)
    assert officer.get(REVIEW).status_code == 200, "within five minutes nobody is asked"
    with later(5 * 60):
        assert officer.get(REVIEW).status_code == status


def test_who_only_reads_goes_on_all_day(both: Both) -> None:
    officer = both.enter(PROVINCIAL)
    with both.info.app_context():
        scene.fill()
        scene.submit()
    for minutes in range(7, 8 * 60, 47):
        with later(minutes * 60):
            assert officer.get(REVIEW).status_code == 200


def test_a_person_who_still_holds_the_role_goes_on_all_day(both: Both) -> None:
    """Each time the access token has run out; the provider gives new ones for the refresh token, each of which serves
    once."""
    client = both.enter(CLERK)
    assert send(client, client.get("/dashboards/"), {}, action="/start").status_code == 303
    for hour in range(1, 8):
        with later(hour * 3600):
            assert save(client, client.get(REMARKS), f"ครั้งที่ {hour}").status_code == 303
    with later(7 * 3600):
        both.happen(CLERK, role_ends)
    with later(7 * 3600 + 60):
        refused = save(client, client.get(REMARKS), "ครั้งที่ 8")
        assert refused.status_code == 403
        assert 'value="ครั้งที่ 8"' in refused.get_data(as_text=True)


def test_signing_out_of_info_gives_the_authorization_back(both: Both) -> None:
    client = both.enter(CLERK)
    gone = sign_out(client, client.get("/dashboards/"))
    assert gone.headers["Location"].startswith(f"{both.issuer}/logout?client_id=info&post_logout_redirect_uri=")
    with both.provider.app_context():
        revoked = [at for (at,) in db.session.execute(db.text("SELECT revoked_at FROM authorization_grant"))]
        assert revoked
        assert all(revoked)
        db.session.remove()
    page = Browser(Provider(both.issuer, Path(), Path())).open(gone.headers["Location"])
    assert not isinstance(page, Arrival)
    assert page.status == 200
