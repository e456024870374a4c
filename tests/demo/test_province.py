"""The demo's province, one district of it: a year that the product itself played, and that holds together."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from demo import people
from demo.moved_clock import Chronicle, at
from demo.province import papers, play
from demo.province.residents import SEED, Population, Standing, settle
from demo.province.stage import Stage
from idp.accounts.models import Account
from idp.appointments.models import Appointment, AppointmentRequest
from idp.audit import sealing
from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.signin.models import SignInSession
from idp.signin.passwords import hash_password
from tests.people import CLERK, PASSWORD
from thai_web import clock

DISTRICT = ("6706",)


@pytest.fixture
def province(sqlite_app: Flask) -> Iterator[Population]:
    """A district's year, with the cast and INFO registered before."""
    with sqlite_app.app_context(), ThreadPoolExecutor(2) as painter:
        clients.import_metadata(
            json.loads(Path("relying_party_example/client.json").read_text()) | {"client_id": "info"}
        )
        db.session.commit()
        with at(clock.now() - people.A_YEAR):
            people.make()
        stage = Stage(sqlite_app, Random(SEED), hash_password(PASSWORD), painter)
        yield play.play(stage, 0.1, DISTRICT)


def test_the_year_of_the_province_is_sound_and_shows_every_state(province: Population) -> None:
    assert sealing.verify() == []
    names = Counter(db.session.scalars(select(AuditEvent.name)))
    assert names["registration.viewed"] >= names["registration.decided"] > 0
    assert set(db.session.scalars(select(Registration.state))) == set(State)
    asked = set(db.session.scalars(select(AppointmentRequest.state)))
    assert asked >= {"WAITING", "RETURNED", "REFUSED", "WITHDRAWN"} - _missing(province)
    powers = Counter(db.session.scalars(select(Appointment.power)))
    assert {"SSO_ADMIN", "AUDITOR", "DLA_OFFICER"} <= set(powers)
    assert db.session.scalar(select(func.count()).select_from(SignInSession))


def _missing(province: Population) -> set[str]:
    """What a district is too small for."""
    there = {each.standing for each in province.governments}
    wanted = {Standing.ASKED: "WAITING", Standing.RETURNED: "RETURNED", Standing.REFUSED: "REFUSED"}
    wanted[Standing.WITHDRAWN] = "WITHDRAWN"
    return {state for standing, state in wanted.items() if standing not in there}


def test_the_year_went_by_in_its_order_and_everybody_is_there_every_time(province: Population) -> None:
    after_the_register = select(AuditEvent.at).where(AuditEvent.name == "posting.begun").order_by(AuditEvent.id)
    instants = list(db.session.scalars(after_the_register))
    assert instants == sorted(instants)
    assert instants[0] < clock.now() - people.A_YEAR / 2
    assert instants[-1] <= clock.now()
    assert {person.username for person in province.people} <= set(db.session.scalars(select(Account.username)))
    assert {each["unit_code"] for each in play.for_info(province)} >= {each.code for each in province.governments}
    assert settle(play._units(DISTRICT)) == province
    case = db.session.scalars(select(Registration).where(Registration.state == State.SUBMITTED)).first()
    assert case is not None
    for document in evidence.owned_by(f"registration:{case.id}"):
        assert Image.open(BytesIO(evidence.read_page(document.id, 1))).size[0] > 400


def test_a_paper_says_that_it_is_a_specimen() -> None:
    plain, marked = papers.Image.new("L", papers.A4, 255), papers._watermark(papers.A4)
    assert plain.tobytes() != marked.tobytes()
    assert papers.staff_card("อบต.ตัวอย่าง", CLERK) != papers.staff_card("อบต.ตัวอย่าง", CLERK, blurred=True)


def test_what_was_planned_is_done_in_the_order_of_time() -> None:
    chronicle, done = Chronicle(), []
    now = clock.now()
    chronicle.plan(now - people.A_YEAR / 2, lambda: done.append(("second", clock.now())))
    chronicle.plan(now - people.A_YEAR, lambda: done.append(("first", clock.now())))
    chronicle.plan(now + timedelta(hours=1), lambda: done.append(("last", clock.now())))
    assert chronicle.play(lambda: None) == 3
    assert [name for name, _at in done] == ["first", "second", "last"]
    assert [instant for _name, instant in done][:2] == [now - people.A_YEAR, now - people.A_YEAR / 2]
    assert done[2][1] == now - timedelta(hours=23)
