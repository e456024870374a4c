"""One browser, several people: whose request it is at, who sits there, and which pages and acts they reach."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from idp.database import db
from idp.registration.models import Registration
from idp.signin import operations as signin
from tests.browsing import forms_of, submit
from tests.factories import open_person, sign_in, viewer_of
from tests.idp.registration.conftest import Make
from tests.idp.registration.test_views import PERSON, answer, begin, walk_to_check
from tests.people import CLERK, UNIT_ADMIN, Invented

PAGES = ("tasks", "unit", "position", "evidence", "check", "submitted", "evidence/1/1", "evidence/1/1/large")
ACTS = {
    "/register/person": PERSON,
    "/register/email": {"email": CLERK.email},
    "/register/unit": {"unit": CLERK.unit_code},
    "/register/position": {"position": CLERK.position, "roles": "none"},
    "/register/evidence": {"kind": "other"},
    "/register/evidence/1/remove": {},
    "/register/evidence/1/blank": {},
    "/register/check": {"declaration": "y", "seen_version": "1"},
    "/register/thaid": {},
    "/registration-status/withdraw": {},
    "/registration-status/activate": {},
}
PATHS = [*(f"/register/{page}" for page in PAGES), "/registration-status", "/registration-status/withdraw"]


def begin_with_account(client: FlaskClient, person: Invented) -> None:
    with client.application.app_context():
        open_person(person)
    sign_in(client, person)
    begun = submit(client, client.get("/requests/new"), {"purpose": "POSTING", "privacy": "y"})
    assert begun.location == "/register/tasks"
    answer(client, "/register/unit?q=สระกรวด", {"unit": CLERK.unit_code})


def sit_down(client: FlaskClient, person: Invented | None) -> None:
    """The one before signs out, and this person signs in; nobody does for None."""
    client.post("/signout", data={"csrf_token": token_of(client)}) if person is None else sign_in(client, person)


def token_of(client: FlaskClient) -> str:
    return str(forms_of(client.get("/register/before"))[0]["fields"]["csrf_token"][0])


def is_turned_away(response: TestResponse) -> bool:
    where = (response.location or "").partition("?")[0]
    return response.status_code == 401 or where in ("/register/lost", "/registration-status/find", "/signin")


def reached(client: FlaskClient) -> set[str]:
    """The pages and acts that do more than turn away whoever sits there."""
    token = token_of(client)
    got = {path: client.get(path) for path in PATHS}
    got |= {f"POST {path}": client.post(path, data={"csrf_token": token, **data}) for path, data in ACTS.items()}
    return {path for path, response in got.items() if not is_turned_away(response)}


def only(app: Flask) -> tuple[str, int, str]:
    with app.app_context():
        found = db.session.scalars(select(Registration)).one()
        return found.state, found.version, found.name


@pytest.mark.attack(140)
@pytest.mark.parametrize("sits", [UNIT_ADMIN, None])
@pytest.mark.parametrize("whose", ["account", "nobody", "sent"])
def test_nobody_reaches_what_another_began_at_that_browser(
    app: Flask, client: FlaskClient, code: Callable[[], str], whose: str, sits: Invented | None
) -> None:
    with app.app_context():
        open_person(UNIT_ADMIN)
    if whose == "account":
        begin_with_account(client, CLERK)
    else:
        walk_to_check(client, code) if whose == "sent" else begin(client)
        answer(client, "/register/check", {"declaration": "y"}) if whose == "sent" else None
        sign_in(client, UNIT_ADMIN)
    before = only(app)
    sit_down(client, sits)
    assert reached(client) == set()
    assert only(app) == before
    sit_down(client, None)
    assert reached(client) == set()


def test_who_began_goes_on_after_signing_in_again_with_what_they_typed(app: Flask, client: FlaskClient) -> None:
    begin_with_account(client, CLERK)
    page = client.get("/register/position")
    with app.test_request_context(method="POST"):
        signin.end_all_sessions(viewer_of(CLERK).account_id, "test")
        db.session.commit()
    asked = client.get("/register/position")
    assert asked.location == "/signin?next=/register/position"
    handed_back = submit(client, page, {"position": "ปลัด", "roles": "none"})
    assert handed_back.status_code == 401
    sign_in(client, CLERK)
    assert submit(client, handed_back, {}, action="/register/position").location == "/register/evidence"
    assert client.get("/register/tasks").status_code == 200


@pytest.mark.attack(140)
def test_a_form_made_for_one_account_is_not_sent_by_another(app: Flask, client: FlaskClient) -> None:
    begin_with_account(client, CLERK)
    page = client.get("/register/position")
    with app.app_context():
        open_person(UNIT_ADMIN)
    sign_in(client, UNIT_ADMIN)
    assert submit(client, page, {"position": "ปลัด", "roles": "none"}).status_code == 409


@pytest.mark.attack(141)
@pytest.mark.parametrize("state", ["DRAFT", "SUBMITTED"])
def test_a_stolen_sign_in_that_ended_holds_no_request(app: Flask, client: FlaskClient, state: str) -> None:
    begin_with_account(client, CLERK)  # the thief
    assert "/register/tasks" in reached(client)
    with app.test_request_context(method="POST"):
        db.session.scalars(select(Registration)).one().state = state
        signin.end_other_sessions(viewer_of(CLERK).account_id, 0, "password_set")  # as after a new password
        db.session.commit()
    assert reached(client) == set()


@pytest.mark.attack(140)
def test_the_papers_that_an_account_came_of_are_open_while_its_owner_is_signed_in(
    app: Flask, client: FlaskClient, waiting: Make
) -> None:
    registration_id = waiting()
    with app.test_request_context(method="POST"):
        account, _posting = open_person(CLERK)
        case = db.session.get_one(Registration, registration_id)
        case.state, case.account_id = "APPROVED", account.id
        db.session.commit()
        reference = case.reference
    sign_in(client, CLERK)
    token = token_of(client)
    assert client.post(f"/requests/{reference}", data={"csrf_token": token}).location == "/registration-status"
    assert client.get("/registration-status").status_code == 200
    sit_down(client, None)
    assert client.get("/registration-status").location == "/registration-status/find"


def test_a_draft_stays_where_nobody_signs_in(client: FlaskClient) -> None:
    begin(client)
    submit(client, client.get("/signed-out"), {}, action="/language")
    assert client.get("/register/tasks").status_code == 200
