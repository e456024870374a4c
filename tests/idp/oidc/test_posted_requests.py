"""A request that the browser posts is answered like one in the address, and leaves nothing of itself in any address."""

from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from idp.database import db
from idp.oidc.authorize import posted_requests
from idp.oidc.store.jobs import sweep
from idp.oidc.store.models import PostedRequest
from tests.browsing import submit, text_of
from tests.idp.oidc.relying_party import SIGNED_OUT, Holder, RelyingParty, is_error_page, register, returned, sign_in
from thai_web import clock

TELLING = (
    "id_token_hint",
    "login_hint",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "prompt",
)


def post(rp: RelyingParty, **wishes: str | None) -> TestResponse:
    """As a form of the system does it: from another site, so without our cookies."""
    return rp.app.test_client().post("/authorize", data=rp.request(**wishes))


def tells_nothing(response: TestResponse) -> str:
    """The address to which a redirect within the provider leads, checked through and through, with those in it."""
    assert response.status_code == 303
    address = response.location
    assert address.startswith("/")
    waiting = [address]
    while waiting:
        names = dict(parse_qsl(urlsplit(waiting.pop()).query))
        assert not set(TELLING) & set(names), names
        waiting += [value for name, value in names.items() if name == "next"]
    return address


def kept(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(PostedRequest))
        db.session.rollback()
        return int(count or 0)


@pytest.mark.attack(124)
def test_a_posted_request_is_answered_and_stands_in_no_address(rp: RelyingParty) -> None:
    hint = rp.tokens()["id_token"]
    address = tells_nothing(post(rp, id_token_hint=hint, login_hint="somjai.k", prompt="none"))
    answer = returned(rp.browser.get(address))
    assert answer["state"] == "s" * 128
    assert rp.redeem(answer["code"]).status_code == 200


@pytest.mark.attack(124)
def test_nor_in_one_of_the_pages_on_its_way(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    register(app, client_id="asking", client_name="ระบบของหน่วยงานอื่น", profile="standard", owner_unit="P67")
    asking = RelyingParty(app, rp.browser, client_id="asking")
    sign_in_page = tells_nothing(asking.browser.get(tells_nothing(post(asking, prompt="login select_account consent"))))
    assert urlsplit(sign_in_page).path == "/signin"
    sign_in(app, asking.browser, clerk.account_id)
    consent = tells_nothing(asking.browser.get(parse_qs(urlsplit(sign_in_page).query)["next"][0]))
    page = asking.browser.get(consent)
    assert "ระบบของหน่วยงานอื่น" in text_of(page)
    assert "code" in returned(submit(asking.browser, page, {"decision": "allow"}, action="/consent"))


def test_a_choice_of_account_goes_on_with_it(rp: RelyingParty) -> None:
    page = rp.browser.get(tells_nothing(rp.browser.get(tells_nothing(post(rp, prompt="select_account")))))
    chosen = submit(rp.browser, page, {"decision": "continue"}, action="/select-account")
    assert "code" in returned(rp.browser.get(tells_nothing(chosen)))


def test_an_account_that_was_offered_is_not_offered_again(app: Flask, rp: RelyingParty) -> None:
    offered = tells_nothing(rp.browser.get(tells_nothing(post(rp, prompt="create"))))
    assert urlsplit(offered).path == "/register"
    assert "code" in returned(rp.browser.get(parse_qs(urlsplit(offered).query)["next"][0]))


def test_how_pages_look_stays_in_the_persons_hands(app: Flask, rp: RelyingParty) -> None:
    address = tells_nothing(post(RelyingParty(app, app.test_client()), ui_locales="en", prompt="login"))
    assert dict(parse_qsl(urlsplit(address).query))["ui_locales"] == "en"


def test_a_request_that_goes_nowhere_is_not_kept(app: Flask, rp: RelyingParty) -> None:
    assert is_error_page(post(rp, client_id="nobody"), "client_id is not registered")
    assert is_error_page(post(rp, redirect_uri="https://evil.example/"), "redirect_uri is not registered")
    assert is_error_page(post(rp, state="x" * posted_requests.LONGEST), "the request is too long")
    assert is_error_page(rp.browser.post("/logout", data={"id_token_hint": "x"}), "id_token_hint is not valid")
    assert kept(app) == 0


@pytest.mark.attack(124)
def test_one_address_cannot_fill_the_store(app: Flask, rp: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    from idp.throttle import rules

    monkeypatch.setitem(rules.LIMITS, "request.posted", rules.Limit(free=3, window=rules.HOUR, by_address=True))
    assert [post(rp).status_code for _each in range(5)] == [303, 303, 303, 429, 429]
    assert kept(app) == 3


@pytest.mark.attack(124)
def test_it_waits_for_two_hours_and_a_made_up_reference_leads_nowhere(app: Flask, rp: RelyingParty) -> None:
    address, began = tells_nothing(post(rp)), clock.now()
    for wrong in ("x", "", "a\x00b", "ไทย"):
        assert rp.browser.get("/authorize", query_string={posted_requests.REFERENCE: wrong}).status_code == 400
    with time_machine.travel(began + timedelta(minutes=119)):
        assert urlsplit(rp.browser.get(address).location).path == "/signin", "the sign-in ended, the request waits"
    with time_machine.travel(began + timedelta(hours=2)):
        page = rp.browser.get(address)
        assert is_error_page(page, "the request has expired")
        with app.app_context():
            assert sweep() >= 1
            db.session.commit()
    assert kept(app) == 0


@pytest.mark.attack(124)
def test_nothing_in_an_address_changes_what_was_posted(rp: RelyingParty) -> None:
    address = tells_nothing(post(rp))
    for change in ("redirect_uri=https://evil.example/", "client_id=other", "state=other"):
        assert is_error_page(rp.browser.get(f"{address}&{change}"), "a parameter is repeated")


@pytest.mark.attack(124)
def test_a_posted_sign_out_stands_in_no_address_either(rp: RelyingParty) -> None:
    values = {"id_token_hint": rp.tokens()["id_token"], "post_logout_redirect_uri": SIGNED_OUT, "state": "bye"}
    address = tells_nothing(rp.app.test_client().post("/logout", data=values))
    page = rp.browser.get(address)
    left = submit(rp.browser, page, {"decision": "confirm"}, action="/logout/confirm")
    assert left.location == f"{SIGNED_OUT}?state=bye"
