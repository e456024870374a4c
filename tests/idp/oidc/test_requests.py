"""What an authorization request may ask: an account, a choice, a class of sign-in, a language."""

import re
from html import unescape
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask

from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.database import db
from idp.signin import activation
from idp.signin.rules import PASSWORD_ACR, THAID_ACR
from tests.browsing import heading_of, submit, text_of
from tests.idp.oidc.relying_party import (
    Holder,
    RelyingParty,
    asking,
    open_account,
    register,
    returned,
    sign_in,
)
from tests.idp.thaid.conftest import Journey
from tests.people import CLERK, PASSWORD, UNIT_ADMIN

ESSENTIAL = asking(id_token={"acr": {"essential": True, "values": [THAID_ACR]}})


def next_of(location: str, path: str = "/signin") -> str:
    """Where a page will lead."""
    parts = urlsplit(location)
    assert parts.path == path
    return parse_qs(parts.query)["next"][0]


@pytest.fixture
def rp(sqlite_app: Flask) -> RelyingParty:
    """The system, and a browser in which nobody is signed in."""
    register(sqlite_app)
    return RelyingParty(sqlite_app, sqlite_app.test_client())


@pytest.fixture
def clerk(rp: RelyingParty) -> Holder:
    """The clerk, with an account."""
    return open_account(rp.app)


@pytest.fixture
def here(rp: RelyingParty, clerk: Holder) -> RelyingParty:
    """The clerk signed in."""
    sign_in(rp.app, rp.browser, clerk.account_id)
    return rp


def test_prompt_create_leads_to_a_registration_and_who_has_an_account_goes_on(rp: RelyingParty, clerk: Holder) -> None:
    response = rp.authorize(prompt="create")
    page = rp.browser.get(response.location)
    assert urlsplit(response.location).path == "/register"
    assert "มีบัญชีอยู่แล้ว ไปที่ระบบนั้น" in text_of(page)
    request = next_of(response.location, "/register")
    assert "prompt" not in dict(parse_qsl(urlsplit(request).query))
    back = next_of(rp.browser.get(request).location)
    sign_in(rp.app, rp.browser, clerk.account_id)
    assert returned(rp.browser.get(back))["state"] == "s" * 128


