"""Attacks on federation: each must fail, and leave everybody else's way as it was."""

import threading
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from sqlalchemy import select

from idp.database import db
from idp.thaid.models import ThaIDState
from idp.thaid.rules import Intent, ThaIDIdentity
from tests.browsing import text_of
from tests.idp.thaid.conftest import Journey
from tests.people import CLERK, UNIT_ADMIN
from tests.waiting import LONGEST
from thai_web import clock
from thai_web.refusal import Refusal

STATE_WORDS = "หมดเวลา ใช้ไปแล้ว หรือเริ่มจากเบราว์เซอร์อื่น"


def _rows(journey: Journey) -> list[tuple[Any, ...]]:
    with journey.app.app_context():
        return [tuple(row) for row in db.session.execute(select(*ThaIDState.__table__.columns))]


# 11: states


@pytest.mark.parametrize("query", ["", "state=", "state=unknown", "state=unknown&error=user_denied"])
@pytest.mark.attack(11)
def test_a_callback_without_a_known_state_is_refused(stored_journey: Journey, query: str) -> None:
    stored_journey.leave()
    before = _rows(stored_journey)
    page = stored_journey.client.get(f"/thaid/callback?code=abc&{query}")
    assert page.status_code == 410
    assert STATE_WORDS in text_of(page)
    assert _rows(stored_journey) == before
    assert stored_journey.world.calls["token"] == 0


@pytest.mark.attack(11)
def test_a_state_that_is_no_text_is_refused_before_it_is_looked_up(stored_journey: Journey) -> None:
    stored_journey.leave()
    before = _rows(stored_journey)
    assert stored_journey.client.get("/thaid/callback?code=abc&state=%00").status_code == 400
    assert _rows(stored_journey) == before
    assert stored_journey.world.calls["token"] == 0


@pytest.mark.parametrize("callback", ["without_state", "wrong_state"])
@pytest.mark.attack(11)
def test_a_state_that_thaid_lost_or_changed_is_refused(journey: Journey, callback: str) -> None:
    journey.switch(callback=callback)
    assert journey.come_back().status_code == 410


@pytest.mark.attack(11)
def test_a_state_given_twice_counts_as_missing(journey: Journey) -> None:
    path = journey.confirm(journey.leave())
    assert journey.client.get(f"{path}&state=another").status_code == 410


@pytest.mark.attack(11)
def test_a_state_serves_once_and_a_reload_says_so(stored_journey: Journey) -> None:
    path = stored_journey.confirm(stored_journey.leave())
    landing = stored_journey.client.get(path).location
    assert stored_journey.client.get(path).status_code == 410
    assert stored_journey.arrive(landing).national_id == CLERK.national_id, "the reload did not disturb the first"


@pytest.mark.attack(11)
def test_a_state_dies_after_ten_minutes(journey: Journey) -> None:
    journey.switch(code_seconds=3600)
    path = journey.confirm(journey.leave())
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        assert journey.client.get(path).status_code == 410


@pytest.mark.attack(11)
def test_two_callbacks_with_one_state_at_the_same_instant_let_one_in(stored_journey: Journey) -> None:
    journey = stored_journey
    path = journey.confirm(journey.leave())
    cookie = journey.client.get_cookie("idp_thaid")
    assert cookie is not None
    start, answers = threading.Barrier(2), []

    def call() -> None:
        client = journey.app.test_client()
        client.set_cookie("idp_thaid", cookie.value)
        start.wait()
        answers.append(client.get(path).status_code)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 410]
    assert journey.world.calls["token"] == 1


@pytest.mark.attack(11)
def test_another_browsers_state_is_worth_nothing_and_stays_alive_for_its_own(stored_journey: Journey) -> None:
    path = stored_journey.confirm(stored_journey.leave())
    thief, stranger = stored_journey.another(), stored_journey.another()
    thief.leave()  # has a cookie, but another
    for other in (thief, stranger):
        assert other.client.get(path).status_code == 410
    assert stored_journey.arrive(stored_journey.client.get(path).location).national_id == CLERK.national_id


