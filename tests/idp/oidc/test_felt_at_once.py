"""Suspension, transfer, recovery and a changed role are felt at the next use of whatever was issued before."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from idp import clock
from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.clients import operations as clients
from idp.database import db
from idp.notifications import secrets
from idp.signin import recovery
from tests.idp.oidc.relying_party import Holder, RelyingParty
from tests.people import CLERK, PASSWORD

OFFLINE = "openid profile roles unit offline_access"


def suspended(clerk: Holder) -> None:
    accounts.suspend(accounts.get(clerk.account_id), "test")


def recovered(clerk: Holder) -> None:
    accounts.get(clerk.account_id).username = CLERK.username
    secret = secrets.issue_link(recovery.RECOVERY, str(clerk.account_id), recovery.LIFETIME)
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
