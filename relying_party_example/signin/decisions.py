"""INFO asks again: what is decided and what is shown rest on the roles that the provider tells now, not on those of
the sign-in hours ago.

What a system writes in somebody's name must not be old: a role or posting that ended at the provider is felt there
within a minute. What it shows to somebody of others' data may be a little older, and goes on for a while where the
provider does not answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import current_app

from relying_party_example.database import claim, release
from relying_party_example.outbound import OutboundError
from relying_party_example.secrets_at_rest import digest
from relying_party_example.signin import operations, provider
from relying_party_example.signin.operations import Held
from relying_party_example.signin.provider import GrantOver, ProviderError
from relying_party_example.signin.rules import Person, person_from
from thai_web import clock

TO_DECIDE = timedelta(minutes=1)  # the oldest answer on which something is changed
TO_READ = timedelta(minutes=5)  # the oldest answer with which something is shown without asking
TO_READ_UNANSWERED = timedelta(minutes=15)  # the same, while the provider does not answer
PAUSE = timedelta(seconds=30)  # after a call without an answer; else each page would wait for another
PATIENCE = 2.0  # seconds to wait while another page of the same session asks

_turns = [Lock() for _ in range(64)]


class SignInOver(Exception):
    """The provider gives nothing for this sign-in any more; the person has to sign in anew."""


def person_who_decides(secret: str) -> Person:
    """The person behind the session, as the provider told them less than a minute ago, or tells them now.

    Raises `SignInOver`; `OutboundError`, `ProviderError` or `ValueError` where the provider gives no usable answer.
    """
    return _person(secret, TO_DECIDE)


def person_who_reads(secret: str) -> Person:
    """The same, of five minutes ago; of fifteen, where the provider gives no usable answer. Raises as above."""
    now = clock.now()
    held = _held(secret, now)
    may_go_on = _is_younger(held, TO_READ_UNANSWERED, now)
    if may_go_on and _is_silent(now):
        return person_from(held.claims)
    try:
        return _person(secret, TO_READ)
    except (OutboundError, ProviderError, ValueError):
        if not may_go_on:
            raise
        return person_from(held.claims)


def _person(secret: str, oldest: timedelta) -> Person:
    now = clock.now()
    held = _held(secret, now)
    if _is_younger(held, oldest, now):
        return person_from(held.claims)
    release()
    with _turn(secret):
        now = clock.now()
        held = _held(secret, now)  # another page of the session may have asked meanwhile
        if _is_younger(held, oldest, now):
            return person_from(held.claims)
        release()
        return _told_now(held, secret, now)


def _told_now(held: Held, secret: str, now: datetime) -> Person:
    try:
        claims = _ask(held, secret, now)
    except GrantOver as error:
        claim(lambda: operations.close_session(secret))
        raise SignInOver from error
    except OutboundError:
        current_app.extensions["provider_silent_since"] = clock.now()
        raise
    person = claim(lambda: operations.keep_claims(secret, claims, now))
    if person is None:  # signed out in another tab, or by the provider, while we asked
        raise SignInOver
    return person


def _held(secret: str, now: datetime) -> Held:
    held = operations.held(secret, now)
    if held is None:
        raise SignInOver
    return held


def _is_younger(held: Held, oldest: timedelta, now: datetime) -> bool:
    return timedelta(0) <= now - held.told_at < oldest


def _is_silent(now: datetime) -> bool:
    since: datetime | None = current_app.extensions.get("provider_silent_since")
    return since is not None and timedelta(0) <= now - since < PAUSE


@contextmanager
def _turn(secret: str) -> Iterator[None]:
    """The pages of one session ask one after another, so that the first one's answer serves them all."""
    turn = _turns[digest(secret)[0] % len(_turns)]
    if not turn.acquire(timeout=PATIENCE):
        raise OutboundError("the provider is slow, and another page of this session waits for it")
    try:
        yield
    finally:
        turn.release()


def _ask(held: Held, secret: str, now: datetime) -> dict[str, Any]:
    sso = provider.current()
    if now < held.access_until:
        with suppress(GrantOver):  # over before its time: the refresh token says whether for good
            return sso.userinfo(held.access_token, held.sub)
    if held.refresh_token is None:
        raise GrantOver("there is no refresh token")
    fresh = sso.refresh(held.refresh_token)
    # Kept before the next call, which may fail: the old refresh token is used up.
    claim(lambda: operations.keep_tokens(secret, fresh, now, instead_of=held.sealed))
    return sso.userinfo(fresh.access_token, held.sub)