@pytest.mark.parametrize(
    ("intent", "about_id"), [(Intent.SIGN_IN, None), (Intent.RENEW, 7), (Intent.REGISTER, 8), (Intent.REGISTER, None)]
)
@pytest.mark.attack(11)
def test_a_state_made_for_one_purpose_cannot_be_used_for_another(
    stored_journey: Journey, intent: Intent, about_id: int | None
) -> None:
    journey = stored_journey
    landing = journey.come_back(intent=Intent.REGISTER, about_id=7).location
    assert landing.startswith("/register/thaid?thaid=")
    with pytest.raises(Refusal) as refused:
        journey.arrive(landing, intent, about_id)
    assert refused.value.status == 410
    assert journey.arrive(landing, Intent.REGISTER, 7).national_id == CLERK.national_id


# 12: error callbacks


@pytest.mark.attack(12)
def test_an_error_callback_with_a_bad_state_changes_nothing(stored_journey: Journey) -> None:
    path = stored_journey.confirm(stored_journey.leave())
    before = _rows(stored_journey)
    for forged in ("/thaid/callback?error=user_denied", "/thaid/callback?error=user_denied&state=guess"):
        assert stored_journey.client.get(forged).status_code == 410
    assert _rows(stored_journey) == before
    assert stored_journey.client.get(path).status_code == 303


# 13: two tabs


@pytest.mark.attack(13)
def test_two_tabs_at_once_both_end_well_in_either_order(stored_journey: Journey) -> None:
    journey = stored_journey
    first = journey.leave(path="/signin/thaid?next=%2Fhome")
    second = journey.leave(Intent.RECOVER)
    one, two = journey.confirm(first), journey.confirm(second, UNIT_ADMIN.national_id)
    landing_two, landing_one = journey.client.get(two).location, journey.client.get(one).location
    assert landing_one.startswith("/signin/thaid?next=%2Fhome&thaid=")
    assert journey.arrive(landing_one).national_id == CLERK.national_id
    assert journey.arrive(landing_two, Intent.RECOVER).national_id == UNIT_ADMIN.national_id


# 14: forced linking


@pytest.mark.attack(14)
def test_a_victim_driven_through_the_attackers_callback_gets_nothing(stored_journey: Journey) -> None:
    attacker, victim = stored_journey, stored_journey.another()
    path = attacker.confirm(attacker.leave(Intent.RENEW, about_id=1), UNIT_ADMIN.national_id)
    victim.leave(Intent.RENEW, about_id=2)
    assert victim.client.get(path).status_code == 410


@pytest.mark.attack(14)
def test_an_identity_that_arrived_cannot_be_taken_from_another_browser(stored_journey: Journey) -> None:
    landing = stored_journey.come_back().location
    other = stored_journey.another()
    other.leave()
    with pytest.raises(Refusal):
        other.arrive(landing)
    assert stored_journey.arrive(landing).national_id == CLERK.national_id


def test_an_identity_is_taken_once_and_then_gone(stored_journey: Journey) -> None:
    landing = stored_journey.come_back().location
    stored_journey.arrive(landing)
    assert not _rows(stored_journey)
    with pytest.raises(Refusal):
        stored_journey.arrive(landing)


def test_two_takers_at_the_same_instant_are_one(stored_journey: Journey) -> None:
    landing = stored_journey.come_back().location
    start, found = threading.Barrier(2), []

    def take() -> None:
        start.wait()
        try:
            found.append(stored_journey.arrive(landing))
        except Refusal as refusal:
            found.append(refusal)

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(each).__name__ for each in found) == ["ThaIDIdentity", "ThaIDRefused"]


def test_an_identity_nobody_fetched_dies_after_five_minutes(journey: Journey) -> None:
    landing = journey.come_back().location
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)), pytest.raises(Refusal):
        journey.arrive(landing)


def test_a_state_that_has_not_come_back_holds_nobody(journey: Journey) -> None:
    state = parse_qs(urlsplit(journey.leave()).query)["state"][0]
    with pytest.raises(Refusal):
        journey.arrive(f"/signin/thaid?thaid={state}")


# 15: ID tokens


