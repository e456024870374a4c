"""The way to a running ThaID and back, with every peculiarity that ThaID is known or feared to have."""

import logging
import threading
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, uuid5

import pytest
import requests
import time_machine
from sqlalchemy import select

from idp import outbound
from idp.audit.models import TrafficEvent
from idp.database import db
from idp.thaid import operations
from idp.thaid.rules import BirthDate, Intent
from tests.browsing import text_of
from tests.factories import open_person, sign_in
from tests.idp.test_outbound import drip, speaking
from tests.idp.thaid.conftest import Journey
from tests.people import CLERK, UNIT_ADMIN, fictional_national_id
from tests.waiting import LONGEST
from thai_web import clock
from thai_web.refusal import Refusal

UNAVAILABLE = "เข้าสู่ระบบด้วยชื่อผู้ใช้และรหัสผ่านได้ตามปกติ"
EVERYTHING = (
    "openid pid title given_name middle_name family_name given_name_en family_name_en name birthdate address ial"
)


def test_a_person_comes_back_with_her_name_number_and_assurance(journey: Journey) -> None:
    found = journey.identity()
    assert (found.national_id, found.title, found.given_name, found.family_name, found.ial) == (
        CLERK.national_id,
        CLERK.title,
        CLERK.given_name,
        CLERK.family_name,
        (2, 3),
    )


def test_every_attribute_is_read_when_it_is_asked_for(journey: Journey) -> None:
    journey.configure(thaid_scopes=EVERYTHING)
    found = journey.identity(fictional_national_id(901))
    assert (found.middle_name, found.given_name_en, found.birth_date) == ("กลางใจ", "Thotsop", BirthDate(1985, 4, 13))
    assert found.address.endswith("จังหวัดสมมุติ")


def test_the_request_is_what_dopas_manual_asks_for(journey: Journey) -> None:
    parts = urlsplit(journey.leave())
    query = parse_qs(parts.query)
    assert parts.path == "/api/v2/oauth2/auth/"
    assert query["redirect_uri"] == ["http://localhost:8000/thaid/callback"]
    assert "%20" in parts.query
    assert "+" not in parts.query
    assert len(query["state"][0]) <= 64
    assert query["code_challenge_method"] == ["S256"]
    assert query["nonce"]


@pytest.mark.parametrize(
    "switches",
    [
        {"expiry_spelling": "expire_in"},
        {"expiry_is_absolute": False},
        {"refresh_token": False},
        {"inline_attributes": True},
        {"audience": "list"},
        {"sub": "pairwise"},
        {"pid": "with_dashes"},
        {"aliases": "snake"},
        {"aliases": "version_1"},
        {"middle_name": "null"},
        {"middle_name": "absent"},
        {"names": "only_full"},
        {"address": "raw"},
        {"address": "text"},
        {"birthdate": "buddhist"},
        {"birthdate": "year"},
        {"birthdate": "year_zeros"},
        {"birthdate": "month_zero"},
        {"id_token": "issuer_with_slash"},
        {"clock_skew": 50},
        {"clock_skew": -50},
        {"revocation_wants": "bearer"},
        {"revocation_wants": "bare"},
        {"discovery": "absent"},
        {"discovery": "without_slashes"},
        {"without_slash": "redirect"},
        {"ial": "2.1"},
    ],
)
def test_a_peculiarity_of_thaid_does_not_stop_anybody(journey: Journey, switches: dict[str, Any]) -> None:
    journey.configure(thaid_scopes=EVERYTHING)
    journey.switch(**switches)
    found = journey.identity()
    assert (found.national_id, found.given_name, found.family_name) == (
        CLERK.national_id,
        CLERK.given_name,
        CLERK.family_name,
    )


@pytest.mark.parametrize("form", ["iso", "buddhist"])
def test_the_era_of_a_birth_date_does_not_change_it(journey: Journey, form: str) -> None:
    journey.configure(thaid_scopes=EVERYTHING)
    journey.switch(birthdate=form)
    assert journey.identity(fictional_national_id(902)).birth_date == BirthDate(1960, 2, 29)


def test_without_the_scope_openid_the_attributes_stand_beside_the_token(journey: Journey) -> None:
    journey.configure(thaid_scopes="pid given_name family_name ial")
    assert journey.identity().given_name == CLERK.given_name


