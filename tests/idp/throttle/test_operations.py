"""An attempt is counted before it is judged; counting is shared, survives a rollback, and forgets."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.database import db
from idp.fast_sql import write_alone
from idp.throttle import operations as throttle
from idp.throttle.models import Attempt
from idp.throttle.operations import Counted
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import Refusal, TooMany

SOMJAI = Counted("recovery.account", "Somjai")


def test_too_many_attempts_are_refused_and_heard_again_after_the_wait(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            throttle.admit("recovery.account", "Somjai")
        with pytest.raises(TooMany):
            throttle.check("recovery.account", "somjai")
        throttle.check("recovery.account", "somebody-else")
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            throttle.check("recovery.account", "somjai")


def test_each_wait_is_longer_than_the_one_before_until_the_window_is_over(app: Flask) -> None:
    began = clock.now()
    with app.app_context():
        for _ in range(5):
            throttle.reserve(SOMJAI)
        passed = timedelta()
        for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
            early = began + passed + timedelta(minutes=minutes - 0.5)
            with time_machine.travel(early, tick=False), pytest.raises(TooMany):
                throttle.reserve(SOMJAI)
            passed += timedelta(minutes=minutes + 0.5)
            with time_machine.travel(began + passed, tick=False):
                throttle.reserve(SOMJAI)
                with pytest.raises(TooMany):
                    throttle.reserve(SOMJAI)
        with time_machine.travel(began + timedelta(hours=24, seconds=5), tick=False):
            for _ in range(5):
                throttle.reserve(SOMJAI)
            with pytest.raises(TooMany):
                throttle.reserve(SOMJAI)


def all_at_once(app: Flask, number: int) -> Counter[str]:
    """So many threads reserve together; what came of it."""
    together, seen = threading.Barrier(number), Counter[str]()

    def try_once() -> None:
        with app.app_context():
            together.wait()
            try:
                throttle.reserve(SOMJAI, Counted("password.address", "203.0.113.9"))
                seen["judged"] += 1
            except TooMany:
                seen["refused"] += 1

    threads = [threading.Thread(target=try_once) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


@pytest.mark.attack(100)
def test_48_at_once_are_five_and_one_at_the_end_of_a_wait(app: Flask) -> None:
    assert all_at_once(app, 48) == {"judged": 5, "refused": 43}
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert all_at_once(app, 48) == {"judged": 1, "refused": 47}
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert all_at_once(app, 48) == {"judged": 5, "refused": 43}
    with app.app_context():
        left = sorted(db.session.query(Attempt.attempts_left).filter(Attempt.attempts_left > 0))
        assert left == [(55,)], "an attempt that was not heard counts nowhere"


def test_a_guess_counts_when_it_is_refused_and_is_given_back_when_not(app: Flask) -> None:
    with app.app_context():
        for _ in range(20):
            with throttle.guess("recovery.account", "somjai"):
                pass
            db.session.commit()  # as the request does whose guess was right
        for _ in range(5):
            with pytest.raises(Refusal, match="ไม่ตรง"), throttle.guess("recovery.account", "somjai"):
                raise Refusal("ไม่ตรง")
        with pytest.raises(TooMany), throttle.guess("recovery.account", "somjai"):
            pytest.fail("it is not judged any more")


def test_what_is_given_back_is_free_again_but_never_more_than_there_was(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            throttle.reserve(SOMJAI)
        for _ in range(9):
            write_alone(*throttle.settling(give_back=[SOMJAI]))
        for _ in range(5):
            throttle.reserve(SOMJAI)
        with pytest.raises(TooMany):
            throttle.reserve(SOMJAI)


def test_attempts_from_one_source_leave_others_free(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            throttle.reserve(Counted("recovery.account", "somjai", "here"))
        with pytest.raises(TooMany):
            throttle.reserve(Counted("recovery.account", "somjai", "here"))
        throttle.reserve(Counted("recovery.account", "somjai", "there"))
        assert list(throttle.blocked("recovery.account", ["somjai", "wilai"])) == ["somjai"]
        throttle.clear("recovery.account", "somjai")
        db.session.commit()
        throttle.reserve(Counted("recovery.account", "somjai", "here"))


@pytest.mark.parametrize("number", [1, 2, 3, 4, 7])
def test_any_number_of_limits_may_be_asked_at_once(app: Flask, number: int) -> None:
    limits = ["recovery.account", "code.sent", "password.account", "registration.further"]
    asked = [(limits[place % 4], f"somjai {place}") for place in range(number)]
    with app.app_context():
        throttle.check(*asked[0], *asked[1:])
        throttle.reserve(*(Counted(*each) for each in asked))
        throttle.check(*asked[0], *asked[1:])
        for _ in range(100):
            try:
                throttle.admit(*asked[-1])
            except TooMany:
                break
        with pytest.raises(TooMany):
            throttle.check(*asked[0], *asked[1:])


def test_one_limit_named_twice_counts_once(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            throttle.reserve(SOMJAI, SOMJAI)
        with pytest.raises(TooMany):
            throttle.reserve(SOMJAI, SOMJAI)


@pytest.mark.attack(45)
def test_a_counted_attempt_survives_the_rollback_of_its_request(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            db.session.connection()
            throttle.reserve(SOMJAI)
            db.session.rollback()
        with pytest.raises(TooMany):
            throttle.reserve(SOMJAI)


def test_counting_never_loses_what_a_request_has_changed_silently(app: Flask) -> None:
    with app.app_context():
        unit = db.session.query(Unit).first()
        assert unit
        unit.name_th = "อบต.ตัวอย่าง"
        with pytest.raises(RuntimeError, match="before anything is changed"):
            throttle.reserve(SOMJAI)


@pytest.mark.attack(45)
@pytest.mark.parametrize("target", [None, ""])
def test_a_limiter_that_cannot_find_its_key_stops_the_request(app: Flask, target: str | None) -> None:
    with app.app_context():
        with pytest.raises(TooMany):
            throttle.check("password.account", target)
        with pytest.raises(TooMany):
            throttle.reserve(Counted("password.address", target))


@pytest.mark.attack(45)
def test_what_is_no_address_stops_what_is_limited_by_address(app: Flask) -> None:
    with app.app_context():
        for rubbish in ("unknown", "999.1.1.1", "_hidden", "<script>", "1.2.3.4, 5.6.7.8"):
            with pytest.raises(TooMany):
                throttle.admit("link.address", rubbish)


@pytest.mark.attack(101)
def test_one_subscriber_has_one_count_whatever_port_or_address_they_come_from(app: Flask) -> None:
    with app.app_context():
        for place in range(10):
            throttle.admit("link.address", f"2001:db8:1:3::{place}")
            throttle.admit("link.address", f"[2001:db8:1:3:a:b:c:{place}]:{40000 + place}")
            throttle.admit("link.address", f"2001:0DB8:1:3::{place}:1%eth0")
        with pytest.raises(TooMany):
            throttle.admit("link.address", "2001:db8:1:3:ffff::1")
        throttle.admit("link.address", "2001:db8:1:4::1")
        for place in range(15):
            throttle.admit("link.address", f"203.0.113.10:{40000 + place}")
            throttle.admit("link.address", "::ffff:203.0.113.10")
        with pytest.raises(TooMany):
            throttle.admit("link.address", "203.0.113.10")
        throttle.admit("link.address", "203.0.113.11")


def test_windows_that_are_over_are_swept(app: Flask) -> None:
    with app.app_context():
        throttle.reserve(SOMJAI)
        assert throttle.sweep() == 0
        with time_machine.travel(clock.now() + timedelta(hours=25)):
            assert throttle.sweep() == 1
