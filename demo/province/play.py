"""Plays the year of the province, once, after the cast came. `demo.run` starts it."""

import gc
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from sqlalchemy import select, update

from demo.cast import AUDITOR, CAST, DEVELOPER, DLA_OFFICER, PASSWORD, PROVINCIAL, UNIT_ADMIN
from demo.moved_clock import office_hour, working_day
from demo.people import ROLES, appoint
from demo.province.offices import Offices
from demo.province.requests import Requests
from demo.province.residents import SEED, Population, settle
from demo.province.signins import HelpGiven, Signins
from demo.province.stage import Stage
from idp import create_app
from idp.access.rules import Power
from idp.accounts import operations as accounts
from idp.appointments import retention as letters
from idp.audit import sealing
from idp.commands import read_settings_file
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.outbox import DeliveryState
from idp.registration import retention
from idp.signin.passwords import hash_password
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import full_name
from idp.web.application import settings
from thai_web import clock

PROVINCE = "67"
IN_THE_INBOX = timedelta(days=2)  # what was mailed before was read long ago


def play(stage: Stage, share: float = 1, districts: tuple[str, ...] = ()) -> Population:
    """The whole year, or that of some districts with a share of the requests."""
    population = settle(_units(districts))
    for person in CAST:
        account = accounts.find_by_username(person.username)
        assert account is not None
        stage.accounts[person.key] = account.id
    _plan_dla(stage)
    Offices(stage, population).plan()
    casts_office = next(each for each in population.governments if each.code == UNIT_ADMIN.unit_code)
    Requests(stage, population.governments, casts_office).plan(share)
    Signins(stage).plan(population.people)
    HelpGiven(stage, population.governments).plan()
    _plan_nights(stage)
    stage.chronicle.play(db.session.commit)
    _send_old_mails()
    while sealing.seal():
        db.session.commit()
    db.session.commit()
    return population


def _units(districts: tuple[str, ...]) -> list[tuple[Unit, str, str]]:
    """The district offices and local governments, each with its full name and the code of who supervises it."""
    query = select(Unit).where(Unit.province_code == PROVINCE, Unit.kind != "PROVINCIAL_OFFICE").order_by(Unit.code)
    if districts:
        query = query.where(Unit.district_code.in_(districts))
    return [
        (unit, full_name(unit), units.get(unit.supervisor_id).code if unit.supervisor_id else "")
        for unit in db.session.scalars(query)
    ]


def _plan_dla(stage: Stage) -> None:
    """DLA's developer and auditor, beside the officer of the cast."""
    day = working_day(stage.ago(366, 368))
    for place, (person, power) in enumerate(((DEVELOPER, Power.DLA_OFFICER), (AUDITOR, Power.AUDITOR))):
        opened = office_hour(day, 5 * place)
        stage.chronicle.plan(opened, lambda person=person: stage.open_account(person, tuple(ROLES[person.key])))
        stage.chronicle.plan(
            opened + timedelta(minutes=60),
            lambda person=person, power=power: appoint(person, by=DLA_OFFICER, power=power),
        )


def _plan_nights(stage: Stage) -> None:
    """What the worker does by itself: papers go when their time is over, and the record is sealed."""
    for week in range(52, -1, -1):
        night = clock.start_of_day(stage.today - timedelta(weeks=week)) + timedelta(hours=2)
        for work in (retention.destroy_due, letters.destroy_due, sealing.seal):
            stage.chronicle.plan(night, work)


def _send_old_mails() -> None:
    """Mails of weeks ago arrived; what is left to the worker fills the inbox with the news of the last days."""
    old = OutboxMessage.created_at < clock.now() - IN_THE_INBOX
    arrived = {"state": DeliveryState.SENT, "sent_at": OutboxMessage.created_at, "sealed": None, "attempts": 1}
    db.session.execute(update(OutboxMessage).where(old).values(**arrived))
    db.session.commit()


def for_info(population: Population) -> list[dict[str, object]]:
    """Those who have a role in INFO, as the provider would tell of them."""
    cast = [(person, tuple(ROLES[person.key])) for person in (DLA_OFFICER, PROVINCIAL)]
    people = [*cast, *((person, person.roles) for person in population.people)]
    return [
        {
            "sub": accounts.get(account.id).subject,
            "name": account.name,
            "position": person.position,
            "unit_code": person.unit_code,
            "roles": roles,
        }
        for person, roles in people
        if roles and (account := accounts.find_by_username(person.username))
    ]


def main() -> None:
    """Play it and tell INFO's part of whom it concerns, unless that was done before."""
    read_settings_file()
    app = create_app()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # looking for garbage took a tenth of the time
    with app.app_context(), ThreadPoolExecutor(os.cpu_count() or 1, "painter") as painter:
        path = settings().var / "province.json"
        if path.exists():
            return
        stage = Stage(app, Random(SEED), hash_password(PASSWORD), painter)  # noqa: S311 - the same year every time
        population = play(stage)
        path.touch(mode=0o600)
        path.write_text(json.dumps(for_info(population), ensure_ascii=False))
