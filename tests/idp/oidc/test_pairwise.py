"""Pairwise subjects: every answer about a person calls her by the `sub` of the asking system's sector."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.database import db
from idp.oidc.logout import backchannel
from idp.oidc.store.models import LogoutDelivery
from idp.signin.models import SignInSession
from idp.signin.operations import end_session
from tests.idp.oidc.relying_party import CALLBACK, Holder, RelyingParty, asking, register, returned
from thai_web import clock


@pytest.fixture
def pairwise(app: Flask, rp: RelyingParty) -> RelyingParty:
    """A system that is told pairwise subjects, beside the public `rp`."""
    register(
        app,
        client_id="pairwise",
        client_name="ระบบที่ไม่รู้จักใครร่วมกับผู้อื่น",
        subject_type="pairwise",
        userinfo_signed_response_alg="RS256",
        backchannel_logout_uri="https://rp.example.go.th/logout",
    )
    return RelyingParty(app, rp.browser, client_id="pairwise")


def test_every_answer_calls_the_person_by_the_same_pairwise_sub(
    app: Flask, rp: RelyingParty, clerk: Holder, pairwise: RelyingParty
) -> None:
    tokens = pairwise.tokens(scope="openid offline_access")
    claims = pairwise.verify(tokens["id_token"])
    sub = claims["sub"]
    assert sub != clerk.subject == rp.verify(rp.tokens()["id_token"])["sub"]
    assert pairwise.verify(pairwise.userinfo(tokens["access_token"]).text)["sub"] == sub
    assert pairwise.post("/introspect", token=tokens["access_token"]).get_json()["sub"] == sub
    refreshed = pairwise.refresh(tokens["refresh_token"]).get_json()
    assert pairwise.verify(refreshed["id_token"])["sub"] == sub
    assert clerk.subject not in str(claims)


def test_the_logout_token_names_the_same_sub(app: Flask, pairwise: RelyingParty) -> None:
    claims = pairwise.verify(pairwise.tokens()["id_token"])
    with app.app_context():
        end_session(db.session.query(SignInSession).one().id, "signed_out")
        backchannel.queue_ended()
        delivery = db.session.query(LogoutDelivery).one()
        _address, token = backchannel._message(delivery.id)
        db.session.rollback()
    told = pairwise.verify(token)
    assert (told["sub"], told["sid"]) == (claims["sub"], claims["sid"])


def test_a_hint_and_a_wished_sub_are_understood_as_the_system_knows_the_person(
    rp: RelyingParty, clerk: Holder, pairwise: RelyingParty
) -> None:
    hint = pairwise.tokens()["id_token"]
    sub = pairwise.verify(hint)["sub"]
    wished = asking(id_token={"sub": {"value": sub}})
    assert "code" in returned(pairwise.authorize(prompt="none", id_token_hint=hint, claims=wished))
    for wrong in (clerk.subject, "somebody"):
        other = asking(id_token={"sub": {"value": wrong}})
        assert returned(pairwise.authorize(prompt="none", claims=other))["error"] == "login_required"
    assert returned(rp.authorize(prompt="none", claims=wished))["error"] == "login_required"


def test_systems_of_one_sector_know_a_person_by_one_sub(app: Flask, pairwise: RelyingParty) -> None:
    callback = CALLBACK + "/second"
    register(app, client_id="sister", client_name="ระบบพี่น้อง", subject_type="pairwise", redirect_uris=[callback])
    sister = RelyingParty(app, pairwise.browser, client_id="sister", callback=callback)
    first = pairwise.verify(pairwise.tokens()["id_token"])
    code = returned(sister.authorize(), callback)["code"]
    assert sister.verify(sister.redeem(code).get_json()["id_token"])["sub"] == first["sub"]


def test_a_replaced_key_stops_the_pairwise_system_and_no_other(
    app: Flask, rp: RelyingParty, pairwise: RelyingParty
) -> None:
    app.config["KEY_FILES"] = replace(app.config["KEY_FILES"], subjects=b"\0" * 32)
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        assert "code" in returned(rp.authorize())
        assert pairwise.authorize().status_code == 500


def test_discovery_names_both_kinds(sqlite_app: Flask) -> None:
    told = sqlite_app.test_client().get("/.well-known/openid-configuration").get_json()
    assert told["subject_types_supported"] == ["public", "pairwise"]
