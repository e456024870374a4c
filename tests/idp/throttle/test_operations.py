"""Counting is shared, survives a rollback, and forgets."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp import clock
from idp.database import db
from idp.refusal import TooMany
from idp.throttle import operations as throttle


def test_too_many_attempts_are_refused_and_heard_again_after_the_wait(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            throttle.admit("password.account", "Somjai")
        with pytest.raises(TooMany):
            throttle.check("password.account", "somjai")
        throttle.check("password.account", "somebody-else")
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            throttle.check("password.account", "somjai")


@pytest.mark.attack(45)
def test_a_counted_attempt_survives_the_rollback_of_its_request(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            db.session.connection()
            throttle.count("password.account", "somjai")
            db.session.rollback()
        with pytest.raises(TooMany):
            throttle.check("password.account", "somjai")


@pytest.mark.attack(45)
@pytest.mark.parametrize("target", [None, ""])
def test_a_limiter_that_cannot_find_its_key_stops_the_request(app: Flask, target: str | None) -> None:
    with app.app_context(), pytest.raises(TooMany):
        throttle.check("password.account", target)


def test_a_success_clears_the_count(app: Flask) -> None:
    with app.app_context():
        for _ in range(5):
            throttle.count("password.account", "somjai")
        throttle.clear("password.account", "somjai")
        db.session.commit()
        throttle.check("password.account", "somjai")
