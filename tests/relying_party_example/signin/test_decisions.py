"""A decision rests on the roles that the provider tells now; what only reads stands in `test_reading.py`."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from relying_party_example.database import db, job
from relying_party_example.secrets_at_rest import seal, unseal
from relying_party_example.signin import operations
from relying_party_example.signin.models import SignInSession
from relying_party_example.signin.provider import Tokens
from tests.browsing import forms_of, heading_of, text_of
from tests.relying_party_example.browsing import send
from tests.relying_party_example.conftest import KEY, SignIn
from tests.relying_party_example.people import CERTIFIER, CLERK, DLA_OFFICER
from tests.relying_party_example.reports import scene
from tests.relying_party_example.signin.test_views import leave
from tests.relying_party_example.stub_provider import Stub
from thai_web import clock

REVIEW = "/certification/2570-1/670603"
REMARKS = "/reports/2570-1/670603/parts/remarks"
VALUES = {"key": KEY, "unit": "670603", "part": "remarks"}


@pytest.fixture
def submitted(clock_set: time_machine.Traveller, web: Flask) -> None:
    """A report waits for the province."""
    with web.app_context():
        scene.fill()
        scene.submit()


def asked(provider: Stub) -> int:
    return provider.calls.count("/userinfo")


@pytest.mark.attack(74)
def test_a_role_that_ended_certifies_nothing_a_minute_later(
    submitted: None, clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CERTIFIER)
    provider.people["certifier"] = CERTIFIER | {"roles": ["viewer"]}
    clock_set.shift(60)
    page = client.get(REVIEW)
    refused = send(client, page, {}, action="/certify")
    assert (refused.status_code, heading_of(refused)) == (403, "ท่านไม่มีสิทธิ์ทำรายการนี้แล้ว")
    assert "ผู้ดูแล SSO" in text_of(refused)
    assert "ส่งจังหวัดแล้ว" in text_of(client.get("/reports/2570-1/670603")), "it still waits, and may be read"
    assert client.get(REVIEW).status_code == 403, "what was told for the decision counts for reading, too"
    provider.people["certifier"] = CERTIFIER
    clock_set.shift(60)
    assert send(client, refused, {}).status_code == 303, "the role came back; nothing has to be typed again"


@pytest.mark.attack(74)
@pytest.mark.parametrize("person", [CLERK, CERTIFIER, DLA_OFFICER], ids=lambda claims: claims["sub"])
def test_every_act_asks_the_provider_first(
    submitted: None,
    clock_set: time_machine.Traveller,
    sign_in: SignIn,
    web: Flask,
    provider: Stub,
    person: dict[str, Any],
) -> None:
    client = sign_in(person)
    token = forms_of(client.get("/dashboards/"))[0]["fields"]["csrf_token"]
    acts = [
        rule
        for rule in web.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not web.view_functions[rule.endpoint].guard.startswith("public")
    ]
    assert len(acts) >= 9
    for rule in acts:
        clock_set.shift(60)
        before = asked(provider)
        path = web.url_map.bind("localhost").build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
        client.post(path, data={"csrf_token": token})
        assert asked(provider) == before + 1, path


def test_an_answer_serves_the_decisions_of_a_minute(
    clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CLERK)
    send(client, client.get("/dashboards/"), {}, action="/start")
    counts = []
    for seconds in (0, 59, 1, 30, 29, 1):
        clock_set.shift(seconds)
        assert send(client, client.get(REMARKS), {"problems": "ที่จอดรถ"}).status_code == 303
        counts.append(asked(provider))
    assert counts == [0, 0, 1, 1, 1, 2]


def test_a_clock_that_was_set_back_makes_no_answer_younger(
    clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CLERK)
    clock_set.shift(-3600)
    client.post(
        "/reports/2570-1/start", data={"csrf_token": forms_of(client.get("/dashboards/"))[0]["fields"]["csrf_token"]}
    )
    assert asked(provider) == 1


@pytest.mark.attack(74)
def test_a_posting_that_ended_ends_the_session_and_keeps_what_was_typed(
    clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CLERK)
    send(client, client.get("/dashboards/"), {}, action="/start")
    page = client.get(REMARKS)
    provider.end("clerk")
    clock_set.shift(60)
    refused = send(client, page, {"problems": "ที่จอดรถไม่พอ"})
    assert (refused.status_code, heading_of(refused)) == (401, "โปรดเข้าสู่ระบบใหม่")
    assert client.get("/dashboards/").status_code == 303, "there is nothing more to read"
    again = sign_in(CLERK).get_cookie("info_sid")
    assert again is not None
    client.set_cookie("info_sid", again.value, domain="localhost")
    assert send(client, refused, {}).status_code == 303
    assert "ที่จอดรถไม่พอ" in client.get(REMARKS).get_data(as_text=True)


@pytest.mark.parametrize("damage", [{"sub": "somebody-else"}, {"roles": "reporter"}, {"unit": "670603"}])
def test_an_answer_that_cannot_be_used_decides_nothing(
    clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub, damage: dict[str, Any]
) -> None:
    client = sign_in(CLERK)
    provider.userinfo = damage
    clock_set.shift(60)
    assert send(client, client.get("/dashboards/"), {}, action="/start").status_code == 503
    provider.userinfo = {}
    assert send(client, client.get("/dashboards/"), {}, action="/start").status_code == 303


def enter(web: Flask, provider: Stub) -> FlaskClient:
    """Really signed in, with the tokens that the provider gave."""
    provider.person = CLERK
    client = web.test_client()
    client.get(leave(client))
    return client


def test_hours_later_the_refresh_token_brings_a_new_access_token(
    clock_set: time_machine.Traveller, web: Flask, provider: Stub
) -> None:
    client = enter(web, provider)
    send(client, client.get("/dashboards/"), {}, action="/start")
    for hour in range(1, 8):
        clock_set.shift(3600)
        assert send(client, client.get(REMARKS), {"problems": "ที่จอดรถ"}).status_code == 303
        assert provider.calls.count("/token") == 1 + hour
        assert asked(provider) == 1 + hour


def test_without_a_refresh_token_the_person_signs_in_anew_when_the_access_token_is_over(
    clock_set: time_machine.Traveller, web: Flask, provider: Stub
) -> None:
    """INFO's registration at the provider may be older than its code."""
    provider.answer = {"refresh_token": None}
    client = enter(web, provider)
    clock_set.shift(60)
    assert send(client, client.get("/dashboards/"), {}, action="/start").status_code == 303
    page = client.get(REMARKS)
    clock_set.shift(600)
    assert send(client, page, {"problems": "ก"}).status_code == 401


