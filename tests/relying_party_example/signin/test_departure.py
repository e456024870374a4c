"""What a browser carries to the provider: ours, whole, in time, and each for its own sign-in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relying_party_example.signin import departure
from relying_party_example.signin.departure import LIFETIME, depart, read_proof, read_state

KEY = "k" * 40
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def test_what_left_comes_back() -> None:
    left = depart(KEY, "/periods/?a=1", NOW)
    state = read_state(KEY, left.state)
    assert state is not None
    assert (state.key, state.return_to, state.is_second_try) == (left.key, "/periods/?a=1", False)
    assert read_proof(KEY, left.key, left.cookie, NOW) == left.proof
    assert left.proof.nonce not in left.state
    assert left.proof.code_verifier not in left.state


@pytest.mark.parametrize(("seconds", "is_in_time"), [(0, True), (899, True), (900, False), (86_400, False)])
def test_the_cookie_serves_a_quarter_of_an_hour(seconds: int, is_in_time: bool) -> None:
    left = depart(KEY, "/", NOW)
    assert (read_proof(KEY, left.key, left.cookie, NOW + timedelta(seconds=seconds)) is not None) is is_in_time


@pytest.mark.attack(14)
def test_neither_another_key_nor_another_sign_in_nor_the_other_part_is_taken() -> None:
    one, other = depart(KEY, "/", NOW), depart(KEY, "/", NOW)
    assert read_proof(KEY, one.key, other.cookie, NOW) is None
    assert read_proof("x" * 40, one.key, one.cookie, NOW) is None
    assert read_state("x" * 40, one.state) is None
    assert read_proof(KEY, one.key, one.state, NOW) is None
    assert read_state(KEY, one.cookie) is None
    assert read_state(KEY, depart("x" * 40, "/", NOW).state) is None


@given(text=st.text(max_size=300), place=st.integers(min_value=0), letter=st.characters())
def test_nothing_made_up_or_altered_is_taken(text: str, place: int, letter: str) -> None:
    left = depart(KEY, "/", NOW)
    where = place % len(left.state)
    altered = left.state[:where] + letter + left.state[where + 1 :]
    for tried in (text, altered):
        # The last letter of a signature has two bits that say nothing; what is signed never changes.
        assert read_state(KEY, tried) in (None, read_state(KEY, left.state))
        assert read_proof(KEY, left.key, tried, NOW) is None


@given(st.text())
def test_wherever_somebody_wants_to_go_it_is_here_and_fits_into_an_address(target: str) -> None:
    state = read_state(KEY, depart(KEY, target, NOW).state)
    assert state is not None
    assert state.return_to.startswith("/")
    assert not state.return_to.startswith(("//", "/\\"))
    assert len(state.return_to) <= departure.LONGEST_PATH


@pytest.mark.parametrize(
    ("is_second_try", "age", "goes_round"),
    [
        (False, timedelta(0), False),
        (True, timedelta(0), True),
        (True, LIFETIME - timedelta(seconds=1), True),
        (True, LIFETIME, False),
        (True, timedelta(days=1), False),
    ],
)
def test_a_second_beginning_by_itself_is_the_last_of_its_quarter_of_an_hour(
    is_second_try: bool, age: timedelta, goes_round: bool
) -> None:
    state = read_state(KEY, depart(KEY, "/", NOW, is_second_try=is_second_try).state)
    assert state is not None
    assert state.tried_just_now(NOW + age) is goes_round
