"""What the Basic and Dynamic plans ask of signatures, the provider's and the system's, where both may choose."""

import secrets
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conformance.browser import Browser
from tests.conformance.conftest import Listener
from tests.conformance.provider import Provider
from tests.conformance.system import System, Tokens
from thai_web import clock

pytestmark = pytest.mark.xdist_group("conformance")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def new_key(kid: str) -> jwt.PyJWK:
    """A key of a system's own, with its private half."""
    made = rsa.generate_private_key(65537, 2048)
    return jwt.PyJWK({**jwt.algorithms.RSAAlgorithm.to_jwk(made, as_dict=True), "kid": kid, "alg": "RS256"})


def public(key: jwt.PyJWK) -> dict[str, Any]:
    return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.key.public_key(), as_dict=True), "kid": key.key_id, "use": "sig"}


def assertion(system: System, key: jwt.PyJWK, **changes: Any) -> dict[str, str]:
    """The two parameters by which a system says who it is."""
    now = int(clock.now().timestamp())
    claims = {
        "iss": system.client_id,
        "sub": system.client_id,
        "aud": system.provider.issuer,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(16),
        **changes,
    }
    signed = jwt.encode(claims, key.key, algorithm="RS256", headers={"kid": key.key_id})
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


@pytest.fixture
def signing(provider: Provider) -> System:
    """The system that signs its calls and publishes its keys at an address of its own."""
    return System(provider, client_id="signing", method="private_key_jwt")


@pytest.fixture(scope="module")
def key(listener: Listener) -> jwt.PyJWK:
    """Its key, published."""
    made = new_key("first")
    listener.jwks["keys"] = [public(made)]
    return made


def test_oidcc_registration_jwks_uri(signing: System, browser: Browser, key: jwt.PyJWK) -> None:
    assert "private_key_jwt" in signing.discovery["token_endpoint_auth_methods_supported"]
    told = signing.authorize(browser, nonce="n")
    response = signing.redeem(told["code"], **assertion(signing, key))
    assert Tokens.read(signing, response, nonce="n").claims["aud"] == "signing"


def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(signing: System, browser: Browser, key: jwt.PyJWK) -> None:
    for audience in (signing.provider.issuer, signing.discovery["token_endpoint"], [signing.provider.issuer]):
        code = signing.authorize(browser)["code"]
        assert signing.redeem(code, **assertion(signing, key, aud=audience)).status_code == 200, audience


def test_an_assertion_that_proves_nothing_is_refused(signing: System, browser: Browser, key: jwt.PyJWK) -> None:
    code, once = signing.authorize(browser)["code"], assertion(signing, key)
    now, stranger = int(clock.now().timestamp()), new_key("first")
    bad: list[dict[str, str]] = [
        {},
        assertion(signing, stranger),
        assertion(signing, key, aud="https://evil.example"),
        assertion(signing, key, exp=now - 300),
        assertion(signing, key, sub="basic"),
        assertion(signing, key, iss="x"),
        assertion(signing, key, exp=now + 7 * 86400),
        {**once, "client_assertion": once["client_assertion"] + "x"},
        {**once, "client_assertion_type": "x"},
        {**once, "client_secret": "both"},
    ]
    for each in bad:
        answer = signing.redeem(code, **each)
        assert answer.status_code in (400, 401), each
        assert answer.json()["error"] in ("invalid_client", "invalid_request"), each
    assert signing.redeem(code, **once).status_code == 200, "nothing was spent"
    again = signing.authorize(browser)["code"]
    assert signing.redeem(again, **once).status_code == 401, "an assertion counts once"


@pytest.mark.slow
def test_oidcc_refresh_token_rp_key_rotation(
    signing: System, browser: Browser, key: jwt.PyJWK, listener: Listener
) -> None:
    """The system changes its key; a minute later the new one counts, and not one call before was refused for long."""
    told = signing.authorize(browser, scope="openid offline_access", prompt="consent", nonce="n")
    first = Tokens.read(signing, signing.redeem(told["code"], **assertion(signing, key)), nonce="n")
    assert first.refresh
    new = new_key("second")
    listener.jwks["keys"] = [public(new)]
    time.sleep(60)
    answer = signing.refresh(first.refresh, **assertion(signing, new))
    assert Tokens.read(signing, answer, nonce=None).claims["sub"] == first.claims["sub"]
    listener.jwks["keys"] = [public(new), public(key)]


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
def test_oidcc_idtoken_and_userinfo_signed_as_registered(provider: Provider, browser: Browser, alg: str) -> None:
    system = System(provider, client_id=f"signed-{alg}", alg=alg)
    assert alg in system.discovery["id_token_signing_alg_values_supported"]
    assert alg in system.discovery["userinfo_signing_alg_values_supported"]
    tokens = system.tokens(browser, scope="openid email")
    told = system.userinfo(tokens.access)
    assert told.headers["Content-Type"].split(";")[0] == "application/jwt"
    claims = system.verify(told.text, required=("iss", "aud", "sub"))
    assert claims["sub"] == tokens.claims["sub"]
    assert claims["email"] == browser.person.email
    assert "nonce" not in claims


def test_two_sectors_know_a_person_by_two_subjects(provider: Provider, browser: Browser) -> None:
    subjects = {System(provider, client_id=each).tokens(browser).claims["sub"] for each in ("basic", "pairwise")}
    assert len(subjects) == 2
    again = System(provider, client_id="pairwise").tokens(browser).claims["sub"]
    assert again in subjects, "always the same at the same system"


def test_a_system_excused_from_pkce_signs_in_by_nonce(provider: Provider, browser: Browser) -> None:
    system = System(provider, client_id="excused")
    told = system.authorize(browser, code_challenge=None, code_challenge_method=None, nonce="n")
    response = system.call(
        system.discovery["token_endpoint"],
        {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": system.request()["redirect_uri"]},
    )
    assert Tokens.read(system, response, nonce="n")
