import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.registration import rules
from idp.registration.rules import Action, State, Step
from thai_web.refusal import Conflict, Refusal

ALLOWED = {
    State.DRAFT: {Action.EDIT: State.DRAFT, Action.SUBMIT: State.SUBMITTED},
    State.SUBMITTED: {
        Action.WITHDRAW: State.WITHDRAWN,
        Action.APPROVE: State.APPROVED,
        Action.RETURN: State.RETURNED,
        Action.REJECT: State.REJECTED,
    },
    State.RETURNED: {
        Action.EDIT: State.RETURNED,
        Action.SUBMIT: State.SUBMITTED,
        Action.WITHDRAW: State.WITHDRAWN,
        Action.LAPSE: State.LAPSED,
    },
    State.APPROVED: {},
    State.REJECTED: {Action.REOPEN: State.SUBMITTED},
    State.WITHDRAWN: {},
    State.LAPSED: {},
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", State)
def test_each_state_allows_its_own_actions_and_refuses_all_others(state: State, action: Action) -> None:
    if action in ALLOWED[state]:
        assert rules.after(state, action) == ALLOWED[state][action]
    else:
        with pytest.raises(Conflict) as refused:
            rules.after(state, action)
        assert refused.value.message == rules.REFUSED[state]


@given(st.lists(st.sampled_from(Action)))
def test_whatever_is_tried_one_outcome_follows_another_only_after_reopening(actions: list[Action]) -> None:
    state, is_over = State.DRAFT, False
    for action in actions:
        try:
            state = rules.after(state, action)
        except Conflict:
            continue
        assert not is_over or action == Action.REOPEN
        is_over = state in (State.APPROVED, State.REJECTED, State.WITHDRAWN, State.LAPSED)


@given(st.sets(st.sampled_from(Step)))
def test_a_registration_is_complete_only_when_every_question_is_answered(done: set[Step]) -> None:
    step = rules.next_step(done)
    if step is None:
        assert done == set(Step)
        rules.check_complete(done)
    else:
        assert step not in done
        assert all(earlier in done for earlier in list(Step)[: list(Step).index(step)])
        with pytest.raises(Refusal):
            rules.check_complete(done)


def test_a_reference_survives_being_read_out_and_typed_again() -> None:
    reference = rules.new_reference()
    misread = reference.lower().replace("0", "o").replace("1", "l")
    assert rules.normalise_reference(f"\u200e {misread[:6]}–{misread[6:]} ") == reference
    assert len(reference) == 11


def test_an_eleventh_document_is_refused() -> None:
    rules.check_room(9)
    with pytest.raises(Refusal):
        rules.check_room(10)
