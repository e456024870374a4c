"""Leave for the provider, come back, be signed in, sign out."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from relying_party_example.database import db
from relying_party_example.refusal import N_, Refusal
from relying_party_example.signin.models import Login, SignInSession
from relying_party_example.signin.rules import Person, person_from
from relying_party_example.web.addresses import local_path

LOGIN_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True)
class Departure:
    """The secrets that travel with the browser."""

    state: str
    nonce: str
    code_verifier: str


def begin_login(browser: str, return_to: str | None, now: datetime) -> Departure:
    """Remember that this browser leaves to sign in, and where it wants to be afterwards."""
    departure = Departure(*(secrets.token_urlsafe(32) for _ in range(3)))
    db.session.add(
        Login(
            state_digest=digest(departure.state),
            browser_digest=digest(browser),
            nonce=departure.nonce,
            code_verifier=departure.code_verifier,
            return_to=local_path(return_to),
            expires_at=now + LOGIN_LIFETIME,
        )
    )
    return departure


@dataclass(frozen=True)
class Return:
    """What a login that came back to its own browser was about."""

    nonce: str
    code_verifier: str
    return_to: str


def spend_login(state: str, browser: str, now: datetime) -> Return:
    """Take the login out of the table: it serves once, in time, and only the browser that began it."""
    login = db.session.get(Login, digest(state), with_for_update=True)
    # Another browser's state is login CSRF: somebody wants to sign this browser in as herself.
    if login is None or login.expires_at < now or not hmac.compare_digest(login.browser_digest, digest(browser)):
        raise Refusal(
            N_("การเข้าสู่ระบบครั้งนี้หมดอายุ หรือเริ่มจากเบราว์เซอร์อื่น"),
            next_step=N_("กด “เข้าสู่ระบบ” เพื่อเริ่มใหม่ หากเกิดซ้ำ ให้เปิดใช้คุกกี้ในเบราว์เซอร์"),
        )
    found = Return(login.nonce, login.code_verifier, login.return_to)
    db.session.delete(login)
    return found


def open_session(claims: dict[str, Any], id_token: str, *, hours: int, now: datetime, sid: str | None = None) -> str:
    """Begin a session and return its secret. Raises `ValueError` for claims of another shape than agreed."""
    kept = {name: claims.get(name) for name in ("sub", "name", "unit", "roles")}
    person = person_from(kept)
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            digest=digest(secret),
            sub=person.sub,
            sid=sid,
            claims=kept,
            id_token=id_token,
            begun_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return secret


def person_of(secret: str, now: datetime) -> Person | None:
    """Whose session this is, while it lasts."""
    session = db.session.get(SignInSession, digest(secret))
    return person_from(session.claims) if session and session.expires_at > now else None


def close_session(secret: str) -> str | None:
    """End a session; returns its ID token, by which the provider knows which sign-in to end."""
    session = db.session.get(SignInSession, digest(secret))
    if session is None:
        return None
    db.session.delete(session)
    return session.id_token


def end_sessions(sub: str | None, sid: str | None) -> None:
    """End what the provider says is over: one sign-in where it names it, else all of the person's."""
    which = SignInSession.sid == sid if sid is not None else SignInSession.sub == sub
    db.session.execute(delete(SignInSession).where(which))


def sweep(now: datetime) -> None:
    """Forget logins that never came back and sessions that are over."""
    for table in (Login, SignInSession):
        db.session.execute(delete(table).where(table.expires_at < now))


def digest(secret: str) -> bytes:
    """What is stored of a random secret."""
    return hashlib.sha256(secret.encode()).digest()
