"""Requests that need a person: sign-in, freshness, consent."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.database import db
from tests.browsing import submit, text_of
from tests.idp.oidc.relying_party import Holder, RelyingParty, is_error_page, register, returned, sign_in
from thai_web import clock


@pytest.fixture
def stranger(rp: RelyingParty) -> RelyingParty:
    """The same system, and a browser in which nobody is signed in."""
    return RelyingParty(rp.app, rp.app.test_client())


@pytest.fixture
def asking(app: Flask, rp: RelyingParty) -> RelyingParty:
    """A system that is not DLA's own, in the clerk's browser."""
    register(app, client_id="asking", client_name="ระบบของหน่วยงานอื่น", profile="standard", owner_unit="P67")
    return RelyingParty(rp.app, rp.browser, client_id="asking")


def next_of(location: str) -> str:
    """Where the sign-in page will lead."""
    parts = urlsplit(location)
    assert parts.path == "/signin"
    return parse_qs(parts.query)["next"][0]


def test_somebody_who_is_not_signed_in_signs_in_and_comes_back(
    app: Flask, stranger: RelyingParty, clerk: Holder
) -> None:
    response = stranger.authorize(login_hint="somjai.clerk")
    assert response.status_code == 303
    assert "username=somjai.clerk" in response.location
    sign_in(app, stranger.browser, clerk.account_id)
    assert "code" in returned(stranger.browser.get(next_of(response.location)))


def test_prompt_none_never_asks(stranger: RelyingParty, rp: RelyingParty, asking: RelyingParty) -> None:
    assert returned(stranger.authorize(prompt="none"))["error"] == "login_required"
    assert returned(asking.authorize(prompt="none"))["error"] == "consent_required"
    first, second = rp.verify(rp.tokens()["id_token"]), rp.verify(rp.tokens(prompt="none")["id_token"])
    assert first["sub"] == second["sub"]
    assert first["auth_time"] == second["auth_time"]


def test_prompt_login_wants_a_fresh_sign_in_once(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    before = rp.verify(rp.tokens()["id_token"])["auth_time"]
    with time_machine.travel(clock.now() + timedelta(seconds=3)):
        response = rp.authorize(prompt="login")
        assert "again=1" in response.location
        back = next_of(response.location)
        with time_machine.travel(clock.now() + timedelta(seconds=2)):
            assert "again=1" in rp.browser.get(back).location, "coming back without a new sign-in is not enough"
            sign_in(app, rp.browser, clerk.account_id)
            code = returned(rp.browser.get(back))["code"]
            after = rp.verify(rp.redeem(code).get_json()["id_token"])["auth_time"]
    assert after > before


def test_a_mark_is_good_for_its_own_request_alone(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    back = next_of(rp.authorize(prompt="login").location)
    sign_in(app, rp.browser, clerk.account_id)
    forged = back.replace("n-0S6", "another")
    assert forged != back
    assert "again=1" in rp.browser.get(forged).location


def test_max_age_wants_a_sign_in_that_is_young_enough(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        response = rp.authorize(max_age="1")
        assert "again=1" in response.location
        assert "code" in returned(rp.authorize(max_age="10000"))
        sign_in(app, rp.browser, clerk.account_id)
        assert "code" in returned(rp.browser.get(next_of(response.location)))


def test_a_hint_names_whom_the_system_expects(rp: RelyingParty) -> None:
    hint = rp.tokens()["id_token"]
    assert "code" in returned(rp.authorize(prompt="none", id_token_hint=hint))
    other = '{"id_token": {"sub": {"value": "somebody else"}}}'
    assert returned(rp.authorize(prompt="none", claims=other))["error"] == "login_required"


def test_a_system_of_others_asks_once_and_is_remembered(app: Flask, asking: RelyingParty) -> None:
    response = asking.authorize(scope="openid email")
    assert urlsplit(response.location).path == "/consent"
    page = asking.browser.get(response.location)
    assert "ระบบของหน่วยงานอื่น" in text_of(page)
    assert "อีเมล" in text_of(page)
    assert "หมายเลขโทรศัพท์" not in text_of(page)
    agreed = submit(asking.browser, page, {"decision": "allow"}, action="/consent")
    assert agreed.status_code == 303
    assert "code" in returned(agreed)
    assert "code" in returned(asking.authorize(scope="openid email", prompt="none"))
    assert urlsplit(asking.authorize(scope="openid email phone").location).path == "/consent"
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.name == "consent.given")).one()
        assert event.facts == {"client_id": "asking", "scope": "openid email"}
        db.session.rollback()


def test_prompt_consent_asks_again_even_dla_s_own_system(rp: RelyingParty) -> None:
    response = rp.authorize(prompt="consent")
    page = rp.browser.get(response.location)
    agreed = submit(rp.browser, page, {"decision": "allow"}, action="/consent")
    assert "code" in returned(agreed)
    assert urlsplit(rp.authorize(prompt="consent", state="x").location).path == "/consent"


def test_a_no_reaches_the_system(asking: RelyingParty) -> None:
    page = asking.browser.get(asking.authorize().location)
    answer = returned(submit(asking.browser, page, {"decision": "deny"}, action="/consent"))
    assert answer["error"] == "access_denied"
    assert answer["state"] == "s" * 128
    assert returned(asking.authorize(prompt="none"))["error"] == "consent_required"


def test_claims_asked_by_name_are_part_of_what_is_agreed(asking: RelyingParty) -> None:
    page = asking.browser.get(asking.authorize(scope="openid", claims='{"userinfo": {"phone_number": null}}').location)
    assert "หมายเลขโทรศัพท์" in text_of(page)


def test_the_consent_page_does_not_serve_an_unknown_address(asking: RelyingParty) -> None:
    address = asking.authorize().location.replace("rp.example.go.th", "evil.example")
    assert is_error_page(asking.browser.get(address), "redirect_uri is not registered")


def test_consent_needs_the_form_s_own_token(asking: RelyingParty) -> None:
    response = asking.browser.post(asking.authorize().location, data={"decision": "allow"})
    assert response.status_code == 400
    assert returned(asking.authorize(prompt="none"))["error"] == "consent_required"
