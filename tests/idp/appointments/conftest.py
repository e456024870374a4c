"""DLA, a province and a unit with an admin and a clerk; what the clerk may ask for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from idp.access.rules import Power
from idp.accounts import operations as accounts
from idp.appointments import requests
from idp.appointments.models import AppointmentRequest
from idp.appointments.operations import Letter
from idp.appointments.requests import Verdict, Wanted
from idp.appointments.rules import Action
from idp.database import db
from idp.evidence import operations as evidence
from idp.units import operations as units
from tests.factories import appoint, appoint_first, letter_image, open_person, viewer_of
from tests.people import CAST, CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from tests.snapshots import Snapshots
from thai_web import clock

NEIGHBOUR = replace(CLERK, key="neighbour", email="n@example.go.th", unit_code="670604", number=90)
SECOND_OFFICER = replace(DLA_OFFICER, key="second_officer", email="second@dla.example.go.th", number=91)
REASON = "หนังสือไม่มีลายมือชื่อ โปรดแนบฉบับลงนาม"


def _chain(app: Flask) -> None:
    with app.app_context():
        for person in CAST:
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)


@pytest.fixture
def chain(app: Flask, snapshots: Snapshots) -> Flask:
    """DLA officer, provincial officer and unit admin, each appointed by the one above; a clerk in the unit."""
    return snapshots.furnish(app, _chain)


@pytest.fixture
def sqlite_chain(sqlite_app: Flask, snapshots: Snapshots) -> Flask:
    """The same on SQLite alone."""
    return snapshots.furnish(sqlite_app, _chain)


def account_id(person: Invented) -> int:
    """The key of somebody's account."""
    account = accounts.find_by_username(person.username)
    assert account
    return account.id


def a_letter_from_today(days: int = 300, number: str = "สก 7/2569") -> Letter:
    """A letter of the unit."""
    today = clock.today()
    return Letter(number, today, "นายก อบต.สระกรวด", today, today + timedelta(days=days))


def ask(
    by: Invented,
    for_whom: Invented,
    power: Power = Power.SSO_ADMIN,
    letter: Letter | None = None,
    continues: int | None = None,
) -> AppointmentRequest:
    """A request with a scan of its own."""
    unit = units.find(for_whom.unit_code)
    assert unit
    scan = evidence.prepare(letter_image(f"{by.key} {for_whom.key} {power}"), "หนังสือ.png")
    wanted = Wanted(account_id(for_whom), power, continues)
    sent = requests.ask(viewer_of(by), unit.id, wanted, letter or a_letter_from_today(), scan)
    db.session.commit()
    return sent


def decide(by: Invented, request: AppointmentRequest, outcome: Action = Action.APPROVE) -> AppointmentRequest:
    """A decision on the request as it stands."""
    decided = requests.decide(viewer_of(by), request.id, Verdict(outcome, REASON, request.version))
    db.session.commit()
    return decided


Outbox = Callable[[], list[tuple[str, str, str]]]