def test_a_missing_nonce_is_a_matter_of_the_setting_and_a_wrong_one_never_is(journey: Journey) -> None:
    journey.switch(nonce="omit")
    assert journey.come_back().status_code == 400
    journey.configure(thaid_require_nonce=False)
    assert journey.identity().national_id == CLERK.national_id
    journey.switch(nonce="wrong")
    assert journey.come_back().status_code == 400


def test_an_audience_that_is_not_the_client_id_has_to_be_named(journey: Journey) -> None:
    journey.switch(audience="uuid")
    assert journey.come_back().status_code == 400
    uuid = str(uuid5(NAMESPACE_URL, next(iter(journey.world.clients))))
    journey.configure(thaid_audiences=("another", uuid))
    assert journey.identity().national_id == CLERK.national_id


def test_nothing_of_thaids_tokens_is_kept_and_both_are_given_back(journey: Journey) -> None:
    journey.identity()
    assert not journey.world.tokens
    assert len(journey.world.revoked) == 2


def test_tokens_are_given_back_also_when_the_person_is_refused(journey: Journey) -> None:
    journey.switch(ial="1.1")
    assert journey.come_back().status_code == 403
    assert not journey.world.tokens


def test_a_revocation_that_fails_is_not_the_persons_affair(journey: Journey) -> None:
    journey.switch(outage="down", outage_at="revoke")
    assert journey.identity().national_id == CLERK.national_id


def test_rotated_keys_are_fetched_at_the_first_token_that_names_them(journey: Journey) -> None:
    journey.identity()
    journey.world.rotate()
    journey.world.rotate()
    journey.identity()
    assert journey.world.calls["jwks"] == 2


def test_keys_are_asked_for_once_an_hour_and_a_sign_of_life_after_a_minute_of_silence(journey: Journey) -> None:
    start = clock.now()
    for minutes, jwks, discovery in ((0, 1, 1), (0.5, 1, 1), (30, 1, 2), (61, 2, 3)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            journey.identity()
            assert (journey.world.calls["jwks"], journey.world.calls["discovery"]) == (jwks, discovery)


@pytest.mark.attack(17)
def test_nobody_is_sent_to_a_thaid_that_went_down_since(journey: Journey) -> None:
    journey.identity()
    journey.switch(outage="down")
    with time_machine.travel(clock.now() + timedelta(seconds=61)), pytest.raises(Refusal) as refused:
        journey.leave()
    assert refused.value.status == 503


def test_an_api_key_travels_where_dopa_gave_one_out(journey: Journey) -> None:
    journey.configure(thaid_api_key="x-imauth-apikey: key of forty letters")
    assert journey.identity().national_id == CLERK.national_id


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("user_denied", "ไม่ได้ยืนยันตัวตนในแอป ThaID หากกดผิด โปรดเริ่มใหม่อีกครั้ง"),
        ("access_denied", "ไม่ได้ยืนยันตัวตนในแอป ThaID หากกดผิด โปรดเริ่มใหม่อีกครั้ง"),
        ("server_error", UNAVAILABLE),
        ("invalid_scope", UNAVAILABLE),
    ],
)
def test_a_refusal_at_thaid_leads_back_to_where_one_began(journey: Journey, error: str, words: str) -> None:
    journey.switch(denial_error=error)
    address = journey.leave(path="/signin/thaid?next=%2Fhome")
    transaction = journey.ask(address)
    form = {"act": "deny", "same": "1"}
    answer = requests.post(
        f"{journey.world.issuer}/phone/{transaction}/", data=form, allow_redirects=False, timeout=LONGEST
    )
    back = journey.client.get(journey.local(answer))
    assert (back.status_code, back.location) == (303, "/signin?next=%2Fhome"), "what ThaID wrote leaves the address"
    assert words in text_of(journey.client.get(back.location))


@pytest.mark.parametrize("callback", ["code_and_error", "without_code"])
def test_a_callback_without_a_code_or_with_an_error_lets_nobody_in(journey: Journey, callback: str) -> None:
    journey.switch(callback=callback)
    refused = journey.come_back()
    assert (refused.status_code, refused.location) in ((400, None), (303, "/signin"))
    assert journey.world.calls["token"] == 0


def test_what_began_and_never_came_back_is_counted(journey: Journey) -> None:
    for _ in range(3):
        journey.leave()
    done = journey.come_back()
    with time_machine.travel(clock.now() + timedelta(minutes=11)), journey.app.app_context():
        assert operations.sweep() == 4
        db.session.commit()
        counted = db.session.scalars(select(TrafficEvent).where(TrafficEvent.name == "thaid.never_returned")).one()
        assert counted.facts == {"count": 3}
        assert operations.sweep() == 0
    with pytest.raises(Refusal):
        journey.arrive(done.location)


