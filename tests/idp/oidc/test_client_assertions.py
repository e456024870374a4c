"""private_key_jwt: who signs with a registered key is let in once, and nobody else (RFC 7523; Core, section 9)."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ALL_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.wrappers import Response

from idp.database import db
from idp.oidc.store.jobs import sweep
from idp.oidc.store.models import UsedAssertion
from idp.oidc.token.client_assertions import why_refused
from tests.idp.oidc.relying_party import ISSUER, SECRET, basic, register
from tests.idp.oidc.signing_system import ASSERTION_TYPE, KEYS, OTHER, SigningSystem, public, publishing
from thai_web import clock


@pytest.fixture
def system(sqlite_app: Flask) -> SigningSystem:
    found = SigningSystem(sqlite_app)
    found.register()
    return found


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("kid", ["one", None])
def test_a_system_that_signs_is_let_in(sqlite_app: Flask, alg: str, kid: str | None) -> None:
    system = SigningSystem(sqlite_app, alg=alg, kid=kid, key=KEYS[alg])
    system.register(token_endpoint_auth_signing_alg=alg)
    assert system.call().status_code == 200
    assert system.call(client_id="signing").status_code == 200
    assert system.call(path="/introspect").get_json() == {"active": False}
    denied = system.call(path="/token", grant_type="authorization_code", code="x")
    assert denied.get_json()["error"] == "invalid_grant"


def test_the_issuer_the_token_endpoint_or_both_may_be_meant(system: SigningSystem) -> None:
    for aud in (ISSUER, f"{ISSUER}/token", [ISSUER], [ISSUER, f"{ISSUER}/token"]):
        assert system.call(system.assertion(aud=aud)).status_code == 200


NOW = 1_800_000_000
GOOD = {"iss": "a", "sub": "a", "aud": "us", "jti": "j", "exp": NOW + 60, "iat": NOW}


@pytest.mark.attack(41)
@pytest.mark.parametrize(
    "change",
    [
        {"iss": "b"},
        {"sub": "b"},
        {"sub": None},
        {"iss": None},
        {"aud": None},
        {"aud": "elsewhere"},
        {"aud": []},
        {"aud": ["us", "elsewhere"]},
        {"aud": {"us": 1}},
        {"aud": "us/"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 201},
        {"exp": None},
        {"exp": "1800000060"},
        {"exp": True},
        {"exp": float("inf")},
        {"exp": NOW - 300},
        {"exp": NOW + 7200},
        {"iat": NOW + 300},
        {"nbf": NOW + 300},
        {"nbf": "soon"},
        {"exp": -1},
        {"exp": 10**20},
    ],
)
def test_an_assertion_that_says_anything_else_is_refused(change: dict[str, Any]) -> None:
    now = clock.now().fromtimestamp(NOW, tz=clock.now().tzinfo)
    audiences = frozenset({"us", "us/token"})
    assert why_refused(GOOD, "a", audiences, now) is None
    claims = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    assert why_refused(claims, "a", audiences, now)


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["a", "us"])
anything = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)


@given(st.dictionaries(st.sampled_from([*GOOD, "nbf"]), anything))
def test_whatever_an_assertion_says_it_is_judged(claims: dict[str, Any]) -> None:
    why_refused(claims, "a", frozenset({"us"}), clock.now())


def refused(system: SigningSystem, assertion: str | None = None, **values: str) -> bool:
    answer = system.call(assertion, **values)
    return answer.status_code == 401 and answer.get_json() == {
        "error": "invalid_client",
        "error_description": "client authentication failed",
    }


@pytest.mark.attack(41)
def test_confusions_of_key_and_algorithm_let_nobody_in(system: SigningSystem) -> None:
    now = int(clock.now().timestamp())
    claims = {"iss": "signing", "sub": "signing", "aud": ISSUER, "jti": "j", "exp": now + 60}
    pem = (
        KEYS["ES256"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    header, body = (
        base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode()
        for each in ({"alg": "HS256", "kid": "one"}, claims)
    )
    by_public_key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        f"{header}.{body}".encode(), pem
    )
    assert refused(system, f"{header}.{body}.{base64.urlsafe_b64encode(by_public_key).rstrip(b'=').decode()}")
    assert refused(system, jwt.encode(claims, "", "none"))
    assert refused(system, jwt.encode(claims, KEYS["RS256"], "RS256", headers={"kid": "one"}))
    assert refused(system, jwt.encode(claims, OTHER, "ES256", headers={"kid": "one"}))
    assert refused(system, jwt.encode(claims, KEYS["ES256"], "ES256", headers={"kid": "two"}))
    good = system.assertion()
    assert refused(system, good[:-4] + "AAAA")
    for nonsense in ("", "x", "a.b.c", "é.é.é", "." * 20, "e" * 9000, f"{header}.bnVsbA.x", "eyJhbGciOnt9fQ.e30.x"):
        assert refused(system, nonsense)
    assert system.call(good).status_code == 200


@pytest.mark.attack(41)
def test_the_key_of_another_system_is_worth_nothing(system: SigningSystem) -> None:
    thief = SigningSystem(system.app, client_id="thief", key=OTHER)
    thief.register()
    assert refused(thief, thief.assertion(iss="signing", sub="signing"))
    assert refused(thief, client_id="signing")
    assert refused(thief, client_assertion_type="urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
    assert thief.call().status_code == 200


def test_the_registered_algorithm_is_the_only_one(sqlite_app: Flask) -> None:
    system = SigningSystem(sqlite_app, alg="PS256", key=KEYS["PS256"])
    system.register(token_endpoint_auth_signing_alg="RS256")
    assert refused(system)


@pytest.mark.attack(41)
def test_an_assertion_serves_once_on_all_nodes(app: Flask) -> None:
    system = SigningSystem(app)
    system.register()
    assertion = system.assertion()
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(answer.status_code for answer in pool.map(lambda _: system.call(assertion), range(4)))
    assert answers == [200, 401, 401, 401]
    same_jti = system.assertion(jti="once")
    assert system.call(same_jti).status_code == 200
    assert refused(system, system.assertion(jti="once"))
    with app.app_context():
        assert db.session.query(UsedAssertion).count() == 2
        assert sweep() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=2)), app.app_context():
        assert sweep() == 2
        db.session.commit()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert refused(system, assertion)


def test_only_the_registered_method_counts_and_only_one_at_a_time(system: SigningSystem) -> None:
    register(system.app)
    call = system.app.test_client().post
    header = {"Authorization": basic("rp", SECRET)}
    assert call("/revoke", data={"token": "x"}, headers=header).status_code == 200
    assert call("/revoke", data={"token": "x", "client_id": "rp", "client_secret": SECRET}).status_code == 401
    assert call("/revoke", data={"token": "x", "client_id": "rp"}).status_code == 401
    assert call("/revoke", data={"token": "x", "client_id": "signing"}).status_code == 401
    assert call("/revoke", data={"token": "x", "client_id": "signing"}, headers=header).status_code == 401
    two = [
        call("/revoke", data={"token": "x", "client_secret": SECRET, "client_id": "rp"}, headers=header),
        call(
            "/revoke",
            data={"token": "x", "client_assertion": system.assertion(), "client_assertion_type": "x"},
            headers=header,
        ),
        call("/revoke", data={"token": "x", "client_id": ["rp", "signing"], "client_secret": SECRET}),
    ]
    assert [(answer.status_code, answer.get_json()["error"]) for answer in two] == [(400, "invalid_request")] * 3


def test_a_public_system_cannot_introspect(sqlite_app: Flask) -> None:
    register(sqlite_app, client_id="open", client_secret=None, token_endpoint_auth_method="none")
    call = sqlite_app.test_client().post
    assert call("/revoke", data={"token": "x", "client_id": "open"}).status_code == 200
    assert call("/introspect", data={"token": "x", "client_id": "open"}).status_code == 401


def jwks(**keys: Any) -> Response:
    body = json.dumps({"keys": [public(key, kid) for kid, key in keys.items()]})
    return Response(body, mimetype="application/json")


def let_out(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outbound_hosts=("127.0.0.1",))


def test_a_changed_key_is_found_at_once_and_a_storm_of_unknown_ones_is_one_fetch_a_minute(sqlite_app: Flask) -> None:
    let_out(sqlite_app)
    system = SigningSystem(sqlite_app)
    answers = [jwks(one=KEYS["ES256"])]
    with publishing(answers) as (uri, asked):
        system.register(jwks_uri=uri)
        assert system.call().status_code == system.call().status_code == 200
        assert len(asked) == 1
        system.key, system.kid = OTHER, "two"
        assert [refused(system) for _ in range(5)] == [True] * 5
        assert len(asked) == 1
        answers.append(jwks(two=OTHER))
        with time_machine.travel(clock.now() + timedelta(seconds=61)):
            assert system.call().status_code == 200
            system.kid = "three"
            assert [refused(system) for _ in range(5)] == [True] * 5
            assert len(asked) == 2


def test_old_keys_serve_while_their_address_is_down_but_not_for_ever(sqlite_app: Flask) -> None:
    let_out(sqlite_app)
    system = SigningSystem(sqlite_app)
    answers = [jwks(one=KEYS["ES256"])]
    with publishing(answers) as (uri, _asked):
        system.register(jwks_uri=uri)
        assert system.call().status_code == 200
        answers.append(Response(status=500))
        with time_machine.travel(clock.now() + timedelta(minutes=30)):
            assert system.call().status_code == 200
        with time_machine.travel(clock.now() + timedelta(minutes=61)):
            assert refused(system)
            answers.append(jwks(one=KEYS["ES256"]))
        with time_machine.travel(clock.now() + timedelta(minutes=63)):
            assert system.call().status_code == 200


@pytest.mark.attack(80)
def test_who_finds_the_keys_being_fetched_is_let_in_by_the_old_ones_or_refused_at_once(sqlite_app: Flask) -> None:
    let_out(sqlite_app)
    system, answers = SigningSystem(sqlite_app), [jwks(one=KEYS["ES256"])]
    answering = threading.Event()
    with publishing(answers) as (uri, asked):
        system.register(jwks_uri=uri)
        answers.append(Response(_late(answering)))
        with ThreadPoolExecutor(10) as pool:
            first = [pool.submit(lambda: refused(system)) for _ in range(10)]
            done, _still = wait(first, timeout=5, return_when=ALL_COMPLETED)
            assert len(done) == 9, "one asks and waits, some wait a moment, the others are told at once"
            assert asked == ["/jwks"]
            answering.set()
        assert all(each.result() for each in first)
        answers.append(jwks(one=KEYS["ES256"]))
        with time_machine.travel(clock.now() + timedelta(seconds=61)):
            assert system.call().status_code == 200
        answering.clear()
        answers.append(Response(_late(answering)))
        with time_machine.travel(clock.now() + timedelta(minutes=10)), ThreadPoolExecutor(10) as pool:
            later = [pool.submit(lambda: system.call().status_code) for _ in range(10)]
            done, _still = wait(later, timeout=5, return_when=ALL_COMPLETED)
            assert [each.result() for each in done] == [200] * 9
            answering.set()
        assert later[0].result() == 200, "the old keys serve on"


def _late(answering: threading.Event) -> Iterator[bytes]:
    answering.wait(30)
    yield b"no keys"


def test_the_first_answer_lets_in_who_came_while_it_was_on_its_way(sqlite_app: Flask) -> None:
    let_out(sqlite_app)
    system, body = SigningSystem(sqlite_app), jwks(one=KEYS["ES256"]).data

    def soon() -> Iterator[bytes]:
        time.sleep(0.3)
        yield body

    with publishing([Response(soon())]) as (uri, asked):
        system.register(jwks_uri=uri)
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(lambda _: system.call().status_code, range(3))) == [200] * 3
        assert asked == ["/jwks"]


@pytest.mark.attack(40)
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "[fe80::1]",
    ],
)
def test_keys_are_not_fetched_from_inside(sqlite_app: Flask, host: str) -> None:
    system = SigningSystem(sqlite_app)
    with publishing([jwks(one=KEYS["ES256"])]) as (uri, asked):
        port = uri.rpartition(":")[2]
        scheme = "http" if host in ("127.0.0.1", "localhost", "[::1]") else "https"
        system.register(jwks_uri=f"{scheme}://{host}:{port}")
        assert refused(system)
        assert asked == []


@pytest.mark.attack(40)
@pytest.mark.parametrize(
    "answer",
    [
        Response(status=302, headers={"Location": "/elsewhere"}),
        Response(b'{"keys": [' + b" " * 300_000 + b"]}"),
        Response(b"[" * 100_000),
        Response(b"\xff\xfe"),
        Response(b'{"keys": {"kty": "EC"}}'),
        Response(json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}, 7, {"kty": "RSA"}]})),
    ],
)
def test_an_answer_that_is_no_key_set_lets_nobody_in(sqlite_app: Flask, answer: Response) -> None:
    let_out(sqlite_app)
    system = SigningSystem(sqlite_app)
    with publishing([answer]) as (uri, asked):
        system.register(jwks_uri=uri)
        assert refused(system)
        assert len(asked) == 1


def test_discovery_names_methods_and_algorithms(sqlite_app: Flask) -> None:
    told = sqlite_app.test_client().get("/.well-known/openid-configuration").get_json()
    methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
    assert told["token_endpoint_auth_methods_supported"] == methods
    assert told["introspection_endpoint_auth_methods_supported"] == methods[:-1]
    assert told["token_endpoint_auth_signing_alg_values_supported"] == ["RS256", "PS256", "ES256", "EdDSA"]


def test_assertion_type_and_assertion_belong_together(system: SigningSystem) -> None:
    call = system.app.test_client().post
    assert call("/revoke", data={"token": "x", "client_assertion": system.assertion()}).status_code == 401
    assert call("/revoke", data={"token": "x", "client_assertion_type": ASSERTION_TYPE}).status_code == 401
