"""A browser in which its owner has signed in before has its own count of wrong passwords."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from idp.accounts import operations as accounts
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.secrets_at_rest import digest
from idp.signin import known_device, operations
from idp.signin.models import KnownDevice
from tests.browsing import submit
from tests.factories import open_person
from tests.people import CLERK, PASSWORD, UNIT_ADMIN, Invented
from thai_web import clock

WRONG = "guess-guess-guess"


@pytest.fixture
def people(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
        open_person(UNIT_ADMIN)


@pytest.fixture
def owner(app: Flask, people: None) -> FlaskClient:
    """The clerk's browser, signed out."""
    browser = app.test_client()
    assert enter(browser, "203.0.113.5").status_code == 303
    return browser


def enter(
    browser: FlaskClient, address: str, password: str = PASSWORD, person: Invented = CLERK, username: str = ""
) -> TestResponse:
    browser.delete_cookie("idp_sid")
    page = browser.get("/signin?again=1", environ_overrides={"REMOTE_ADDR": address})
    browser.environ_base["REMOTE_ADDR"] = address
    return submit(browser, page, {"username": username or person.username, "password": password})


def guess(app: Flask, address: str, times: int, **given: object) -> list[int]:
    return [enter(app.test_client(), address, WRONG, **given).status_code for _ in range(times)]  # type: ignore[arg-type]


def is_known(app: Flask, browser: FlaskClient, person: Invented = CLERK) -> bool:
    cookie = browser.get_cookie("idp_device")
    with app.app_context():
        account = accounts.find_by_username(person.username)
        assert account
        return known_device.is_known(account.id, cookie.value if cookie else "")


@pytest.mark.attack(102)
def test_a_stranger_keeps_the_owner_out_nowhere_but_beside_himself(app: Flask, owner: FlaskClient) -> None:
    assert guess(app, "198.51.100.7", 6) == [422] * 5 + [429]
    assert enter(app.test_client(), "198.51.100.200").status_code == 429, "the same network"
    assert enter(app.test_client(), "192.0.2.1").status_code == 303, "another network"
    assert enter(owner, "198.51.100.7").status_code == 303, "the owner's browser, even beside the stranger"


@pytest.mark.attack(102)
def test_strangers_in_many_networks_leave_the_owners_browser_open(app: Flask, owner: FlaskClient) -> None:
    for place in range(10):
        assert guess(app, f"2001:db8:0:{place}::1", 5) == [422] * 5
    assert enter(app.test_client(), "192.0.2.1").status_code == 429, "for a strange browser the account is full"
    assert enter(owner, "192.0.2.1").status_code == 303
    assert enter(app.test_client(), "192.0.2.1").status_code == 429, "the owner gives strangers no new guesses"


@pytest.mark.attack(102)
def test_who_shares_an_address_with_a_guesser_comes_in_from_a_known_browser(app: Flask, owner: FlaskClient) -> None:
    for number in range(60):
        enter(app.test_client(), "203.0.113.5", WRONG, username=f"nobody.{number}")
    assert enter(app.test_client(), "203.0.113.5").status_code == 429
    assert enter(owner, "203.0.113.5").status_code == 303


@pytest.mark.attack(102)
def test_guesses_from_a_known_browser_count_there(app: Flask, owner: FlaskClient) -> None:
    assert [enter(owner, f"192.0.2.{place}", WRONG).status_code for place in range(6)] == [422] * 5 + [429]
    assert enter(owner, "203.0.113.5").status_code == 429
    assert enter(app.test_client(), "203.0.113.5").status_code == 303, "elsewhere nothing was counted"
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert enter(owner, "203.0.113.5").status_code == 303


@pytest.mark.attack(102)
def test_a_right_password_gives_back_what_it_took(app: Flask, people: None) -> None:
    for _ in range(12):
        assert enter(app.test_client(), "203.0.113.5").status_code == 303
    assert guess(app, "203.0.113.5", 4) == [422] * 4
    assert enter(app.test_client(), "203.0.113.5").status_code == 303
    assert guess(app, "203.0.113.5", 6) == [422] * 5 + [429]


@pytest.mark.attack(103)
def test_a_browser_is_known_for_those_alone_who_signed_in_there(app: Flask, owner: FlaskClient) -> None:
    assert guess(app, "198.51.100.7", 5, person=UNIT_ADMIN) == [422] * 5
    assert enter(owner, "198.51.100.7", person=UNIT_ADMIN).status_code == 429, "the clerk's browser, another account"
    assert not is_known(app, owner, UNIT_ADMIN)


@pytest.mark.attack(103)
def test_a_planted_secret_is_replaced_and_makes_nobody_known(app: Flask, owner: FlaskClient) -> None:
    planted = owner.get_cookie("idp_device")
    assert planted
    victim = app.test_client()
    victim.set_cookie("idp_device", planted.value)
    enter(victim, "192.0.2.1", person=UNIT_ADMIN)
    assert is_known(app, victim, UNIT_ADMIN)
    assert not is_known(app, owner, UNIT_ADMIN), "who planted the secret has no part in what it became"


