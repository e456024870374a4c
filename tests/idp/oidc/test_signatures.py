"""Each system chooses the algorithm of its ID tokens and of UserInfo; whatever it is, everything works with it."""

import base64
import hashlib
from urllib.parse import urlencode

import jwt
import pytest
from flask import Flask

from idp.clients.models import Client
from idp.clients.rules import SIGNING_ALGORITHMS
from idp.database import db
from idp.oidc.logout import backchannel
from tests.idp.oidc.relying_party import ISSUER, SIGNED_OUT, Holder, RelyingParty, is_error_page, register, returned

HASHES = {"RS256": hashlib.sha256, "PS256": hashlib.sha256, "ES256": hashlib.sha256, "EdDSA": hashlib.sha512}


def choosing(app: Flask, rp: RelyingParty, alg: str, **members: str) -> RelyingParty:
    """A system beside `rp` that wants its ID tokens signed by `alg`."""
    register(app, client_id="choosing", client_name="ระบบที่เลือกลายเซ็น", id_token_signed_response_alg=alg, **members)
    return RelyingParty(app, rp.browser, client_id="choosing", alg=alg)


@pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)
def test_a_system_gets_id_tokens_hints_and_logout_tokens_by_its_algorithm(
    app: Flask, rp: RelyingParty, clerk: Holder, alg: str
) -> None:
    system = choosing(app, rp, alg)
    tokens = system.tokens()
    claims = system.verify(tokens["id_token"])
    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == alg
    digest = HASHES[alg](tokens["access_token"].encode()).digest()
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    assert "code" in returned(system.authorize(prompt="none", id_token_hint=tokens["id_token"]))
    with app.app_context():
        client = db.session.query(Client).filter_by(client_id="choosing").one()
        logout_token = backchannel.logout_token(client, clerk.subject, claims["sid"])
        db.session.rollback()
    assert system.verify(logout_token)["sid"] == claims["sid"]
    asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": SIGNED_OUT}
    assert app.test_client().get(f"/logout?{urlencode(asked)}").location == SIGNED_OUT


def test_a_refreshed_id_token_has_the_same_algorithm(app: Flask, rp: RelyingParty) -> None:
    system = choosing(app, rp, "ES256")
    first = system.tokens(scope="openid offline_access")
    refreshed = system.refresh(first["refresh_token"]).get_json()
    assert system.verify(refreshed["id_token"])["sub"] == system.verify(first["id_token"])["sub"]


@pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)
def test_signed_userinfo_says_from_whom_and_for_whom_it_is(app: Flask, rp: RelyingParty, alg: str) -> None:
    system = choosing(app, rp, alg, userinfo_signed_response_alg=alg)
    response = system.userinfo(system.tokens(scope="openid profile email unit")["access_token"])
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/jwt"
    told = system.verify(response.text)
    plain = rp.userinfo(rp.tokens(scope="openid profile email unit")["access_token"])
    assert plain.headers["Content-Type"] == "application/json"
    assert told == {**plain.get_json(), "iss": ISSUER, "aud": "choosing"}, "and no nonce, which belongs to ID tokens"


def test_id_token_and_userinfo_may_differ_in_their_algorithm(app: Flask, rp: RelyingParty) -> None:
    system = choosing(app, rp, "EdDSA", userinfo_signed_response_alg="RS256")
    tokens = system.tokens()
    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == "EdDSA"
    assert jwt.get_unverified_header(system.userinfo(tokens["access_token"]).text)["alg"] == "RS256"


def test_neither_userinfo_nor_a_logout_token_passes_for_an_id_token(
    app: Flask, rp: RelyingParty, clerk: Holder
) -> None:
    system = choosing(app, rp, "RS256", userinfo_signed_response_alg="RS256")
    userinfo = system.userinfo(system.tokens()["access_token"]).text
    with app.app_context():
        client = db.session.query(Client).filter_by(client_id="choosing").one()
        logout_token = backchannel.logout_token(client, clerk.subject, "sid")
        db.session.rollback()
    for text in (userinfo, logout_token):
        page = app.test_client().get(f"/logout?{urlencode({'id_token_hint': text})}")
        assert is_error_page(page, "id_token_hint is not valid")


def test_discovery_names_the_algorithms(sqlite_app: Flask) -> None:
    told = sqlite_app.test_client().get("/.well-known/openid-configuration").get_json()
    for member in ("id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported"):
        assert told[member] == ["RS256", "ES256", "PS256", "EdDSA"]
