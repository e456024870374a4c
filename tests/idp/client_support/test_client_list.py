"""The list of connected systems: searched by form, one page after the other."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.client_support.client_list import PER_PAGE
from idp.clients import operations, secrets
from idp.database import db
from tests.browsing import forms_of, text_of
from tests.factories import appoint_first, open_person, sign_in
from tests.people import DLA_OFFICER

OTHERS = {"budget": "งบประมาณ ๒๕๖๙", "roads": "ถนน 2570"}


@pytest.fixture
def officer(app: Flask, client: FlaskClient) -> FlaskClient:
    """DLA's officer, signed in; more systems than a page holds, and two of another owner."""
    with app.app_context():
        open_person(DLA_OFFICER)
        appoint_first(DLA_OFFICER)
        owned = {f"app-{number:02}": (f"ระบบที่ {number:02}", "DLA") for number in range(PER_PAGE + 3)}
        for client_id, (name, owner) in {**owned, **{key: (name, "670603") for key, name in OTHERS.items()}}.items():
            address = f"https://{client_id}.example.go.th/callback"
            operations.import_metadata(
                {"client_id": client_id, "client_name": name, "owner_unit": owner, "redirect_uris": [address]}
            )
        db.session.commit()
    assert sign_in(client, DLA_OFFICER).status_code == 303
    return client


def listed(page: TestResponse) -> list[str]:
    """The client ids of a page."""
    assert page.status_code == 200
    return re.findall(r"<code>([^<]+)</code>", page.text)


def search(browser: FlaskClient, page: TestResponse, **typed: str) -> TestResponse:
    """Send the page's search form, which is no post."""
    (form,) = (each for each in forms_of(page) if "q" in each["names"] and not each["action"])
    assert form["method"] == "get"
    return browser.get("/clients", query_string={**form["fields"], **typed})


def following(browser: FlaskClient, page: TestResponse, which: str = "next") -> TestResponse:
    """The page that the link leads to."""
    (address,) = re.findall(rf'rel="{which}" href="([^"]+)"', page.text)
    return browser.get(f"/clients{address.replace('&amp;', '&')}")


def test_all_systems_are_found_page_after_page_each_once(officer: FlaskClient) -> None:
    first = officer.get("/clients")
    second = following(officer, first)
    assert f"พบ {PER_PAGE + 5} ระบบ" in text_of(first)
    assert (len(listed(first)), len(listed(second))) == (PER_PAGE, 5)
    assert len({*listed(first), *listed(second)}) == PER_PAGE + 5
    assert 'rel="prev"' not in first.text
    assert 'rel="next"' not in second.text
    assert listed(following(officer, second, "prev")) == listed(first)


def test_the_search_goes_on_to_its_next_page_and_a_new_one_begins_at_its_first(officer: FlaskClient) -> None:
    first = search(officer, officer.get("/clients?page=2"), q="ระบบที่", show="production")
    assert f"พบ {PER_PAGE + 3} ระบบ" in text_of(first)
    second = following(officer, first)
    assert listed(second) == [f"app-{number}" for number in range(PER_PAGE, PER_PAGE + 3)]
    assert 'value="ระบบที่"' in second.text
    assert listed(search(officer, second, q="สระกรวด")) == list(OTHERS)


def test_a_system_is_found_by_words_of_name_id_and_owner_in_either_digits(officer: FlaskClient) -> None:
    page = officer.get("/clients")
    for typed, found in (
        ("งบประมาณ 2569", ["budget"]),
        ("๒๕๖๙", ["budget"]),
        ("ถนน ๒๕๗๐", ["roads"]),
        ("ROADS", ["roads"]),
        ("app-๐๗", ["app-07"]),
        ("๖๗๐๖๐๓ ถนน", ["roads"]),
        ("ระบบที่07", []),
        ("อำเภอ ศรีเทพ งบประมาณ", []),
        ("อำเภอ ศรีเทพ", list(OTHERS)),
        ("%", []),
        ("app_07", []),
    ):
        assert listed(search(officer, page, q=typed)) == found, typed


def test_what_needs_a_look_is_paged_like_the_rest(app: Flask, officer: FlaskClient) -> None:
    assert listed(officer.get("/clients?show=warned")) == []
    with app.app_context():
        for client in operations.every():
            secrets.rotate(client, lasts=timedelta(days=40 if client.client_id == "roads" else 20))
        db.session.commit()
    first = officer.get("/clients?show=warned")
    assert len(listed(first)) == PER_PAGE
    assert text_of(first).count("รหัสลับหมดอายุ") == PER_PAGE
    second = following(officer, first)
    assert len(listed(second)) == 4
    assert "roads" not in listed(first) + listed(second)
