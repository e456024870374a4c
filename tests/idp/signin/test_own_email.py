"""Proving or changing one's own e-mail address."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.audit.models import AuditEvent
from idp.database import db
from tests.browsing import heading_of, submit, text_of
from tests.factories import open_person, read_code, sign_in
from tests.people import CLERK, PASSWORD, UNIT_ADMIN
from thai_web import clock

NEW = "somjai.new@example.go.th"
Outbox = Callable[[], list[tuple[str, str, str]]]


@pytest.fixture
def clerk(app: Flask, client: FlaskClient) -> FlaskClient:
    with app.app_context():
        open_person(CLERK)
    sign_in(client, CLERK)
    return client


def account_of(app: Flask) -> Account:
    found = accounts.find_by_username(CLERK.username)
    assert found
    return found


def ask(client: FlaskClient, email: str = NEW):
    return submit(client, client.get("/home/email"), {"email": email})


def answer(client: FlaskClient, code: str):
    return submit(client, client.get("/home/email/code"), {"code": code})


def test_a_new_address_counts_once_its_code_came_back_and_the_old_one_is_told(
    app: Flask, clerk: FlaskClient, outbox: Outbox
) -> None:
    assert ask(clerk, f" {NEW.upper()} ").location == "/home/email/code"
    with app.app_context():
        assert account_of(app).email == CLERK.email, "nothing changes before it is proven"
    assert answer(clerk, read_code(app, NEW)).location == "/account"
    assert NEW in text_of(clerk.get("/account"))
    with app.app_context():
        assert account_of(app).email == NEW
        assert db.session.query(AuditEvent).filter_by(name="account.email_proven").count() == 1
    assert [to for to, subject, _body in outbox() if "เปลี่ยนแล้ว" in subject] == [CLERK.email]
    assert clerk.get("/home/email/code").location == "/home/email", "the code is spent"


def test_an_address_that_was_never_proven_is_asked_for_and_then_serves(app: Flask, clerk: FlaskClient) -> None:
    with app.app_context():
        account_of(app).email_proven_at = None
        db.session.commit()
    assert "ยังไม่ได้ยืนยัน" in text_of(clerk.get("/account"))
    asked = submit(clerk, clerk.get("/requests/new"), {"purpose": "ROLES", "privacy": "y"})
    assert asked.location == "/home/email", "the result of a request needs an address"
    ask(clerk, CLERK.email)
    answer(clerk, read_code(app, CLERK.email))
    assert "อีเมลของท่านยังไม่ได้ยืนยัน" not in text_of(clerk.get("/account"))
    assert submit(clerk, clerk.get("/requests/new"), {"purpose": "ROLES", "privacy": "y"}).location == "/register/tasks"


@pytest.mark.parametrize("email", ["", "nothing", "a@b", "สมใจ@example.go.th", CLERK.email, "a" * 250 + "@x.th"])
def test_an_address_that_cannot_be_used_is_refused_beside_its_field(clerk: FlaskClient, email: str) -> None:
    refused = ask(clerk, email)
    assert refused.status_code == 422
    assert "error-summary" in refused.get_data(as_text=True)


@pytest.mark.attack(6)
def test_a_code_for_one_address_proves_no_other_and_none_for_somebody_else(app: Flask, clerk: FlaskClient) -> None:
    ask(clerk)
    code = read_code(app, NEW)
    ask(clerk, "another@example.go.th")
    assert answer(clerk, code).status_code in (303, 422)
    with app.app_context():
        assert account_of(app).email != "another@example.go.th" or code == read_code(app, "another@example.go.th")
        open_person(UNIT_ADMIN)
    other = app.test_client()
    sign_in(other, UNIT_ADMIN)
    ask(other)
    wrong = "000000" if read_code(app, NEW) != "000000" else "111111"
    assert answer(other, wrong).status_code == 422


def test_an_open_screen_is_not_enough(clerk: FlaskClient) -> None:
    ask(clerk)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        for path in ("/home/email", "/home/email/code"):
            page = clerk.get(path)
            if page.status_code == 200:
                page = submit(clerk, page, {"code": "123456"})
            assert page.status_code == 403
            assert heading_of(page) == "โปรดยืนยันตัวตนอีกครั้ง", "not: you may not"
        assert f'href="/signin?again=1&amp;next={path}"' in page.get_data(as_text=True)
        again = clerk.get(f"/signin?again=1&next={path}")
        assert submit(clerk, again, {"username": CLERK.username, "password": PASSWORD}).location == path
        assert clerk.get("/home/email").status_code == 200


def test_codes_are_not_mailed_without_end(clerk: FlaskClient) -> None:
    for _ in range(6):
        last = ask(clerk)
    assert last.status_code == 422
    assert "รอประมาณ" in text_of(last)


@pytest.mark.attack(61)
def test_a_link_in_the_mailbox_before_ends_with_the_change(app: Flask, clerk: FlaskClient, outbox: Outbox) -> None:
    submit(clerk, clerk.get("/recovery"), {"email": CLERK.email})
    link = re.findall(r"/recovery/\S+", outbox()[-1][2])[0]
    assert app.test_client().get(link).status_code == 200
    ask(clerk)
    assert answer(clerk, read_code(app, NEW)).location == "/account"
    assert app.test_client().get(link).status_code == 410
