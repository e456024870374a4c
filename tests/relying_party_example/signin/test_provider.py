"""Each check of the ID token and of the answers around it, against a provider that can misbehave."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine

from relying_party_example.outbound import OutboundError
from relying_party_example.signin.provider import GrantOver, Provider, ProviderError
from tests.relying_party_example.people import CLERK
from tests.relying_party_example.stub_provider import CLIENT, Stub, new_key
from tests.waiting import LONGEST
from thai_web import clock

VERIFIER = "v" * 43


@pytest.fixture
def client(provider: Stub) -> Provider:
    """INFO's side."""
    provider.person = CLERK
    return Provider(provider.issuer, *CLIENT, redirect_uri="http://localhost/signin/callback")


def test_the_way_there_asks_for_a_code_with_pkce(client: Provider, provider: Stub) -> None:
    asked = parse_qs(urlsplit(client.authorization_url("state", "nonce", VERIFIER)).query)
    assert asked["response_type"] == ["code"]
    assert asked["scope"] == ["openid profile email unit roles offline_access"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] != [VERIFIER]
    assert (asked["state"], asked["nonce"]) == (["state"], ["nonce"])


def code(client: Provider) -> str:
    sent = requests.get(client.authorization_url("state", "nonce", VERIFIER), allow_redirects=False, timeout=LONGEST)
    return parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]


def test_a_code_becomes_a_person_and_serves_once(client: Provider) -> None:
    first = code(client)
    tokens = client.redeem_code(first, VERIFIER)
    claims = client.verify_id_token(tokens.id_token, "nonce")
    assert client.userinfo(tokens.access_token, claims["sub"])["roles"] == ["reporter"]
    assert not {tokens.access_token, tokens.refresh_token, tokens.id_token} & set(repr(tokens).split("'"))
    with pytest.raises(GrantOver):
        client.redeem_code(first, VERIFIER)


def test_another_browsers_verifier_redeems_nothing(client: Provider) -> None:
    with pytest.raises(GrantOver):
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


@pytest.mark.parametrize("headers", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}])
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


@pytest.mark.attack(70)
def test_tokens_that_name_unknown_keys_cost_one_fetch_a_minute(client: Provider, provider: Stub) -> None:
    with time_machine.travel("2026-11-24T05:00:00+00:00", tick=False) as traveller:
        provider.headers = {"kid": "nobody's"}
        for _ in range(40):
            with pytest.raises(ProviderError):
                client.verify_logout_token(provider.id_token("nonce"))
        assert provider.calls.count("/jwks") == 2, "the list was fetched once, and once more for the unknown name"
        traveller.shift(61)
        with pytest.raises(ProviderError):
            client.verify_id_token(provider.id_token("nonce"), "nonce")
        assert provider.calls.count("/jwks") == 3


@pytest.mark.parametrize(
    ("others", "is_taken"),
    [
        ([], True),
        ([{"use": "enc"}], True),
        ([{"alg": "PS256"}], True),
        ([{"kty": "EC", "crv": "P-256", "alg": "ES256"}], True),
        ([{}], False),
        ([{"alg": None, "use": None}], False),
    ],
)
def test_a_token_without_kid_is_taken_if_exactly_one_key_fits(
    client: Provider, provider: Stub, others: list[dict[str, Any]], is_taken: bool
) -> None:
    """OpenID Connect Core, section 10.1: `kid` is demanded only where several keys could have signed."""
    provider.headers, provider.others = {"kid": None}, others
    if is_taken:
        assert client.verify_id_token(provider.id_token("nonce"), "nonce")["sub"] == CLERK["sub"]
        return
    with pytest.raises(ProviderError):
        client.verify_id_token(provider.id_token("nonce"), "nonce")


def test_a_token_without_kid_from_somebody_else_is_refused(client: Provider, provider: Stub) -> None:
    client.verify_id_token(provider.id_token("nonce"), "nonce")
    provider.headers, provider.key = {"kid": None}, new_key()
    with pytest.raises(ProviderError):
        client.verify_id_token(provider.id_token("nonce"), "nonce")


@pytest.mark.attack(71)
@pytest.mark.parametrize(
    ("announces", "told", "is_taken"),
    [
        (True, "ours", True),
        (True, None, False),
        (True, "", False),
        (True, "https://evil.example", False),
        (False, None, True),
        (False, "ours", True),
        (False, "https://evil.example", False),
        (False, "", False),
    ],
)
def test_an_answer_names_its_issuer_where_discovery_says_it_will(
    client: Provider, provider: Stub, announces: bool, told: str | None, is_taken: bool
) -> None:
    """RFC 9207, section 2.4."""
    provider.announces_iss = announces
    if is_taken:
        client.check_issuer(provider.issuer if told == "ours" else told)
        return
    with pytest.raises(ProviderError):
        client.check_issuer(told)


def test_a_refresh_token_brings_new_tokens_once(client: Provider, provider: Stub) -> None:
    tokens = client.redeem_code(code(client), VERIFIER)
    fresh = client.refresh(str(tokens.refresh_token))
    assert client.userinfo(fresh.access_token, CLERK["sub"])["name"] == CLERK["name"]
    with pytest.raises(GrantOver):
        client.refresh(str(tokens.refresh_token))
    client.revoke(str(fresh.refresh_token))
    with pytest.raises(GrantOver):
        client.refresh(str(fresh.refresh_token))


@pytest.mark.parametrize(
    "damage",
    [
        {"token_type": "mac"},
        {"access_token": None},
        {"access_token": 5},
        {"expires_in": "600"},
        {"expires_in": True},
        {"id_token": None},
    ],
)
def test_a_token_answer_of_another_shape_is_refused(client: Provider, provider: Stub, damage: dict[str, Any]) -> None:
    provider.answer = damage
    with pytest.raises(ProviderError):
        client.redeem_code(code(client), VERIFIER)


def test_a_discovery_document_without_an_endpoint_is_refused(client: Provider, provider: Stub) -> None:
    provider.discovery = {"userinfo_endpoint": None}
    with pytest.raises(ProviderError):
        client.userinfo("any", "clerk")


def test_nonsense_in_place_of_a_token_is_refused(client: Provider) -> None:
    for text in ("", "a.b.c", "💥"):
        with pytest.raises(ProviderError):
            client.verify_id_token(text, "nonce")


def test_userinfo_of_another_person_is_refused(client: Provider, provider: Stub) -> None:
    tokens = client.redeem_code(code(client), VERIFIER)
    provider.userinfo = {"sub": "somebody-else"}
    with pytest.raises(ProviderError):
        client.userinfo(tokens.access_token, "clerk")


def test_an_access_token_that_is_over_is_told_from_a_provider_that_is_away(client: Provider, provider: Stub) -> None:
    with pytest.raises(GrantOver):
        client.userinfo("never issued", "clerk")
    provider.down = True
    with pytest.raises(OutboundError):
        client.userinfo("never issued", "clerk")


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
