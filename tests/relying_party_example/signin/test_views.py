"""Leaving for the provider and coming back, as a browser does it."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from relying_party_example.database import Base, db
from tests.browsing import forms_of, heading_of, text_of
from tests.relying_party_example.browsing import send, sign_out
from tests.relying_party_example.conftest import SignIn
from tests.relying_party_example.people import CLERK, COLLEAGUE, WITHOUT_ROLE, WITHOUT_UNIT
from tests.relying_party_example.stub_provider import Stub
from tests.waiting import LONGEST


def leave(client: FlaskClient, path: str = "/signin/start") -> str:
    """Go to the provider; returns where it sends the browser back to, as a path of INFO."""
    away = client.get(path)
    assert away.status_code == 303, text_of(away)
    return arrive(away)


def arrive(away: TestResponse) -> str:
    """Where the provider sends the browser back to, as a path of INFO."""
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


def wanted(web: Flask, client: FlaskClient, path: str) -> str:
    """Ask for a page without a session; the way back from the provider."""
    return leave(client, client.get(path).headers["Location"])


@pytest.mark.parametrize("path", ["/periods/2570-1", "/periods/?a=1"])
def test_back_and_reload_after_signing_in_lead_to_where_the_person_wanted(
    web: Flask, provider: Stub, path: str
) -> None:
    provider.person = CLERK
    client = web.test_client()
    back = wanted(web, client, path)
    assert client.get(back).headers["Location"] == path
    provider.person, redeemed = COLLEAGUE, provider.calls.count("/token")
    for _ in range(2):
        again = client.get(back)
        assert (again.status_code, again.headers["Location"]) == (303, path)
    assert provider.calls.count("/token") == redeemed, "a used code is not sent again"
    assert CLERK["name"] in text_of(client.get("/dashboards/"))


def test_a_bookmarked_sign_in_page_begins_anew_by_itself_and_arrives(web: Flask, provider: Stub) -> None:
    """The provider passes the old request on, as it must; its answer comes a day late."""
    provider.person = CLERK
    client = web.test_client()
    with time_machine.travel("2026-11-24T05:00:00+00:00", tick=False) as traveller:
        old = wanted(web, client, "/periods/2570-1")
        traveller.shift(24 * 3600)
        begun = client.get(old)
        assert begun.status_code == 303
        assert begun.headers["Location"].startswith(f"{provider.issuer}/authorize?")
        assert client.get("/dashboards/").status_code == 303, "the old answer signs nobody in"
        done = client.get(arrive(begun))
        assert (done.status_code, done.headers["Location"]) == (303, "/periods/2570-1")
        assert client.get("/dashboards/").status_code == 200


@pytest.mark.parametrize("minutes", [0, 14, 16])
def test_a_sign_in_that_comes_back_after_its_time_begins_anew(web: Flask, provider: Stub, minutes: int) -> None:
    provider.person = CLERK
    client = web.test_client()
    with time_machine.travel("2026-11-24T05:00:00+00:00", tick=False) as traveller:
        back = leave(client)
        traveller.shift(minutes * 60)
        led = client.get(back).headers["Location"]
        assert led.startswith(provider.issuer) is (minutes > 15)


@pytest.mark.parametrize("query", ["", "?state=", "?state=x.y", "?code=abc", "?error=access_denied", "?state=%00"])
def test_a_callback_that_answers_nothing_of_ours_begins_a_sign_in_or_goes_home(
    web: Flask, provider: Stub, sign_in: SignIn, query: str
) -> None:
    begun = web.test_client().get(f"/signin/callback{query}")
    if "%00" not in query:
        assert begun.headers["Location"].startswith(f"{provider.issuer}/authorize?")
        assert sign_in(CLERK).get(f"/signin/callback{query}").headers["Location"] == "/"
    assert begun.status_code in (303, 400)


def test_a_browser_without_cookies_is_told_so_instead_of_going_round_in_circles(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client(use_cookies=False)
    begun = client.get(leave(client))
    assert begun.status_code == 303
    refused = client.get(client.get(arrive(begun)).headers["Location"])
    assert refused.status_code == 400
    assert "ไม่ได้เก็บคุกกี้" in text_of(refused)


@pytest.mark.attack(14)
def test_another_browsers_answer_signs_nobody_in(web: Flask, provider: Stub) -> None:
    """Who follows a stranger's address signs in as themselves or not at all (login CSRF)."""
    provider.person = COLLEAGUE
    strangers = leave(web.test_client())
    for victim in (web.test_client(), web.test_client()):
        redeemed = provider.calls.count("/token")
        led = victim.get(strangers).headers["Location"]
        assert led.startswith(f"{provider.issuer}/authorize?")
        assert provider.calls.count("/token") == redeemed
        assert victim.get("/dashboards/").status_code == 303


