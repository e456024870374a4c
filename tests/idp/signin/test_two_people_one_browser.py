"""Two tabs, two people, sent crosswise: the person of the form is the one who is changed, or it is refused."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.accounts import details
from idp.accounts import operations as accounts
from idp.database import db
from idp.registration.models import Registration
from tests.browsing import submit, text_of
from tests.factories import open_person, sign_in
from tests.people import CLERK, UNIT_ADMIN

SAME_ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture
def two(sqlite_app: Flask) -> FlaskClient:
    """The browser of a shared computer; two people have accounts."""
    with sqlite_app.app_context():
        open_person(CLERK)
        open_person(UNIT_ADMIN)
    return sqlite_app.test_client()


def _nickname(client: FlaskClient, person: object) -> str | None:
    with client.application.app_context():
        account = accounts.find_by_username(person.username)  # type: ignore[attr-defined]
        assert account is not None
        return details.read(account.id).nickname


@pytest.mark.attack(136)
def test_a_form_that_one_person_opened_changes_nothing_of_the_next(two: FlaskClient) -> None:
    sign_in(two, CLERK)
    opened = two.get("/home/details")
    sign_in(two, UNIT_ADMIN)  # in another tab
    refused = submit(two, opened, {"nickname": "หนึ่ง"})
    assert refused.status_code == 409
    assert "ขณะนี้เบราว์เซอร์เข้าสู่ระบบด้วยบัญชี นางวิไล ดูแลดี" in text_of(refused)
    assert _nickname(two, UNIT_ADMIN) is None
    sign_in(two, CLERK)
    assert submit(two, opened, {"nickname": "หนึ่ง"}).status_code == 303, "back again, the same form is good"
    assert _nickname(two, CLERK) == "หนึ่ง"


def _again(client: FlaskClient, page: TestResponse) -> TestResponse:
    return submit(client, page, {}, action="/home/details")


@pytest.mark.attack(136)
@pytest.mark.parametrize("how", ["ended", "signed out"])
def test_what_was_typed_waits_for_the_person_who_typed_it(two: FlaskClient, how: str) -> None:
    sign_in(two, CLERK)
    opened = two.get("/home/details")
    if how == "ended":
        two.delete_cookie("idp_sid")
    else:
        submit(two, two.get("/home"), {}, action="/signout")
    fields = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)', opened.get_data(as_text=True))[-1]}
    mark = re.search(r'name="signed_in_as" value="([^"]+)', opened.get_data(as_text=True))
    assert mark
    typed = {**fields, "signed_in_as": mark[1], "nickname": "หนึ่ง"}
    kept = two.post("/home/details", data=typed, headers=SAME_ORIGIN)
    assert kept.status_code in (400, 401)
    assert 'name="nickname" value="หนึ่ง"' in kept.get_data(as_text=True)
    sign_in(two, UNIT_ADMIN)
    assert _again(two, kept).status_code == 409
    assert _nickname(two, UNIT_ADMIN) is None
    sign_in(two, CLERK)
    assert _again(two, kept).status_code == 303
    assert _nickname(two, CLERK) == "หนึ่ง"


@pytest.mark.attack(137)
@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {**SAME_ORIGIN, "Sec-Fetch-Site": "cross-site"}],
)
def test_a_page_elsewhere_gets_nothing_shown_with_a_button(two: FlaskClient, headers: dict[str, str]) -> None:
    sign_in(two, CLERK)
    answer = two.post("/home/details", data={"csrf_token": "x", "nickname": "หนึ่ง"}, headers=headers)
    assert answer.status_code == 400
    assert "หนึ่ง" not in answer.get_data(as_text=True)


@pytest.mark.attack(136)
def test_a_draft_takes_no_answer_from_the_form_of_another(two: FlaskClient) -> None:
    def begin() -> None:
        two.get("/register")
        page = two.get("/register")
        submit(two, page, {"privacy": "y", "accept": "y", "consent": "y"})

    begin()
    first = two.get("/register/unit?q=670603")
    begin()
    with two.application.app_context():
        references = [each.reference for each in db.session.query(Registration).order_by(Registration.id)]
    assert len(references) == 2
    refused = submit(two, first, {"unit": "670603"})
    assert refused.status_code == 409
    assert f"เปิดคำขอเลขที่ {references[1]} อยู่" in text_of(refused)
    with two.application.app_context():
        assert [each.unit_id for each in db.session.query(Registration)] == [None, None]
