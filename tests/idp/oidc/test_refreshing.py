"""Refresh tokens: each counts once, a lost reply can be asked for again, and a stolen one ends everything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from idp.oidc.token.refresh import REFRESH_GRACE, Use, use_of
from tests.idp.oidc.relying_party import RelyingParty, register
from thai_web import clock

OFFLINE = "openid profile roles unit offline_access"
AT = datetime(2026, 1, 1, tzinfo=UTC)
SOON, LATE = AT + REFRESH_GRACE - timedelta(seconds=1), AT + REFRESH_GRACE


@pytest.mark.parametrize(
    ("token", "replaces", "rotated_by", "now", "use"),
    [
        (1, None, None, AT, Use.FIRST),
        (1, None, 1, SOON, Use.REPEATED),
        (1, None, 1, LATE, Use.STOLEN),
        (2, 1, 1, LATE, Use.FIRST),
        (3, 1, 1, SOON, Use.FIRST),
        (1, None, 2, SOON, Use.STOLEN),
        (2, 1, 2, SOON, Use.REPEATED),
        (3, 1, 2, SOON, Use.STOLEN),
    ],
)
def test_a_refresh_token_is_judged_by_the_one_used_last(
    token: int, replaces: int | None, rotated_by: int | None, now: datetime, use: Use
) -> None:
    assert use_of(token, replaces, rotated_by, AT if rotated_by else None, now) is use


def lives(rp: RelyingParty, access_token: str) -> bool:
    return rp.userinfo(access_token).status_code == 200


@pytest.mark.attack(37)
def test_a_refresh_token_used_again_later_ends_everything(rp: RelyingParty) -> None:
    first = rp.tokens(scope=OFFLINE)
    second = rp.refresh(first["refresh_token"]).get_json()
    with time_machine.travel(clock.now() + REFRESH_GRACE):
        assert lives(rp, second["access_token"])
        again = rp.refresh(first["refresh_token"])
        assert again.status_code == 400
        assert again.get_json()["error"] == "invalid_grant"
        assert rp.refresh(second["refresh_token"]).status_code == 400
        assert not lives(rp, first["access_token"])
        assert not lives(rp, second["access_token"])


@pytest.mark.attack(37)
def test_a_refresh_token_used_again_after_its_successor_ends_everything(rp: RelyingParty) -> None:
    first = rp.tokens(scope=OFFLINE)
    second = rp.refresh(first["refresh_token"]).get_json()
    third = rp.refresh(second["refresh_token"]).get_json()
    assert rp.refresh(first["refresh_token"]).status_code == 400
    assert rp.refresh(third["refresh_token"]).status_code == 400
    assert not lives(rp, third["access_token"])


def test_a_lost_reply_may_be_asked_for_again(rp: RelyingParty) -> None:
    first = rp.tokens(scope=OFFLINE)
    assert rp.refresh(first["refresh_token"]).status_code == 200  # and the reply never arrives
    with time_machine.travel(clock.now() + timedelta(seconds=20)):
        second = rp.refresh(first["refresh_token"]).get_json()
        assert second["refresh_token"] != first["refresh_token"]
        assert lives(rp, second["access_token"])
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        third = rp.refresh(second["refresh_token"]).get_json()
        assert lives(rp, third["access_token"])


@pytest.mark.attack(37)
def test_asking_again_does_not_make_the_grace_longer(rp: RelyingParty) -> None:
    first = rp.tokens(scope=OFFLINE)
    rp.refresh(first["refresh_token"])
    with time_machine.travel(clock.now() + timedelta(seconds=20)):
        assert rp.refresh(first["refresh_token"]).status_code == 200
    with time_machine.travel(clock.now() + timedelta(seconds=40)):
        assert rp.refresh(first["refresh_token"]).status_code == 400


@pytest.mark.attack(37)
def test_of_two_successors_only_one_can_go_on(rp: RelyingParty) -> None:
    first = rp.tokens(scope=OFFLINE)["refresh_token"]
    mine, stolen = rp.refresh(first).get_json(), rp.refresh(first).get_json()
    third = rp.refresh(mine["refresh_token"]).get_json()
    assert rp.refresh(stolen["refresh_token"]).status_code == 400
    assert not lives(rp, third["access_token"])
    assert rp.refresh(third["refresh_token"]).status_code == 400


@pytest.mark.attack(37)
def test_refreshes_at_the_same_instant_all_succeed_and_one_line_goes_on(rp: RelyingParty) -> None:
    token = rp.tokens(scope=OFFLINE)["refresh_token"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: rp.refresh(token), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    brought = [answer.get_json() for answer in answers]
    assert all(lives(rp, each["access_token"]) for each in brought)
    assert rp.refresh(brought[2]["refresh_token"]).status_code == 200
    assert rp.refresh(brought[0]["refresh_token"]).status_code == 400
    assert not any(lives(rp, each["access_token"]) for each in brought)


@pytest.mark.attack(37)
def test_a_refresh_cannot_widen_the_scope(rp: RelyingParty) -> None:
    tokens = rp.tokens(scope="openid profile offline_access")
    assert rp.refresh(tokens["refresh_token"], scope="openid email").get_json()["error"] == "invalid_scope"
    assert rp.refresh(tokens["refresh_token"]).status_code == 200


def test_narrowing_is_for_one_access_token_and_not_for_ever(rp: RelyingParty) -> None:
    tokens = rp.tokens(scope="openid profile offline_access")
    narrow = rp.refresh(tokens["refresh_token"], scope="openid").get_json()
    assert narrow["scope"] == "openid"
    assert set(rp.userinfo(narrow["access_token"]).get_json()) == {"sub"}
    whole = rp.refresh(narrow["refresh_token"]).get_json()
    assert whole["scope"] == "openid profile offline_access"


def test_no_refresh_token_without_offline_access_and_the_grant_type(app: Flask, rp: RelyingParty) -> None:
    assert "refresh_token" not in rp.tokens(scope="openid")
    register(app, client_id="short", client_name="ระบบสั้น", grant_types=["authorization_code"])
    short = RelyingParty(rp.app, rp.browser, client_id="short")
    tokens = short.tokens(scope="openid offline_access")
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid"


def test_a_system_that_may_refresh_no_more_is_told_so(app: Flask, rp: RelyingParty) -> None:
    token = rp.tokens(scope=OFFLINE)["refresh_token"]
    register(app, grant_types=["authorization_code"])
    app.extensions["oidc.clients"].clear()
    assert rp.refresh(token).get_json()["error"] == "unauthorized_client"


@pytest.mark.attack(37)
def test_another_system_cannot_refresh_nor_spoil_a_token(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="thief", client_name="ระบบอื่น")
    token = rp.tokens(scope=OFFLINE)["refresh_token"]
    thief = RelyingParty(rp.app, rp.browser, client_id="thief")
    assert thief.refresh(token).get_json()["error"] == "invalid_grant"
    assert rp.refresh(token).status_code == 200
    assert thief.refresh(token).get_json()["error"] == "invalid_grant"
    assert rp.refresh(token).status_code == 200


def test_an_access_token_does_not_refresh_and_a_refresh_token_opens_nothing(rp: RelyingParty) -> None:
    tokens = rp.tokens(scope=OFFLINE)
    assert rp.refresh(tokens["access_token"]).status_code == 400
    assert rp.userinfo(tokens["refresh_token"]).status_code == 401
