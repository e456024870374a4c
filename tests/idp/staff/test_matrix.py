"""State × actor × act, on the server, from the table that the documentation shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from idp.access.rules import Power, Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Posting
from idp.appointments import absences
from idp.appointments import operations as appointments
from idp.appointments.models import Appointment
from idp.clients import operations as clients
from idp.database import db
from idp.staff import corrections, mailboxes, operations, roles
from idp.staff.rules import POSSIBLE, Act, Datum, State
from idp.units import operations as units
from tests.db_snapshot import contents
from tests.factories import appoint, open_person, viewer_of
from tests.idp.approval.conftest import SYSTEM
from tests.idp.staff import conftest
from tests.idp.staff.conftest import NEIGHBOUR, REASON, browser_of, furnish, posting_of
from tests.idp.staff.matrix import ROWS, Row
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from thai_web import clock
from thai_web.refusal import Refusal

EXPIRED = replace(UNIT_ADMIN, key="expired_admin", email="expired@sakruat.example.go.th", number=21)
DEMOTED = replace(UNIT_ADMIN, key="demoted_admin", email="demoted@sakruat.example.go.th", number=22)
AUDITED = replace(CLERK, key="with_power_elsewhere", email="power@sakruat.example.go.th", number=23)
AUDITOR = replace(CLERK, key="auditor", email="auditor@sakruat.example.go.th", number=25)
DEPUTY = replace(CLERK, key="deputy", email="deputy@sakruat.example.go.th", number=26)
SECOND_OFFICER = replace(DLA_OFFICER, key="second_officer", email="second@dla.example.go.th", number=24)
ABSENT = replace(UNIT_ADMIN, key="absent", email="absent@lake.example.go.th", unit_code="670606", number=27)
STAND_IN = replace(CLERK, key="stand_in", email="stands@lake.example.go.th", unit_code="670606", number=28)
LEFT_BEHIND = replace(CLERK, key="left_behind", email="left@lake.example.go.th", unit_code="670606", number=29)
PEOPLE: dict[str, Invented] = {
    **{name: getattr(conftest, name) for name in ("PEER", "COLLEAGUE", "NEIGHBOUR", "FORSAKEN")},
    "UNIT_ADMIN": UNIT_ADMIN,
    "CLERK": CLERK,
    "PROVINCIAL": PROVINCIAL,
    "DLA_OFFICER": DLA_OFFICER,
    "EXPIRED": EXPIRED,
    "DEMOTED": DEMOTED,
    "AUDITED": AUDITED,
    "SECOND_OFFICER": SECOND_OFFICER,
    "AUDITOR": AUDITOR,
    "DEPUTY": DEPUTY,
    "ABSENT": ABSENT,
    "STAND_IN": STAND_IN,
    "LEFT_BEHIND": LEFT_BEHIND,
}
PATHS = {
    Act.GIVE_ROLE: "roles/new",
    Act.END_ROLE: "roles/1/end",
    Act.CORRECT: "correct/person",
    Act.CORRECT_POSITION: "correct/position",
}
EVERYWHERE = [
    {"code": code, "name_th": code, "name_en": code, "unit_kinds": ["TAO", "PROVINCIAL_OFFICE", "DLA"]}
    for code in ("held", "offered")
]


@pytest.fixture
def everybody(sqlite_app: Flask) -> Flask:
    """The scene with those who lost their power, those who hold one elsewhere, and a role for each to lose."""
    furnish(sqlite_app)
    with sqlite_app.app_context():
        clients.import_metadata(SYSTEM | {"roles": EVERYWHERE})
        for person in (EXPIRED, DEMOTED, AUDITED, SECOND_OFFICER, AUDITOR, DEPUTY, ABSENT, STAND_IN, LEFT_BEHIND):
            open_person(person)
        appoint(AUDITOR, by=PROVINCIAL, power=Power.AUDITOR)
        appoint(DEPUTY, by=PROVINCIAL, power=Power.DEPUTY)
        held = appoint(ABSENT, by=PROVINCIAL).id
        appoint(STAND_IN, by=PROVINCIAL, power=Power.DEPUTY)
        absences.mark(viewer_of(ABSENT), held, clock.today(), clock.today())
        appoint(EXPIRED, by=PROVINCIAL).ends_on = clock.today()
        appointments.end(viewer_of(PROVINCIAL), appoint(DEMOTED, by=PROVINCIAL).id, "ยุติก่อนกำหนด")
        elsewhere = units.find(NEIGHBOUR.unit_code)
        holder = accounts.find_by_username(AUDITED.username)
        assert elsewhere
        assert holder
        db.session.commit()
        pages = {name: posting_of(person) for name, person in PEOPLE.items()}
        accounts.begin_posting(holder, elsewhere.id, "ผู้ดูแล", clock.today())
        appoint(replace(AUDITED, unit_code=NEIGHBOUR.unit_code), by=PROVINCIAL)
        role = next(role for role in clients.roles_for("TAO") if role.code == "held")
        for page in pages.values():
            clients.assign(page, role.id)
        _let_the_letter_end(EXPIRED)
        db.session.commit()
    sqlite_app.extensions["pages"] = pages
    return sqlite_app


def _let_the_letter_end(person: Invented) -> None:
    account = accounts.find_by_username(person.username)
    assert account
    made = db.session.query(Appointment).filter_by(account_id=account.id).one()
    made.letter_date = made.starts_on = clock.today() - timedelta(days=30)
    made.ends_on = clock.today() - timedelta(days=1)


def _does(act: Act, page: int) -> Callable[[Viewer], None]:
    offered = next(role for role in clients.roles_for("TAO") if role.code == "offered").id
    held = clients.assignments(page)
    return {
        Act.UNLOCK: lambda helper: operations.unlock(helper, page),
        Act.RECOVER: lambda helper: operations.recover(helper, page),
        Act.CHANGE_MAILBOX: lambda helper: mailboxes.announce(helper, page, "new@example.go.th", REASON),
        Act.CORRECT: lambda helper: _correct(helper, page, Act.CORRECT, Datum.PHONE, "0811111111"),
        Act.CORRECT_POSITION: lambda helper: _correct(helper, page, Act.CORRECT_POSITION, Datum.POSITION, "นักวิชาการ"),
        Act.END_SESSIONS: lambda helper: operations.end_sessions(helper, page, REASON),
        Act.SUSPEND: lambda helper: operations.suspend(helper, page, REASON),
        Act.REINSTATE: lambda helper: operations.reinstate(helper, page, REASON),
        Act.END_POSTING: lambda helper: operations.end_posting(helper, page, clock.today(), REASON),
        Act.ANNUL_POSTING: lambda helper: operations.annul_posting(helper, page, REASON),
        Act.GIVE_ROLE: lambda helper: roles.give(helper, page, offered, None),
        Act.END_ROLE: lambda helper: roles.end(helper, page, held[0][0].id, None, REASON),
    }[act]


def _correct(helper: Viewer, page: int, act: Act, datum: Datum, text: str) -> None:
    seen = accounts.get(db.session.get_one(Posting, page).account_id).updated_at.isoformat()
    corrections.correct(helper, page, act, {datum: text}, seen=seen, reason=REASON)


def _stand(name: str, page: int, state: State) -> None:
    """Let a person stand as the state says."""
    account = accounts.find_by_username(PEOPLE[name].username)
    posting = db.session.get_one(Posting, page)
    assert account
    if state in (State.SUSPENDED, State.LEFT_SUSPENDED):
        account.status = "SUSPENDED"
    if state in (State.LEFT, State.LEFT_SUSPENDED):
        posting.starts_on, posting.ends_on = clock.today() - timedelta(days=9), clock.today() - timedelta(days=1)
    db.session.flush()


def _expected(row: Row, state: State, act: Act) -> int | None:
    if not row.sees:
        return 404
    if not row.acts:
        return 403
    return None if act in POSSIBLE[state] else 409


@pytest.mark.attack(22, 23)
@pytest.mark.parametrize("state", State)
def test_the_table_holds_for_every_act_in_every_state(everybody: Flask, state: State) -> None:
    pages = everybody.extensions["pages"]
    with everybody.app_context():
        viewers = {row.actor: viewer_of(PEOPLE[row.actor]) for row in ROWS}
        wrong = []
        for row in ROWS:
            for act in Act:
                _stand(row.helped, pages[row.helped], state)
                try:
                    _does(act, pages[row.helped])(viewers[row.actor])
                    outcome = None
                except Refusal as refusal:
                    outcome = refusal.status
                db.session.rollback()
                if outcome != _expected(row, state, act):
                    wrong.append((row.told, act.value, outcome))
        assert not wrong


@pytest.mark.pinned  # a deputy's day of absence must not end while the table is gone through
@pytest.mark.attack(22)
def test_no_request_of_those_who_may_not_changes_a_row(everybody: Flask) -> None:
    pages = everybody.extensions["pages"]
    for row in (each for each in ROWS if not each.acts):
        client = browser_of(everybody, PEOPLE[row.actor])
        form = client.get("/home").get_data(as_text=True)
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        before = contents(everybody)
        for act in Act:
            path = PATHS.get(act, act.value)
            sent = {
                "csrf_token": token,
                "reason": REASON,
                "role": "1",
                "email": "new@example.go.th",
                "phone": "0811111111",
            }
            answer = client.post(f"/staff/people/{pages[row.helped]}/{path}", data=sent)
            assert answer.status_code in (403, 404), (row.told, path, answer.status_code)
        assert contents(everybody) == before, row.told
