"""Does a request need a person? A table of cases, and properties that hold for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.interaction import AskConsent, ChoosePosting, Issue, Refuse, SignedIn, SignIn, Situation, Step, next_step

NOW = datetime(2026, 12, 30, 8, tzinfo=UTC)
SCOPES = frozenset({"openid", "profile"})
PERSON = SignedIn("somjai", NOW - timedelta(minutes=10), SCOPES)
PLAIN = Situation(
    person=PERSON, prompt=frozenset(), max_age=None, meant=frozenset(), scopes=SCOPES, first_party=False,
    fresh_since=None, agreed=False, now=NOW,
)  # fmt: skip
OPEN = replace(PERSON, must_choose_posting=True)
FRESH = NOW - timedelta(minutes=11)
STALE = NOW - timedelta(minutes=9)


def prompt(*words: str) -> frozenset[str]:
    return frozenset(words)


@pytest.mark.parametrize(
    ("situation", "step"),
    [
        (PLAIN, Issue()),
        (replace(PLAIN, person=None), SignIn(again=False)),
        (replace(PLAIN, prompt=prompt("login")), SignIn(again=True)),
        (replace(PLAIN, prompt=prompt("login"), fresh_since=FRESH), Issue()),
        (replace(PLAIN, prompt=prompt("login"), fresh_since=STALE), SignIn(again=True)),
        (replace(PLAIN, prompt=prompt("select_account")), SignIn(again=True)),
        (replace(PLAIN, max_age=600), SignIn(again=True)),
        (replace(PLAIN, max_age=601), Issue()),
        (replace(PLAIN, max_age=0), SignIn(again=True)),
        (replace(PLAIN, max_age=0, fresh_since=FRESH), Issue()),
        (replace(PLAIN, meant=frozenset({"somjai"})), Issue()),
        (replace(PLAIN, meant=frozenset({"wilai"})), SignIn(again=True)),
        (replace(PLAIN, meant=frozenset({"wilai", "somjai"})), SignIn(again=True)),
        (replace(PLAIN, scopes=SCOPES | {"email"}), AskConsent()),
        (replace(PLAIN, scopes=SCOPES | {"email"}, agreed=True), Issue()),
        (replace(PLAIN, scopes=SCOPES | {"email"}, first_party=True), Issue()),
        (replace(PLAIN, prompt=prompt("consent")), AskConsent()),
        (replace(PLAIN, prompt=prompt("consent"), first_party=True), AskConsent()),
        (replace(PLAIN, prompt=prompt("consent"), agreed=True), Issue()),
        (replace(PLAIN, prompt=prompt("login", "consent")), SignIn(again=True)),
        (replace(PLAIN, prompt=prompt("login", "consent"), fresh_since=FRESH), AskConsent()),
        (replace(PLAIN, prompt=prompt("none")), Issue()),
        (replace(PLAIN, person=OPEN), ChoosePosting()),
        (replace(PLAIN, person=OPEN, prompt=prompt("consent")), ChoosePosting()),
        (replace(PLAIN, person=OPEN, prompt=prompt("login")), SignIn(again=True)),
    ],
)
def test_the_first_thing_that_is_missing_is_asked(situation: Situation, step: Step) -> None:
    assert next_step(situation) == step


@pytest.mark.parametrize(
    ("situation", "error"),
    [
        (replace(PLAIN, prompt=prompt("none"), person=None), "login_required"),
        (replace(PLAIN, prompt=prompt("none"), max_age=1), "login_required"),
        (replace(PLAIN, prompt=prompt("none"), meant=frozenset({"wilai"})), "login_required"),
        (replace(PLAIN, prompt=prompt("none"), scopes=frozenset({"openid", "email"})), "consent_required"),
        (replace(PLAIN, meant=frozenset({"wilai"}), fresh_since=FRESH), "login_required"),
        (replace(PLAIN, person=OPEN, prompt=prompt("none")), "interaction_required"),
    ],
)
def test_what_cannot_be_asked_is_refused(situation: Situation, error: str) -> None:
    step = next_step(situation)
    assert isinstance(step, Refuse)
    assert step.error == error


@given(
    st.builds(
        Situation,
        person=st.none() | st.just(PERSON),
        prompt=st.just(prompt("none")),
        max_age=st.none() | st.integers(0, 10_000),
        meant=st.frozensets(st.sampled_from(["somjai", "wilai"])),
        scopes=st.frozensets(st.sampled_from(["openid", "profile", "email"])),
        first_party=st.booleans(),
        fresh_since=st.none() | st.sampled_from([FRESH, STALE]),
        agreed=st.booleans(),
        now=st.just(NOW),
    )
)
def test_prompt_none_never_shows_a_page(situation: Situation) -> None:
    assert isinstance(next_step(situation), Issue | Refuse)
