"""The demo's start page: one press and one is somebody, by the provider's own sign-in page."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from demo.entering import Browser, CannotEnter, enter
from demo.inbox import Inbox, application
from demo.start_page import RefusedToStart
from demo.stories import DOORS, PARTS, STORIES
from idp.signin import operations as signin
from tests.factories import open_person
from tests.people import CLERK, PASSWORD, UNIT_ADMIN
from tests.serving import serving

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0"


@pytest.fixture
def provider(sqlite_app: Flask) -> Iterator[str]:
    """A running provider that knows the clerk."""
    with sqlite_app.app_context():
        open_person(CLERK)
    with serving(sqlite_app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def start_page(provider: str, tmp_path: Path) -> FlaskClient:
    """The start page of a demo in which the clerk lives alone."""
    person = {"name": "สมใจ", "unit": "อบต.สระกรวด", "username": CLERK.username, "password": PASSWORD, "roles": []}
    addresses = {"provider": provider, "info": "http://127.0.0.1:1", "thaid": "", "inbox": "http://127.0.0.1"}
    told = tmp_path / "demo.json"
    told.write_text(json.dumps({"addresses": addresses, "people": [person | {"thaid_number": CLERK.national_id}]}))
    return application(Inbox(), told).test_client()


def test_one_press_signs_somebody_in(start_page: FlaskClient, provider: str, sqlite_app: Flask) -> None:
    answer = start_page.post(
        "/enter", data={"username": CLERK.username, "door": "home"}, headers={"User-Agent": BROWSER}
    )
    assert answer.status_code == 303
    assert answer.location == f"{provider}/home"
    [secret] = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("idp_sid=")]
    with sqlite_app.app_context():
        found = signin.viewer_of(secret.split(";")[0].removeprefix("idp_sid="))
        assert found is not None
        assert CLERK.given_name in found.name


def test_the_session_of_whoever_was_in_info_before_ends_in_the_browser(start_page: FlaskClient) -> None:
    start_page.set_cookie("info_sid", "of-another-person")
    answer = start_page.post("/enter", data={"username": CLERK.username, "door": "info"})
    [ended] = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("info_sid=")]
    assert "Max-Age=0" in ended


def test_nobody_is_entered_for_another_site_or_through_a_door_that_is_none(start_page: FlaskClient) -> None:
    named = {"username": CLERK.username, "door": "home"}
    assert start_page.post("/enter", data=named, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert start_page.post("/enter", data=named | {"door": "https://elsewhere.example"}).status_code == 404
    assert start_page.post("/enter", data=named | {"username": UNIT_ADMIN.username}).status_code == 404


def test_a_changed_password_is_told_on_a_page(start_page: FlaskClient, provider: str, tmp_path: Path) -> None:
    told = json.loads((tmp_path / "demo.json").read_text())
    told["people"][0]["password"] = "another-password-2569"
    (tmp_path / "demo.json").write_text(json.dumps(told))
    answer = start_page.post("/enter", data={"username": CLERK.username, "door": "home"})
    assert answer.status_code == 502
    assert "ไม่สำเร็จ" in answer.text
    with pytest.raises(CannotEnter):
        enter("http://127.0.0.1:1", CLERK.username, PASSWORD, Browser())


def test_the_page_shows_who_is_there_and_the_stories_that_they_can_play(start_page: FlaskClient) -> None:
    page = start_page.get("/").text
    assert PARTS[0].rank in page
    assert PARTS[1].rank not in page  # nobody of that rank lives in this demo
    assert STORIES[0].title in page
    assert STORIES[2].title not in page
    assert "กล่องจดหมาย" in page


@pytest.mark.parametrize("name", ["order.pdf", "staff-card.jpg"])
def test_papers_to_register_with_can_be_fetched(start_page: FlaskClient, name: str) -> None:
    answer = start_page.get(f"/papers/{name}")
    assert answer.status_code == 200
    assert len(answer.data) > 5_000
    assert start_page.get("/papers/passport.pdf").status_code == 404


@pytest.mark.parametrize("variable", ["IDP_ENVIRONMENT", "INFO_ENVIRONMENT"])
def test_it_does_not_start_in_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    monkeypatch.setenv(variable, "production")
    with pytest.raises(RefusedToStart):
        application(Inbox(), tmp_path / "demo.json")


def test_every_door_of_the_stories_is_one() -> None:
    doors = {step.door for story in STORIES for step in story.steps} | {part.door for part in PARTS}
    assert doors <= set(DOORS)
