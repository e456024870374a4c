"""Each check of the ID token and of the answers around it, against a provider that can misbehave."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from relying_party_example import clock
from relying_party_example.outbound import OutboundError
from relying_party_example.signin.provider import Provider, ProviderError
from tests.relying_party_example.people import CLERK
from tests.relying_party_example.stub_provider import CLIENT, Stub, new_key
from tests.waiting import LONGEST

VERIFIER = "v" * 43


@pytest.fixture
def client(provider: Stub) -> Provider:
    """INFO's side."""
    provider.person = CLERK
    return Provider(provider.issuer, *CLIENT, redirect_uri="http://localhost/signin/callback")


def test_the_way_there_asks_for_a_code_with_pkce(client: Provider, provider: Stub) -> None:
    asked = parse_qs(urlsplit(client.authorization_url("state", "nonce", VERIFIER)).query)
    assert asked["response_type"] == ["code"]
    assert asked["scope"] == ["openid profile email unit roles"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] != [VERIFIER]
    assert (asked["state"], asked["nonce"]) == (["state"], ["nonce"])


def code(client: Provider) -> str:
    sent = requests.get(client.authorization_url("state", "nonce", VERIFIER), allow_redirects=False, timeout=LONGEST)
    return parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]


def test_a_code_becomes_a_person_and_serves_once(client: Provider) -> None:
    first = code(client)
    tokens = client.redeem_code(first, VERIFIER)
    claims = client.verify_id_token(tokens["id_token"], "nonce")
    assert client.userinfo(tokens["access_token"], claims["sub"])["roles"] == ["reporter"]
    with pytest.raises(ProviderError):
        client.redeem_code(first, VERIFIER)


def test_another_browsers_verifier_redeems_nothing(client: Provider) -> None:
    with pytest.raises(ProviderError):
        client.redeem_code(code(client), "w" * 43)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-system"},
        {"aud": ["info", "another-system"]},
        {"aud": ["info", "another-system"], "azp": "another-system"},
        {"exp": int(clock.now().timestamp()) - 60},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"iat": int(clock.now().timestamp()) + 86_400},
    ],
)
def test_an_id_token_that_was_not_made_for_this_sign_in_is_refused(
    client: Provider, provider: Stub, wrong: dict[str, Any]
) -> None:
    provider.claims = wrong
    with pytest.raises(ProviderError):
        client.verify_id_token(provider.id_token("nonce"), "nonce")


@pytest.mark.parametrize("headers", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}, {"kid": None}])
@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_an_id_token_that_chooses_its_own_check_is_refused(
    client: Provider, provider: Stub, headers: dict[str, Any]
) -> None:
    provider.headers = headers
    with pytest.raises(ProviderError):
        client.verify_id_token(provider.id_token("nonce"), "nonce")


def test_a_token_signed_by_somebody_else_under_a_known_kid_is_refused(client: Provider, provider: Stub) -> None:
    client.verify_id_token(provider.id_token("nonce"), "nonce")
    provider.key = new_key()
    with pytest.raises(ProviderError):
        client.verify_id_token(provider.id_token("nonce"), "nonce")


def test_a_new_key_is_fetched_once_when_its_kid_is_unknown(client: Provider, provider: Stub) -> None:
    client.verify_id_token(provider.id_token("nonce"), "nonce")
    provider.key, provider.kid, provider.published = new_key(), "second", "second"
    client.verify_id_token(provider.id_token("nonce"), "nonce")
    client.verify_id_token(provider.id_token("nonce"), "nonce")
    assert provider.calls.count("/jwks") == 2


def test_nonsense_in_place_of_a_token_is_refused(client: Provider) -> None:
    for text in ("", "a.b.c", "💥"):
        with pytest.raises(ProviderError):
            client.verify_id_token(text, "nonce")


def test_userinfo_of_another_person_is_refused(client: Provider, provider: Stub) -> None:
    provider.userinfo = {"sub": "somebody-else"}
    with pytest.raises(ProviderError):
        client.userinfo("opaque", "clerk")


def test_a_discovery_document_of_another_issuer_is_refused(client: Provider, provider: Stub) -> None:
    provider.issuer = "https://evil.example"
    with pytest.raises(ProviderError):
        client.metadata()


def test_a_wrong_secret_and_a_silent_provider_are_outside_errors(
    client: Provider, provider: Stub, unused_port: int
) -> None:
    client.client_secret = "wrong"
    with pytest.raises(OutboundError):
        client.redeem_code("any", VERIFIER)
    away = Provider(f"http://127.0.0.1:{unused_port}", *CLIENT, redirect_uri="http://localhost/")
    with pytest.raises(OutboundError):
        away.metadata()
