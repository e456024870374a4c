"""Every address of the provider, opened with GET and HEAD by everybody: nothing in any table changes.

A new page is crawled by itself: its address is filled in from what the scene holds, and every link of every page is
followed. What a GET may write is declared here and nowhere else.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from idp.appointments.models import Appointment
from idp.clients import operations as clients
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.models import Evidence
from idp.registration import answers, operations, rules
from idp.registration.answers import PersonAnswers
from idp.staff import invitations, mailboxes
from idp.staff.invitations import Draft
from idp.units import operations as units
from tests.browsing import forms_of
from tests.db_snapshot import contents
from tests.factories import letter_image, read_code, viewer_of
from tests.idp.staff.conftest import COLLEAGUE, REASON, browser_of, furnish, posting_of
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
COMMON = {
    "act": ["suspend", "recover", "nothing"],
    "secret": ["x"],
    "what": ["person"],
    "page": [1],
    "slug": ["index"],
    "name": ["queue.png"],
    "step": ["person"],
}


@pytest.fixture
def scene(sqlite_app: Flask) -> Flask:
    """One of everything that has an address."""
    furnish(sqlite_app)
    newcomer = replace(CLERK, key="newcomer", email="newcomer@sakruat.example.go.th", number=61)
    with sqlite_app.app_context():
        case = operations.begin().id
        db.session.commit()
        answers.answer_person(case, PersonAnswers("นางสาว", "ปรานี", "มาใหม่", newcomer.national_id, "0812345678"))
        answers.answer_email(case, newcomer.email)
        db.session.commit()
        answers.prove_email(case, read_code(sqlite_app, newcomer.email))
        answers.choose_unit(case, newcomer.unit_code)
        answers.answer_position(case, newcomer.position, {role.id for role in clients.roles_for("TAO")})
        for kind in ("appointment_order", "national_id_card"):
            evidence.keep(evidence.prepare(letter_image(kind), f"{kind}.png"), rules.owner(case), kind)
        operations.submit(case, operations.edit(case).version)
        db.session.commit()
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(COLLEAGUE), "new@sakruat.example.go.th", REASON)
        db.session.commit()
        unit = units.find(UNIT_ADMIN.unit_code)
        assert unit
        draft = Draft("นายเชิญ มาใหม่", "guest@sakruat.example.go.th", "นักวิชาการ", [])
        invitations.invite(viewer_of(UNIT_ADMIN), unit, draft)
        db.session.commit()
        sqlite_app.extensions["filling"] = {
            **COMMON,
            "code": [UNIT_ADMIN.unit_code, "P67"],
            "reference": [operations.lock(case).reference],
            "posting_id": [posting_of(person) for person in (CLERK, COLLEAGUE, UNIT_ADMIN)],
            "appointment_id": [made.id for made in db.session.query(Appointment).limit(2)],
            "evidence_id": [kept.id for kept in db.session.query(Evidence).filter_by(owner=rules.owner(case))][:1],
        }
        db.session.rollback()
    return sqlite_app


def _addresses(app: Flask) -> Iterator[str]:
    """Every address that takes GET, filled in."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint != "static":
            yield from _filled(app, rule)


def _filled(app: Flask, rule: Rule) -> Iterator[str]:
    filling, wanted = app.extensions["filling"], sorted(rule.arguments - set(rule.defaults or {}))
    for values in product(*(filling.get(name, [1, 2]) for name in wanted)):
        yield app.url_map.bind("").build(rule.endpoint, dict(zip(wanted, values, strict=True)))


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
    todo, seen, called = list(_addresses(app)), set[str](), set[str]()
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
            if answer.mimetype == "text/html":
                _forms_name_their_person(answer, path)
                todo += sorted(_links(answer.get_data(as_text=True)) - seen)
        after = contents(app)
        changed = {table for table in after if after[table] != before[table]}
        assert changed <= MAY_CHANGE.get(endpoint, set()), f"GET {path} changed {changed}"
        before = after
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
    assert endpoints - called <= {"static"}, "each page was opened"
