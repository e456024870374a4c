"""Leaving for the provider and coming back, as a browser does it."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browsing import heading_of, text_of
from tests.relying_party_example.browsing import send, sign_out
from tests.relying_party_example.conftest import SignIn
from tests.relying_party_example.people import CLERK, COLLEAGUE, WITHOUT_ROLE, WITHOUT_UNIT
from tests.relying_party_example.stub_provider import Stub
from tests.waiting import LONGEST


def leave(client: FlaskClient, path: str = "/signin/start") -> str:
    """Go to the provider; returns where it sends the browser back to, as a path of INFO."""
    away = client.get(path)
    assert away.status_code == 303, text_of(away)
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=LONGEST).headers["Location"]
    return back.removeprefix("http://localhost")


def test_a_person_signs_in_and_arrives_where_she_wanted(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    asked = client.get("/periods/?a=1")
    assert asked.status_code == 303
    done = client.get(leave(client, asked.headers["Location"]))
    assert (done.status_code, done.headers["Location"]) == (303, "/periods/?a=1")
    assert CLERK["name"] in text_of(client.get("/dashboards/"))


def test_two_tabs_sign_in_at_once(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    first, second = leave(client), leave(client)
    assert client.get(second).status_code == 303
    assert client.get(first).status_code == 303


def test_a_callback_serves_once(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    back = leave(client)
    client.get(back)
    assert client.get(back).status_code == 400


def test_another_browsers_callback_signs_nobody_in(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    victim = web.test_client()
    leave(victim)
    attacked = victim.get(leave(web.test_client()))
    assert attacked.status_code == 400
    assert "เริ่มจากเบราว์เซอร์อื่น" in text_of(attacked)
    assert victim.get("/dashboards/").status_code == 303


def test_a_sign_in_that_took_too_long_begins_anew(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    with time_machine.travel("2026-11-24T05:00:00+00:00", tick=False) as traveller:
        back = leave(client)
        traveller.shift(16 * 60)
        assert client.get(back).status_code == 400


def test_a_new_sign_in_ends_the_old_session(web: Flask, provider: Stub) -> None:
    client = web.test_client()
    provider.person = CLERK
    client.get(leave(client))
    old = client.get_cookie("info_sid")
    provider.person = COLLEAGUE
    client.get(leave(client))
    assert COLLEAGUE["name"] in text_of(client.get("/dashboards/"))
    assert old is not None
    client.set_cookie("info_sid", old.value, domain="localhost")
    assert client.get("/dashboards/").status_code == 303


def failing(web: Flask, provider: Stub) -> TestResponse:
    client = web.test_client()
    answer = client.get(leave(client))
    assert client.get("/dashboards/").status_code == 303
    assert heading_of(answer) == "เข้าสู่ระบบไม่สำเร็จ"
    return answer


def test_a_refusal_by_the_provider_says_what_to_do(web: Flask, provider: Stub) -> None:
    provider.refuse = "access_denied"
    answer = failing(web, provider)
    assert answer.status_code == 400
    assert "ผู้ดูแล SSO ของหน่วยงาน" in text_of(answer)


@pytest.mark.parametrize(
    "damage",
    [{"claims": {"nonce": "x"}}, {"userinfo": {"sub": "x"}}, {"userinfo": {"roles": "x"}}, {"userinfo": {"unit": 1}}],
)
def test_an_invalid_answer_signs_nobody_in(web: Flask, provider: Stub, damage: dict[str, dict[str, object]]) -> None:
    provider.person = CLERK
    for name, value in damage.items():
        setattr(provider, name, value)
    assert failing(web, provider).status_code == 400


def test_an_answer_of_another_issuer_is_refused(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    parts = urlsplit(leave(client))
    state, code = (parse_qs(parts.query)[name][0] for name in ("state", "code"))
    answer = client.get(f"/signin/callback?state={state}&code={code}&iss=https%3A%2F%2Fevil.example")
    assert answer.status_code == 400
    assert client.get("/dashboards/").status_code == 303


def test_a_provider_that_is_away_is_said_so(web: Flask, provider: Stub) -> None:
    provider.down = True
    answer = web.test_client().get("/signin/start")
    assert answer.status_code == 503
    assert "ติดต่อระบบยืนยันตัวตนกลาง (SSO) ไม่ได้" in text_of(answer)


def test_signing_out_ends_the_session_here_and_at_the_provider(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    client.get(leave(client))
    gone = sign_out(client, client.get("/dashboards/"))
    target = urlsplit(gone.headers["Location"])
    asked = parse_qs(target.query)
    assert target.path == "/end-session"
    assert asked["client_id"] == ["info"]
    assert asked["post_logout_redirect_uri"] == ["http://localhost/"]
    assert asked["id_token_hint"]
    assert client.get("/dashboards/").status_code == 303
    assert "ออกจากระบบ INFO แล้ว" in text_of(client.get("/"))


def test_signing_out_works_without_the_provider(sign_in: SignIn, provider: Stub) -> None:
    client = sign_in(CLERK)
    page = client.get("/dashboards/")
    provider.down = True
    assert sign_out(client, page).headers["Location"] == "/"
    assert client.get("/dashboards/").status_code == 303


def test_a_session_ends_after_its_hours(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    assert client.get("/dashboards/").status_code == 200
    clock_set.shift(8 * 3600 + 1)
    assert client.get("/dashboards/").status_code == 303


@pytest.mark.parametrize(("claims", "why"), [(WITHOUT_ROLE, "ยังไม่มีสิทธิ์ใช้ INFO"), (WITHOUT_UNIT, "ยังไม่มีสังกัด")])
def test_a_person_who_can_do_nothing_yet_learns_why(sign_in: SignIn, claims: dict[str, object], why: str) -> None:
    page = text_of(sign_in(claims).get("/dashboards/"))
    assert why in page
    assert "แจ้งผู้ดูแล SSO ของหน่วยงาน" in page


def test_what_was_typed_survives_the_end_of_the_session(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    send(client, client.get("/dashboards/"), {}, action="/start")
    form = client.get("/reports/2570-1/670603/parts/remarks")
    clock_set.shift(9 * 3600)
    lost = send(client, form, {"problems": "ที่จอดรถไม่พอ"})
    assert lost.status_code == 401
    again = sign_in(CLERK).get_cookie("info_sid")
    assert again is not None
    client.set_cookie("info_sid", again.value, domain="localhost")
    assert send(client, lost, {}).status_code == 303
    assert "ที่จอดรถไม่พอ" in client.get("/reports/2570-1/670603/parts/remarks").get_data(as_text=True)
