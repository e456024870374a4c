"""Back-channel logout: every system that knew of a sign-in is told of its end, whatever ended it."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select, update

from idp.accounts import operations as accounts
from idp.clients.metadata import read_metadata
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Client
from idp.database import db
from idp.oidc.logout import backchannel
from idp.oidc.store import jobs
from idp.oidc.store.models import LogoutDelivery
from idp.signin import jobs as ending
from idp.signin import operations as signin
from idp.signin.models import SignInSession
from idp.units import operations as units
from tests import factories
from tests.browsing import submit, text_of
from tests.factories import appoint_first, open_person
from tests.idp.oidc.relying_party import ISSUER, Holder, RelyingParty, open_account, register, sign_in
from tests.people import DLA_OFFICER
from tests.serving import serving
from tests.waiting import LONGEST
from thai_web import clock


@dataclass
class System:
    """A connected system's logout endpoint."""

    address: str = ""
    answers: int = 200
    heard: list[str] = field(default_factory=list)


@pytest.fixture
def system() -> Iterator[System]:
    found, endpoint = System(), Flask("system")

    @endpoint.post("/logout")
    def logout() -> tuple[str, int]:
        assert list(request.form) == ["logout_token"]
        found.heard.append(request.form["logout_token"])
        return "", found.answers

    with serving(endpoint) as port:
        found.address = f"http://127.0.0.1:{port}/logout"
        yield found


@pytest.fixture
def clerk(app: Flask, system: System) -> Holder:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outbound_hosts=("127.0.0.1",))
    register(app, backchannel_logout_uri=system.address, backchannel_logout_session_required=True)
    return open_account(app)


def work(app: Flask, **later: float) -> int:
    """What the worker does, at a later time perhaps."""
    with time_machine.travel(clock.now() + timedelta(**later), tick=False), app.app_context():
        ending.end_what_is_over()
        db.session.commit()
        backchannel.queue_ended()
        db.session.commit()
        return backchannel.deliver_due()


def sign_out(rp: RelyingParty) -> None:
    submit(rp.browser, rp.browser.get("/home"), {}, action="/signout")