def test_who_activates_her_account_in_that_browser_comes_back_to_the_request(rp: RelyingParty) -> None:
    rp.browser.get(rp.authorize(prompt="create login").location)
    with rp.app.app_context():
        known = Person("นาย", "ใหม่", "เอี่ยม", CLERK.national_id, "new@example.go.th")
        secret = activation.begin_activation(accounts.open_account(known, origin="test").id)
        db.session.commit()
    values = {
        "national_id": CLERK.national_id,
        "username": "new.person",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    activated = submit(rp.browser, rp.browser.get(f"/activate/{secret}"), values)
    asked_again = rp.browser.get(activated.location)
    assert "prompt=login" in next_of(asked_again.location), "what else was asked still stands"
    again = submit(rp.browser, rp.browser.get(asked_again.location), {"username": "new.person", "password": PASSWORD})
    assert "code" in returned(rp.browser.get(again.location))


def test_the_registration_page_leads_to_no_other_site(rp: RelyingParty) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        page = rp.browser.get("/register", query_string={"next": target})
        assert "มีบัญชีอยู่แล้ว ไปที่ระบบนั้น" not in text_of(page)
        assert f'href="{target}"' not in page.text


def test_a_person_chooses_to_go_on_as_herself(here: RelyingParty) -> None:
    page = here.browser.get(here.authorize(prompt="select_account").location)
    assert page.request.path == "/select-account"
    assert heading_of(page) == "เข้าใช้ ระบบทดสอบ ด้วยบัญชีใด"
    assert "สมใจ ขยันงาน" in text_of(page)
    chosen = submit(here.browser, page, {"decision": "continue"}, action="/select-account")
    assert "code" in returned(here.browser.get(chosen.location))


def test_or_as_somebody_else(here: RelyingParty) -> None:
    other = open_account(here.app, UNIT_ADMIN, role=None)
    page = here.browser.get(here.authorize(prompt="select_account").location)
    leaving = submit(here.browser, page, {"decision": "other"}, action="/select-account")
    assert "again=1" in leaving.location
    sign_in(here.app, here.browser, other.account_id)
    code = returned(here.browser.get(next_of(leaving.location)))["code"]
    assert here.verify(here.redeem(code).get_json()["id_token"])["sub"] == other.subject


def test_a_choice_counts_for_the_person_who_saw_the_page(here: RelyingParty) -> None:
    other = open_account(here.app, UNIT_ADMIN, role=None)
    page = here.browser.get(here.authorize(prompt="select_account").location)
    sign_in(here.app, here.browser, other.account_id)  # in another tab
    answer = submit(here.browser, page, {"decision": "continue"}, action="/select-account")
    assert answer.status_code == 409
    assert "วิไล" in text_of(answer)


@pytest.mark.attack(46)
def test_an_essential_class_steps_up_by_thaid(journey: Journey) -> None:
    register(journey.app)
    clerk = open_account(journey.app)
    rp = RelyingParty(journey.app, journey.client)
    sign_in(journey.app, rp.browser, clerk.account_id)
    before = rp.browser.get_cookie("idp_sid")
    assert before
    asked = rp.authorize(claims=ESSENTIAL)
    page = rp.browser.get(asked.location)
    assert "ต้องการให้ยืนยันตัวตนด้วย ThaID" in text_of(page)
    assert 'name="password"' not in page.text
    leaving = submit(rp.browser, page, {}, action="/signin/thaid")
    landed = rp.browser.get(journey.confirm(leaving.location))
    arrived = rp.browser.get(landed.location)
    after = rp.browser.get_cookie("idp_sid")
    assert after
    assert after.value != before.value
    thief = journey.app.test_client()
    thief.set_cookie("idp_sid", before.value, domain="localhost")
    assert thief.get("/home").status_code == 303, "the session of before is over"
    claims = rp.verify(rp.redeem(returned(rp.browser.get(arrived.location))["code"]).get_json()["id_token"])
    assert (claims["acr"], claims["amr"]) == (THAID_ACR, ["thaid"])
    assert "code" in returned(rp.authorize(claims=ESSENTIAL, prompt="none"))


def test_who_finds_thaid_down_is_led_back_to_the_page_of_the_step_up(journey: Journey) -> None:
    register(journey.app)
    rp = RelyingParty(journey.app, journey.client)
    sign_in(journey.app, rp.browser, open_account(journey.app).account_id)
    page = rp.browser.get(rp.authorize(claims=ESSENTIAL).location)
    journey.configure(thaid_issuer="http://127.0.0.1:9")
    failed = submit(rp.browser, page, {}, action="/signin/thaid")
    assert failed.status_code == 503
    back = next(unescape(link) for link in re.findall(r'href="(/signin\?[^"]+)"', failed.text))
    page_again = rp.browser.get(back)
    assert "ต้องการให้ยืนยันตัวตนด้วย ThaID" in text_of(page_again), "not the other way, and not the system either"
    assert 'name="password"' not in page_again.text


def test_who_does_not_step_up_is_reported_as_not_met(journey: Journey) -> None:
    register(journey.app)
    rp = RelyingParty(journey.app, journey.client)
    sign_in(journey.app, rp.browser, open_account(journey.app).account_id)
    assert returned(rp.authorize(claims=ESSENTIAL, prompt="none"))["error"] == "login_required"
    asked = rp.authorize(claims=ESSENTIAL)
    page = rp.browser.get(asked.location)
    assert "ไม่ยืนยัน กลับไปที่ระบบนั้น" in text_of(page)
    answer = returned(rp.browser.get(next_of(asked.location)))
    assert answer["error"] == "unmet_authentication_requirements"


def test_an_essential_class_that_nobody_has_here_is_an_error_at_once(rp: RelyingParty) -> None:
    assert returned(rp.authorize(claims=ESSENTIAL))["error"] == "unmet_authentication_requirements"


def test_a_wish_for_a_class_steers_but_never_stops(here: RelyingParty) -> None:
    for wish in (f"{PASSWORD_ACR} {THAID_ACR}", THAID_ACR, "1 2"):
        tokens = here.redeem(here.code(acr_values=wish)).get_json()
        assert here.verify(tokens["id_token"])["acr"] == PASSWORD_ACR


def test_the_wished_way_stands_first_on_the_sign_in_page(journey: Journey) -> None:
    register(journey.app)
    rp = RelyingParty(journey.app, journey.client)
    first = {}
    for wish in (PASSWORD_ACR, THAID_ACR):
        page = rp.browser.get(rp.authorize(acr_values=wish).location)
        first[wish] = page.text.index('id="thaid-submit"') < page.text.index('id="login-submit"')
        refused = submit(rp.browser, page, {"username": "nobody", "password": PASSWORD}, action="/signin")
        assert refused.status_code == 422
        assert first[wish] == (refused.text.index('id="thaid-submit"') < refused.text.index('id="login-submit"'))
    assert first == {PASSWORD_ACR: False, THAID_ACR: True}


@pytest.mark.parametrize("hint", [CLERK.national_id, "buffy@localhost", "a" * 41, "<b>"])
def test_a_hint_that_can_be_no_username_goes_into_no_address(rp: RelyingParty, hint: str) -> None:
    location = rp.authorize(login_hint=hint).location
    assert "username" not in dict(parse_qsl(urlsplit(location).query))


@pytest.mark.parametrize(
    ("wish", "heading"),
    [("en", "Sign in"), ("se en-GB th", "Sign in"), ("th en", "เข้าสู่ระบบ"), ("se", "เข้าสู่ระบบ"), ("", "เข้าสู่ระบบ")],
)
def test_pages_of_a_request_speak_its_language(rp: RelyingParty, wish: str, heading: str) -> None:
    page = rp.browser.get(rp.authorize(ui_locales=wish).location)
    assert heading_of(page) == heading
    refused = submit(rp.browser, page, {"username": "nobody", "password": PASSWORD}, action="/signin")
    assert heading_of(refused) == heading
    assert heading_of(rp.browser.get("/signin")) == "เข้าสู่ระบบ", "for that request alone"


def test_the_person_s_own_switch_wins_over_the_system_s_wish(rp: RelyingParty, clerk: Holder) -> None:
    page = rp.browser.get(rp.authorize(ui_locales="en", prompt="login").location)
    switched = submit(rp.browser, page, {"language": "th"}, action="/language")
    page = rp.browser.get(switched.location)
    assert heading_of(page) == "เข้าสู่ระบบ"
    sign_in(rp.app, rp.browser, clerk.account_id)
    assert "code" in returned(rp.browser.get(next_of(switched.location))), "the request itself is the same"


@pytest.mark.parametrize("path", ["/signin?next=//[&ui_locales=en", "/signin?next=/x?next=http://["])
def test_odd_addresses_to_come_are_no_error(rp: RelyingParty, path: str) -> None:
    page = rp.browser.get(path)
    assert page.status_code == 200
    assert submit(rp.browser, page, {"language": "th"}, action="/language").status_code == 303


def test_a_request_may_be_posted_and_unknown_wishes_are_ignored(here: RelyingParty) -> None:
    wishes = {"display": "popup", "claims_locales": "se", "ui_locales": "se", "foo": "bar", "login_hint": "buffy@op"}
    posted = here.app.test_client().post("/authorize", data=here.request(**wishes))
    assert "code" in returned(here.browser.get(posted.location))
    for display in ("page", "popup", "touch", "wap", "hologram"):
        assert "code" in returned(here.authorize(display=display))


def test_words_of_prompt_that_cannot_stand_together_are_refused(here: RelyingParty) -> None:
    for prompt in ("none create", "none login", "create typo"):
        answer = returned(here.browser.get(f"/authorize?{urlencode(here.request(prompt=prompt))}"))
        assert answer["error"] == "invalid_request"


def test_who_signs_in_for_the_first_time_is_not_told_again(rp: RelyingParty) -> None:
    assert "เข้าสู่ระบบอีกครั้ง" not in text_of(rp.browser.get(rp.authorize(prompt="login").location))
    for nobody in ("nobody", "<b>", "x" * 3000):
        page = rp.browser.get("/signin", query_string={"again": "1", "client": nobody})
        assert page.status_code == 200
        assert "เข้าสู่ระบบอีกครั้ง" not in text_of(page)
