"""A decision asks again: it rests on the roles that the provider tells now, not on those of the sign-in hours ago.

What a system shows may be a little old. What it writes in somebody's name must not be: a role or posting that ended at
the provider is felt here within a minute.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from relying_party_example.database import claim, release
from relying_party_example.signin import operations, provider
from relying_party_example.signin.operations import Held
from relying_party_example.signin.provider import GrantOver
from relying_party_example.signin.rules import Person, person_from

OLDEST_ANSWER = timedelta(seconds=60)


class SignInOver(Exception):
    """The provider gives nothing for this sign-in any more; the person has to sign in anew."""


def person_now(secret: str, now: datetime) -> Person:
    """The person behind the session, as the provider told them less than a minute ago, or tells them now.

    Raises `SignInOver`; `OutboundError`, `ProviderError` or `ValueError` where the provider gives no usable answer.
    """
    held = operations.held(secret, now)
    if held is None:
        raise SignInOver
    if timedelta(0) <= now - held.told_at < OLDEST_ANSWER:
        return person_from(held.claims)
    release()
    try:
        claims = _ask(held, secret, now)
    except GrantOver as error:
        claim(lambda: operations.close_session(secret))
        raise SignInOver from error
    person = claim(lambda: operations.keep_claims(secret, claims, now))
    if person is None:  # signed out in another tab, or by the provider, while we asked
        raise SignInOver
    return person


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
