"""A unit with two admins and two clerks, a neighbour with its own admin, a unit without one, and INFO."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.clients import operations as clients
from idp.database import db
from tests.factories import appoint, appoint_first, open_person, sign_in
from tests.idp.approval.conftest import SYSTEM
from tests.people import CAST, CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from tests.snapshots import Snapshots
from thai_web import clock

PEER = replace(UNIT_ADMIN, key="wanna_peer", given_name="วรรณา", email="wanna@sakruat.example.go.th", number=11)
COLLEAGUE = replace(CLERK, key="somsri_colleague", given_name="สมศรี", email="somsri@sakruat.example.go.th", number=12)
NEIGHBOUR = replace(
    UNIT_ADMIN, key="nop_neighbour", given_name="นพ", email="nop@next.example.go.th", unit_code="670604", number=13
)
FORSAKEN = replace(
    CLERK, key="dao_forsaken", given_name="ดาว", email="dao@far.example.go.th", unit_code="670605", number=14
)
REASON = "ย้ายไปปฏิบัติงานที่หน่วยงานอื่นแล้ว"


def posting_of(person: Invented) -> int:
    """The key of a person's page."""
    account = accounts.find_by_username(person.username)
    assert account
    held = accounts.postings(account.id, clock.today())
    db.session.rollback()
    return held[0].id


@pytest.fixture
def scene(app: Flask, snapshots: Snapshots) -> Flask:
    """Everybody in place, on either database."""
    return snapshots.furnish(app, furnish)


@pytest.fixture
def sqlite_scene(sqlite_app: Flask, snapshots: Snapshots) -> Flask:
    """The same on SQLite alone."""
    return snapshots.furnish(sqlite_app, furnish)


def furnish(app: Flask) -> Flask:
    """Put everybody into place."""
    with app.app_context():
        clients.import_metadata(SYSTEM)
        for person in (*CAST, PEER, COLLEAGUE, NEIGHBOUR, FORSAKEN):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        for admin in (UNIT_ADMIN, PEER, NEIGHBOUR):
            appoint(admin, by=PROVINCIAL)
    return app


def browser_of(app: Flask, person: Invented) -> FlaskClient:
    """A signed-in browser."""
    client = app.test_client()
    assert sign_in(client, person).status_code == 303
    return client
