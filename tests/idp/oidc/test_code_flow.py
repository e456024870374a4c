"""The authorization code flow from the first redirect to UserInfo, seen from a connected system."""

import base64
import hashlib
import json
import math
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.idp.oidc.relying_party import (
    CALLBACK,
    ISSUER,
    SIGNED_OUT,
    VERIFIER,
    Holder,
    RelyingParty,
    asking,
    basic,
    challenge,
    is_error_page,
    register,
    returned,
)
from thai_web import clock


def test_a_system_learns_who_signed_in(rp: RelyingParty, clerk: Holder) -> None:
    answer = returned(rp.authorize())
    assert answer["state"] == "s" * 128
    assert answer["iss"] == ISSUER

    response = rp.redeem(answer["code"])
    assert response.headers["Cache-Control"] == "no-store"
    tokens = response.get_json()
    assert tokens["token_type"] == "Bearer"
    assert 0 < tokens["expires_in"] <= 3600

    claims = rp.verify(tokens["id_token"])
    assert claims["sub"] == clerk.subject
    assert claims["nonce"] == "n-0S6"
    assert claims["amr"] == ["pwd"]
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()

    told = rp.userinfo(tokens["access_token"]).get_json()
    assert told["sub"] == clerk.subject
    assert told["name"] == "นางสาวสมใจ ขยันงาน"
    assert told["email_verified"] is True
    assert told["phone_number"] == "+66812345678"
    assert told["roles"] == ["recorder"]
    assert told["unit"]["code"] == "670603"
    assert told["unit"]["kind"] == "TAO"
    assert told["unit"]["supervisors"] == ["D6706", "P67", "DLA"]
    assert told["assurance"].pop("unit_confirmed_at") <= clock.now().timestamp()
    assert told["assurance"] == {
        "person": "documents",
        "person_proven_at": None,
        "authenticator": ["pwd"],
        "unit": "approved",
    }


def test_an_id_token_holds_only_what_was_asked_for(rp: RelyingParty) -> None:
    claims = rp.verify(rp.tokens()["id_token"])
    assert set(claims) == {
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "sid",
        "at_hash",
    }
    assert claims["aud"] == "rp"


def test_claims_asked_by_name_come_where_they_were_asked_for(rp: RelyingParty) -> None:
    claims = asking(id_token={"unit": None, "roles": {"essential": True}}, userinfo={"email": None, "shoe_size": None})
    tokens = rp.tokens(scope="openid", claims=claims)
    assert rp.verify(tokens["id_token"])["unit"]["code"] == "670603"
    assert rp.verify(tokens["id_token"])["roles"] == ["recorder"]
    assert set(rp.userinfo(tokens["access_token"]).get_json()) == {"sub", "email"}


def test_a_claim_beyond_the_registration_is_not_given(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="small", client_name="ระบบเล็ก", scope="openid profile")
    small = RelyingParty(rp.app, rp.browser, client_id="small")
    tokens = small.tokens(scope="openid profile email unit", claims=asking(userinfo={"email": None}))
    assert tokens["scope"] == "openid profile"
    assert not {"email", "unit"} & set(small.userinfo(tokens["access_token"]).get_json())


def test_a_system_is_not_told_of_roles_elsewhere(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="other", client_name="ระบบอื่น")
    other = RelyingParty(rp.app, rp.browser, client_id="other")
    assert other.userinfo(other.tokens()["access_token"]).get_json()["roles"] == []


def test_nonce_and_state_may_be_left_out(rp: RelyingParty) -> None:
    answer = returned(rp.authorize(nonce=None, state=None))
    assert "state" not in answer
    assert "nonce" not in rp.verify(rp.redeem(answer["code"]).get_json()["id_token"])


def test_a_code_cannot_be_guessed(rp: RelyingParty) -> None:
    code = rp.code()
    counts = Counter(code)
    entropy = -sum(n * math.log2(n / len(code)) for n in counts.values())
    assert len(code) >= 40
    assert entropy >= 96


def test_unknown_parameters_are_ignored(rp: RelyingParty) -> None:
    wishes = {"extra": "foobar", "display": "popup", "ui_locales": "se", "claims_locales": "se", "acr_values": "1 2"}
    assert "code" in returned(rp.authorize(**wishes))


def test_a_request_by_post_is_answered_too(rp: RelyingParty) -> None:
    response = rp.browser.post("/authorize", data=rp.request(), follow_redirects=False)
    assert response.status_code == 303
    assert "code" in returned(rp.browser.get(response.location))


