"""Refreshing, revoking, introspecting, and what ends a token at its next use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.clients import operations as clients
from idp.database import db
from idp.signin import operations as signin
from tests.idp.oidc.relying_party import Holder, RelyingParty, register, returned, sign_in
from thai_web import clock

OFFLINE = "openid profile roles unit offline_access"


def change(app: Flask, act: Callable[[], object]) -> None:
    with app.app_context():
        act()
        db.session.commit()


def test_a_refresh_brings_new_tokens_of_the_same_sign_in(rp: RelyingParty) -> None:
    first = rp.tokens(scope=OFFLINE)
    response = rp.refresh(first["refresh_token"], scope=OFFLINE)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    second = response.get_json()
    assert second["refresh_token"] != first["refresh_token"]
    old, new = rp.verify(first["id_token"]), rp.verify(second["id_token"])
    for claim in ("iss", "sub", "aud", "auth_time", "sid"):
        assert old[claim] == new[claim]
    assert "nonce" not in new
    assert rp.userinfo(second["access_token"]).status_code == 200


@pytest.mark.attack(2)
def test_a_suspended_person_is_out_at_the_next_use(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    code, tokens = rp.code(), rp.tokens(scope=OFFLINE)
    change(app, lambda: accounts.suspend(accounts.get(clerk.account_id), "test"))
    assert rp.redeem(code).status_code == 400
    assert rp.refresh(tokens["refresh_token"]).status_code == 400
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert rp.post("/introspect", token=tokens["access_token"]).get_json() == {"active": False}
    assert returned(rp.authorize(prompt="none"))["error"] == "login_required"
    assert "/signin" in rp.authorize().location


@pytest.mark.attack(2)
def test_what_was_issued_before_a_suspension_stays_dead_after_it(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    tokens = rp.tokens(scope=OFFLINE)
    change(app, lambda: accounts.suspend(accounts.get(clerk.account_id), "test"))
    change(app, lambda: accounts.reinstate(accounts.get(clerk.account_id), "test"))
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert rp.refresh(tokens["refresh_token"]).status_code == 400


def test_a_role_taken_away_is_gone_at_the_next_look(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    token = rp.tokens()["access_token"]
    assert rp.userinfo(token).get_json()["roles"] == ["recorder"]
    change(app, lambda: [clients.end_assignment(held.id, "test") for held, _ in clients.assignments(clerk.posting_id)])
    assert rp.userinfo(token).get_json()["roles"] == []


def test_signing_out_ends_tokens_except_those_for_offline_use(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    online, offline = rp.tokens(), rp.tokens(scope=OFFLINE)
    code = rp.code()
    change(app, lambda: signin.end_all_sessions(clerk.account_id, "test"))
    assert rp.userinfo(online["access_token"]).status_code == 401
    assert rp.redeem(code).status_code == 400
    assert rp.userinfo(offline["access_token"]).status_code == 200


def test_claims_are_told_as_they_are_now(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    token = rp.tokens()["access_token"]

    def marry() -> None:
        db.session.get_one(Account, clerk.account_id).family_name = "ใหม่นามสกุล"

    change(app, marry)
    assert rp.userinfo(token).get_json()["family_name"] == "ใหม่นามสกุล"


def test_the_unit_of_a_grant_does_not_follow_the_person(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    from idp.units.operations import find

    token = rp.tokens()["access_token"]

    def second_posting() -> None:
        office = find("P67")
        assert office is not None
        accounts.begin_posting(accounts.get(clerk.account_id), office.id, "ช่วยราชการ", clock.today())

    change(app, second_posting)
    assert rp.userinfo(token).get_json()["unit"]["code"] == "670603"


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_system_may_revoke_its_own_tokens(rp: RelyingParty, kind: str) -> None:
    tokens = rp.tokens(scope=OFFLINE)
    assert rp.post("/revoke", token=tokens[kind], token_type_hint="anything").status_code == 200
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert rp.refresh(tokens["refresh_token"]).status_code == (200 if kind == "access_token" else 400)
    assert rp.post("/revoke", token="unknown").status_code == 200


def test_a_system_can_neither_revoke_nor_inspect_another_ones_tokens(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="other", client_name="ระบบอื่น")
    other, token = RelyingParty(rp.app, rp.browser, client_id="other"), rp.tokens()["access_token"]
    assert other.post("/introspect", token=token).get_json() == {"active": False}
    other.post("/revoke", token=token)
    assert rp.userinfo(token).status_code == 200


def test_introspection_tells_what_a_token_is_good_for(rp: RelyingParty, clerk: Holder) -> None:
    tokens = rp.tokens(scope=OFFLINE)
    told = rp.post("/introspect", token=tokens["access_token"]).get_json()
    assert told["active"] is True
    assert told["sub"] == clerk.subject
    assert told["client_id"] == "rp"
    rp.refresh(tokens["refresh_token"])
    assert rp.post("/introspect", token=tokens["refresh_token"]).get_json() == {"active": False}
    assert rp.app.test_client().post("/introspect", data={"token": "x"}).status_code == 401


def test_tokens_of_two_browsers_live_apart(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    second = RelyingParty(app, app.test_client())
    sign_in(app, second.browser, clerk.account_id)
    one, two = rp.verify(rp.tokens()["id_token"]), second.verify(second.tokens()["id_token"])
    assert one["sub"] == two["sub"]
    assert one["sid"] != two["sid"]


def test_the_sweep_takes_what_has_long_expired_and_nothing_else(app: Flask, rp: RelyingParty) -> None:
    from idp.oidc.store.jobs import sweep

    tokens = rp.tokens(scope=OFFLINE)
    change(app, lambda: None)
    with app.app_context():
        assert sweep() == 0
    with time_machine.travel(clock.now() + timedelta(days=8)):
        change(app, lambda: sweep() == 1)
        assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.attack(36)
def test_of_two_simultaneous_uses_of_a_code_one_wins_and_nothing_survives(rp: RelyingParty) -> None:
    code = rp.code(scope=OFFLINE)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: rp.redeem(code), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    winner = next(answer for answer in answers if answer.status_code == 200).get_json()
    assert rp.userinfo(winner["access_token"]).status_code == 401
    assert rp.refresh(winner["refresh_token"]).status_code == 400
