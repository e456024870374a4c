"""Putting invented people into place, as the demo does, and reading what the mailboxes hold."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from demo import people
from demo.people import a_letter as a_letter
from demo.people import appoint as appoint
from demo.people import appoint_first as appoint_first
from demo.people import open_person as open_person
from demo.people import viewer_of as viewer_of
from idp.database import db, job
from idp.notifications.models import OutboxMessage
from idp.notifications.rendering import read
from idp.secrets_at_rest import decrypt
from idp.signin import recovery
from tests import shared_fixtures
from tests.browsing import submit
from tests.people import PASSWORD, Invented


def letter_image(text: str = "DEMO - NOT A REAL LETTER") -> bytes:
    """A picture that is plainly no real letter, and that is painted once in a process."""
    return shared_fixtures.to_paint(people.letter_image(text))


letter_image()  # of every appointment that is made by `appoint`


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
        opened = [(row.recipient, read(decrypt(key, row.sealed, row.message_id))) for row in rows if row.sealed]
        db.session.rollback()
        return [(to, letter.subject, letter.text) for to, letter in opened]