@pytest.mark.parametrize(
    "fault",
    [
        "missing",
        "malformed",
        "expired",
        "from_the_future",
        "old",
        "wrong_key",
        "unknown_kid",
        "without_kid",
        "alg_none",
        "hs256",
        "wrong_issuer",
        "wrong_audience",
        "wrong_azp",
    ],
)
@pytest.mark.attack(15)
def test_an_id_token_that_fails_a_check_lets_nobody_in(journey: Journey, fault: str) -> None:
    journey.switch(id_token=fault)
    page = journey.come_back()
    assert page.status_code == 400
    assert "ข้อมูลที่ได้รับจาก ThaID ไม่ถูกต้อง" in text_of(page)
    assert [row.sealed for row in _states(journey)] == [None]


def _states(journey: Journey) -> list[ThaIDState]:
    with journey.app.app_context():
        return list(db.session.scalars(select(ThaIDState)))


@pytest.mark.parametrize("skew", [3600, -3600])
@pytest.mark.attack(15)
def test_a_clock_that_is_an_hour_off_is_not_followed(journey: Journey, skew: int) -> None:
    journey.switch(clock_skew=skew)
    assert journey.come_back().status_code == 400


@pytest.mark.attack(15)
def test_a_storm_of_unknown_keys_is_one_fetch_a_minute(journey: Journey) -> None:
    journey.identity()
    journey.switch(id_token="unknown_kid")
    for _ in range(4):
        assert journey.come_back().status_code == 400
    assert journey.world.calls["jwks"] == 2
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        journey.come_back()
        assert journey.world.calls["jwks"] == 3
        journey.switch(id_token="right")
        assert journey.identity().national_id == CLERK.national_id


@pytest.mark.attack(15)
def test_a_discovery_document_of_another_issuer_is_not_believed(journey: Journey) -> None:
    journey.switch(discovery="wrong_issuer")
    with pytest.raises(Refusal) as refused:
        journey.leave()
    assert refused.value.status == 503


@pytest.mark.attack(15)
def test_a_code_of_another_sign_in_is_found_out_by_its_nonce(journey: Journey) -> None:
    """Code injection: PKCE would stop it, if ThaID knew PKCE."""
    stolen = journey.another()
    code = parse_qs(urlsplit(stolen.confirm(stolen.leave())).query)["code"][0]
    own = parse_qs(urlsplit(journey.leave()).query)["state"][0]
    assert journey.client.get(f"/thaid/callback?code={code}&state={own}").status_code == 400
    assert journey.world.calls["token"] == 1


# 16: what the person is


@pytest.mark.parametrize(
    ("switches", "status"),
    [
        ({"sub": "other_pid"}, 400),
        ({"pid": "wrong_check_digit"}, 400),
        ({"ial": "1.1"}, 403),
        ({"ial": "2.0"}, 403),
        ({"pid": "absent"}, 503),
        ({"names": "absent"}, 503),
        ({"ial": ""}, 503),
    ],
)
@pytest.mark.attack(16)
def test_a_person_who_is_not_proven_enough_is_refused(journey: Journey, switches: dict[str, Any], status: int) -> None:
    journey.switch(**switches)
    assert journey.come_back().status_code == status


def test_a_scope_that_dopa_took_away_is_shown_by_dopa_and_by_nobody_here(journey: Journey) -> None:
    next(iter(journey.world.clients.values())).scopes.remove("ial")
    answer = requests.get(journey.leave(), allow_redirects=False, timeout=LONGEST)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


# 17: half-made things


@pytest.mark.attack(17)
def test_a_failure_at_any_point_leaves_no_identity_behind(journey: Journey) -> None:
    for where in ("token", "jwks"):
        journey.configure()
        path = journey.confirm(journey.leave())
        journey.switch(outage="down", outage_at=where)
        assert journey.client.get(path).status_code == 503
        journey.switch(outage="none")
        assert journey.client.get(path).status_code == 410, "the state was spent before the call"
    assert [row.sealed for row in _states(journey)] == [None, None]


def test_the_identity_lies_encrypted_in_its_own_row(journey: Journey) -> None:
    journey.come_back()
    row = _states(journey)[0]
    assert row.sealed is not None
    assert CLERK.national_id.encode() not in row.sealed
    assert isinstance(journey.identity(), ThaIDIdentity)
