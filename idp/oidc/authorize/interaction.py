"""Does an authorization request need a person? Pure: a list of named checks, asked in order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.signin.rules import Why


@dataclass(frozen=True)
class SignIn:
    """Send the browser to the sign-in page; with `why` the present sign-in does not do."""

    why: Why | None = None


@dataclass(frozen=True)
class Register:
    """Lead to the start of a registration, whence who has an account comes back."""


@dataclass(frozen=True)
class ChooseAccount:
    """Ask as whom the person goes on."""


@dataclass(frozen=True)
class ChoosePosting:
    """Ask in which posting the person acts: `unit` and `roles` are told of that one."""


@dataclass(frozen=True)
class AskConsent:
    """Ask whether the system may be told."""


@dataclass(frozen=True)
class Issue:
    """Nothing is missing: give the code."""


@dataclass(frozen=True)
class Refuse:
    """Answer the system with an error."""

    error: str
    description: str


Step = SignIn | Register | ChooseAccount | ChoosePosting | AskConsent | Issue | Refuse


@dataclass(frozen=True)
class SignedIn:
    """Who sits at the browser, since when, by what means, and to what they agreed for this system."""

    subject: str
    auth_time: datetime
    acr: str
    consented: frozenset[str]
    must_choose_posting: bool = False


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that the decision rests on.

    `fresh_since`: when this request already sent the person to the sign-in page; `agreed`: the person says yes to it in
    this very call; `selected`: as whom to go on; `meant`: the `sub` values that an id_token_hint or the claims
    parameter names; `essential_acr`: the classes of which one must come out, none where any will do; `attainable`: the
    classes that can be had here.
    """

    person: SignedIn | None
    prompt: frozenset[str]
    max_age: int | None
    meant: frozenset[str]
    essential_acr: frozenset[str]
    attainable: frozenset[str]
    scopes: frozenset[str]
    first_party: bool
    fresh_since: datetime | None
    selected: bool
    agreed: bool
    now: datetime


UNMET = Refuse("unmet_authentication_requirements", "no sign-in of the class that was asked for as essential")


def no_sign_in_here_will_do(s: Situation) -> Step | None:
    return UNMET if s.essential_acr and not s.essential_acr & s.attainable else None


def an_account_is_to_be_made(s: Situation) -> Step | None:
    return Register() if "create" in s.prompt else None


def nobody_is_signed_in(s: Situation) -> Step | None:
    return SignIn() if s.person is None else None


def a_fresh_sign_in_was_asked(s: Situation) -> Step | None:
    return SignIn(Why.LOGIN) if "login" in s.prompt and not _signed_in_for_this_request(s) else None


def the_account_is_open(s: Situation) -> Step | None:
    if "select_account" not in s.prompt or s.selected or _signed_in_for_this_request(s):
        return None
    return ChooseAccount()


def the_sign_in_is_too_old(s: Situation) -> Step | None:
    if s.max_age is None or s.person is None or _signed_in_for_this_request(s):
        return None
    # Older *or just as old*: max_age=0 means the same as prompt=login.
    return SignIn(Why.AGE) if s.now - s.person.auth_time >= timedelta(seconds=s.max_age) else None


def somebody_else_was_meant(s: Situation) -> Step | None:
    if s.person is None or not s.meant or s.meant == {s.person.subject}:
        return None
    if _signed_in_for_this_request(s):
        return Refuse("login_required", "another person signed in than the one who was asked for")
    return SignIn(Why.PERSON)


def the_sign_in_is_of_another_class(s: Situation) -> Step | None:
    if s.person is None or not s.essential_acr or s.person.acr in s.essential_acr:
        return None
    # Who comes back as they went could not or would not: a failed authentication (Core, section 5.5.1.1).
    return SignIn(Why.CLASS) if s.fresh_since is None else UNMET


def the_posting_is_open(s: Situation) -> Step | None:
    return ChoosePosting() if s.person is not None and s.person.must_choose_posting else None


def consent_is_missing(s: Situation) -> Step | None:
    if s.agreed or s.person is None:
        return None
    if "consent" in s.prompt:
        return AskConsent()
    return AskConsent() if not s.first_party and not s.scopes <= s.person.consented else None


CHECKS: tuple[Callable[[Situation], Step | None], ...] = (
    no_sign_in_here_will_do,
    an_account_is_to_be_made,
    nobody_is_signed_in,
    a_fresh_sign_in_was_asked,
    the_account_is_open,
    the_sign_in_is_too_old,
    somebody_else_was_meant,
    the_sign_in_is_of_another_class,
    the_posting_is_open,
    consent_is_missing,
)


def next_step(situation: Situation) -> Step:
    """The first thing that is missing, or `Issue`. With prompt=none nobody may be asked, so it becomes an error."""
    step = next((step for check in CHECKS if (step := check(situation))), Issue())
    if "none" not in situation.prompt:
        return step
    if isinstance(step, SignIn):
        return Refuse("login_required", "a person would have to sign in")
    if isinstance(step, ChoosePosting):
        return Refuse("interaction_required", "a person would have to choose a posting")
    if isinstance(step, AskConsent):
        return Refuse("consent_required", "a person would have to agree")
    return step


def _signed_in_for_this_request(s: Situation) -> bool:
    return s.person is not None and s.fresh_since is not None and s.person.auth_time >= s.fresh_since
