"""client_credentials: a system in its own name, within what DLA registered for it (RFC 6749, section 4.4)."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from idp.clients import operations as clients
from idp.clients.rules import Status
from idp.database import db
from idp.oidc.store.jobs import sweep
from idp.oidc.store.models import SystemToken
from tests.idp.oidc.relying_party import SECRET, RelyingParty, register
from tests.idp.oidc.signing_system import SigningSystem
from thai_web import clock

SCOPE = "budget:read budget:write"


@pytest.fixture
def machine(app: Flask) -> RelyingParty:
    """A system without people, which may call the system `budget`."""
    register(
        app,
        client_id="machine",
        client_name="ระบบกลางคืน",
        grant_types=["client_credentials"],
        scope=SCOPE,
        redirect_uris=[],
        post_logout_redirect_uris=[],
        roles=[],
    )
    for name in ("budget", "other"):
        register(app, client_id=name, client_name=f"ระบบ {name}")
    return RelyingParty(app, app.test_client(), client_id="machine")


def ask(system: RelyingParty, **values: str | None) -> TestResponse:
    return system.post("/token", grant_type="client_credentials", **values)


def of(system: RelyingParty, client_id: str) -> RelyingParty:
    return RelyingParty(system.app, system.browser, client_id=client_id)


def test_a_system_gets_a_token_in_its_own_name(machine: RelyingParty) -> None:
    answer = ask(machine)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.get_json()
    assert set(token) == {"access_token", "token_type", "expires_in", "scope"}
    assert token["scope"] == SCOPE
    assert ask(machine, scope="budget:read").get_json()["scope"] == "budget:read"


def test_the_system_that_is_called_may_inspect_the_token_and_no_other(machine: RelyingParty) -> None:
    token = ask(machine, scope="budget:read").get_json()["access_token"]
    told = of(machine, "budget").post("/introspect", token=token).get_json()
    assert told["active"] is True
    assert (told["client_id"], told["scope"], told["aud"]) == ("machine", "budget:read", ["budget"])
    assert "sub" not in told
    assert "username" not in told
    assert machine.post("/introspect", token=token).get_json()["active"] is True
    assert of(machine, "other").post("/introspect", token=token).get_json() == {"active": False}


def test_userinfo_has_nobody_to_tell_about(machine: RelyingParty) -> None:
    token = ask(machine).get_json()["access_token"]
    answer = machine.userinfo(token)
    assert answer.status_code == 403
    assert answer.get_json()["error"] == "insufficient_scope"
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scope", ["openid", "budget:delete", "budget:read openid", "other:read"])
def test_a_system_gets_no_scope_beyond_its_registration(machine: RelyingParty, scope: str) -> None:
    answer = ask(machine, scope=scope)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")


def test_a_system_that_is_not_registered_for_it_gets_none(machine: RelyingParty) -> None:
    answer = ask(of(machine, "budget"))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "unauthorized_client")
    assert ask(RelyingParty(machine.app, machine.browser, "machine", "wrong-secret")).status_code == 401
    data = {"grant_type": "client_credentials", "client_id": "machine"}
    assert machine.app.test_client().post("/token", data=data).status_code == 401


def test_a_token_of_a_system_does_not_refresh_and_no_browser_is_let_in(machine: RelyingParty) -> None:
    token = ask(machine).get_json()["access_token"]
    assert machine.refresh(token).status_code == 400
    assert machine.authorize().status_code == 400


def test_revocation_suspension_and_time_end_it(app: Flask, machine: RelyingParty) -> None:
    def is_active(token: str) -> bool:
        active: bool = of(machine, "budget").post("/introspect", token=token).get_json()["active"]
        return active

    one, two = (ask(machine).get_json()["access_token"] for _ in range(2))
    of(machine, "budget").post("/revoke", token=one)
    assert is_active(one)
    machine.post("/revoke", token=one)
    assert not is_active(one)
    assert is_active(two)
    assert machine.userinfo(one).status_code == 401
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert not is_active(two)
    with app.app_context():
        client = clients.find("machine")
        assert client is not None
        client.status = Status.SUSPENDED
        db.session.commit()
    assert not is_active(two)


def test_what_expired_is_swept(app: Flask, machine: RelyingParty) -> None:
    ask(machine)
    with app.app_context():
        assert sweep() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=11)), app.app_context():
        assert sweep() == 1
        assert db.session.query(SystemToken).count() == 0
        db.session.rollback()


def test_a_system_with_people_keeps_both_apart(app: Flask, rp: RelyingParty) -> None:
    register(
        app,
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scope="openid profile offline_access budget:read",
    )
    app.extensions["oidc.clients"].clear()
    assert ask(rp).get_json()["scope"] == "budget:read"
    assert rp.tokens(scope="openid profile budget:read")["scope"] == "openid profile"


def test_a_system_that_signs_gets_one_as_well(sqlite_app: Flask) -> None:
    system = SigningSystem(sqlite_app)
    system.register(grant_types=["client_credentials"], scope="budget:read", redirect_uris=[], roles=[])
    assert system.call(path="/token", grant_type="client_credentials").get_json()["scope"] == "budget:read"
    assert SECRET not in system.assertion()
