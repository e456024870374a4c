"""Does a request need a person? A table of cases, and properties that hold for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.authorize.interaction import (
    UNMET,
    AskConsent,
    ChooseAccount,
    ChoosePosting,
    Issue,
    Refuse,
    Register,
    SignedIn,
    SignIn,
    Situation,
    Step,
    next_step,
)
from idp.signin.rules import Why

NOW = datetime(2026, 12, 30, 8, tzinfo=UTC)
SCOPES = frozenset({"openid", "profile"})
PASSWORD, THAID = "urn:dla:sso:password", "urn:dla:sso:thaid"
PERSON = SignedIn("somjai", NOW - timedelta(minutes=10), PASSWORD, SCOPES)
PLAIN = Situation(
    person=PERSON,
    prompt=frozenset(),
    max_age=None,
    meant=frozenset(),
    essential_acr=frozenset(),
    attainable=frozenset({PASSWORD, THAID}),
    scopes=SCOPES,
    first_party=False,
    fresh_since=None,
    selected=False,
    agreed=False,
    now=NOW,
)
BY_THAID = replace(PLAIN, essential_acr=frozenset({THAID}))
OPEN = replace(PERSON, must_choose_posting=True)
FRESH = NOW - timedelta(minutes=11)
STALE = NOW - timedelta(minutes=9)


def prompt(*words: str) -> frozenset[str]:
    return frozenset(words)


@pytest.mark.parametrize(
    ("situation", "step"),
    [
        (PLAIN, Issue()),
        (replace(PLAIN, person=None), SignIn()),
        (replace(PLAIN, prompt=prompt("login")), SignIn(Why.LOGIN)),
        (replace(PLAIN, prompt=prompt("login"), fresh_since=FRESH), Issue()),
        (replace(PLAIN, prompt=prompt("login"), fresh_since=STALE), SignIn(Why.LOGIN)),
        (replace(PLAIN, prompt=prompt("select_account")), ChooseAccount()),
        (replace(PLAIN, prompt=prompt("select_account"), person=None), SignIn()),
        (replace(PLAIN, prompt=prompt("select_account"), selected=True), Issue()),
        (replace(PLAIN, prompt=prompt("select_account"), fresh_since=FRESH), Issue()),
        (replace(PLAIN, prompt=prompt("select_account"), fresh_since=STALE), ChooseAccount()),
        (replace(PLAIN, prompt=prompt("select_account", "consent"), selected=True), AskConsent()),
        (replace(PLAIN, prompt=prompt("create")), Register()),
        (replace(PLAIN, prompt=prompt("create"), person=None), Register()),
        (replace(PLAIN, prompt=prompt("create", "login"), person=None), Register()),
        (BY_THAID, SignIn(Why.CLASS)),
        (replace(BY_THAID, person=None), SignIn()),
        (replace(BY_THAID, person=replace(PERSON, acr=THAID)), Issue()),
        (replace(BY_THAID, essential_acr=frozenset({THAID, PASSWORD})), Issue()),
        (replace(BY_THAID, essential_acr=frozenset({PASSWORD}), person=replace(PERSON, acr=THAID)), SignIn(Why.CLASS)),
        (replace(BY_THAID, fresh_since=FRESH), UNMET),
        (replace(BY_THAID, fresh_since=STALE), UNMET),
        (replace(BY_THAID, fresh_since=STALE, person=None), SignIn()),
        (replace(BY_THAID, attainable=frozenset({PASSWORD}), person=None), UNMET),
        (replace(BY_THAID, essential_acr=frozenset({"urn:mace:incommon:iap:silver"})), UNMET),
        (replace(PLAIN, max_age=600), SignIn(Why.AGE)),
        (replace(PLAIN, max_age=601), Issue()),
        (replace(PLAIN, max_age=0), SignIn(Why.AGE)),
        (replace(PLAIN, max_age=0, fresh_since=FRESH), Issue()),
        (replace(PLAIN, meant=frozenset({"somjai"})), Issue()),
        (replace(PLAIN, meant=frozenset({"wilai"})), SignIn(Why.PERSON)),
        (replace(PLAIN, meant=frozenset({"wilai", "somjai"})), SignIn(Why.PERSON)),
        (replace(PLAIN, scopes=SCOPES | {"email"}), AskConsent()),
        (replace(PLAIN, scopes=SCOPES | {"email"}, agreed=True), Issue()),
        (replace(PLAIN, scopes=SCOPES | {"email"}, first_party=True), Issue()),
        (replace(PLAIN, prompt=prompt("consent")), AskConsent()),
        (replace(PLAIN, prompt=prompt("consent"), first_party=True), AskConsent()),
        (replace(PLAIN, prompt=prompt("consent"), agreed=True), Issue()),
        (replace(PLAIN, prompt=prompt("login", "consent")), SignIn(Why.LOGIN)),
        (replace(PLAIN, prompt=prompt("login", "consent"), fresh_since=FRESH), AskConsent()),
        (replace(PLAIN, prompt=prompt("none")), Issue()),
        (replace(PLAIN, person=OPEN), ChoosePosting()),
        (replace(PLAIN, person=OPEN, prompt=prompt("consent")), ChoosePosting()),
        (replace(PLAIN, person=OPEN, prompt=prompt("login")), SignIn(Why.LOGIN)),
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
        (replace(BY_THAID, prompt=prompt("none")), "login_required"),
        (
            replace(BY_THAID, prompt=prompt("none"), attainable=frozenset({PASSWORD})),
            "unmet_authentication_requirements",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(situation: Situation, error: str) -> None:
    step = next_step(situation)
    assert isinstance(step, Refuse)
    assert step.error == error


PROMPTS = st.just(prompt("none")) | st.frozensets(
    st.sampled_from(["login", "consent", "select_account", "create"]), max_size=4
)
SITUATIONS = st.builds(
    Situation,
    person=st.none() | st.builds(replace, st.sampled_from([PERSON, OPEN]), acr=st.sampled_from([PASSWORD, THAID])),
    prompt=PROMPTS,
    max_age=st.none() | st.integers(0, 10_000),
    meant=st.frozensets(st.sampled_from(["somjai", "wilai"])),
    essential_acr=st.frozensets(st.sampled_from([PASSWORD, THAID, "urn:x"])),
    attainable=st.sampled_from([frozenset({PASSWORD}), frozenset({PASSWORD, THAID})]),
    scopes=st.frozensets(st.sampled_from(["openid", "profile", "email"])),
    first_party=st.booleans(),
    fresh_since=st.none() | st.sampled_from([FRESH, STALE]),
    selected=st.booleans(),
    agreed=st.booleans(),
    now=st.just(NOW),
)


@given(SITUATIONS)
def test_prompt_none_never_shows_a_page(situation: Situation) -> None:
    assert isinstance(next_step(replace(situation, prompt=prompt("none"))), Issue | Refuse)


@given(SITUATIONS)
def test_a_code_goes_out_only_where_everything_was_met(s: Situation) -> None:
    if next_step(s) != Issue():
        return
    assert s.person is not None
    assert not s.person.must_choose_posting
    assert not s.essential_acr or s.person.acr in s.essential_acr
    assert not s.meant or s.meant == {s.person.subject}
    assert "create" not in s.prompt
    fresh = s.fresh_since is not None and s.person.auth_time >= s.fresh_since
    assert fresh or "login" not in s.prompt
    assert fresh or s.selected or "select_account" not in s.prompt
    assert fresh or s.max_age is None or s.now - s.person.auth_time < timedelta(seconds=s.max_age)
    assert s.agreed or s.first_party or s.scopes <= s.person.consented
    assert s.agreed or "consent" not in s.prompt


@given(SITUATIONS)
def test_whoever_does_all_that_is_asked_gets_there(s: Situation) -> None:
    """No request goes round in circles: each page that is answered brings it on, to a code or to an error."""
    for _page in range(8):
        step = next_step(s)
        if isinstance(step, Issue | Refuse):
            return
        s = answered(s, step)
    raise AssertionError(f"still {step} after eight pages")


def answered(s: Situation, step: Step) -> Situation:
    """What a situation becomes when a willing person answers the page."""
    if isinstance(step, Register):
        return replace(s, prompt=s.prompt - {"create"})
    if isinstance(step, ChooseAccount):
        return replace(s, selected=True)
    if isinstance(step, AskConsent):
        return replace(s, agreed=True)
    if isinstance(step, ChoosePosting):
        assert s.person
        return replace(s, person=replace(s.person, must_choose_posting=False))
    can = sorted(s.essential_acr & s.attainable) or [PASSWORD]
    who = s.person or replace(PERSON, subject=min(s.meant, default="somjai"))
    return replace(s, person=replace(who, auth_time=s.now, acr=can[0]), fresh_since=s.now)