def test_all_who_share_a_browser_are_known_in_it(app: Flask, owner: FlaskClient) -> None:
    enter(owner, "203.0.113.5", person=UNIT_ADMIN)
    assert is_known(app, owner, CLERK)
    assert is_known(app, owner, UNIT_ADMIN)


def test_the_cookie_lives_a_year_is_for_the_server_alone_and_lies_as_a_digest(app: Flask, owner: FlaskClient) -> None:
    answer = enter(owner, "203.0.113.5")
    [cookie] = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("idp_device=")]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"))
    held = owner.get_cookie("idp_device")
    assert held
    with app.app_context():
        [row] = db.session.scalars(select(KnownDevice))
        assert row.digest == digest(held.value)


def test_that_a_browser_was_seen_is_noted_once_a_day(app: Flask, owner: FlaskClient) -> None:
    def noted() -> bool:
        with app.app_context():
            [row] = db.session.scalars(select(KnownDevice))
            return row.first_seen_at < row.last_seen_at

    enter(owner, "203.0.113.5")
    assert not noted()
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        enter(owner, "203.0.113.5")
    assert noted()


def test_a_sign_in_says_whether_the_browser_is_a_new_one_of_somebody_known(app: Flask, people: None) -> None:
    told = []

    def enter_with(device: str) -> str:
        begun = operations.begin_session(person, "192.0.2.1", ["pwd"], "x", device=device)
        told.append(db.session.query(OutboxMessage).filter_by(template="signin/mail/new_browser").count())
        db.session.rollback()
        return begun.device

    with app.test_request_context(method="POST"):
        account = accounts.find_by_username(CLERK.username)
        assert account
        person = account.id
        db.session.rollback()  # a sign-in is committed by itself
        first = enter_with("")
        assert enter_with(first) == first
        assert enter_with("unknown") != first
    assert told == [0, 0, 1]


def test_ending_sign_ins_elsewhere_forgets_the_other_browsers(app: Flask, owner: FlaskClient) -> None:
    other = app.test_client()
    enter(other, "192.0.2.1")
    assert is_known(app, other)
    submit(owner, owner.get("/home/sign-ins"), {}, action="end-others")
    assert (is_known(app, owner), is_known(app, other)) == (True, False)


def test_a_new_password_for_the_known_one_forgets_the_other_browsers(app: Flask, owner: FlaskClient) -> None:
    other = app.test_client()
    enter(other, "192.0.2.1")
    given = {"present": PASSWORD, "password": "mango-sticky-rice-2569", "password_again": "mango-sticky-rice-2569"}
    assert submit(owner, owner.get("/home/password/change"), given).status_code == 303
    assert (is_known(app, owner), is_known(app, other)) == (True, False)


def test_what_ends_every_session_forgets_every_browser(app: Flask, owner: FlaskClient) -> None:
    with app.test_request_context(method="POST"):
        account = accounts.find_by_username(CLERK.username)
        assert account
        operations.end_all_sessions(account.id, "recovered")
        db.session.commit()
    assert not is_known(app, owner)
    enter(app.test_client(), "203.0.113.5")
    with app.app_context():
        assert db.session.query(OutboxMessage).filter_by(template="signin/mail/new_browser").count() == 1, (
            "who has the old password is told of, though no browser is known any more"
        )


def test_ten_browsers_are_kept_and_those_unused_for_a_year_are_forgotten(app: Flask, owner: FlaskClient) -> None:
    with app.test_request_context(method="POST"):
        account = accounts.find_by_username(CLERK.username)
        assert account
        person = account.id
        db.session.rollback()  # a sign-in is committed by itself
        for _ in range(12):
            operations.begin_session(person, "192.0.2.1", ["pwd"], "x")
        db.session.commit()
        assert db.session.query(KnownDevice).count() == known_device.MOST
    assert not is_known(app, owner), "the one longest unused made room"
    enter(owner, "203.0.113.5")
    with app.app_context(), time_machine.travel(clock.now() + known_device.LIFETIME + timedelta(days=1)):
        assert not is_known(app, owner)
        assert known_device.sweep() == known_device.MOST
    with time_machine.travel(clock.now() + known_device.LIFETIME + timedelta(days=1)):
        assert enter(owner, "203.0.113.5").status_code == 303, "somebody who comes back after years just signs in"


@pytest.mark.attack(7)
def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has(app: Flask, owner: FlaskClient) -> None:
    told = [
        [(answer.status_code, answer.text.count("ไม่ถูกต้อง"), answer.text.count("รอประมาณ")) for answer in answers]
        for answers in (
            [enter(app.test_client(), "198.51.100.7", WRONG, username=name) for _ in range(7)]
            for name in (CLERK.username, "nobody.at.all")
        )
    ]
    assert told[0] == told[1]
    assert "idp_device" not in enter(app.test_client(), "198.51.100.9", WRONG).headers.get("Set-Cookie", "")
