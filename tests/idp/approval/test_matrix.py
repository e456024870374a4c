"""Every state, action and actor, against the server; a no changes nothing, and neither does opening a link."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from idp.approval import canned_replies, queue, reviewing
from idp.approval.filters import Filters
from idp.approval.reasons import ReplyText
from idp.database import db
from idp.registration import operations as registration
from idp.units import operations as units
from tests.factories import sign_in, viewer_of
from tests.idp.approval.matrix import (
    ACTIONS,
    ACTORS,
    ANSWERS,
    APPLYING,
    FORMER,
    SIBLING,
    a_case,
    answer,
    offices_of,
    version_of,
)
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN

PEOPLE = {
    "admin of the unit": UNIT_ADMIN,
    "office above, after the delay": PROVINCIAL,
    "office above, before the delay": PROVINCIAL,
    "DLA, before the delay": DLA_OFFICER,
    "admin of another unit": SIBLING,
    "the applicant, who is an admin of the unit": APPLYING,
    "admin whose letter ended": FORMER,
    "clerk of the unit": CLERK,
}
SAID: dict[str, dict[str, Any]] = {
    "approve": {"outcome": "APPROVED"},
    "return": {"outcome": "RETURNED", "reason_code": "CONTACT", "reason": "โทรศัพท์ติดต่อไม่ได้", "to_correct": "phone"},
    "reject": {"outcome": "REJECTED", "reason_code": "OTHER", "reason": "เอกสารไม่ตรงกับชื่อ"},
    "reopen": {"reason": "ผู้ขอนำหลักฐานมาเพิ่ม"},
}
SAID |= {"preview": SAID["reject"], "draft": {"answer": "standard-0"}}
PATHS = dict.fromkeys(("approve", "return", "reject"), "decision")
TABLES = (
    "registration",
    "registration_version",
    "case_claim",
    "ready_answer",
    "saved_view",
    "account",
    "posting",
    "assignment",
    "outbox_message",
    "appointment",
    "evidence",
    "declared_holiday",
)


def _contents() -> dict[str, list[Any]]:
    found = {name: [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {name}"))] for name in TABLES}  # noqa: S608
    db.session.rollback()
    return found


def _ask(client: FlaskClient, reference: str, action: str, version: int) -> int:
    if action == "open":
        return client.get(f"/approvals/{reference}").status_code
    given = {"seen_version": str(version), **SAID.get(action, {})}
    return client.post(f"/approvals/{reference}/{PATHS.get(action, action)}", data=given).status_code


@pytest.fixture
def clients(sqlite_app: Flask) -> dict[str, FlaskClient]:
    """Everybody's browser. Cross-site protection has tests of its own; here it would only stand before the question."""
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=set())
    offices_of(sqlite_app)
    found = {name: sqlite_app.test_client() for name in ACTORS}
    for name, person in PEOPLE.items():
        sign_in(found[name], person)
    return found


@pytest.mark.attack(20, 22)
@pytest.mark.parametrize("state", ANSWERS)
def test_every_actor_gets_the_answer_of_the_table(
    sqlite_app: Flask, clients: dict[str, FlaskClient], state: str
) -> None:
    wrong = []
    for actor, client in clients.items():
        late = actor == "office above, after the delay"
        number = APPLYING.number if actor.startswith("the applicant") else None
        reference = ""
        for action in ACTIONS:
            with sqlite_app.app_context():
                if not reference:
                    reference = a_case(state, number, days=60 if late else 0)
                    number = None if late or actor == "admin of the unit" else number
                version, before = version_of(reference), _contents()
            told = _ask(client, reference, action, version)
            if told != answer(state, action, actor):
                wrong.append(f"{actor}, {action}: {told} and not {answer(state, action, actor)}")
            if told == 303:
                reference = ""  # what was changed is not asked again
            with sqlite_app.app_context():
                if told >= 400 and _contents() != before:
                    wrong.append(f"{actor}, {action}: refused, and something changed")
    assert not wrong


def test_the_table_names_everybody() -> None:
    assert set(PEOPLE) | {"nobody signed in"} == set(ACTORS)
    assert all(set(row) == set(ACTIONS) for row in ANSWERS.values())


@pytest.mark.attack(21)
def test_opening_any_page_of_the_room_changes_nothing(sqlite_app: Flask, clients: dict[str, FlaskClient]) -> None:
    with sqlite_app.app_context():
        references = [a_case(state) for state in ANSWERS]
        unit, viewer = units.find("670603"), viewer_of(UNIT_ADMIN)
        assert unit
        case = registration.find_by_reference(references[1])
        assert case
        reviewing.take(viewer, case)
        queue.save_view(viewer.account_id, "ทั้งหมด", Filters())
        kept = canned_replies.save(unit.id, ReplyText("ขอคำสั่ง", "RETURNED", "MISSING", "โปรดแนบคำสั่งบรรจุ")).id
        db.session.commit()
        before = _contents()
    values = {"code": ["670603"], "answer_id": [str(kept)], "view_id": ["1"], "evidence_id": ["1"], "page": ["1"]}
    paths = ["/holidays"]
    for rule in sqlite_app.url_map.iter_rules():
        if rule.endpoint.startswith("approval."):
            for reference in references if "reference" in rule.arguments else [""]:
                given = {name: values[name][0] for name in rule.arguments if name != "reference"}
                paths.append(rule.build(given | ({"reference": reference} if reference else {}))[1])  # type: ignore[index]
    for client in clients.values():
        for path in paths:
            for method in ("GET", "HEAD"):
                assert client.open(path, method=method).status_code < 500, path
    with sqlite_app.app_context():
        assert _contents() == before
