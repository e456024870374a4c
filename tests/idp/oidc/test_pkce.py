"""PKCE is asked of everybody; a system that DLA excused binds its code by nonce."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.clients.commands import commands
from idp.database import db
from tests.idp.oidc.relying_party import RelyingParty, register, returned

NONE = {"code_challenge": None, "code_challenge_method": None}


@pytest.fixture
def excused(app: Flask, rp: RelyingParty) -> RelyingParty:
    """The test system, excused from PKCE."""
    register(app, require_pkce=False)
    app.extensions["oidc.clients"].clear()
    return rp


def test_an_excused_system_signs_people_in_without_pkce(excused: RelyingParty) -> None:
    tokens = excused.redeem(excused.code(**NONE), code_verifier=None).get_json()
    assert excused.verify(tokens["id_token"])["nonce"] == "n-0S6"


def test_an_excused_system_without_nonce_is_refused_but_in_the_sandbox(excused: RelyingParty) -> None:
    assert returned(excused.authorize(nonce=None, **NONE))["error"] == "invalid_request"
    register(excused.app, require_pkce=False, environment="sandbox")
    excused.app.extensions["oidc.clients"].clear()
    tokens = excused.redeem(excused.code(nonce=None, **NONE), code_verifier=None).get_json()
    assert "nonce" not in excused.verify(tokens["id_token"])


@pytest.mark.attack(36)
def test_an_excused_system_that_sends_a_challenge_is_held_to_it(excused: RelyingParty) -> None:
    assert excused.redeem(excused.code(), code_verifier=None).status_code == 400
    assert excused.redeem(excused.code(), code_verifier="w" * 64).status_code == 400
    assert excused.redeem(excused.code()).status_code == 200
    assert returned(excused.authorize(code_challenge_method="plain"))["error"] == "invalid_request"
    assert returned(excused.authorize(code_challenge=None))["error"] == "invalid_request"


@pytest.mark.attack(36)
def test_a_verifier_for_a_code_without_challenge_is_refused(excused: RelyingParty) -> None:
    # The challenge was taken out on the way (PKCE downgrade; RFC 9700, section 2.1.1).
    assert excused.redeem(excused.code(**NONE)).status_code == 400


def test_the_exception_shows_and_each_change_stands_in_the_audit(sqlite_app: Flask) -> None:
    register(sqlite_app)
    register(sqlite_app, require_pkce=False)
    register(sqlite_app, require_pkce=False)
    shown = sqlite_app.test_cli_runner().invoke(commands, ["show", "rp"])
    assert json.loads(shown.stdout)["require_pkce"] is False
    register(sqlite_app)
    with sqlite_app.app_context():
        recorded = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "client.pkce_changed"))
        assert [event.facts["required"] for event in recorded] == [False, True]
