"""Every address of the provider, opened with GET and HEAD by everybody: nothing in any table changes.

A new page is crawled by itself: its address is filled in from what the scene holds, and every link of every page is
followed. What a GET may write is declared here and nowhere else.
"""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.browsing import forms_of
from tests.db_snapshot import contents
from tests.idp.everything import STATIC, addresses, furnish_everything
from tests.idp.staff.conftest import browser_of
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented

# Opening a case or a page of somebody's paper is itself noted, and so is reading the record; who takes the register is
# counted by address.
NOTED = (
    "approval.dossier",
    "approval.evidence_page",
    "appointments.letter",
    "audit.index",
    "audit.event",
    "audit.export",
    "audit.case",
)
MAY_CHANGE = {endpoint: {"audit_event"} for endpoint in NOTED} | {"units.register": {"attempt"}}
ROLES: dict[str, Invented | None] = {
    "nobody": None,
    "a clerk": CLERK,
    "the unit's admin": UNIT_ADMIN,
    "the province": PROVINCIAL,
    "DLA": DLA_OFFICER,
}
# Not followed: files, the manual, the record, which grows by being read, and the overview, which leads to every unit of
# the country; their pages are opened by their own addresses.
IN_THEMSELVES = ("/static/", "/help/", "/audit?", "/audit/events/", "/oversight/units/")
MOST = 600  # addresses a role; a page that leads to ever new ones is itself a fault


@pytest.fixture
def scene(sqlite_app: Flask) -> Flask:
    """One of everything that has an address."""
    return furnish_everything(sqlite_app)


def _links(page: str) -> set[str]:
    found = {target.replace("&amp;", "&") for target in re.findall(r'(?:href|src)="(/[^"#]*)', page)}
    return {target for target in found if not target.startswith(IN_THEMSELVES)}


def _endpoint(app: Flask, path: str) -> str:
    try:
        endpoint, _values = app.url_map.bind("").match(urlsplit(path).path, "GET")
    except HTTPException:
        return ""
    return str(endpoint)


def _crawl(app: Flask, client: FlaskClient) -> set[str]:
    """Open everything that can be found. Returns the endpoints that were called."""
    todo, seen, called = list(addresses(app)), set[str](), set[str]()
    status, shown_on = dict[str, int](), dict[str, str]()
    before = contents(app)
    while todo:
        path = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        assert len(seen) < MOST, "the pages lead to ever new addresses"
        called.add(endpoint := _endpoint(app, path))
        with client.get(path) as answer, client.head(path) as head:
            assert answer.status_code < 500, f"{path}: {answer.status_code}"
            assert head.status_code == answer.status_code, f"HEAD {path}"
            status[path] = answer.status_code
            if answer.mimetype == "text/html":
                _forms_name_their_person(answer, path)
                links = _links(answer.get_data(as_text=True))
                shown_on |= dict.fromkeys(links, path)
                todo += sorted(links - seen)
        after = contents(app)
        changed = {table for table in after if after[table] != before[table]}
        assert changed <= MAY_CHANGE.get(endpoint, set()), f"GET {path} changed {changed}"
        before = after
    dead = {target: page for target, page in shown_on.items() if status[target] in (403, 404)}
    assert not dead, "no link is shown that its reader may not follow"
    return called


def _forms_name_their_person(answer: TestResponse, path: str) -> None:
    """So that one sent after somebody else signed in beside it changes nothing of theirs."""
    own = [form for form in forms_of(answer) if form["method"].lower() == "post"]
    signed_in = any("/signout" in form["action"] for form in own)
    for form in own:
        if signed_in and not form["action"].startswith(("/language", "/signout")):
            assert "signed_in_as" in form["names"], f"{path}: the form to {form['action']} does not say whose it is"


@pytest.mark.attack(21)
@pytest.mark.parametrize("role", ROLES)
def test_opening_pages_changes_nothing(scene: Flask, role: str) -> None:
    person = ROLES[role]
    client = browser_of(scene, person) if person else scene.test_client()
    called = _crawl(scene, client)
    endpoints = {rule.endpoint for rule in scene.url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert endpoints - called <= STATIC, "each page was opened"
