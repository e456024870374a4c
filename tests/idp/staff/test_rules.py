"""Which offices may help whom, what is possible in which state, what a reason and a last day must be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.audit.catalogue import EVENTS
from idp.staff import history, rules
from idp.staff.rules import Act, State
from thai_web.refusal import Conflict, Refusal

UNIT, DISTRICT, PROVINCE, DLA, OTHER_UNIT, OTHER_PROVINCE = 1, 2, 3, 4, 5, 6
CHAIN = [UNIT, DISTRICT, PROVINCE, DLA]
TODAY = date(2026, 12, 30)


@pytest.mark.parametrize(
    ("powers", "offices"),
    [
        ([], CHAIN),
        ([CHAIN], [DISTRICT, PROVINCE, DLA]),
        ([[PROVINCE, DLA]], [DLA]),
        ([[OTHER_UNIT, OTHER_PROVINCE, DLA]], [DLA]),
        ([CHAIN, [OTHER_UNIT, DISTRICT, PROVINCE, DLA]], [DISTRICT, PROVINCE, DLA]),
        ([[DLA]], [DLA]),
    ],
    ids=["no power", "an admin here", "a provincial officer", "an admin far away", "an admin of two units", "DLA"],
)
def test_who_holds_a_power_is_helped_from_strictly_above_it(powers: list[list[int]], offices: list[int]) -> None:
    assert rules.offices(CHAIN, powers) == offices


def test_what_an_office_stopped_only_it_or_one_above_lets_go_on() -> None:
    assert rules.offices(CHAIN, [], stopped_by=[PROVINCE, DLA]) == [PROVINCE, DLA]
    assert rules.offices(CHAIN, [], stopped_by=CHAIN) == CHAIN
    assert rules.offices(CHAIN, [[PROVINCE, DLA]], stopped_by=[PROVINCE, DLA]) == [DLA]


@given(st.lists(st.sampled_from([CHAIN, CHAIN[1:], CHAIN[2:], CHAIN[3:]]), max_size=4))
def test_nobody_is_helped_from_her_own_level_or_below_except_at_the_top(powers: list[list[int]]) -> None:
    for office in rules.offices(CHAIN, powers):
        assert all(office in above[1:] or office == DLA for above in powers)


@pytest.mark.parametrize(
    ("status", "ends_on", "state"),
    [
        ("ACTIVE", None, State.WORKING),
        ("ACTIVE", TODAY, State.WORKING),
        ("ACTIVE", date(2026, 12, 29), State.LEFT),
        ("SUSPENDED", None, State.SUSPENDED),
        ("SUSPENDED", date(2026, 12, 29), State.LEFT_SUSPENDED),
    ],
)
def test_the_last_day_still_counts(status: str, ends_on: date | None, state: State) -> None:
    assert rules.state(status, ends_on, TODAY) == state


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_what_the_table_does_not_hold_is_refused_with_the_state(state: State, act: Act) -> None:
    if act in rules.POSSIBLE[state]:
        rules.check_possible(state, act)
    else:
        with pytest.raises(Conflict) as refused:
            rules.check_possible(state, act)
        assert refused.value.code == f"person_{state.lower()}"


def test_every_act_has_words_and_what_takes_away_says_why() -> None:
    assert set(rules.WORDS) == set(Act)
    assert rules.NEEDS_REASON >= rules.ENDING


@pytest.mark.parametrize(
    "reason", ["", "ลาออก", " " * 20, "เลขบัตร 9-9900-00000-10-0 ไม่ตรง", "เลขบัตร ๙๙๙๐๐๐๐๐๐๐๑๐๐ ไม่ตรง"]
)
def test_a_reason_that_says_too_little_or_too_much_is_refused(reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_reason(reason)
    assert refused.value.code == "reason"


@pytest.mark.parametrize("last_day", [date(2026, 9, 30), date(2029, 1, 1)])
def test_a_last_day_before_the_first_or_far_off_is_refused(last_day: date) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_last_day(last_day, date(2026, 10, 1), TODAY)
    assert refused.value.code == "last_day"


@pytest.mark.parametrize("last_day", [date(2026, 10, 1), TODAY, date(2027, 9, 30)])
def test_people_leave_on_any_day_from_their_first_on(last_day: date) -> None:
    rules.check_last_day(last_day, date(2026, 10, 1), TODAY)


def test_a_last_day_can_be_typed_on_a_leap_day() -> None:
    rules.check_last_day(date(2028, 3, 1), date(2026, 10, 1), date(2028, 2, 29))


def test_every_event_about_a_person_has_its_sentence() -> None:
    about_others = {"appointment.letter_viewed", "appointment.request_letter_viewed"}
    rooms = ("account", "posting", "appointment", "credential", "assignment", "consent", "registration")
    asked = {event.name for event in EVENTS if event.name.partition(".")[0] in rooms} - about_others
    assert not asked - set(history.TOLD), "say it in idp/staff/history.py, for the person's own page"
