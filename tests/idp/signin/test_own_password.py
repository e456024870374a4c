"""Changing the own password with the present one, and what everybody is told of a credential that changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts import operations as accounts
from idp.audit.models import AuditEvent
from idp.database import db
from idp.notifications import secrets
from idp.signin import recovery
from idp.signin.credentials import RECOVERY
from idp.signin.models import PasswordCredential
from tests.browsing import submit, text_of
from tests.factories import open_person, sign_in
from tests.people import CLERK, PASSWORD
from thai_web import clock

NEW = "mango-sticky-rice-2569"
Outbox = Callable[[], list[tuple[str, str, str]]]


@pytest.fixture
def clerk(app: Flask, client: FlaskClient) -> FlaskClient:
    with app.app_context():
        open_person(CLERK)
    sign_in(client, CLERK)
    return client


def change(client: FlaskClient, **given: str):
    values = {"present": PASSWORD, "password": NEW, "password_again": NEW}
    return submit(client, client.get("/home/password/change"), {**values, **given})


def test_one_changes_the_own_password_and_stays_signed_in_here_and_nowhere_else(
    app: Flask, clerk: FlaskClient, outbox: Outbox
) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, CLERK)
    assert 'href="/home/password/change"' in clerk.get("/account").get_data(as_text=True)
    assert clerk.get("/home/password").location == "/home/password/change", "where password managers look"
    assert change(clerk).location == "/account"
    assert "เปลี่ยนรหัสผ่านแล้ว" in text_of(clerk.get("/account"))
    assert elsewhere.get("/home").status_code == 303
    assert sign_in(app.test_client(), CLERK).status_code == 422, "the old password is dead"
    assert sign_in(app.test_client(), CLERK, NEW).location == "/home"
    told = [(to, subject) for to, subject, _body in outbox()]
    assert (CLERK.email, "รหัสผ่านของท่านถูกเปลี่ยนแล้ว / Your password has been changed") in told
    assert "ตั้งรหัสผ่าน" in text_of(clerk.get("/home/history"))
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "credential.password_set"))
        assert [each.facts["how"] for each in events] == ["activation", "change"]


def test_everything_that_is_wrong_is_told_at_once(clerk: FlaskClient, outbox: Outbox) -> None:
    refused = change(clerk, present="", password="short", password_again="other")
    told = text_of(refused)
    assert refused.status_code == 422
    assert [word in told for word in ("กรอกรหัสผ่านปัจจุบัน", "อย่างน้อย 12", "ไม่ตรงกัน")] == [True] * 3
    assert "ต้องไม่มีชื่อผู้ใช้" in text_of(
        change(clerk, password=f"xx-{CLERK.username}", password_again=f"xx-{CLERK.username}")
    )
    assert outbox() == []


@pytest.mark.attack(45)
def test_an_open_screen_is_no_better_place_to_guess_than_the_door(app: Flask, clerk: FlaskClient) -> None:
    for _ in range(5):
        refused = change(clerk, present="guess-guess-guess")
        assert refused.status_code == 422
        assert "รหัสผ่านปัจจุบันไม่ถูกต้อง" in text_of(refused)
    assert change(clerk).status_code == 429
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert change(clerk).location == "/account"
        assert sign_in(app.test_client(), CLERK, NEW).location == "/home", "what was counted is forgotten"


@pytest.mark.attack(61)
def test_a_link_mailed_before_the_change_sets_no_other_password(app: Flask, clerk: FlaskClient) -> None:
    with app.app_context():
        account = accounts.find_by_username(CLERK.username)
        assert account
        secret = secrets.issue_link(RECOVERY, str(account.id), recovery.LIFETIME)
        db.session.commit()
    assert app.test_client().get(f"/recovery/{secret}").status_code == 200
    assert change(clerk).status_code == 303
    assert app.test_client().get(f"/recovery/{secret}").status_code == 410


def test_who_has_no_password_is_told_the_way_to_one(app: Flask, clerk: FlaskClient) -> None:
    with app.app_context():
        db.session.query(PasswordCredential).delete()
        db.session.commit()
    answer = clerk.get("/home/password/change")
    assert answer.status_code == 409
    assert "เข้าสู่ระบบด้วย ThaID" in text_of(answer)
