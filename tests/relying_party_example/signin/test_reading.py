"""Who only reads is asked about as well, less often: others' data are shown to nobody whose role ended."""

import threading
import time

import pytest
import time_machine
from flask import Flask

from tests.browsing import heading_of, text_of
from tests.relying_party_example.browsing import send
from tests.relying_party_example.conftest import SignIn
from tests.relying_party_example.people import CERTIFIER, CLERK
from tests.relying_party_example.signin.test_decisions import REVIEW, asked, submitted
from tests.relying_party_example.stub_provider import Stub

__all__ = ["submitted"]
MINUTE = 60


@pytest.mark.attack(74)
@pytest.mark.parametrize(
    ("seconds", "is_down", "status", "calls"),
    [
        (0, False, 200, 0),
        (5 * MINUTE - 1, False, 200, 0),
        (5 * MINUTE, False, 200, 1),
        (7 * 60 * MINUTE, False, 200, 1),
        (-60 * MINUTE, False, 200, 1),
        (5 * MINUTE - 1, True, 200, 0),
        (5 * MINUTE, True, 200, 1),
        (15 * MINUTE - 1, True, 200, 1),
        (15 * MINUTE, True, 503, 1),
        (7 * 60 * MINUTE, True, 503, 1),
    ],
)
def test_a_page_rests_on_an_answer_that_is_not_too_old(
    submitted: None,
    clock_set: time_machine.Traveller,
    sign_in: SignIn,
    provider: Stub,
    seconds: int,
    is_down: bool,
    status: int,
    calls: int,
) -> None:
    client = sign_in(CERTIFIER)
    provider.down = is_down
    clock_set.shift(seconds)
    before = len(provider.calls)
    assert client.get(REVIEW).status_code == status
    assert (len(provider.calls) > before) == (calls > 0)


@pytest.mark.attack(74)
def test_who_lost_the_role_reads_nothing_five_minutes_later(
    submitted: None, clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CERTIFIER)
    provider.people["certifier"] = CERTIFIER | {"roles": []}
    clock_set.shift(5 * MINUTE)
    assert client.get(REVIEW).status_code == 403
    assert asked(provider) == 1


@pytest.mark.attack(74)
def test_whose_posting_ended_is_led_to_sign_in_five_minutes_later(
    submitted: None, clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CERTIFIER)
    provider.end("certifier")
    clock_set.shift(5 * MINUTE)
    led = client.get(REVIEW)
    assert (led.status_code, led.headers["Location"]) == (303, "/signin/start?next=/certification/2570-1/670603")


def test_a_page_that_cannot_be_shown_says_why_and_comes_back_with_the_provider(
    submitted: None, clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CERTIFIER)
    provider.down = True
    clock_set.shift(15 * MINUTE)
    refused = client.get(REVIEW)
    assert heading_of(refused) == "ยังเปิดหน้านี้ไม่ได้"
    assert "ติดต่อไม่ได้" in text_of(refused)
    provider.down = False
    assert client.get(REVIEW).status_code == 200


def test_reading_goes_on_without_the_provider_and_deciding_says_why_not(
    submitted: None, clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    client = sign_in(CERTIFIER)
    provider.down = True
    clock_set.shift(14 * MINUTE)
    for path in ("/dashboards/", "/certification/2570-1/", REVIEW, f"{REVIEW}/return", "/periods/2570-1"):
        page = client.get(path)
        assert page.status_code == 200
    typed = {"reason": "ตรวจส่วนที่ 2 อีกครั้ง", "flagged": ["remarks"]}
    refused = send(client, client.get(f"{REVIEW}/return"), typed)
    assert (refused.status_code, heading_of(refused)) == (503, "ยังทำรายการนี้ไม่ได้")
    assert "ติดต่อไม่ได้" in text_of(refused)
    assert "ส่งจังหวัดแล้ว" in text_of(client.get(REVIEW))
    provider.down = False
    assert send(client, refused, {}).status_code == 303
    assert "ตรวจส่วนที่ 2 อีกครั้ง" in text_of(client.get(REVIEW))


@pytest.mark.attack(76)
def test_a_provider_that_does_not_answer_is_not_asked_for_every_page(
    submitted: None, clock_set: time_machine.Traveller, sign_in: SignIn, provider: Stub
) -> None:
    first, second = sign_in(CERTIFIER), sign_in(CLERK)
    provider.down = True
    clock_set.shift(5 * MINUTE)
    before = len(provider.calls)
    for _page in range(3):
        assert first.get("/dashboards/").status_code == 200
        assert second.get("/dashboards/").status_code == 200
    assert len(provider.calls) == before + 1
    clock_set.shift(30)
    first.get("/dashboards/")
    assert len(provider.calls) == before + 2


@pytest.mark.attack(76)
def test_the_pages_of_one_session_at_the_same_instant_ask_once(
    submitted: None, clock_set: time_machine.Traveller, sign_in: SignIn, web: Flask, provider: Stub
) -> None:
    cookie = sign_in(CERTIFIER).get_cookie("info_sid")
    assert cookie is not None
    provider.meanwhile = lambda: time.sleep(0.2)
    clock_set.shift(60 * MINUTE)
    together, seen = threading.Barrier(6), list[int]()

    def open_page() -> None:
        client = web.test_client()
        client.set_cookie("info_sid", cookie.value, domain="localhost")
        together.wait()
        seen.append(client.get(REVIEW).status_code)

    threads = [threading.Thread(target=open_page) for _page in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [200] * 6
    assert asked(provider) == 1
    assert provider.calls.count("/token") == 1
