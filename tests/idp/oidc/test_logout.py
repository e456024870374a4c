"""RP-initiated logout: who may send the browser where, and what a person sees."""

import json
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from idp.signing_keys import files
from tests.browsing import submit, text_of
from tests.idp.oidc.relying_party import SIGNED_OUT, Holder, RelyingParty, is_error_page, register, returned

STATE = "t" * 128


def ask(rp: RelyingParty, **values: str) -> TestResponse:
    return rp.browser.get(f"/logout?{urlencode(values)}")


def confirm(rp: RelyingParty, page: TestResponse, decision: str = "confirm") -> TestResponse:
    assert page.status_code == 200, page.text
    assert 'id="logout-confirm"' in page.text
    assert 'id="logout-cancel"' in page.text
    return submit(rp.browser, page, {"decision": decision}, action="/logout/confirm")


def is_signed_in(rp: RelyingParty) -> bool:
    return "code" in returned(rp.authorize(prompt="none"))


@pytest.fixture
def hint(rp: RelyingParty) -> str:
    token: str = rp.tokens()["id_token"]
    return token


def test_a_person_confirms_and_goes_back_to_the_system(rp: RelyingParty, hint: str) -> None:
    page = ask(rp, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state=STATE)
    assert "ระบบทดสอบ" in text_of(page)
    assert is_signed_in(rp), "opening the page changes nothing"
    response = confirm(rp, page)
    assert response.status_code == 303
    assert response.location == f"{SIGNED_OUT}?state={STATE}"
    assert not is_signed_in(rp)


def test_without_state_the_address_stays_as_registered(rp: RelyingParty, hint: str) -> None:
    page = ask(rp, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)
    assert confirm(rp, page).location == SIGNED_OUT


def test_signing_out_ends_the_tokens(rp: RelyingParty) -> None:
    token = rp.tokens()["access_token"]
    confirm(rp, ask(rp))
    assert rp.userinfo(token).status_code == 401


def test_a_person_may_stay(rp: RelyingParty, hint: str) -> None:
    page = ask(rp, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)
    assert confirm(rp, page, "cancel").location == "/"
    assert is_signed_in(rp)


def test_somebody_who_is_signed_out_already_goes_straight_back(rp: RelyingParty, hint: str) -> None:
    confirm(rp, ask(rp))
    response = ask(rp, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state=STATE)
    assert response.location == f"{SIGNED_OUT}?state={STATE}"
    assert ask(rp, client_id="rp", post_logout_redirect_uri=SIGNED_OUT).location == "/signed-out"


@pytest.mark.parametrize(
    "values",
    [{}, {"state": STATE}, {"post_logout_redirect_uri": SIGNED_OUT, "state": STATE}, {"id_token_hint": "HINT"}],
)
def test_without_a_known_address_the_person_stays_with_us(rp: RelyingParty, hint: str, values: dict[str, str]) -> None:
    given = {name: hint if value == "HINT" else value for name, value in values.items()}
    assert confirm(rp, ask(rp, **given)).location == "/signed-out"


def test_a_client_id_names_the_system_where_there_is_no_hint(rp: RelyingParty) -> None:
    page = ask(rp, client_id="rp", post_logout_redirect_uri=SIGNED_OUT)
    assert confirm(rp, page).location == SIGNED_OUT


@pytest.mark.attack(39)
@pytest.mark.parametrize("address", [SIGNED_OUT + "/", SIGNED_OUT + "?a=b", "https://evil.example", "javascript:x"])
def test_an_unregistered_address_gets_a_page(rp: RelyingParty, hint: str, address: str) -> None:
    page = ask(rp, id_token_hint=hint, post_logout_redirect_uri=address)
    assert is_error_page(page, "post_logout_redirect_uri is not registered")
    assert is_signed_in(rp)


def forged(claims: dict[str, Any], kind: str) -> str:
    """A hint that we did not sign."""
    if kind == "none":
        return jwt.encode(claims, "", algorithm="none")
    if kind == "hs256":
        return jwt.encode(claims, "k" * 32, algorithm="HS256", headers={"kid": "x"})
    return kind


