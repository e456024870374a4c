"""Suspension, transfer, recovery and a changed role are felt at the next use of whatever was issued before."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.clients import operations as clients
from idp.database import db
from idp.notifications import secrets
from idp.signin import operations as signin
from idp.signin import recovery
from idp.signin.models import SignInSession
from idp.signin.rules import THAID_ACR
from tests.browsing import submit
from tests.idp.oidc.relying_party import Holder, RelyingParty, sign_in
from tests.people import CLERK, PASSWORD
from thai_web import clock

OFFLINE = "openid profile roles unit offline_access"


def suspended(clerk: Holder) -> None:
    accounts.suspend(accounts.get(clerk.account_id), "test")


def recovered(clerk: Holder) -> None:
    accounts.get(clerk.account_id).username = CLERK.username
    secret = secrets.issue_link(recovery.RECOVERY, str(clerk.account_id), recovery.LIFETIME)
    db.session.commit()  # a guess is counted by itself, before anything is changed
    recovery.renew(secret, CLERK.national_id, PASSWORD)


def transferred(clerk: Holder) -> None:
    accounts.end_posting(db.session.get_one(Posting, clerk.posting_id), clock.today() - timedelta(days=1))


def role_taken(clerk: Holder) -> None:
    for held, _offered in clients.assignments(clerk.posting_id):
        clients.end_assignment(held.id, "test")


def happen(app: Flask, clerk: Holder, change: Callable[[Holder], None]) -> None:
    with app.app_context():
        change(clerk)
        db.session.commit()


@pytest.mark.attack(2, 37)
@pytest.mark.parametrize("change", [suspended, recovered, transferred])
def test_what_was_issued_before_is_worth_nothing(
    app: Flask, rp: RelyingParty, clerk: Holder, change: Callable[[Holder], None]
) -> None:
    code, tokens = rp.code(scope=OFFLINE), rp.tokens(scope=OFFLINE)
    happen(app, clerk, change)
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    for each in ("access_token", "refresh_token"):
        assert rp.post("/introspect", token=tokens[each]).get_json() == {"active": False}
    assert rp.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert rp.redeem(code).get_json()["error"] == "invalid_grant"


def end_elsewhere(browser: FlaskClient) -> TestResponse:
    return submit(browser, browser.get("/home/sign-ins"), {}, action="/end-others")


@pytest.mark.attack(37, 60)
@pytest.mark.parametrize("act", [end_elsewhere])
def test_what_was_granted_elsewhere_ends_for_offline_use_too_and_here_nothing_does(
    app: Flask, clerk: Holder, act: Callable[[FlaskClient], TestResponse]
) -> None:
    mine, thiefs = RelyingParty(app, app.test_client()), RelyingParty(app, app.test_client())
    for browser in (mine.browser, app.test_client(), thiefs.browser):
        sign_in(app, browser, clerk.account_id, THAID_ACR)
    code = thiefs.code(scope=OFFLINE)
    kept, stolen = (each.tokens(scope=OFFLINE) for each in (mine, thiefs))
    with app.app_context():  # the thief is not even signed in any more: only what was granted goes on
        signin.end_session(max(db.session.scalars(select(SignInSession.id))), "signed_out")
        db.session.commit()
    assert thiefs.userinfo(stolen["access_token"]).status_code == 200
    assert act(mine.browser).status_code == 303
    assert thiefs.userinfo(stolen["access_token"]).status_code == 401
    assert thiefs.refresh(stolen["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert thiefs.redeem(code).get_json()["error"] == "invalid_grant"
    assert mine.browser.get("/home").status_code == 200
    assert mine.userinfo(kept["access_token"]).status_code == 200
    assert mine.refresh(kept["refresh_token"]).status_code == 200


@pytest.mark.attack(37)
def test_a_role_that_was_taken_is_told_nowhere_any_more(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    asked = json.dumps({"id_token": {"roles": None}})
    code, tokens = rp.code(scope=OFFLINE, claims=asked), rp.tokens(scope=OFFLINE, claims=asked)
    assert rp.verify(tokens["id_token"])["roles"] == ["recorder"]
    happen(app, clerk, role_taken)
    assert rp.userinfo(tokens["access_token"]).get_json()["roles"] == []
    redeemed = rp.redeem(code).get_json()
    refreshed = rp.refresh(tokens["refresh_token"]).get_json()
    for each in (redeemed, refreshed):
        assert rp.verify(each["id_token"])["roles"] == []
        assert rp.userinfo(each["access_token"]).get_json()["roles"] == []
