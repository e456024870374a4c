"""Forgotten username or password."""

import re
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.database import db
from idp.web.requests import LEVEL
from tests.browsing import submit, text_of
from tests.people import CLERK, UNIT_ADMIN
from tests.scene import open_person, sign_in

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
    assert "ถูกเปลี่ยนแล้ว" in outbox()[-1][1]


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
    from dataclasses import replace

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