def verified(rp: RelyingParty, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_json(rp.app.test_client().get("/jwks").text)
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == ("RS256", "logout+jwt")
    return jwt.decode(token, keys[header["kid"]], algorithms=["RS256"], audience=rp.client_id, issuer=ISSUER)


def test_signing_out_tells_the_system_who_and_which_session(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System
) -> None:
    told = rp.verify(rp.tokens()["id_token"])
    assert work(app) == 0
    sign_out(rp)
    assert work(app) == 1
    claims = verified(rp, system.heard[0])
    assert (claims["sub"], claims["sid"]) == (clerk.subject, told["sid"])
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in claims
    assert claims["exp"] - claims["iat"] <= 120
    assert len(claims["jti"]) >= 20
    assert work(app, days=1) == 0
    assert len(system.heard) == 1, "once"


def _suspend(rp: RelyingParty, clerk: Holder) -> None:
    with rp.app.test_request_context(method="POST"):
        accounts.suspend(accounts.get(clerk.account_id), "สอบสวน")
        db.session.commit()


def _recover(rp: RelyingParty, clerk: Holder) -> None:
    with rp.app.test_request_context(method="POST"):
        signin.end_all_sessions(clerk.account_id, "recovered")
        db.session.commit()


def _nothing(rp: RelyingParty, clerk: Holder) -> None:
    """Time alone."""


def _leave_from_elsewhere(rp: RelyingParty, clerk: Holder) -> None:
    """“Sign out everywhere else”, at another computer."""
    other = rp.app.test_client()
    sign_in(rp.app, other, clerk.account_id)
    assert submit(other, other.get("/home/sign-ins"), {}, action="/end-others").status_code == 303


def _switch(rp: RelyingParty, clerk: Holder) -> None:
    """To another office of hers: the sign-in goes on under another `sid`."""
    with rp.app.test_request_context(method="POST"):
        office = units.find("P67")
        assert office
        second = accounts.begin_posting(accounts.get(clerk.account_id), office.id, "ช่วยราชการ", clock.today()).id
        db.session.commit()
    browser = rp.app.test_client()
    sign_in(rp.app, browser, clerk.account_id)
    for posting_id in (clerk.posting_id, second):
        assert submit(browser, browser.get("/signin/posting"), {"posting": str(posting_id)}).status_code == 303
        if posting_id == clerk.posting_id:
            RelyingParty(rp.app, browser).tokens()


@pytest.mark.attack(39)
@pytest.mark.parametrize(
    ("act", "later", "told"),
    [
        (_suspend, 0, 1),
        (_recover, 0, 1),
        (_leave_from_elsewhere, 0, 1),
        (_switch, 0, 1),
        (_nothing, 0, 0),
        (_nothing, 61, 1),
        (_nothing, 13 * 60, 1),
    ],
)
def test_whatever_ends_a_session_is_told(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System, act: Any, later: int, told: int
) -> None:
    rp.tokens()
    act(rp, clerk)
    assert work(app, minutes=later) == told
    assert len(system.heard) == told


def test_who_never_got_tokens_or_named_no_address_hears_nothing(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System
) -> None:
    register(app, client_id="silent", client_name="ระบบเงียบ")
    silent = RelyingParty(app, rp.browser, client_id="silent")
    silent.tokens()
    rp.code()  # never redeemed
    sign_out(rp)
    assert work(app) == 0
    assert system.heard == []


def test_a_system_that_fails_is_tried_again_and_at_last_given_up(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System
) -> None:
    rp.tokens()
    sign_out(rp)
    system.answers = 503
    assert work(app) == 0
    assert work(app) == 0
    assert len(system.heard) == 1, "not before its time"
    passed = timedelta(0)
    for wait in backchannel.RETRY_AFTER:
        passed += wait + timedelta(seconds=1)
        assert work(app, seconds=passed.total_seconds()) == 0
    assert len(system.heard) == 1 + len(backchannel.RETRY_AFTER)
    with app.app_context():
        [delivery] = db.session.scalars(select(LogoutDelivery))
        assert (delivery.state, delivery.result) == ("FAILED", "answered 503")
    assert work(app, days=9) == 0


def test_a_system_that_is_back_is_told_after_all(app: Flask, rp: RelyingParty, clerk: Holder, system: System) -> None:
    rp.tokens()
    sign_out(rp)
    system.answers = 500
    work(app)
    system.answers = 204
    assert work(app, minutes=2) == 1


@pytest.mark.attack(39)
def test_one_that_does_not_answer_is_asked_once_a_turn_and_holds_up_nobody(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System, unused_port: int
) -> None:
    register(
        app, client_id="dead", client_name="ระบบล่ม", backchannel_logout_uri=f"http://127.0.0.1:{unused_port}/logout"
    )
    for _ in range(2):
        browser = app.test_client()
        sign_in(app, browser, clerk.account_id)
        for client_id in ("dead", "rp"):
            RelyingParty(app, browser, client_id=client_id).tokens()
        sign_out(RelyingParty(app, browser))
    assert work(app) == 2
    with app.app_context():
        attempts = select(LogoutDelivery.attempts).where(LogoutDelivery.state == "QUEUED")
        assert sorted(db.session.scalars(attempts)) == [0, 1]


@pytest.mark.attack(39, 40)
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.7", "169.254.169.254", "[::ffff:127.0.0.1]"]
)
def test_an_address_inside_our_own_network_is_not_called(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System, host: str
) -> None:
    """Not even where a registration of older days or a hand in the database put it there."""
    rp.tokens()
    sign_out(rp)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outbound_hosts=())
    port = system.address.split(":")[-1]
    with app.app_context():
        db.session.execute(update(Client).values(backchannel_logout_uri=f"http://{host}:{port}"))
        db.session.commit()
    assert work(app) == 0
    assert system.heard == []
    with app.app_context():
        [delivery] = db.session.scalars(select(LogoutDelivery))
        assert "is not a public address" in delivery.result
        assert delivery.state == "QUEUED", "it is tried again: DLA may have named the host by then"


