"""Who may do what to a case in which state: one table, played against the server and shown in the documentation.

`ANSWERS` says what the server answers one who may decide the case; `ACTORS` what it answers everybody else.
"""

from datetime import timedelta

from flask import Flask

from idp.accounts import operations as accounts
from idp.database import db
from idp.registration import operations as registration
from idp.registration import versions
from idp.registration.models import Registration
from idp.registration.rules import State, new_reference
from idp.units import operations as units
from tests.factories import appoint, appoint_first, open_person
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented, fictional_national_id
from thai_web import clock

ACTIONS = ("open", "claim", "release", "draft", "preview", "approve", "return", "reject", "reopen")
# 200 a page, 303 done and onward, 404 not there, 409 not in this state
ANSWERS = {
    "DRAFT": dict.fromkeys(ACTIONS, 404),
    "SUBMITTED": {**dict.fromkeys(ACTIONS, 303), "open": 200, "draft": 200, "preview": 200, "reopen": 409},
    "RETURNED": {**dict.fromkeys(ACTIONS, 409), "open": 200, "release": 303},
    "APPROVED": {**dict.fromkeys(ACTIONS, 409), "open": 200, "release": 303},
    "REJECTED": {**dict.fromkeys(ACTIONS, 409), "open": 200, "release": 303, "reopen": 303},
    "WITHDRAWN": dict.fromkeys(ACTIONS, 409),
    "LAPSED": dict.fromkeys(ACTIONS, 409),
}
DECIDES, OTHER_OFFICE, NO_POWER, STRANGER = "decides", "other office", "no power", "stranger"
ACTORS = {
    "admin of the unit": DECIDES,
    "office above, after the delay": DECIDES,
    "office above, before the delay": OTHER_OFFICE,
    "DLA, before the delay": OTHER_OFFICE,
    "admin of another unit": OTHER_OFFICE,
    "the applicant, who is an admin of the unit": OTHER_OFFICE,
    "admin whose letter ended": NO_POWER,
    "clerk of the unit": NO_POWER,
    "nobody signed in": STRANGER,
}
CLOSED = ("DRAFT", "WITHDRAWN", "LAPSED")  # what nobody may look at tells the same to every officer


def answer(state: str, action: str, actor: str) -> int:
    """What the server answers."""
    match ACTORS[actor]:
        case "decides":
            return ANSWERS[state][action]
        case "other office":
            return ANSWERS[state][action] if state in CLOSED else 403
        case "no power":
            return 403
    return 303 if action == "open" else 401  # to the sign-in page; what was typed is handed back


PAGE = """# Decisions: state, action, actor

What the server answers. The table is data (`tests/idp/approval/matrix.py`); a test plays every cell against the server.

200 a page · 303 done · 401 sign in · 403 not yours · 404 not there · 409 not possible in this state, which is told

{head}
{rows}

An approved case is not reopened: what it gave is taken back from the account (suspension, end of the posting), where
its owner and the auditor see it. A case that was sent back waits for its applicant, who corrects or withdraws it.

| actor | answer |
|---|---|
{actors}

**The delay.** After `IDP_ESCALATION_DAYS` working days the next office above that has an admin may decide too, after
twice as many the one above that; the first keeps the case. Working days leave out weekends and the holidays that DLA
keeps at `/holidays`.

**Conflicts**, each refused with 403 and recorded, while the case goes to an office without one: the own case; the case
of somebody who approved one's own request or made one's own appointment within a year; the case of somebody who holds
a power at an office above one's own.
"""


def page() -> str:
    """`docs/reference/decisions.md`."""
    rows = [f"| {state} | " + " | ".join(str(ANSWERS[state][each]) for each in ACTIONS) + " |" for state in ANSWERS]
    told = {
        DECIDES: "as above",
        OTHER_OFFICE: "403, recorded as `refused.decision`; 404 and 409 as above where nobody may look",
        NO_POWER: "403",
        STRANGER: "to the sign-in page; 401 with what was typed, when it was sent",
    }
    actors = "\n".join(f"| {actor} | {told[kind]} |" for actor, kind in ACTORS.items())
    head = "| state | " + " | ".join(ACTIONS) + " |\n|---|" + "---|" * len(ACTIONS)
    return PAGE.format(head=head, rows="\n".join(rows), actors=actors)


def offices_of(app: Flask) -> None:
    """DLA, province, a unit with two admins (one applies) and one whose letter ended, another unit, a clerk."""
    with app.app_context():
        for person in (DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, CLERK, *EXTRA):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        for person in (UNIT_ADMIN, *EXTRA):
            made = appoint(person, by=PROVINCIAL)
            if person is FORMER:
                made.ended_at, made.end_reason = clock.now(), "ย้าย"
        db.session.commit()


def _extra(key: str, unit: str, number: int) -> Invented:
    return Invented(key, "นาย", "สมมติ", key, f"{key}@example.go.th", unit, "ปลัด", number)


FORMER, SIBLING, APPLYING = (
    _extra("former_admin", "670603", 701),
    _extra("sibling_admin", "670604", 702),
    _extra("applying_admin", "670603", 703),
)
EXTRA = (FORMER, SIBLING, APPLYING)


def a_case(state: str, number: int | None = None, days: int = 0) -> str:
    """A case in a state, sent so many days ago by the person of a number, with its version and decision."""
    unit, now = units.find("670603"), clock.now() - timedelta(days=days)
    assert unit
    case = registration.begin()
    number = number or 5000 + case.id
    case.reference, case.title, case.given_name, case.family_name = new_reference(), "นาง", "ปรานี", f"คนที่{case.id}"
    case.national_id_sealed = accounts.seal_national_id(fictional_national_id(number))
    case.national_id_index = accounts.national_id_index(fictional_national_id(number))
    case.email, case.email_proven_at, case.phone = f"n{case.id}@example.go.th", now, "0812345678"
    case.unit_id, case.position, case.roles_chosen, case.expires_at = unit.id, "ธุรการ", True, None
    case.state = state
    if state != State.DRAFT:
        case.submitted_at = now
        versions.keep(case, registration.answers_of(case), now)
    if state in (State.APPROVED, State.RETURNED, State.REJECTED):
        case.decided_at, case.outcome_reason = clock.now(), "เอกสารไม่ตรงกับชื่อ"
        case.to_correct = ["phone"] if state == State.RETURNED else []
        versions.close(case, unit.id)
    db.session.commit()
    return case.reference


def version_of(reference: str) -> int:
    """The case's version now."""
    found = registration.find_by_reference(reference)
    assert isinstance(found, Registration)
    return found.version
