"""The provider says that a sign-in is over."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient

from tests.relying_party_example.people import CLERK, COLLEAGUE
from tests.relying_party_example.signin.test_views import leave
from tests.relying_party_example.stub_provider import CLIENT, Stub, new_key
from thai_web import clock

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def enter(web: Flask, provider: Stub, sid: str, person: dict[str, Any] = CLERK) -> FlaskClient:
    provider.person, provider.claims = person, {"sid": sid}
    client = web.test_client()
    client.get(leave(client))
    assert is_in(client)
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/dashboards/").status_code == 200


def logout_token(provider: Stub, key: rsa.RSAPrivateKey | None = None, alg: str = "RS256", **changes: Any) -> str:
    now = int(clock.now().timestamp())
    claims = {
        "iss": provider.issuer,
        "aud": CLIENT[0],
        "iat": now,
        "exp": now + 120,
        "jti": "j1",
        "sub": CLERK["sub"],
        "sid": "s1",
        "events": {EVENT: {}},
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    secret: Any = {"none": None, "HS256": CLIENT[1]}.get(alg, key or provider.key)
    return jwt.encode(
        kept, secret, alg, headers={"typ": "logout+jwt"} | ({"kid": provider.kid} if provider.kid else {})
    )


def tell(web: Flask, token: str) -> int:
    answer = web.test_client().post("/signin/backchannel-logout", data={"logout_token": token})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code


def test_the_named_sign_in_ends_and_no_other(web: Flask, provider: Stub) -> None:
    first, second = enter(web, provider, "s1"), enter(web, provider, "s2")
    assert tell(web, logout_token(provider)) == 200
    assert (is_in(first), is_in(second)) == (False, True)
    assert tell(web, logout_token(provider)) == 200, "twice does no harm"


def test_without_a_sid_every_sign_in_of_the_person_ends(web: Flask, provider: Stub) -> None:
    hers = [enter(web, provider, sid) for sid in ("s1", "s2")]
    colleague = enter(web, provider, "s3", COLLEAGUE)
    assert tell(web, logout_token(provider, sid=None)) == 200
    assert [is_in(each) for each in hers] == [False, False]
    assert is_in(colleague)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_700_000_000},
        {"nonce": "n"},
        {"events": {}},
        {"events": EVENT},
        {"events": {EVENT: "yes"}},
        {"jti": None},
        {"sub": None, "sid": None},
        {"alg": "HS256"},
        {"alg": "none"},
        {"key": new_key()},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_a_token_that_proves_nothing_ends_nothing(web: Flask, provider: Stub, changes: dict[str, Any]) -> None:
    client = enter(web, provider, "s1")
    assert tell(web, logout_token(provider, **changes)) == 400
    assert is_in(client)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 50])
def test_what_is_no_token_is_refused(web: Flask, provider: Stub, token: str) -> None:
    assert tell(web, token) == 400


def test_an_id_token_does_not_sign_anybody_out(web: Flask, provider: Stub) -> None:
    client = enter(web, provider, "s1")
    assert tell(web, provider.id_token("n")) == 400
    assert is_in(client)


def test_a_token_without_kid_ends_a_sign_in_if_exactly_one_key_fits(web: Flask, provider: Stub) -> None:
    """OpenID Connect Core, section 10.1."""
    client = enter(web, provider, "s1")
    provider.kid = ""
    assert tell(web, logout_token(provider, key=new_key())) == 400
    assert tell(web, logout_token(provider)) == 200
    assert not is_in(client)
