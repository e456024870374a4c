from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.registration import fields
from idp.registration.fields import IDENTITY, Field, Purpose
from idp.registration.rules import State
from thai_web.refusal import Forbidden, Refusal

MORE = [Purpose.ROLES, Purpose.POSTING, Purpose.MOVE]
NAMED = st.lists(st.sampled_from([*Field, "document:3", "document:14"]), unique=True)


@pytest.mark.parametrize(
    ("named", "opened", "documents"),
    [
        ([], set(), set()),
        (["phone"], {Field.PHONE}, set()),
        (["name", "national_id"], {Field.NAME, Field.NATIONAL_ID}, set()),
        (["roles"], {Field.ROLES, Field.DOCUMENTS}, set()),
        (["unit"], {Field.UNIT, Field.ROLES, Field.DOCUMENTS}, set()),
        (["document:3"], {Field.DOCUMENTS}, {3}),
        (["documents"], {Field.DOCUMENTS}, set()),
    ],
)
def test_a_returned_request_opens_what_was_named_and_what_follows_from_it(
    named: list[str], opened: set[Field], documents: set[int]
) -> None:
    found = fields.editable(State.RETURNED, Purpose.NEW, proven=False, to_correct=named)
    assert found == (opened, documents)


@given(st.sampled_from(State), st.sampled_from(Purpose), st.booleans(), NAMED)
def test_nothing_is_open_that_is_not_the_applicants_to_change(
    state: State, purpose: Purpose, proven: bool, named: list[str]
) -> None:
    opened, _documents = fields.editable(state, purpose, proven=proven, to_correct=named)
    assert opened <= fields.ASKS[purpose]
    assert not (proven and opened & IDENTITY)
    if state not in (State.DRAFT, State.RETURNED):
        assert not opened
    if state == State.RETURNED and not named:
        assert not opened


@pytest.mark.parametrize("purpose", MORE)
def test_who_asks_with_an_account_is_not_asked_who_she_is(purpose: Purpose) -> None:
    opened, _documents = fields.editable(State.DRAFT, purpose, proven=True)
    assert not opened & {*IDENTITY, Field.PHONE, Field.EMAIL}


@given(st.sets(st.sampled_from(Field)), st.sets(st.sampled_from(Field), min_size=1))
def test_an_answer_that_is_not_open_is_refused(opened: set[Field], wanted: set[Field]) -> None:
    if wanted <= opened:
        fields.check_open(frozenset(opened), wanted)
    else:
        with pytest.raises(Forbidden):
            fields.check_open(frozenset(opened), wanted)


@pytest.mark.parametrize("named", [[], ["name"], ["document:9"], ["phone", "colour"]])
def test_a_reviewer_names_something_that_can_be_corrected(named: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        fields.check_named(named, {Field.PHONE}, [3])
    assert refused.value.code == "to_correct"


def test_what_was_named_is_kept_in_the_order_of_the_questions() -> None:
    assert fields.check_named(["document:3", "phone"], {Field.PHONE}, [3]) == ["phone", "document:3"]


ANSWERS = st.fixed_dictionaries({field.value: st.integers(0, 2) for field in Field})


@given(ANSWERS, ANSWERS)
def test_two_versions_differ_in_exactly_the_answers_that_changed(before: dict[str, Any], after: dict[str, Any]) -> None:
    changed = {change.field: (change.before, change.after) for change in fields.changes(before, after)}
    assert {**before, **{field: after for field, (_before, after) in changed.items()}} == after
    assert all(before != after for before, after in changed.values())
