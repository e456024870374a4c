"""The door: signing in, signing out, activating an account."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, session
from flask.testing import FlaskClient

from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.database import db
from idp.signin.activation import begin_activation
from tests.browsing import heading_of, submit, text_of
from tests.factories import open_person, sign_in
from tests.people import CLERK, PASSWORD, UNIT_ADMIN, fictional_national_id
from thai_web import clock

WRONG = "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง หากเพิ่งลงทะเบียน โปรดรอผลการอนุมัติก่อน"


@pytest.fixture
def clerk(app: Flask) -> int:
    with app.app_context():
        return open_person(CLERK)[0].id


@pytest.fixture
def activation(app: Flask) -> str:
    """The path of a fresh activation link."""
    with app.app_context():
        known = Person("นาย", "ใหม่", "เอี่ยม", CLERK.national_id, "new@example.go.th")
        secret = begin_activation(accounts.open_account(known, origin="test").id)
        db.session.commit()
        return f"/activate/{secret}"


def test_a_person_signs_in_and_comes_back_to_the_page_she_wanted(client: FlaskClient, clerk: int) -> None:
    wanted = client.get("/home")
    assert wanted.status_code == 303
    page = client.get(wanted.location)
    answer = submit(client, page, {"username": CLERK.username.upper(), "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/home")
    assert "หน้าแรก" in heading_of(client.get("/home"))


@pytest.mark.parametrize(
    ("username", "password"),
    [(CLERK.username, "wrong-password-here"), ("nobody.here", PASSWORD), (CLERK.email, PASSWORD)],
)
@pytest.mark.attack(7)
def test_one_wording_for_everything_that_is_wrong(
    client: FlaskClient, clerk: int, username: str, password: str
) -> None:
    answer = submit(client, client.get("/signin"), {"username": username, "password": password})
    assert answer.status_code == 422
    assert WRONG in text_of(answer)
    assert f'value="{username}"' in answer.get_data(as_text=True), "what was typed stays"
    assert password not in answer.get_data(as_text=True), "a password does not"


@pytest.mark.attack(2)
def test_a_suspended_person_reads_the_same_words_and_running_sessions_end_at_once(
    app: Flask, client: FlaskClient, clerk: int
) -> None:
    sign_in(client, CLERK)
    with app.app_context():
        accounts.suspend(accounts.get(clerk), "ลาออก")
        db.session.commit()
    assert client.get("/home").status_code == 303
    assert WRONG in text_of(sign_in(client, CLERK))


@pytest.mark.attack(45)
def test_guessing_is_slowed_down_even_with_the_right_password_at_last(client: FlaskClient, clerk: int) -> None:
    for _ in range(5):
        sign_in(client, CLERK, "guess-guess-guess")
    answer = sign_in(client, CLERK)
    assert answer.status_code == 429
    assert "รอประมาณ" in text_of(answer)


@pytest.mark.attack(46)
def test_the_session_secret_is_fresh_at_each_sign_in_and_a_planted_one_is_worth_nothing(
    client: FlaskClient, clerk: int
) -> None:
    client.set_cookie("idp_sid", "planted-by-somebody")
    sign_in(client, CLERK)
    first = client.get_cookie("idp_sid")
    sign_in(client, CLERK)
    second = client.get_cookie("idp_sid")
    assert first
    assert second
    assert len({"planted-by-somebody", first.value, second.value}) == 3
    client.set_cookie("idp_sid", first.value)
    assert client.get("/home").status_code == 303, "the replaced session is over"


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, clerk: int) -> None:
    sign_in(client, CLERK)
    secret = client.get_cookie("idp_sid")
    assert secret
    answer = submit(client, client.get("/home"), {}, action="/signout")
    assert answer.location == "/signed-out"
    client.set_cookie("idp_sid", secret.value)
    assert client.get("/home").status_code == 303


@pytest.mark.parametrize("minutes", [61, 12 * 60 + 1])
def test_a_session_ends_without_use_and_in_any_case(client: FlaskClient, clerk: int, minutes: int) -> None:
    sign_in(client, CLERK)
    with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
        assert client.get("/home").status_code == 303


def test_use_keeps_a_session_alive(client: FlaskClient, clerk: int) -> None:
    sign_in(client, CLERK)
    start = clock.now()
    for minutes in (40, 80, 120):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert client.get("/home").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y"]
)
def test_signing_in_never_leads_off_this_site(client: FlaskClient, clerk: int, target: str) -> None:
    page = client.get("/signin", query_string={"next": target})
    answer = submit(client, page, {"username": CLERK.username, "password": PASSWORD})
    assert answer.location.startswith("/")
    assert "evil" not in answer.location.replace("/\\", "//")[:3]
    assert "\n" not in answer.location


def test_a_form_from_elsewhere_is_refused(client: FlaskClient, clerk: int) -> None:
    answer = client.post("/signin", data={"username": CLERK.username, "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get_cookie("idp_sid") is None


@pytest.mark.attack(8)
def test_the_owner_of_a_new_account_chooses_username_and_password_once(client: FlaskClient, activation: str) -> None:
    for _ in range(3):
        assert client.get(activation).status_code == 200, "a mail scanner opens the link and spends nothing"
    values = {
        "national_id": CLERK.national_id,
        "username": "new.person",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    answer = submit(client, client.get(activation), values)
    assert answer.location == "/home", "signed in by what they have just proven"
    assert "ตั้งชื่อผู้ใช้และรหัสผ่านแล้ว" in text_of(client.get("/home"))
    later = client.application.test_client()
    assert later.get(activation).location == "/signin", "who comes back by the old mail is led to the door"
    assert submit(later, later.get("/signin"), values).location == "/home"


@pytest.mark.attack(8, 61)
def test_an_activation_begins_a_session_of_its_own_and_leaves_nothing_of_who_sat_there(
    app: Flask, client: FlaskClient, activation: str
) -> None:
    with app.app_context():
        open_person(UNIT_ADMIN)
    sign_in(client, UNIT_ADMIN)
    before = client.get_cookie("idp_sid")
    values = {"national_id": CLERK.national_id, "username": "new.person", "password": PASSWORD}
    page = client.get(activation)
    wrong = submit(client, page, values | {"national_id": UNIT_ADMIN.national_id})
    assert (wrong.status_code, client.get_cookie("idp_sid")) == (422, before), "a refused try signs nobody in"
    assert submit(client, page, values).location == "/home"
    after = client.get_cookie("idp_sid")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    fixed = app.test_client()
    fixed.set_cookie("idp_sid", before.value)
    assert fixed.get("/home").status_code in (302, 303), "the session of before is over"


def test_a_second_click_on_the_first_choice_leads_to_the_door(client: FlaskClient, activation: str) -> None:
    values = {
        "national_id": CLERK.national_id,
        "username": "new.person",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    page = client.get(activation)
    assert [submit(client, page, values).location for _click in range(2)] == ["/home", "/signin"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"national_id": UNIT_ADMIN.national_id}, "เลขประจำตัวประชาชนไม่ตรงกับบัญชีนี้"),
        ({"national_id": ""}, "กรอกเลขประจำตัวประชาชน"),
        ({"username": "9990000001002"}, "ชื่อผู้ใช้ต้องขึ้นต้นด้วย"),
        ({"username": "new@person"}, "ชื่อผู้ใช้ต้องขึ้นต้นด้วย"),
        ({"username": UNIT_ADMIN.username}, "มีผู้ใช้ชื่อนี้แล้ว"),
        ({"password": "short", "password_again": "short"}, "อย่างน้อย 12"),
        ({"password": "111111111111", "password_again": "111111111111"}, "เดาง่าย"),
        ({"password": "xx-new.person-xx", "password_again": "xx-new.person-xx"}, "ต้องไม่มีชื่อผู้ใช้"),
    ],
)
@pytest.mark.attack(5)
def test_a_refused_choice_leaves_the_link_alive_and_says_why(
    app: Flask, client: FlaskClient, activation: str, change: dict[str, str], told: str
) -> None:
    with app.app_context():
        open_person(UNIT_ADMIN)
    values = {
        "national_id": CLERK.national_id,
        "username": "new.person",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    answer = submit(client, client.get(activation), {**values, **change})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert submit(client, client.get(activation), values).status_code == 303


def test_everything_that_is_wrong_with_a_choice_is_told_at_once(client: FlaskClient, activation: str) -> None:
    values = {"national_id": "1", "username": "New Person", "password": "short", "password_again": "other"}
    refused = submit(client, client.get(activation), values)
    told = ("ต้องมี 13 หลัก", "ชื่อผู้ใช้ต้องขึ้นต้นด้วย", "รหัสผ่านต้องยาวอย่างน้อย 12")
    assert [word in text_of(refused) for word in told] == [True] * 3
    assert 'value="new person"' in refused.get_data(as_text=True), "what was typed stays"


def test_capitals_in_a_username_become_small_letters(client: FlaskClient, activation: str) -> None:
    chosen = {"username": "New.Person", "password": PASSWORD, "password_again": PASSWORD}
    answer = submit(client, client.get(activation), {"national_id": CLERK.national_id, **chosen})
    assert answer.location == "/home"
    later = client.application.test_client()
    assert submit(later, later.get("/signin"), chosen | {"username": "new.person"}).location == "/home"


@pytest.mark.attack(61)
def test_numbers_are_not_tried_one_after_the_other_behind_an_activation_link(
    client: FlaskClient, activation: str, outbox: Callable[[], list[tuple[str, str, str]]]
) -> None:
    values = {"username": "new.person", "password": PASSWORD, "password_again": PASSWORD}
    for number in range(100, 105):
        guessed = {"national_id": fictional_national_id(number), **values}
        assert submit(client, client.get(activation), guessed).status_code == 422
    right = {"national_id": CLERK.national_id, **values}
    assert submit(client, client.get(activation), right).status_code == 429
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert submit(client, client.get(activation), right).status_code == 303
    [(to, subject, body)] = outbox()
    assert (to, "new.person" in body) == ("new@example.go.th", True), "the person is told of a password that came to be"
    assert "ตั้งชื่อผู้ใช้และรหัสผ่านของท่านแล้ว" in subject


@pytest.mark.attack(46)
def test_what_was_typed_survives_a_session_that_ended_meanwhile(app: Flask, client: FlaskClient, clerk: int) -> None:
    """Here on the appointment's end form, which any signed-in form stands for."""
    sign_in(client, CLERK)
    page = client.get("/home")
    client.delete_cookie("idp_sid")
    answer = client.post(
        "/appointments/1/end", data={"csrf_token": _token(page), "reason": "เกษียณ <b>อายุ</b>", "new_password": "secret"}
    )
    assert answer.status_code == 401
    text = answer.get_data(as_text=True)
    assert 'value="เกษียณ &lt;b&gt;อายุ&lt;/b&gt;"' in text
    assert "secret" not in text
    returned = sign_in(client, CLERK)
    assert returned.location == "/home", "nothing is sent by itself after signing in"


@pytest.mark.attack(46)
def test_what_one_person_began_in_a_browser_is_not_gone_on_with_by_the_next(
    app: Flask, client: FlaskClient, clerk: int
) -> None:
    with app.app_context():
        open_person(UNIT_ADMIN)
    sign_in(client, CLERK)
    assert submit(client, client.get("/home/email"), {"email": "new@example.go.th"}).location == "/home/email/code"
    sign_in(client, UNIT_ADMIN)
    with client:
        assert client.get("/home/email/code").location == "/home/email"
        assert set(session) <= {"csrf_token"}


def _token(page) -> str:
    import re

    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert found
    return found.group(1)