@pytest.mark.parametrize("where", ["discovery", "token", "jwks"])
@pytest.mark.parametrize("outage", ["down", "not_json", "too_many"])
@pytest.mark.attack(17)
def test_thaid_that_is_down_is_said_to_be_down(journey: Journey, where: str, outage: str) -> None:
    journey.switch(outage=outage, outage_at=where)
    if where == "discovery":
        with pytest.raises(Refusal) as refused:
            journey.leave()
        assert (refused.value.status, refused.value.next_step is not None) == (503, True)
        assert UNAVAILABLE in str(refused.value.next_step)
        return
    page = journey.come_back()
    assert page.status_code == 503
    assert UNAVAILABLE in text_of(page)


@pytest.mark.attack(17)
def test_an_unreachable_thaid_is_left_alone_for_a_while_and_tried_again(journey: Journey, unused_port: int) -> None:
    journey.switch(outage="down")
    for _ in range(3):
        with pytest.raises(Refusal):
            journey.leave()
    assert journey.world.calls["discovery"] == 1
    journey.switch(outage="none")
    with time_machine.travel(clock.now() + timedelta(seconds=16)):
        assert journey.identity().national_id == CLERK.national_id
    journey.configure(thaid_issuer=f"http://127.0.0.1:{unused_port}")
    with pytest.raises(Refusal):
        journey.leave()


@pytest.mark.attack(17)
def test_a_slow_thaid_holds_up_nobody_who_signs_in_by_password(stored_journey: Journey) -> None:
    journey = stored_journey
    with journey.app.app_context():
        open_person(CLERK)
    travellers = [journey.another() for _ in range(3)]
    callbacks = [(each.client, each.confirm(each.leave())) for each in travellers]
    journey.switch(outage="slow", outage_at="token", slow_seconds=60)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda client=client, path=path: answers.append(client.get(path).status_code))
        for client, path in callbacks
    ]
    for thread in threads:
        thread.start()
    while not answers:
        time.sleep(0.05)
    # The third found both seats taken and was told at once instead of waiting in another of our threads.
    assert answers == [503]
    assert sign_in(journey.client, CLERK).status_code == 303
    assert answers == [503], "the two others wait still"
    journey.world.hurry.set()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 303, 503]


@pytest.mark.attack(17)
def test_a_thaid_that_drips_is_cut_off_and_then_left_alone_for_a_while(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "LONGEST", 0.5)
    asked: list[object] = []
    said = drip(b"HTTP/1.1 200 OK\r\nX-Header: ", b"x")
    with speaking(lambda connection: (asked.append(connection), said(connection))) as port:
        journey.configure(thaid_issuer=f"http://127.0.0.1:{port}", outbound_hosts=("127.0.0.1",))
        begun = time.monotonic()
        for _ in range(5):
            with pytest.raises(Refusal):
                journey.leave()
    assert time.monotonic() - begun < 5
    assert len(asked) == 1


def test_thaid_is_off_until_it_is_configured(journey: Journey) -> None:
    with journey.app.app_context():
        assert operations.is_offered()
    journey.configure(thaid_client_id="")
    with journey.app.app_context():
        assert not operations.is_offered()
    with pytest.raises(Refusal):
        journey.leave()


def test_the_number_stands_in_no_log_address_or_table(journey: Journey, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = journey.confirm(journey.leave(Intent.REGISTER, about_id=7), UNIT_ADMIN.national_id)
    landing = journey.client.get(path).location
    seen = [path, landing, caplog.text]
    with journey.app.app_context(), db.engine.connect() as connection:
        for table in db.metadata.tables.values():
            if table.name in ("thaid_state", "traffic_event", "audit_event"):
                seen.append(repr(connection.execute(table.select()).all()))
    journey.arrive(landing, Intent.REGISTER, 7)
    journey.switch(pid="wrong_check_digit")
    journey.come_back(UNIT_ADMIN.national_id)
    assert not [text for text in [*seen, caplog.text] if UNIT_ADMIN.national_id[:12] in text]


def test_fictional_numbers_are_refused_where_it_is_real(journey: Journey) -> None:
    journey.configure(environment="production")
    assert journey.come_back().status_code == 400
    assert journey.come_back("1999900000013").status_code == 400
    assert journey.come_back("3100500000001").status_code == 400, "its check digit is wrong"
