"""Every way in which something ends, and what is left of a person's two sign-ins and of what systems got in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.database import db
from idp.notifications import secrets
from idp.oidc.logout import backchannel
from idp.oidc.rules import Standing, why_dead
from idp.oidc.store.models import AuthorizationGrant, Consent
from idp.signin import credentials, recovery
from idp.signin.jobs import end_what_is_over
from idp.signin.models import SignInSession
from idp.signin.rules import THAID_ACR
from tests.browsing import submit
from tests.idp.oidc.relying_party import Holder, RelyingParty, register, returned, sign_in
from tests.people import CLERK, PASSWORD
from thai_web import clock

ONLINE, OFFLINE = "openid profile unit roles", "openid profile unit roles offline_access"
NEW = "mango-sticky-rice-2569"
EVERYTHING = {"sign-in", "code", "online", "access", "refresh"}


@dataclass
class Place:
    """A browser in which the clerk is signed in, and what a system got there."""

    system: RelyingParty
    sid: str
    code: str
    online: str
    access: str
    refresh: str

    @property
    def browser(self) -> FlaskClient:
        return self.system.browser

    def survivors(self) -> set[str]:
        """What still works; each is used up by looking."""
        system = self.system
        looks = {
            "sign-in": self.browser.get("/home").status_code == 200,
            "code": system.redeem(self.code).status_code == 200,
            "online": system.userinfo(self.online).status_code == 200,
            "access": system.userinfo(self.access).status_code == 200,
            "refresh": system.refresh(self.refresh).status_code == 200,
        }
        for name, token in (("online", self.online), ("access", self.access)):
            assert system.post("/introspect", token=token).get_json()["active"] is looks[name], name
        return {name for name, works in looks.items() if works}


def a_place(app: Flask, clerk: Holder) -> Place:
    system = RelyingParty(app, app.test_client(), client_id="asking")
    sign_in(app, system.browser, clerk.account_id, THAID_ACR)
    page = system.browser.get(system.authorize(scope=OFFLINE, prompt="consent").location)
    code = returned(submit(system.browser, page, {"decision": "allow"}, action="/consent"))["code"]
    tokens = system.redeem(code).get_json()
    sid = system.verify(tokens["id_token"])["sid"]
    online = system.tokens(scope=ONLINE)["access_token"]
    return Place(system, sid, system.code(scope=ONLINE), online, tokens["access_token"], tokens["refresh_token"])


@pytest.fixture
def asking(app: Flask) -> None:
    """A system that must ask, and that wants to be told of sign-outs."""
    register(
        app,
        client_id="asking",
        client_name="ระบบของหน่วยงานอื่น",
        profile="standard",
        owner_unit="P67",
        scope=OFFLINE,
        backchannel_logout_uri="https://rp.example.go.th/backchannel",
    )


def change(app: Flask, act: Callable[[], object]) -> None:
    with app.app_context():
        act()
        db.session.commit()


def press(page: str, action: str, **values: str) -> Callable[[Flask, Holder, Place], None]:
    """The person presses something here."""

    def act(_app: Flask, _clerk: Holder, here: Place) -> None:
        assert submit(here.browser, here.browser.get(page), values, action=action).status_code == 303

    return act


def end_the_other(app: Flask, _clerk: Holder, here: Place) -> None:
    with app.app_context():
        [number] = db.session.scalars(select(SignInSession.id).where(SignInSession.sid != here.sid))
    press("/home/sign-ins", f"/home/sign-ins/{number}/end")(app, _clerk, here)


def end_everywhere(app: Flask, clerk: Holder, here: Place) -> None:
    answer = here.browser.get("/home/sign-ins")
    [token] = {part.split('"')[0] for part in answer.text.split('name="csrf_token" value="')[1:]}
    told = here.browser.post("/home/sign-ins/end-others", data={"csrf_token": token, "systems": "all"})
    assert told.status_code == 303


def set_password(app: Flask, _clerk: Holder, here: Place) -> None:
    values = {"username": "somjai.new", "password": PASSWORD, "password_again": PASSWORD}
    assert submit(here.browser, here.browser.get("/home/password"), values).status_code == 303


def change_password(app: Flask, clerk: Holder, here: Place) -> None:
    def give_one() -> None:
        account = accounts.get(clerk.account_id)
        account.username = CLERK.username
        credentials.keep(account, credentials.hashed(PASSWORD), how="test")

    change(app, give_one)
    values = {"present": PASSWORD, "password": NEW, "password_again": NEW}
    assert submit(here.browser, here.browser.get("/home/password/change"), values).status_code == 303


def recover(app: Flask, clerk: Holder, _here: Place) -> None:
    def act() -> None:
        accounts.get(clerk.account_id).username = CLERK.username
        secret = secrets.issue_link(recovery.RECOVERY, str(clerk.account_id), recovery.LIFETIME)
        db.session.commit()
        recovery.renew(secret, CLERK.national_id, PASSWORD)

    change(app, act)


def suspend(app: Flask, clerk: Holder, _here: Place) -> None:
    change(app, lambda: accounts.suspend(accounts.get(clerk.account_id), "test"))


def leave(app: Flask, clerk: Holder, _here: Place) -> None:
    yesterday = clock.today() - timedelta(days=1)
    change(app, lambda: accounts.end_posting(db.session.get_one(Posting, clerk.posting_id), yesterday))


def withdraw(app: Flask, _clerk: Holder, here: Place) -> None:
    press("/home/consents", "/withdraw")(app, _clerk, here)


def sign_out_at_the_system(app: Flask, _clerk: Holder, here: Place) -> None:
    page = here.browser.get("/logout?client_id=asking")
    assert submit(here.browser, page, {"decision": "confirm"}, action="/logout/confirm").status_code == 303


@pytest.mark.attack(37, 123)
@pytest.mark.parametrize(
    ("act", "here", "elsewhere"),
    [
        (press("/home", "/signout"), {"access", "refresh"}, EVERYTHING),
        (sign_out_at_the_system, {"access", "refresh"}, EVERYTHING),
        (end_the_other, EVERYTHING, set()),
        (press("/home/sign-ins", "/home/sign-ins/end-others"), EVERYTHING, set()),
        (end_everywhere, {"sign-in"}, set()),
        (set_password, {"sign-in"}, set()),
        (change_password, {"sign-in"}, set()),
        (recover, set(), set()),
        (suspend, set(), set()),
        (withdraw, {"sign-in"}, {"sign-in"}),
        (leave, {"sign-in"}, {"sign-in"}),  # until the worker comes by
    ],
    ids=[
        "sign out",
        "sign out at a system",
        "end one",
        "end others",
        "end everywhere",
        "new password",
        "changed password",
        "recovery",
        "suspension",
        "consent withdrawn",
        "posting over",
    ],
)
def test_what_ended_is_gone_and_nothing_else_is(
    app: Flask, clerk: Holder, asking: None, act: Any, here: set[str], elsewhere: set[str]
) -> None:
    one, other = a_place(app, clerk), a_place(app, clerk)
    act(app, clerk, one)
    assert one.survivors() == here
    assert other.survivors() == elsewhere


def test_who_goes_on_after_ending_everything_has_a_new_sid_and_may_be_told_of_anew(
    app: Flask, clerk: Holder, asking: None
) -> None:
    place = a_place(app, clerk)
    before = place.browser.get_cookie("idp_sid", domain="localhost")
    end_everywhere(app, clerk, place)
    after = place.browser.get_cookie("idp_sid", domain="localhost")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    tokens = place.system.tokens(scope=OFFLINE)
    assert place.system.verify(tokens["id_token"])["sid"] != place.sid
    assert place.system.userinfo(tokens["access_token"]).status_code == 200
    change(app, backchannel.queue_ended)
    with app.app_context():
        [told] = db.session.execute(select(backchannel.LogoutDelivery.sid)).scalars()
        assert told == place.sid


@pytest.mark.attack(39)
def test_a_posting_that_is_over_ends_the_sign_in_and_systems_are_told(app: Flask, clerk: Holder, asking: None) -> None:
    place, standing = a_place(app, clerk), a_place(app, clerk)
    with app.app_context():
        office = accounts.begin_posting(accounts.get(clerk.account_id), 2, "ช่วยราชการ", clock.today()).id
        session = db.session.scalars(select(SignInSession).where(SignInSession.sid == standing.sid)).one()
        session.posting_id = office
        db.session.commit()
    leave(app, clerk, place)
    change(app, end_what_is_over)
    change(app, backchannel.queue_ended)
    with app.app_context():
        assert list(db.session.scalars(select(backchannel.LogoutDelivery.sid))) == [place.sid]
        reasons = dict(db.session.execute(select(SignInSession.sid, SignInSession.end_reason)).all())
        assert reasons == {place.sid: "posting_over", standing.sid: None}
    assert place.browser.get("/home").status_code == 303
    assert standing.browser.get("/home").status_code == 200


@pytest.mark.attack(123)
def test_a_grant_ends_90_days_after_the_sign_in_however_often_it_is_refreshed(
    app: Flask, clerk: Holder, asking: None
) -> None:
    place = a_place(app, clerk)
    system, token, began, days = place.system, place.refresh, clock.now(), 0
    while days < 89:
        days = min(days + 13, 89)
        with time_machine.travel(began + timedelta(days=days), tick=False):
            tokens = system.refresh(token).get_json()
            token = tokens["refresh_token"]
            assert system.userinfo(tokens["access_token"]).status_code == 200
            told = system.post("/introspect", token=token).get_json()
            assert told["exp"] <= (began + timedelta(days=90)).timestamp()
    with time_machine.travel(began + timedelta(days=90), tick=False):
        assert system.refresh(token).get_json()["error"] == "invalid_grant"
        assert system.userinfo(tokens["access_token"]).status_code == 401
        assert system.post("/introspect", token=token).get_json() == {"active": False}


@pytest.mark.attack(123)
def test_a_grant_of_two_years_ago_is_over_whenever_it_was_refreshed_last(
    app: Flask, clerk: Holder, asking: None
) -> None:
    place = a_place(app, clerk)
    with app.app_context():
        for grant in db.session.scalars(select(AuthorizationGrant)):
            grant.auth_time = grant.issued_at = clock.now() - timedelta(days=730)
            accounts.get(clerk.account_id).tokens_not_before = grant.auth_time
        db.session.commit()
    assert place.system.refresh(place.refresh).get_json()["error"] == "invalid_grant"


@pytest.mark.attack(123)
def test_no_token_lives_without_a_consent_that_can_be_withdrawn(app: Flask, clerk: Holder, asking: None) -> None:
    """Whatever wrote the grant at the very moment at which the consent was withdrawn."""
    place = a_place(app, clerk)
    with app.app_context():
        db.session.delete(db.session.scalars(select(Consent)).one())
        db.session.commit()
    assert place.survivors() == {"sign-in"}


def test_a_system_of_dla_needs_no_consent(app: Flask, rp: RelyingParty) -> None:
    assert (
        rp.userinfo(rp.refresh(rp.tokens(scope=OFFLINE)["refresh_token"]).get_json()["access_token"]).status_code == 200
    )


@pytest.mark.parametrize(
    ("offline", "age", "why"),
    [
        (True, timedelta(days=90, seconds=-1), None),
        (True, timedelta(days=90), "signed in too long ago"),
        (False, timedelta(days=90), None),  # the sign-in that it rests on ended long before
    ],
)
def test_only_what_outlives_the_sign_in_has_an_end_of_its_own(offline: bool, age: timedelta, why: str | None) -> None:
    now = clock.now()
    standing = Standing(
        status="ACTIVE",
        tokens_not_before=now - age,
        auth_time=now - age,
        revoked_at=None,
        session_ended_at=None,
        session_expires_at=now + timedelta(1),
        grants_ended_at=None,
        offline=offline,
        posting=None,
        agreed=True,
    )
    assert why_dead(standing, now, clock.today(), timedelta(days=90)) == why
