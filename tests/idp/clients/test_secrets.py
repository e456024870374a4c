"""Secrets of systems: overlapping while one is changed, ended at once, and told of before they expire."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.clients import jobs, operations, secrets
from idp.clients.models import Client
from idp.clients.rules import Status, warning_due
from idp.database import db
from tests.idp.oidc.relying_party import SECRET, basic, register
from thai_web import clock
from thai_web.refusal import Refusal

Outbox = Callable[[], list[tuple[str, str, str]]]
MADE = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2026, 12, 31, tzinfo=UTC)
CONTACTS = ["water@example.go.th", "second@example.go.th"]


@pytest.mark.parametrize(
    ("before", "step"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0.1, 1), (0, None), (-1, None)]
)
def test_contacts_are_told_a_month_a_week_and_a_day_before(before: float, step: int | None) -> None:
    due = warning_due(MADE, ENDS, ENDS - timedelta(days=before))
    assert due == (timedelta(days=step) if step else None)


def test_who_just_made_a_short_secret_is_not_told_at_once() -> None:
    made = ENDS - timedelta(days=5)
    assert warning_due(made, ENDS, made) is None
    assert warning_due(made, ENDS, ENDS - timedelta(days=1)) == timedelta(days=1)


def system() -> Client:
    client = operations.find("rp")
    assert client is not None
    return client


def lets_in(app: Flask, secret: str) -> bool:
    app.extensions["oidc.clients"].clear()
    answer = app.test_client().post("/revoke", data={"token": "x"}, headers={"Authorization": basic("rp", secret)})
    return answer.status_code == 200


def test_a_new_secret_works_beside_the_old_one_for_a_while(app: Flask) -> None:
    register(app)
    with app.app_context():
        new = secrets.rotate(system(), lasts=timedelta(days=90))
        db.session.commit()
    assert lets_in(app, SECRET)
    assert lets_in(app, new)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert not lets_in(app, SECRET)
        assert lets_in(app, new)
    with time_machine.travel(clock.now() + timedelta(days=91)):
        assert not lets_in(app, new)


def test_a_secret_that_was_seen_ends_at_once_but_never_the_last_one(app: Flask) -> None:
    register(app)
    with app.app_context():
        (old,) = secrets.in_force(system())
        with pytest.raises(Refusal):
            secrets.end(system(), old.id)
        new = secrets.rotate(system(), lasts=None)
        secrets.end(system(), old.id)
        with pytest.raises(Refusal):
            secrets.end(system(), old.id)
        names = list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.id)))
        assert names[-2:] == ["client.secret_issued", "client.secret_ended"]
        db.session.commit()
    assert not lets_in(app, SECRET)
    assert lets_in(app, new)


def test_a_system_that_signs_or_keeps_none_has_no_secret_to_change(sqlite_app: Flask) -> None:
    register(sqlite_app, client_secret=None, token_endpoint_auth_method="none")
    with sqlite_app.app_context(), pytest.raises(Refusal):
        secrets.rotate(system(), lasts=None)


def warn(app: Flask) -> int:
    with app.app_context():
        sent = jobs.warn()
        db.session.commit()
        return sent


def test_each_contact_is_mailed_once_a_step(app: Flask, outbox: Outbox) -> None:
    register(app, contacts=CONTACTS)
    with app.app_context():
        # As one stands that was registered before contacts were checked.
        system().contacts = ["water@example.go.th", "not an address", "second@example.go.th"]
        secrets.rotate(system(), lasts=timedelta(days=60))
        db.session.commit()
    start = clock.now()
    told = []
    for day in (0, 20, 31, 31, 40, 54, 54, 59.5, 59.6, 61):
        with time_machine.travel(start + timedelta(days=day)):
            told.append(warn(app))
    assert told == [0, 0, 2, 0, 0, 2, 0, 2, 0, 0]
    recipients = {recipient for recipient, _subject, _body in outbox()}
    assert recipients == {"water@example.go.th", "second@example.go.th"}
    subjects = [subject for _recipient, subject, _body in outbox()]
    assert any("29 วัน" in subject and "29 days" in subject for subject in subjects)
    assert any("1 วัน" in subject and "1 day" in subject and "1 days" not in subject for subject in subjects)
    assert not any(SECRET in body for _recipient, _subject, body in outbox())


def test_nobody_is_mailed_about_a_secret_that_has_a_successor_or_a_system_at_rest(app: Flask, outbox: Outbox) -> None:
    register(app, contacts=CONTACTS)
    with app.app_context():
        secrets.rotate(system(), lasts=timedelta(days=60))
        secrets.rotate(system(), lasts=None, overlap=timedelta(days=20))
        db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=19, hours=12)):
        assert warn(app) == 0
    register(app, client_id="resting", client_name="ระบบที่พัก", contacts=CONTACTS)
    with app.app_context():
        resting = operations.find("resting")
        assert resting is not None
        secrets.rotate(resting, lasts=timedelta(days=60))
        resting.status = Status.SUSPENDED
        db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=45)):
        assert warn(app) == 0
    assert outbox() == []