def test_refreshed_tokens_are_kept_although_the_next_call_fails(
    clock_set: time_machine.Traveller, web: Flask, provider: Stub
) -> None:
    client = enter(web, provider)
    page = client.get("/dashboards/")
    clock_set.shift(3600)
    provider.meanwhile = fail
    assert send(client, page, {}, action="/start").status_code == 503
    provider.meanwhile = nothing
    assert send(client, page, {}, action="/start").status_code == 303
    assert provider.calls.count("/token") == 2, "the refresh token was used once"


def nothing() -> None:
    return None


def fail() -> None:
    raise RuntimeError("UserInfo is broken")


@pytest.mark.attack(74)
def test_a_session_that_was_ended_while_we_asked_decides_nothing(
    clock_set: time_machine.Traveller, web: Flask, provider: Stub
) -> None:
    client = enter(web, provider)
    page = client.get("/dashboards/")
    clock_set.shift(60)

    def signed_out_elsewhere() -> None:
        with web.app_context():
            job(lambda: operations.end_sessions("clerk", None))

    provider.meanwhile = signed_out_elsewhere
    assert send(client, page, {}, action="/start").status_code == 401


@pytest.mark.attack(75)
def test_tokens_lie_sealed_and_open_with_the_cookie_alone(app: Flask) -> None:
    tokens = Tokens("the access token", 600, "the refresh token", "the ID token")
    secret = job(lambda: operations.open_session(CLERK, tokens, hours=8, now=clock.now(), sid="s1"))
    row = db.session.scalars(select(SignInSession)).one()
    stored = b"".join(repr(value).encode() for value in vars(row).values()) + row.tokens
    for told in ("the access token", "the refresh token", "the ID token", secret, CLERK["email"]):
        assert told.encode() not in stored
    held = operations.held(secret, clock.now())
    assert held is not None
    assert (held.access_token, held.refresh_token) == ("the access token", "the refresh token")
    assert "token" not in repr(held).replace("access_token", "").replace("refresh_token", "").replace("sealed", "")
    with pytest.raises(ValueError, match="another secret"):
        unseal("another", row.tokens)


def test_of_two_tabs_that_refreshed_at_once_the_first_is_kept(app: Flask) -> None:
    """The second to be used of two successors would end the authorization at the provider."""
    now = clock.now()
    secret = job(lambda: operations.open_session(CLERK, Tokens("a0", 600, "r0"), hours=8, now=now))
    read = operations.held(secret, now)
    assert read is not None
    for access, refresh in (("a1", "r1"), ("a2", "r2")):
        tokens = Tokens(access, 600, refresh)
        job(lambda tokens=tokens: operations.keep_tokens(secret, tokens, now, instead_of=read.sealed))  # type: ignore[misc]
    kept = operations.held(secret, now)
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("a1", "r1")


def test_what_is_told_anew_is_kept_where_the_session_lasts(app: Flask) -> None:
    now = clock.now()
    secret = job(lambda: operations.open_session(CLERK, Tokens("a", 600), hours=8, now=now))
    told = CLERK | {"roles": [], "national_id": "never kept"}
    person = job(lambda: operations.keep_claims(secret, told, now))
    assert person is not None
    assert person.roles == frozenset()
    db.session.expire_all()
    row = db.session.scalars(select(SignInSession)).one()
    assert set(row.claims) == {"sub", "name", "unit", "roles"}
    job(lambda: operations.close_session(secret))
    assert job(lambda: operations.keep_claims(secret, told, now)) is None


def test_what_is_sealed_twice_looks_different() -> None:
    assert seal("secret", "text") != seal("secret", "text")
