"""Many guesses at the same instant are no more than one after another."""

import re
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.database import db
from idp.notifications import secrets
from idp.signin import operations
from tests.browsing import submit
from tests.factories import open_person
from tests.people import CLERK, PASSWORD, fictional_national_id
from thai_web.refusal import Refusal

HERE = "127.0.0.1"


@pytest.fixture
def clerk(app: Flask) -> int:
    with app.app_context():
        return open_person(CLERK)[0].id


def at_once(app: Flask, number: int, guess: Callable[[int], object]) -> Counter[object]:
    """What so many threads come to that guess together."""
    together, seen = threading.Barrier(number), Counter[object]()

    def run(place: int) -> None:
        with app.app_context():
            together.wait()
            seen[guess(place)] += 1

    threads = [threading.Thread(target=run, args=[place]) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


@pytest.mark.attack(100)
def test_of_48_passwords_at_once_five_are_judged(app: Flask, clerk: int) -> None:
    def guess(place: int) -> int:
        try:
            operations.check_password(CLERK.username, f"guess-guess-guess-{place}", HERE)
        except Refusal as refusal:
            return refusal.status
        return 200

    assert at_once(app, 48, guess) == {422: 5, 429: 43}


@pytest.mark.attack(100)
def test_of_24_national_ids_at_once_five_are_judged(
    app: Flask, client: FlaskClient, clerk: int, outbox: Callable[[], list[tuple[str, str, str]]]
) -> None:
    submit(client, client.get("/recovery"), {"email": CLERK.email})
    link = re.findall(r"/recovery/\S+", outbox()[-1][2])[0]

    def guess(place: int) -> bool:
        given = {"national_id": fictional_national_id(500 + place), "password": "harvest-moon-over-rice"}
        answer = submit(browsers[place], forms[place], {**given, "password_again": given["password"]})
        return "ไม่ตรงกับบัญชีนี้" in answer.text

    browsers = [app.test_client() for _ in range(24)]
    forms = [browser.get(link) for browser in browsers]
    assert at_once(app, 24, guess) == {True: 5, False: 19}


@pytest.mark.attack(100)
def test_of_24_codes_at_once_five_are_judged(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        right = secrets.issue_code("test", "somjai")
        db.session.commit()

    def guess(place: int) -> str:
        with app.test_request_context(method="POST"):
            try:
                secrets.spend_code("test", "somjai", f"{(int(right) + 1 + place) % 1_000_000:06d}")
            except Refusal as refusal:
                db.session.rollback()
                return "judged" if "left" in refusal.values or "ครบจำนวนครั้ง" in refusal.message else "not heard"
            return "right"

    assert at_once(app, 24, guess) == {"judged": 5, "not heard": 19}


def test_a_right_password_is_no_attempt(app: Flask, clerk: int) -> None:
    with app.test_request_context(method="POST"):
        for _ in range(70):
            account_id, also = operations.check_password(CLERK.username, PASSWORD, HERE)
            operations.begin_session(account_id, HERE, ["pwd"], "urn:dla:sso:password", also=also)
            db.session.commit()
