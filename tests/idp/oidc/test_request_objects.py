"""A request object is not supported, and the system hears so in the way it asked for, even inside of the object."""

import base64
import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from idp.oidc.authorize.request_rules import told_in_request_object
from tests.browsing import forms_of
from tests.idp.oidc.relying_party import CALLBACK, ISSUER, RelyingParty, register, returned

STATE = "s" * 128
REFUSED = {
    "error": "request_not_supported",
    "error_description": "the parameter request is not supported",
    "iss": ISSUER,
}
BESIDE = {"client_id", "redirect_uri", "response_type", "scope", "request"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def an_object(payload: Any, header: dict[str, str] | None = None) -> str:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return f"{b64(json.dumps(header or {'alg': 'none'}).encode())}.{b64(data)}."


@pytest.fixture
def rp(sqlite_app: Flask) -> RelyingParty:
    """The system; in the browser nobody is signed in."""
    register(sqlite_app)
    return RelyingParty(sqlite_app, sqlite_app.test_client())


def ask(rp: RelyingParty, request: str, **more: str) -> TestResponse:
    """With nothing beside the object but what OAuth demands; no PKCE, no nonce, no state, no response_mode."""
    absent = dict.fromkeys(set(rp.request()) - BESIDE)
    return rp.authorize(**{**absent, "request": request, **more})


def posted(response: TestResponse) -> dict[str, str]:
    """What the page of response_mode=form_post carries."""
    assert response.status_code == 200
    assert "location" not in response.headers
    [form] = [form for form in forms_of(response) if form["action"] == CALLBACK]
    return {name: value for name, [value] in form["fields"].items()}


def test_response_mode_and_state_count_inside_of_the_object(rp: RelyingParty) -> None:
    inside = {"response_mode": "form_post", "state": STATE, "nonce": "n"}
    for header in ({"alg": "none"}, {"alg": "RS256", "kid": "x"}):
        assert posted(ask(rp, an_object(inside, header))) == {**REFUSED, "state": STATE}
    assert returned(ask(rp, an_object({"state": STATE}))) == {**REFUSED, "state": STATE}


def test_what_stands_beside_the_object_goes_before(rp: RelyingParty) -> None:
    inside = an_object({"response_mode": "form_post", "state": "inside"})
    assert returned(ask(rp, inside, response_mode="query", state="beside")) == {**REFUSED, "state": "beside"}
    assert posted(ask(rp, inside, state="beside")) == {**REFUSED, "state": "beside"}


def test_the_address_and_the_system_count_beside_it_alone(rp: RelyingParty) -> None:
    inside = an_object({"redirect_uri": "https://evil.example/", "client_id": "other", "state": STATE})
    assert returned(ask(rp, inside))["state"] == STATE
    assert ask(rp, an_object({"redirect_uri": CALLBACK}), redirect_uri="https://evil.example/").status_code == 400


def test_no_other_error_is_answered_by_what_an_object_says(rp: RelyingParty) -> None:
    told = returned(rp.authorize(request_uri="https://rp.example.go.th/object", state=None))
    assert told["error"] == "request_uri_not_supported"
    assert "state" not in told


@pytest.mark.parametrize(
    "rubbish",
    [
        "x",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b.c.d.e",
        "e30.e30.",
        "ไทย.ไทย.ไทย",
        "a." + "_" * 5000 + ".",
        an_object([1]),
        an_object(None),
        an_object(b"\xff\xfe"),
        an_object(b"[" * 5000),
        an_object(b"9" * 5000),
        an_object({"state": 1, "response_mode": ["form_post"]}),
        an_object({"state": {"a": 1}, "response_mode": None}),
        an_object(b'{"state": "\\ud800", "response_mode": "\\u0000"}'),
        an_object({"state": "a\r\nb"}),
        an_object({"state": "", "response_mode": ""}),
        an_object({"response_mode": "fragment"}),
    ],
)
def test_rubbish_says_nothing(rp: RelyingParty, rubbish: str) -> None:
    assert returned(ask(rp, rubbish)) == REFUSED


@given(st.text() | st.tuples(st.text(), st.binary(), st.text()).map(lambda it: f"{it[0]}.{b64(it[1])}.{it[2]}"))
def test_whatever_comes_as_an_object_is_read_without_an_error(text: str) -> None:
    for value in told_in_request_object(text).values():
        assert isinstance(value, str)
