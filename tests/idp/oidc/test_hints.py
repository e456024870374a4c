"""An id_token_hint that is not ours ends a request: whoever happens to be signed in is not whom it was to name."""

from datetime import timedelta

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

from tests.browsing import forms_of
from tests.idp.oidc.relying_party import CALLBACK, Holder, RelyingParty, open_account, register, returned, sign_in
from tests.people import UNIT_ADMIN
from thai_web import clock

FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """No database changes any of this."""
    return sqlite_app


def not_ours(rp: RelyingParty) -> dict[str, str]:
    """Hints that somebody else made, or made of one of ours."""
    tokens = rp.tokens()
    ours, claims = tokens["id_token"], rp.verify(tokens["id_token"])
    kid = jwt.get_unverified_header(ours)["kid"]
    head, body, signature = ours.split(".")
    return {
        "unsigned": jwt.encode(claims, None, algorithm="none"),
        "signed by others": jwt.encode(claims, FOREIGN_KEY, algorithm="RS256", headers={"kid": kid}),
        "signed by a secret": jwt.encode(claims, rp.secret, algorithm="HS256", headers={"kid": kid}),
        "without its signature": f"{head}.{body}.",
        "with another signature": f"{head}.{body}.{signature[:-6]}{'A' * 6 if signature[-6:] != 'A' * 6 else 'B' * 6}",
        "an access token": tokens["access_token"],
        "no token at all": "ไทย",
        "three dots": "...",
    }


@pytest.mark.attack(122)
@pytest.mark.parametrize("wish", [{}, {"prompt": "none"}, {"prompt": "login"}, {"max_age": "10000"}])
def test_a_hint_that_is_not_ours_is_an_error_whoever_is_signed_in(rp: RelyingParty, wish: dict[str, str]) -> None:
    for kind, hint in not_ours(rp).items():
        told = returned(rp.authorize(id_token_hint=hint, **wish))
        assert told["error"] == "invalid_request", kind
        assert told["state"] == "s" * 128
        assert "code" not in told


@pytest.mark.attack(122)
def test_nobody_learns_by_it_whether_somebody_is_signed_in(app: Flask, rp: RelyingParty) -> None:
    nobody = RelyingParty(app, app.test_client())
    for hint in not_ours(rp).values():
        for wish in ({}, {"prompt": "none"}):
            assert returned(nobody.authorize(id_token_hint=hint, **wish)) == returned(
                rp.authorize(id_token_hint=hint, **wish)
            )


def test_the_error_comes_in_the_way_that_was_asked_for(rp: RelyingParty) -> None:
    page = rp.authorize(id_token_hint="x", response_mode="form_post")
    [form] = [form for form in forms_of(page) if form["action"] == CALLBACK]
    assert form["fields"]["error"] == ["invalid_request"]


def test_one_of_ours_that_expired_names_its_person_still(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    hint = rp.tokens()["id_token"]
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert returned(rp.authorize(id_token_hint=hint, prompt="none"))["error"] == "login_required"
        sign_in(app, rp.browser, clerk.account_id)
        assert "code" in returned(rp.authorize(id_token_hint=hint, prompt="none"))
        assert "code" in returned(rp.authorize(id_token_hint=hint))


def test_one_of_ours_of_somebody_else_lets_nobody_else_in(app: Flask, rp: RelyingParty) -> None:
    hint = rp.tokens()["id_token"]
    sign_in(app, rp.browser, open_account(app, UNIT_ADMIN, role=None).account_id)
    assert returned(rp.authorize(id_token_hint=hint, prompt="none"))["error"] == "login_required"
    assert "again=1" in rp.authorize(id_token_hint=hint).location


def test_one_that_another_system_got_names_the_person_as_well(app: Flask, rp: RelyingParty) -> None:
    """Core, section 3.1.2.1: it need not be of the system that sends it; a portal hands its guests on in that way."""
    register(app, client_id="other", client_name="ระบบอื่น")
    hint = rp.tokens()["id_token"]
    other = RelyingParty(app, rp.browser, client_id="other")
    assert "code" in returned(other.authorize(id_token_hint=hint, prompt="none"))
