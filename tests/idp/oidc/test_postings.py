"""Two offices, one person: each browser acts for one of them, and a system is told of that one."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.database import db
from idp.signin.models import SignInSession
from idp.units import operations as units
from tests.browsing import submit, text_of
from tests.factories import open_person
from tests.idp.oidc.relying_party import Holder, RelyingParty, open_account, register, returned, sign_in
from tests.people import PASSWORD, PROVINCIAL
from thai_web import clock

SCOPE = "openid unit roles"


@pytest.fixture
def second(app: Flask, clerk: Holder) -> int:
    """A second posting of the clerk, at the provincial office."""
    with app.app_context():
        office = units.find("P67")
        assert office is not None
        posting = accounts.begin_posting(accounts.get(clerk.account_id), office.id, "ช่วยราชการ", clock.today())
        db.session.commit()
        return posting.id


def choose(browser: FlaskClient, posting_id: int) -> None:
    page = browser.get("/signin/posting")
    assert submit(browser, page, {"posting": str(posting_id)}).status_code == 303


def signed_in(app: Flask, clerk: Holder) -> RelyingParty:
    browser = app.test_client()
    sign_in(app, browser, clerk.account_id)
    return RelyingParty(app, browser)


def unit_code(rp: RelyingParty) -> str:
    code: str = rp.userinfo(rp.tokens(scope=SCOPE)["access_token"]).get_json()["unit"]["code"]
    return code


def test_who_has_one_posting_is_asked_nothing(rp: RelyingParty) -> None:
    assert unit_code(rp) == "670603"


def test_who_has_several_chooses_and_goes_on_to_where_she_came_from(app: Flask, clerk: Holder, second: int) -> None:
    rp = signed_in(app, clerk)
    asked = rp.authorize(scope=SCOPE)
    assert asked.location.startswith("/signin/posting?next=")
    page = rp.browser.get(asked.location)
    assert "ช่วยราชการ · สถจ.เพชรบูรณ์" in text_of(page)
    back = submit(rp.browser, page, {"posting": str(second)})
    assert "/authorize?" in back.location
    assert returned(rp.browser.get(back.location))["code"]
    assert unit_code(rp) == "P67"


def test_a_silent_request_is_told_that_somebody_must_choose(app: Flask, clerk: Holder, second: int) -> None:
    rp = signed_in(app, clerk)
    assert returned(rp.authorize(scope=SCOPE, prompt="none"))["error"] == "interaction_required"


@pytest.mark.attack(38)
def test_two_browsers_act_for_two_offices(app: Flask, clerk: Holder, second: int) -> None:
    register(app, client_id="other", client_name="ระบบที่สอง")
    here, there = signed_in(app, clerk), signed_in(app, clerk)
    choose(here.browser, clerk.posting_id)
    choose(there.browser, second)
    for client_id in ("rp", "other", "rp"):
        first = RelyingParty(app, here.browser, client_id=client_id)
        other = RelyingParty(app, there.browser, client_id=client_id)
        assert (unit_code(first), unit_code(other)) == ("670603", "P67")


@pytest.mark.attack(38)
@pytest.mark.parametrize(
    "hint",
    [
        {"unit": "P67"},
        {"posting_id": "2"},
        {"login_hint": "P67"},
        {"claims": '{"userinfo": {"unit": {"essential": true, "value": {"code": "P67"}}}}'},
        {"claims": '{"userinfo": {"roles": {"essential": true, "values": ["certifier"]}}}'},
    ],
)
def test_no_wish_of_a_system_gives_a_person_another_office(app: Flask, rp: RelyingParty, hint: dict[str, str]) -> None:
    told = rp.userinfo(rp.tokens(scope=SCOPE, **hint)["access_token"]).get_json()
    assert (told["unit"]["code"], told["roles"]) == ("670603", ["recorder"])


@pytest.mark.attack(46)
def test_switching_makes_a_new_sid_and_ends_what_spoke_of_the_other_office(
    app: Flask, clerk: Holder, second: int
) -> None:
    rp = signed_in(app, clerk)
    choose(rp.browser, clerk.posting_id)
    cookie = rp.browser.get_cookie("idp_sid")
    before = rp.tokens(scope=SCOPE)
    choose(rp.browser, second)
    after = rp.tokens(scope=SCOPE)
    old, new = rp.verify(before["id_token"]), rp.verify(after["id_token"])
    assert old["sid"] != new["sid"]
    assert (old["auth_time"], old["sub"]) == (new["auth_time"], new["sub"])
    assert rp.userinfo(before["access_token"]).status_code == 401
    assert rp.userinfo(after["access_token"]).status_code == 200
    thief = app.test_client()
    assert cookie is not None
    thief.set_cookie("idp_sid", cookie.value, domain="localhost")
    assert thief.get("/home").location.startswith("/signin")


def test_switching_does_not_prolong_the_sign_in(app: Flask, clerk: Holder, second: int) -> None:
    rp = signed_in(app, clerk)
    choose(rp.browser, clerk.posting_id)
    choose(rp.browser, second)
    with app.app_context():
        spans = {(each.created_at, each.expires_at) for each in db.session.scalars(select(SignInSession))}
        assert len(spans) == 1


@pytest.mark.attack(38)
def test_a_posting_of_somebody_else_or_one_that_is_over_is_refused(app: Flask, clerk: Holder, second: int) -> None:
    with app.app_context():
        _account, foreign = open_person(PROVINCIAL)
        foreign_id = foreign.id
    rp = signed_in(app, clerk)
    page = rp.browser.get("/signin/posting")
    assert submit(rp.browser, page, {"posting": str(foreign_id)}).status_code == 422
    with app.app_context():
        accounts.end_posting(db.session.get_one(Posting, second), clock.today().replace(year=2020))
        db.session.commit()
    assert submit(rp.browser, page, {"posting": str(second)}).status_code == 422


def test_a_posting_that_ends_while_it_is_used_is_asked_again(app: Flask, clerk: Holder, second: int) -> None:
    rp = signed_in(app, clerk)
    choose(rp.browser, second)
    with app.app_context():
        accounts.end_posting(db.session.get_one(Posting, second), clock.today().replace(year=2020))
        db.session.commit()
    assert rp.browser.get("/home").location == "/signin/posting"
    assert rp.authorize(scope=SCOPE).location.startswith("/signin/posting")
    choose(rp.browser, clerk.posting_id)
    assert rp.browser.get("/home").status_code == 200


def test_the_password_page_leads_to_the_choice(app: Flask) -> None:
    register(app)
    open_account(app, role=None)
    with app.app_context():
        account, _posting = open_person(PROVINCIAL)
        unit = units.find("670604")
        assert unit is not None
        accounts.begin_posting(account, unit.id, "ช่วยราชการ", clock.today())
        db.session.commit()
    browser = app.test_client()
    page = browser.get("/signin?next=/requests/new")
    entered = submit(browser, page, {"username": PROVINCIAL.username, "password": PASSWORD})
    assert entered.location == "/signin/posting?next=/requests/new"
    home = text_of(browser.get("/signin/posting"))
    assert "ท่านเข้าใช้ในสังกัดใด" in home