def test_form_post_answers_with_a_form_and_nothing_in_the_address(rp: RelyingParty) -> None:
    response = rp.authorize(response_mode="form_post")
    assert response.status_code == 200
    assert f'action="{CALLBACK}"' in response.text
    assert 'name="code"' in response.text
    refused = rp.authorize(response_mode="form_post", response_type=None)
    assert 'value="invalid_request"' in refused.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "ไทย"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://rp.example.go.th/request"}, "request_uri_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "๑"}, "invalid_request"),
        ({"claims": "[1]"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": "[" * 100_000}, "invalid_request"),
    ],
)
def test_a_request_that_cannot_be_served_is_told_to_the_system(
    rp: RelyingParty, change: dict[str, str | None], error: str
) -> None:
    answer = returned(rp.authorize(**change))
    assert answer["error"] == error
    assert answer["iss"] == ISSUER
    assert answer["state"] == "s" * 128
    assert set(answer) == {"error", "error_description", "state", "iss"}
    assert answer["error_description"].isascii()
    assert not set(answer["error_description"]) & set('"\\\r\n\t')


@pytest.mark.attack(35)
@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"client_id": "nobody"}, "client_id is not registered"),
        ({"client_id": None}, "client_id is not registered"),
        ({"client_id": "ไทย"}, "client_id is not registered"),
        ({"redirect_uri": None}, "redirect_uri is not registered"),
        ({"redirect_uri": CALLBACK + "/"}, "redirect_uri is not registered"),
        ({"redirect_uri": CALLBACK + "?a=b"}, "redirect_uri is not registered"),
        ({"redirect_uri": CALLBACK + "#x"}, "redirect_uri is not registered"),
        ({"redirect_uri": "https://evil.example/ไทย"}, "redirect_uri is not registered"),
        ({"redirect_uri": CALLBACK.upper()}, "redirect_uri is not registered"),
        ({"redirect_uri": CALLBACK.replace("https", "http")}, "redirect_uri is not registered"),
        ({"redirect_uri": CALLBACK.replace(".th/", ".th:443/")}, "redirect_uri is not registered"),
        ({"redirect_uri": CALLBACK + "/../callback"}, "redirect_uri is not registered"),
        ({"redirect_uri": SIGNED_OUT}, "redirect_uri is not registered"),
    ],
)
def test_an_unknown_system_or_address_gets_a_page_and_no_redirect(
    rp: RelyingParty, change: dict[str, str | None], text: str
) -> None:
    """The person is signed in: nothing but the request stands in the way."""
    for way in ({}, {"prompt": "none"}, {"response_mode": "form_post"}, {"response_type": "token"}):
        assert is_error_page(rp.authorize(**{**way, **change}), text)
    assert is_error_page(rp.browser.post("/authorize", data=rp.request(**change)), text)


@pytest.mark.parametrize("name", ["client_id", "nonce", "state", "redirect_uri"])
def test_what_is_no_text_gets_a_page_before_the_request_is_read(rp: RelyingParty, name: str) -> None:
    assert is_error_page(rp.authorize(**{name: "a\x00b"}), "")


def test_a_repeated_parameter_gets_a_page(rp: RelyingParty) -> None:
    from urllib.parse import urlencode

    query = urlencode(rp.request()) + "&state=other"
    assert is_error_page(rp.browser.get(f"/authorize?{query}"), "a parameter is repeated")


@pytest.mark.attack(35)
def test_a_suspended_system_is_unknown_within_seconds(app: Flask, rp: RelyingParty) -> None:
    rp.code()
    with app.app_context():
        from idp.clients.operations import find
        from idp.database import db

        system = find("rp")
        assert system is not None
        system.status = "SUSPENDED"
        db.session.commit()
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        assert is_error_page(rp.authorize(), "client_id is not registered")


def test_the_registered_query_of_a_return_address_is_kept(app: Flask, rp: RelyingParty) -> None:
    address = CALLBACK + "?bar=foo"
    register(app, client_id="query", client_name="ระบบที่มีคำค้น", redirect_uris=[address])
    system = RelyingParty(rp.app, rp.browser, client_id="query", callback=address)
    answer = returned(system.authorize())
    assert answer["bar"] == "foo"
    assert system.redeem(answer["code"]).status_code == 200


@pytest.mark.attack(36)
@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": None},
        {"code_verifier": "w" * 64},
        {"code_verifier": challenge()},
        {"redirect_uri": None},
        {"redirect_uri": CALLBACK + "/"},
        {"code": "unknown"},
        {"code": "nul\x00byte"},
    ],
)
def test_a_code_is_worth_nothing_without_all_that_belongs_to_it(
    rp: RelyingParty, change: dict[str, str | None]
) -> None:
    values = {"code": rp.code(), **change}
    response = rp.redeem(str(values.pop("code")), **values)
    assert response.status_code == 400
    assert response.get_json()["error"] in ("invalid_grant", "invalid_request")


@pytest.mark.attack(36)
def test_a_code_lives_a_minute(rp: RelyingParty) -> None:
    code = rp.code()
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        response = rp.redeem(code)
    assert response.status_code == 400
    assert response.get_json()["error"] == "invalid_grant"


