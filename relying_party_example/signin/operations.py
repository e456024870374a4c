"""The sessions: begin one, know whose it is, keep what the provider tells anew, end it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update

from relying_party_example.database import db
from relying_party_example.secrets_at_rest import digest, seal, unseal
from relying_party_example.signin.models import SignInSession
from relying_party_example.signin.provider import Tokens
from relying_party_example.signin.rules import Person, person_from

KEPT_CLAIMS = ("sub", "name", "unit", "roles")


@dataclass(frozen=True)
class Held:
    """A session with its tokens, opened by its secret."""

    sub: str
    claims: dict[str, Any]
    told_at: datetime
    access_until: datetime
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    sealed: bytes = field(repr=False)


def open_session(
    claims: Mapping[str, Any], tokens: Tokens, *, hours: int, now: datetime, sid: str | None = None
) -> str:
    """Begin a session and return its secret. Raises `ValueError` for claims of another shape than agreed."""
    kept = _kept(claims)
    person = person_from(kept)
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            digest=digest(secret),
            sub=person.sub,
            sid=sid,
            claims=kept,
            told_at=now,
            tokens=_sealed(secret, tokens),
            access_until=now + timedelta(seconds=tokens.expires_in),
            begun_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return secret


def person_of(secret: str, now: datetime) -> Person | None:
    """Whose session this is, while it lasts."""
    session = _lasting(secret, now)
    return person_from(session.claims) if session else None


def held(secret: str, now: datetime) -> Held | None:
    """The session with its tokens, while it lasts."""
    session = _lasting(secret, now)
    if session is None:
        return None
    access, refresh = json.loads(unseal(secret, session.tokens))
    return Held(session.sub, session.claims, session.told_at, session.access_until, access, refresh, session.tokens)


def keep_tokens(secret: str, tokens: Tokens, now: datetime, *, instead_of: bytes) -> None:
    """Keep refreshed tokens. Of two tabs that refreshed at once the first is kept: one line of refresh tokens goes on,
    and the other's is never used (the provider would take that for theft)."""
    values = {"tokens": _sealed(secret, tokens), "access_until": now + timedelta(seconds=tokens.expires_in)}
    mine = (SignInSession.digest == digest(secret)) & (SignInSession.tokens == instead_of)
    db.session.execute(update(SignInSession).where(mine).values(values))


def keep_claims(secret: str, claims: Mapping[str, Any], now: datetime) -> Person | None:
    """Keep what the provider told now; nobody where the session was ended meanwhile. Raises `ValueError`."""
    kept = _kept(claims)
    person = person_from(kept)
    changed = update(SignInSession).where(SignInSession.digest == digest(secret)).values(claims=kept, told_at=now)
    return person if cast(CursorResult[Any], db.session.execute(changed)).rowcount else None


def close_session(secret: str) -> None:
    """End a session; its tokens cannot be read any more."""
    db.session.execute(delete(SignInSession).where(SignInSession.digest == digest(secret)))


def end_sessions(sub: str | None, sid: str | None) -> None:
    """End what the provider says is over: one sign-in where it names it, else all of the person's."""
    which = SignInSession.sid == sid if sid is not None else SignInSession.sub == sub
    db.session.execute(delete(SignInSession).where(which))


def sweep(now: datetime) -> None:
    """Forget sessions that are over."""
    db.session.execute(delete(SignInSession).where(SignInSession.expires_at < now))


def _lasting(secret: str, now: datetime) -> SignInSession | None:
    session = db.session.get(SignInSession, digest(secret))
    return session if session and session.expires_at > now else None


def _kept(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {name: claims.get(name) for name in KEPT_CLAIMS}


def _sealed(secret: str, tokens: Tokens) -> bytes:
    return seal(secret, json.dumps([tokens.access_token, tokens.refresh_token]))