@pytest.mark.attack(14)
def test_the_cookie_of_one_sign_in_does_not_serve_another(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    first, second = web.test_client(), web.test_client()
    back, _ = leave(first), leave(second)
    name = next(name for _domain, _path, name in first._cookies if name.startswith("info_login_"))
    other = next(cookie for (*_, key), cookie in second._cookies.items() if key.startswith("info_login_"))
    first.set_cookie(name, other.value, domain="localhost")
    assert first.get(back).headers["Location"].startswith(f"{provider.issuer}/authorize?")


def test_a_code_that_was_used_already_begins_anew(web: Flask, provider: Stub) -> None:
    """Reloaded while the first answer was still under way: its cookie is there, its code is not good any more."""
    provider.person = CLERK
    client = web.test_client()
    back = leave(client)
    provider.codes.clear()
    begun = client.get(back)
    assert begun.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    back = arrive(begun)
    provider.codes.clear()
    assert client.get(back).headers["Location"] == "/signin/failed/invalid", "once"


@pytest.mark.attack(72)
def test_leaving_again_and_again_fills_neither_a_table_nor_the_cookies(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    with web.app_context():
        before = rows()
    for _ in range(20):
        last = leave(client)
    with web.app_context():
        assert rows() == before
    assert len([name for *_, name in client._cookies if name.startswith("info_login_")]) == 4
    assert client.get(last).status_code == 303
    assert client.get("/dashboards/").status_code == 200


def rows() -> int:
    return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables)


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
    answer = client.get(leave(client), follow_redirects=True)
    assert client.get("/dashboards/").status_code == 303
    assert heading_of(answer) == "เข้าสู่ระบบไม่สำเร็จ"
    return answer


def test_a_refusal_by_the_provider_says_what_to_do(web: Flask, provider: Stub) -> None:
    provider.refuse = "access_denied"
    answer = failing(web, provider)
    assert answer.status_code == 400
    assert answer.request.path == "/signin/failed/access_denied"
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


@pytest.mark.attack(71)
@pytest.mark.parametrize("issuer", ["", "&iss=", "&iss=https%3A%2F%2Fevil.example"])
@pytest.mark.parametrize("answer", ["code={code}", "error=access_denied"])
def test_an_answer_that_does_not_name_our_issuer_is_refused(
    web: Flask, provider: Stub, answer: str, issuer: str
) -> None:
    provider.person = CLERK
    client = web.test_client()
    asked = parse_qs(urlsplit(leave(client)).query)
    query = answer.format(code=asked["code"][0])
    refused = client.get(f"/signin/callback?state={asked['state'][0]}&{query}{issuer}", follow_redirects=True)
    assert refused.status_code == 400
    assert "ตอบกลับไม่สมบูรณ์" in text_of(refused)
    assert "/token" not in provider.calls
    assert client.get("/dashboards/").status_code == 303


@pytest.mark.attack(132)
@pytest.mark.parametrize("error", ["x%0A2026-11-30%20CRITICAL%20forged", "x%0D%0Aforged", "%1B%5B31mforged", "forged"])
def test_no_error_in_the_address_writes_a_line_of_the_log(
    web: Flask, provider: Stub, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    client = web.test_client()
    provider.refuse = error
    answer = client.get(leave(client), follow_redirects=True)
    assert answer.status_code == 400
    assert "forged" not in text_of(answer)
    told = [record.getMessage() for record in caplog.records if record.name.startswith("info")]
    assert set(told) <= {"sign-in failed (invalid): None"}


def test_what_failed_is_told_under_an_address_without_code_and_state(web: Flask, provider: Stub) -> None:
    provider.refuse = "server_error"
    client = web.test_client()
    answer = client.get(leave(client), follow_redirects=True)
    assert answer.request.full_path == "/signin/failed/server_error?"


def test_a_provider_that_is_away_is_said_so(web: Flask, provider: Stub) -> None:
    provider.down = True
    answer = web.test_client().get("/signin/start", follow_redirects=True)
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
    assert asked == {"client_id": ["info"], "post_logout_redirect_uri": ["http://localhost/"]}
    assert gone.headers["Clear-Site-Data"] == '"cache", "storage"', "nothing stays in a browser that others use"
    assert provider.tokens == {}, "nothing is left that could be refreshed"
    assert client.get("/dashboards/").status_code == 303
    assert "ออกจากระบบ INFO แล้ว" in text_of(client.get("/"))


def test_who_signs_in_again_leaves_no_authorization_of_before(web: Flask, provider: Stub) -> None:
    provider.person = CLERK
    client = web.test_client()
    client.get(leave(client))
    before = set(provider.tokens)
    assert client.get(leave(client)).status_code == 303
    assert provider.tokens
    assert not before & set(provider.tokens), "given back: nobody would use it, and somebody might find it"


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


def open_remarks(client: FlaskClient) -> TestResponse:
    send(client, client.get("/dashboards/"), {}, action="/start")
    return client.get("/reports/2570-1/670603/parts/remarks")


def become(client: FlaskClient, other: FlaskClient) -> None:
    """Somebody else signs in, in another tab of the same browser."""
    cookie = other.get_cookie("info_sid")
    assert cookie is not None
    client.set_cookie("info_sid", cookie.value, domain="localhost")


@pytest.mark.attack(136)
def test_a_form_that_one_person_opened_is_not_sent_as_the_next(
    clock_set: time_machine.Traveller, sign_in: SignIn
) -> None:
    client = sign_in(CLERK)
    opened = open_remarks(client)
    become(client, sign_in(COLLEAGUE))
    refused = send(client, opened, {"problems": "ที่จอดรถไม่พอ"})
    assert refused.status_code == 409
    assert f"ขณะนี้เบราว์เซอร์เข้าสู่ระบบด้วยบัญชี {COLLEAGUE['name']}" in text_of(refused)
    assert "ที่จอดรถไม่พอ" not in client.get("/reports/2570-1/670603/parts/remarks").get_data(as_text=True)
    become(client, sign_in(CLERK))
    assert send(client, opened, {"problems": "ที่จอดรถไม่พอ"}).status_code == 303, "back again, the same form is good"


@pytest.mark.attack(136)
def test_what_was_typed_before_signing_out_in_another_tab_waits_for_its_writer(
    clock_set: time_machine.Traveller, sign_in: SignIn
) -> None:
    client = sign_in(CLERK)
    opened = open_remarks(client)
    sign_out(client, client.get("/dashboards/"))
    form = next(form for form in forms_of(opened) if not form["action"])
    typed = form["fields"] | {"problems": "ที่จอดรถไม่พอ"}
    kept = client.post(opened.request.path, data=typed, headers={"Origin": "http://localhost"})
    assert (kept.status_code, heading_of(kept)) == (400, "แบบฟอร์มนี้หมดอายุ")
    become(client, sign_in(COLLEAGUE))
    assert send(client, kept, {}).status_code == 409
    become(client, sign_in(CLERK))
    assert send(client, kept, {}).status_code == 303
    assert "ที่จอดรถไม่พอ" in client.get("/reports/2570-1/670603/parts/remarks").get_data(as_text=True)


@pytest.mark.attack(137)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_elsewhere_gets_nothing_shown_with_a_button(
    clock_set: time_machine.Traveller, sign_in: SignIn, headers: dict[str, str]
) -> None:
    answer = sign_in(CLERK).post("/periods/2570-1/extend", data={"csrf_token": "x", "reason": "หนึ่ง"}, headers=headers)
    assert answer.status_code == 400
    assert "หนึ่ง" not in answer.get_data(as_text=True)
