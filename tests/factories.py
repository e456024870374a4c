"""Putting invented people into place through the product's own operations."""

import json
import re
from datetime import timedelta
from functools import lru_cache
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import select
from werkzeug.test import TestResponse

from idp import clock
from idp.access.rules import Power, Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Person
from idp.appointments import operations as appointments
from idp.appointments.models import Appointment
from idp.appointments.operations import Letter
from idp.database import db, job
from idp.evidence import operations as evidence
from idp.notifications.models import OutboxMessage
from idp.notifications.operations import forget
from idp.secrets_at_rest import decrypt
from idp.signin import activation, recovery
from idp.units import operations as units
from tests import shared_fixtures
from tests.browsing import submit
from tests.people import PASSWORD, Invented


@lru_cache
def letter_image(text: str = "DEMO - NOT A REAL LETTER") -> bytes:
    """A picture that is plainly no real letter."""
    page = Image.new("RGB", (827, 1169), "white")
    draw = ImageDraw.Draw(page)
    draw.text((80, 100), text, fill="black", font_size=28)
    draw.rectangle((60, 60, 767, 1109), outline="black", width=2)
    file = BytesIO()
    page.save(file, "PNG")
    return shared_fixtures.to_paint(file.getvalue())


def a_letter(days: int = 700) -> Letter:
    """A letter of today."""
    today = clock.today()
    return Letter("สถ 0801/ว 1", today, "อธิบดีกรมส่งเสริมการปกครองท้องถิ่น", today, today + timedelta(days=days))


def open_person(person: Invented) -> tuple[Account, Posting]:
    """An account with posting, username and password."""
    unit = units.find(person.unit_code)
    assert unit is not None
    known = Person(person.title, person.given_name, person.family_name, person.national_id, person.email, person.phone)
    account = accounts.open_account(known, origin="demo", email_proven_at=clock.now())
    posting = accounts.begin_posting(account, unit.id, person.position, clock.today())
    secret = activation.begin_activation(account.id)
    db.session.commit()
    activation.activate(secret, person.national_id, person.username, PASSWORD)
    forget("account", account.id)  # the mail about it: a test looks for those of what it does itself
    db.session.commit()
    return account, posting


def viewer_of(person: Invented) -> Viewer:
    """The person as the guards would see her now."""
    account = accounts.find_by_username(person.username)
    assert account is not None
    posting = accounts.postings(account.id, clock.today())[0]
    held = appointments.holdings(account.id)
    return Viewer(account.id, 0, account.name, posting.id, posting.unit_id, "", held)


def appoint_first(person: Invented) -> Appointment:
    """DLA's first officer, as the command does it."""
    account, dla = accounts.find_by_username(person.username), units.find("DLA")
    assert account is not None
    assert dla is not None
    scan = evidence.prepare(letter_image(), "คำสั่ง.png")
    made = appointments.appoint_first_officer(account, dla.id, a_letter(), scan)
    db.session.commit()
    return made


def appoint(person: Invented, by: Invented, letter: Letter | None = None, power: Power | None = None) -> Appointment:
    """An appointment one level down, with its scanned letter; without `power`, as the unit's admin."""
    account, unit = accounts.find_by_username(person.username), units.find(person.unit_code)
    assert account is not None
    assert unit is not None
    scan = evidence.prepare(letter_image(), "หนังสือมอบหมาย.png")
    made = appointments.appoint(viewer_of(by), account.id, unit.id, letter or a_letter(), scan, power)
    db.session.commit()
    return made


def sign_in(client: FlaskClient, person: Invented, password: str = PASSWORD) -> TestResponse:
    """Through the page."""
    return submit(client, client.get("/signin?again=1"), {"username": person.username, "password": password})


def read_code(app: Flask, address: str) -> str:
    """The newest six-digit code mailed to an address."""
    bodies = [body for recipient, _subject, body in read_outbox(app) if recipient == address]
    codes = [found for body in bodies for found in re.findall(r"\b\d{6}\b", body)]
    return codes[-1]


def read_outbox(app: Flask) -> list[tuple[str, str, str]]:
    """The mails queued and not yet sent, also those that the worker queues in between: recipient, subject, body."""
    with app.app_context():
        job(recovery.answer)
        rows = list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
        key = app.config["KEY_FILES"].mail
        opened = [(row.recipient, *json.loads(decrypt(key, row.sealed, row.message_id))) for row in rows if row.sealed]
        db.session.rollback()
        return opened