def signed_by_us(app: Flask, payload: bytes) -> str:
    """Any bytes under the provider's own signature."""
    folder = app.config["SETTINGS"].keys
    key = next(each for each in files.read(folder) if each.alg == "RS256")
    private = files.load(folder, key, "", production=False)
    return jwt.PyJWS().encode(payload, private, algorithm="RS256", headers={"kid": key.kid})


@pytest.mark.attack(39)
@pytest.mark.parametrize("kind", ["none", "hs256", "x.y.z", "e30.e30.e30", "ไทย", "a" * 5000])
def test_a_hint_that_is_not_ours_gets_a_page(rp: RelyingParty, hint: str, kind: str) -> None:
    bad = forged(rp.verify(hint), kind)
    page = ask(rp, id_token_hint=bad, post_logout_redirect_uri=SIGNED_OUT)
    assert is_error_page(page, "id_token_hint is not valid")
    tampered = hint[:-6] + ("AAAAAA" if not hint.endswith("AAAAAA") else "BBBBBB")
    assert is_error_page(ask(rp, id_token_hint=tampered), "id_token_hint is not valid")


@pytest.mark.attack(39)
def test_a_hint_of_another_system_gets_a_page(app: Flask, rp: RelyingParty, hint: str) -> None:
    register(app, client_id="other", client_name="ระบบอื่น")
    page = ask(rp, id_token_hint=hint, client_id="other", post_logout_redirect_uri=SIGNED_OUT)
    assert is_error_page(page, "client_id does not match")
    assert is_error_page(ask(rp, client_id="nobody"), "client_id does not match")


@pytest.mark.attack(39)
def test_a_hint_for_two_systems_or_for_none_names_no_system(app: Flask, rp: RelyingParty, hint: str) -> None:
    claims = rp.verify(hint)
    for audience in (["rp", "other"], [], None, {"rp": 1}, 7):
        odd = signed_by_us(app, json.dumps({**claims, "aud": audience}).encode())
        page = ask(rp, id_token_hint=odd, post_logout_redirect_uri=SIGNED_OUT)
        assert page.status_code == 400, audience
    assert is_signed_in(rp)


@pytest.mark.attack(39)
@pytest.mark.parametrize("payload", [b"[]", b"7", b"null", b'"text"', b"", b"\xff", b"{", b"[" * 5000])
def test_a_hint_with_a_payload_that_is_no_object_gets_a_page(app: Flask, rp: RelyingParty, payload: bytes) -> None:
    """Even with a signature of ours, which such a text can have by no honest way."""
    page = ask(rp, id_token_hint=signed_by_us(app, payload), post_logout_redirect_uri=SIGNED_OUT)
    assert is_error_page(page, "id_token_hint is not valid")


@pytest.mark.attack(39)
def test_an_expired_hint_still_names_the_system(rp: RelyingParty, hint: str, clerk: Holder) -> None:
    from datetime import timedelta

    import time_machine

    from thai_web import clock

    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        page = ask(rp, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)
        assert confirm(rp, page).location == SIGNED_OUT


@pytest.mark.attack(39)
def test_another_site_cannot_sign_somebody_out(rp: RelyingParty) -> None:
    assert rp.browser.post("/logout/confirm", data={"decision": "confirm"}).status_code == 400
    assert is_signed_in(rp)


def test_a_system_may_post(rp: RelyingParty, hint: str) -> None:
    values = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OUT, "state": STATE}
    response = rp.browser.post("/logout", data=values)
    assert response.status_code == 303
    assert confirm(rp, rp.browser.get(response.location)).location == f"{SIGNED_OUT}?state={STATE}"


def test_a_browser_forgets_what_it_kept_of_us_and_nothing_of_our_neighbours(rp: RelyingParty, hint: str) -> None:
    stayed = confirm(rp, ask(rp, id_token_hint=hint), "cancel")
    assert "Clear-Site-Data" not in stayed.headers
    left = confirm(rp, ask(rp, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT))
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"', "cookies of a shared domain are others', too"