def test_dla_reads_what_became_of_the_logouts_and_a_clerk_does_not(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System
) -> None:
    rp.tokens()
    sign_out(rp)
    system.answers = 503
    work(app)
    with app.app_context():
        open_person(DLA_OFFICER)
        appoint_first(DLA_OFFICER)
    officer, other = app.test_client(), app.test_client()
    factories.sign_in(officer, DLA_OFFICER)
    page_of_it = re.findall(r"/clients/\d+(?=\")", officer.get("/clients").text)[0]
    address = re.findall(r"/clients/\d+/logouts", officer.get(page_of_it).text)[0]
    page = text_of(officer.get(address))
    assert "รอแจ้ง" in page
    assert "ผลครั้งล่าสุด: ปลายทางตอบด้วยรหัส 503" in page
    assert officer.get("/clients/4711/logouts").status_code == 404
    sign_in(app, other, clerk.account_id)
    assert other.get(address).status_code == 403


def test_the_page_says_which_setting_lets_a_host_inside_be_called(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System
) -> None:
    rp.tokens()
    sign_out(rp)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outbound_hosts=())
    assert work(app) == 0
    with app.app_context():
        open_person(DLA_OFFICER)
        appoint_first(DLA_OFFICER)
        [client_pk] = db.session.scalars(select(Client.id))
    officer = app.test_client()
    factories.sign_in(officer, DLA_OFFICER)
    told = "เพิ่ม 127.0.0.1 ในค่า IDP_OUTBOUND_HOSTS แล้วเริ่มระบบกลางใหม่"
    assert told in text_of(officer.get(f"/clients/{client_pk}/logouts"))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outbound_hosts=("127.0.0.0/8",))
    assert work(app, minutes=2) == 1
    assert told not in text_of(officer.get(f"/clients/{client_pk}/logouts"))


def test_what_was_told_is_kept_as_long_as_traffic_and_then_swept(
    app: Flask, rp: RelyingParty, clerk: Holder, system: System
) -> None:
    rp.tokens()
    sign_out(rp)
    work(app)
    kept = app.config["SETTINGS"].retention_days
    for days, rows in ((kept - 1, 1), (kept + 1, 0)):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False), app.app_context():
            jobs.sweep()
            db.session.commit()
            assert len(list(db.session.scalars(select(LogoutDelivery)))) == rows


def test_two_workers_tell_once(app: Flask, rp: RelyingParty, clerk: Holder, system: System) -> None:
    rp.tokens()
    sign_out(rp)
    gate = threading.Barrier(2)

    def worker() -> None:
        with app.app_context():
            gate.wait(LONGEST)
            backchannel.deliver_due()
            db.session.remove()

    with app.app_context():
        backchannel.queue_ended()
        db.session.commit()
    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert len(system.heard) == 1


def test_what_is_over_is_marked_as_ended_with_its_reason(app: Flask, rp: RelyingParty, clerk: Holder) -> None:
    other = app.test_client()
    sign_in(app, other, clerk.account_id)
    work(app, minutes=61)
    with app.app_context():
        assert set(db.session.scalars(select(SignInSession.end_reason))) == {"expired"}


@pytest.mark.parametrize(
    "uri", ["http://rp.example.go.th/logout", "https://rp.example.go.th/logout#x", "javascript:alert(1)", "/logout"]
)
def test_an_address_that_cannot_be_told_is_refused(uri: str) -> None:
    given = {"client_id": "rp", "redirect_uris": ["https://rp.example.go.th/cb"], "backchannel_logout_uri": uri}
    with pytest.raises(MetadataError) as refused:
        read_metadata(given)
    assert refused.value.member == "backchannel_logout_uri"


def test_discovery_says_so(client: FlaskClient) -> None:
    told = client.get("/.well-known/openid-configuration").get_json()
    assert told["backchannel_logout_supported"] is True
    assert told["backchannel_logout_session_supported"] is True
