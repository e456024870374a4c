"""The table of states: every action, in every state, phase and role."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from relying_party_example.periods.rules import Phase, Window
from relying_party_example.reports.rules import (
    TABLE,
    Action,
    Situation,
    State,
    Timeliness,
    allowed,
    may_read,
    objection,
    state_after,
    timeliness,
)
from relying_party_example.signin.rules import Person, person_from
from tests.relying_party_example.people import (
    CERTIFIER,
    CLERK,
    DISTRICT_VIEWER,
    DLA_OFFICER,
    NEIGHBOUR,
    OTHER_CERTIFIER,
    SA_KRUAT,
    WITHOUT_ROLE,
)
from thai_web.refusal import Conflict, Forbidden

MOMENTS = {
    Phase.NOT_OPEN: datetime(2026, 11, 30, tzinfo=UTC),
    Phase.ON_TIME: datetime(2026, 12, 10, tzinfo=UTC),
    Phase.LATE: datetime(2027, 1, 10, tzinfo=UTC),
    Phase.EXTENDED: datetime(2027, 1, 18, tzinfo=UTC),
    Phase.CLOSED: datetime(2027, 2, 1, tzinfo=UTC),
}
CASES = list(product(State, Phase))
WINDOW = Window(date(2026, 12, 1), date(2026, 12, 30), date(2027, 1, 15), date(2027, 1, 20))
REPORTER_MAY = {
    State.NOT_STARTED: {Action.START},
    State.DRAFT: {Action.SAVE, Action.DISCARD, Action.SUBMIT},
    State.SUBMITTED: {Action.RECALL},
    State.RETURNED: {Action.SAVE, Action.RESUBMIT},
    State.CERTIFIED: set(),
}
CERTIFIER_MAY = {
    State.NOT_STARTED: set(),
    State.DRAFT: set(),
    State.SUBMITTED: {Action.RETURN, Action.CERTIFY},
    State.RETURNED: set(),
    State.CERTIFIED: {Action.REVOKE, Action.REVOKE_AND_RETURN},
}


def situation(state: State, phase: Phase, **more: object) -> Situation:
    found = Situation(
        state=state,
        window=WINDOW,
        now=MOMENTS[phase],
        unit_code=SA_KRUAT["code"],
        province_code="67",
        **more,  # type: ignore[arg-type]
    )
    assert found.phase is phase
    return found


@pytest.mark.parametrize(("state", "phase"), CASES)
def test_the_units_clerk_may_what_the_table_says(state: State, phase: Phase) -> None:
    expected = REPORTER_MAY[state] if phase.is_open else set()
    assert allowed(person_from(CLERK), situation(state, phase)) == expected


@pytest.mark.parametrize(("state", "phase"), CASES)
def test_the_provinces_certifier_may_what_the_table_says(state: State, phase: Phase) -> None:
    expected = CERTIFIER_MAY[state] if phase.is_open else set()
    assert allowed(person_from(CERTIFIER), situation(state, phase)) == expected


@pytest.mark.parametrize("claims", [NEIGHBOUR, OTHER_CERTIFIER, DISTRICT_VIEWER, DLA_OFFICER, WITHOUT_ROLE])
@pytest.mark.parametrize(("state", "phase"), CASES)
def test_nobody_else_ever_changes_a_report(claims: dict[str, object], state: State, phase: Phase) -> None:
    assert allowed(person_from(claims), situation(state, phase)) == frozenset()


def refused(action: Action, person: Person, where: Situation) -> tuple[type, object]:
    refusal = objection(action, person, where)
    assert refusal is not None
    assert refusal.next_step or action in (Action.DISCARD, Action.RECALL, Action.CERTIFY)
    return type(refusal), refusal.values.get("day")


def test_every_denial_names_its_reason_and_the_next_date() -> None:
    clerk, certifier = person_from(CLERK), person_from(CERTIFIER)
    not_open = situation(State.NOT_STARTED, Phase.NOT_OPEN)
    assert refused(Action.START, clerk, not_open) == (Conflict, date(2026, 12, 1))
    assert refused(Action.SAVE, clerk, situation(State.DRAFT, Phase.CLOSED)) == (Conflict, date(2027, 1, 20))
    assert refused(Action.SUBMIT, certifier, situation(State.DRAFT, Phase.ON_TIME)) == (Forbidden, None)
    assert refused(Action.RECALL, clerk, situation(State.CERTIFIED, Phase.ON_TIME)) == (Conflict, None)


@pytest.mark.parametrize("part", ["submitter", "editor"])
def test_nobody_certifies_her_own_work(part: str) -> None:
    where = situation(State.SUBMITTED, Phase.ON_TIME, **{part: "certifier"})
    assert refused(Action.CERTIFY, person_from(CERTIFIER), where)[0] is Forbidden
    assert Action.RETURN in allowed(person_from(CERTIFIER), where)


def test_a_report_that_was_submitted_once_cannot_be_thrown_away() -> None:
    where = situation(State.DRAFT, Phase.ON_TIME, ever_submitted=True)
    assert refused(Action.DISCARD, person_from(CLERK), where)[0] is Conflict


def test_every_row_of_the_table_leads_to_a_state() -> None:
    for action, row in TABLE.items():
        for before in row.before:
            assert state_after(action, before) == (row.after or before)


def test_timeliness_follows_the_phase() -> None:
    assert timeliness(Phase.ON_TIME) is Timeliness.ON_TIME
    assert timeliness(Phase.LATE) is Timeliness.LATE
    assert timeliness(Phase.EXTENDED) is Timeliness.EXTENDED


@pytest.mark.parametrize(
    ("claims", "kind", "reads"),
    [
        (CLERK, "TAO", True),
        (NEIGHBOUR, "TAO", False),
        (CERTIFIER, "TAO", True),
        (OTHER_CERTIFIER, "TAO", False),
        (DISTRICT_VIEWER, "TAO", True),
        (DISTRICT_VIEWER, "TOWN", False),
        (DLA_OFFICER, "TAO", True),
        (WITHOUT_ROLE, "TAO", False),
    ],
)
def test_a_report_is_read_by_its_own_line_only(claims: dict[str, object], kind: str, reads: bool) -> None:
    own = {"unit_code": SA_KRUAT["code"], "province": "67", "district": "6706"}
    assert may_read(person_from(claims), kind=kind, **own) is reads
