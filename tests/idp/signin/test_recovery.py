"""Forgotten username or password."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from idp.accounts import operations as accounts
from idp.accounts.rules import Proof
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.signin.models import PasswordCredential
from idp.web.requests import LEVEL
from tests.browsing import submit, text_of
from tests.factories import open_person, sign_in
from tests.people import CLERK, UNIT_ADMIN

NEW = "mango-sticky-rice-2569"
Outbox = Callable[[], list[tuple[str, str, str]]]


@pytest.fixture
def clerk(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)


def _ask(client: FlaskClient, email: str = CLERK.email):
    return submit(client, client.get("/recovery"), {"email": email})


def _link(outbox: Outbox) -> str:
    return re.findall(r"/recovery/\S+", outbox()[-1][2])[0]


def _renew(client: FlaskClient, link: str, **changes: str):
    given = {"national_id": CLERK.national_id, "password": NEW, "password_again": NEW}
    return submit(client, client.get(link), {**given, **changes})


@pytest.mark.attack(8, 9)
def test_link_and_national_id_set_a_new_password_and_end_what_was_before(
    app: Flask, client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    thief = app.test_client()
    sign_in(thief, CLERK)
    _ask(client)
    link = _link(outbox)
    assert client.get(link).status_code == client.get(link).status_code == 200, "opening spends nothing"
    done = _renew(client, link)
    assert done.status_code == 303
    assert CLERK.username in text_of(client.get(done.location))
    assert thief.get("/home").status_code == 303, "sessions from before are over"
    assert sign_in(client, CLERK).status_code == 422, "the old password is dead"
    assert sign_in(client, CLERK, NEW).location == "/home"
    assert client.get(link).status_code == 410, "the link worked once"
    changed, entered = (subject for _to, subject, _body in outbox()[-2:])
    assert "ถูกเปลี่ยนแล้ว" in changed
    assert "เบราว์เซอร์ใหม่" in entered, "no browser is known after a recovery, whoever it was"


@pytest.mark.attack(7)
def test_the_answer_is_the_same_for_an_address_that_nobody_has(
    client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    began, answers = time.monotonic(), []
    for email in (CLERK.email, "nobody@example.go.th"):
        answers.append(_ask(client, email))
        assert time.monotonic() - began >= LEVEL, "neither comes sooner than the slower of the two takes"
        began = time.monotonic()
    known, unknown = answers
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert [mail[0] for mail in outbox()] == [CLERK.email]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"national_id": UNIT_ADMIN.national_id}, "ไม่ตรงกับบัญชีนี้"),
        ({"national_id": "9990000001003"}, "เลขประจำตัวประชาชน"),
        ({"password": "short", "password_again": "short"}, "อย่างน้อย 12"),
        ({"password_again": "something-else-here"}, "ไม่ตรงกัน"),
    ],
)
@pytest.mark.attack(9)
def test_a_refused_try_changes_nothing_and_leaves_the_link_alive(
    client: FlaskClient, clerk: None, outbox: Outbox, change: dict[str, str], told: str
) -> None:
    _ask(client)
    link = _link(outbox)
    refused = _renew(client, link, **change)
    assert refused.status_code == 422
    assert told in text_of(refused)
    assert sign_in(client, CLERK).location == "/home"
    assert _renew(client, link).status_code == 303


@pytest.mark.attack(9)
def test_a_shared_mailbox_gets_a_link_for_each_and_the_number_tells_whose_it_is(
    app: Flask, client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    with app.app_context():
        open_person(replace(UNIT_ADMIN, email=CLERK.email))
    _ask(client)
    bodies = [body for _to, _subject, body in outbox()]
    assert [CLERK.username in body for body in bodies] == [True, False]
    mine, colleague = (re.findall(r"/recovery/\S+", body)[0] for body in bodies)
    assert _renew(client, colleague).status_code == 422, "my number does not open my colleague's account"
    assert _renew(client, mine).status_code == 303


def test_numbers_cannot_be_tried_one_after_the_other(client: FlaskClient, clerk: None, outbox: Outbox) -> None:
    _ask(client)
    link = _link(outbox)
    for _ in range(5):
        _renew(client, link, national_id=UNIT_ADMIN.national_id)
    assert _renew(client, link).status_code == 429


@pytest.mark.attack(2)
def test_a_suspended_person_gets_no_link(app: Flask, client: FlaskClient, clerk: None, outbox: Outbox) -> None:
    with app.app_context():
        found = accounts.find_by_username(CLERK.username)
        assert found
        accounts.suspend(found, "ลาออก")
        db.session.commit()
    _ask(client)
    assert outbox() == []


@pytest.mark.attack(6)
def test_an_address_typed_with_capitals_and_spaces_is_the_same_mailbox(
    client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    _ask(client, f" {CLERK.email.upper()} ")
    assert [mail[0] for mail in outbox()] == [CLERK.email]


@pytest.mark.attack(2)
def test_a_link_mailed_before_a_suspension_is_dead_even_after_reinstatement(
    app: Flask, client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    _ask(client)
    link = _link(outbox)
    for change in (accounts.suspend, accounts.reinstate):
        with app.app_context():
            found = accounts.find_by_username(CLERK.username)
            assert found
            change(found, "สอบสวน")
            db.session.commit()
        assert client.get(link).status_code == 410
    assert sign_in(client, CLERK).location == "/home", "nothing was changed by the dead link"


@pytest.mark.attack(61)
def test_who_is_proven_by_thaid_is_led_to_thaid_and_gets_no_link(
    app: Flask, client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    _ask(client)
    link = _link(outbox)
    with app.app_context():
        found = accounts.find_by_username(CLERK.username)
        assert found
        found.proof = Proof.THAID
        db.session.commit()
    refused = client.get(link)
    assert refused.status_code == 410, "not even one that was mailed before"
    assert "เข้าสู่ระบบด้วย ThaID" in text_of(refused)
    _ask(client)
    to, subject, body = outbox()[-1]
    assert (to, "ThaID" in subject, "/recovery/" in body) == (CLERK.email, True, False)


def test_who_never_chose_a_password_gets_a_link_to_do_so(
    app: Flask, client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    with app.app_context():
        db.session.query(PasswordCredential).delete()
        db.session.commit()
    _ask(client)
    link = re.findall(r"/activate/\S+", outbox()[-1][2])[0]
    values = {"national_id": CLERK.national_id, "username": CLERK.username, "password": NEW, "password_again": NEW}
    assert submit(client, client.get(link), values).status_code == 303


@pytest.mark.attack(7)
def test_the_answer_does_the_same_work_whoever_shares_the_mailbox(
    app: Flask, client: FlaskClient, clerk: None, outbox: Outbox
) -> None:
    """Its time told how many accounts share one: the worker looks for them, the page does not."""
    with app.app_context():
        for number in range(3):
            open_person(replace(CLERK, key=f"colleague.{number}", number=50 + number))
    asked: list[list[str]] = []
    for email in ("nobody@example.go.th", CLERK.email):
        page = client.get("/recovery")
        with app.app_context(), statements(db.engine) as seen:
            submit(client, page, {"email": email})
        asked.append(seen)
    assert asked[0] == asked[1]
    assert not [each for each in asked[1] if "FROM account" in each]
    with app.app_context():
        assert db.session.query(OutboxMessage).count() == 0
    assert [to for to, _subject, _body in outbox()] == [CLERK.email] * 4


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent while it is open."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