@pytest.mark.attack(36)
def test_a_code_used_twice_kills_what_it_brought(rp: RelyingParty) -> None:
    code = rp.code(scope="openid offline_access")
    tokens = rp.redeem(code).get_json()
    assert rp.userinfo(tokens["access_token"]).status_code == 200
    again = rp.redeem(code)
    assert again.status_code == 400
    assert again.get_json()["error"] == "invalid_grant"
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert rp.refresh(tokens["refresh_token"]).status_code == 400


@pytest.mark.attack(36)
def test_another_system_cannot_redeem_a_code_nor_spoil_it(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="thief", client_name="ระบบอื่น")
    code = rp.code()
    thief = RelyingParty(rp.app, rp.browser, client_id="thief")
    assert thief.redeem(code).get_json()["error"] == "invalid_grant"
    assert rp.redeem(code).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        None,
        basic("rp", "wrong-secret"),
        basic("nobody", "wrong-secret"),
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"rp").decode(),
        "Bearer x",
    ],
)
def test_a_system_that_cannot_prove_itself_gets_nothing(rp: RelyingParty, header: str | None) -> None:
    data = {"grant_type": "authorization_code", "code": rp.code(), "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    headers = {"Authorization": header} if header else {}
    response = rp.app.test_client().post("/token", data=data, headers=headers)
    assert response.status_code == 401
    assert response.get_json()["error"] == "invalid_client"
    assert "Basic" in response.headers["WWW-Authenticate"]


def test_a_secret_in_the_form_works_only_where_it_is_registered(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="post", client_name="ระบบส่งรหัสในฟอร์ม", token_endpoint_auth_method="client_secret_post")
    system = RelyingParty(rp.app, rp.browser, client_id="post")
    data = {
        "grant_type": "authorization_code",
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": "post",
        "client_secret": system.secret,
    }
    assert rp.app.test_client().post("/token", data={**data, "code": system.code()}).status_code == 200
    data["client_id"] = "rp"
    assert rp.app.test_client().post("/token", data={**data, "code": rp.code()}).status_code == 401


def test_a_public_system_redeems_by_its_verifier_alone(app: Flask, rp: RelyingParty) -> None:
    register(app, client_id="spa", client_name="ระบบในเบราว์เซอร์", token_endpoint_auth_method="none", client_secret=None)
    spa = RelyingParty(rp.app, rp.browser, client_id="spa")
    data = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "client_id": "spa"}
    good = rp.app.test_client().post("/token", data={**data, "code": spa.code(), "code_verifier": VERIFIER})
    assert good.status_code == 200
    bad = rp.app.test_client().post("/token", data={**data, "code": spa.code()})
    assert bad.status_code == 400


@pytest.mark.parametrize(
    "grant_type", [None, "password", "implicit", "ไทย", "urn:ietf:params:oauth:grant-type:device_code"]
)
def test_other_grant_types_are_refused_without_repeating_them(rp: RelyingParty, grant_type: str | None) -> None:
    response = rp.post("/token", grant_type=grant_type)
    assert response.status_code == 400
    assert response.get_json()["error_description"].isascii()
    assert grant_type is None or response.get_json()["error"] == "unsupported_grant_type"


def test_userinfo_wants_a_living_token(rp: RelyingParty) -> None:
    browser = rp.app.test_client()
    assert browser.get("/userinfo").status_code == 401
    assert browser.get("/userinfo").headers["WWW-Authenticate"] == "Bearer"
    refused = rp.userinfo("unknown")
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    token = rp.tokens()["access_token"]
    assert browser.post("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert browser.get(f"/userinfo?access_token={token}").status_code == 401
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert rp.userinfo(token).status_code == 401


def test_discovery_and_keys_say_what_is_true(rp: RelyingParty) -> None:
    browser = rp.app.test_client()
    response = browser.get("/.well-known/openid-configuration")
    assert response.mimetype == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    metadata = response.get_json()
    assert metadata["issuer"] == ISSUER
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert "none" not in metadata["id_token_signing_alg_values_supported"]
    for name in ("token", "userinfo", "revocation", "introspection", "authorization", "end_session"):
        path = metadata[f"{name}_endpoint"].removeprefix(ISSUER)
        assert browser.options(path).status_code == 200
    keys = json.loads(browser.get(metadata["jwks_uri"].removeprefix(ISSUER)).text)["keys"]
    assert keys
    assert not {"d", "p", "q"} & set(keys[0])


def test_a_program_in_a_browser_may_call_from_another_origin(rp: RelyingParty) -> None:
    response = rp.app.test_client().options("/token", headers={"Origin": "https://spa.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in rp.authorize().headers
