"""Checking a password, beginning and ending sessions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import bindparam, exists, select, update

from idp import database, remote_address
from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Status, full_name, normalise_username
from idp.appointments.operations import holdings
from idp.audit.operations import traffic_at_once, traffic_row
from idp.database import db
from idp.fast_sql import Query, Statement, Write, insertion, table_of, write_alone, write_in
from idp.notifications.operations import mail
from idp.secrets_at_rest import digest, new_secret
from idp.signin import known_device, password_limits, rules
from idp.signin.models import PasswordCredential, SignInSession
from idp.signin.passwords import matches
from idp.throttle import operations as throttle
from idp.units import operations as units
from idp.units import rules as unit_rules
from idp.web.application import settings
from idp.web.links import absolute
from thai_web import clock, language
from thai_web.refusal import N_, Refusal

ACCOUNT, POSTING, SESSION = table_of(Account), table_of(Posting), table_of(SignInSession)
CREDENTIAL = table_of(PasswordCredential)


class CredentialRow(Protocol):
    """An account with its password, and the device where it is one of theirs."""

    id: int
    status: str
    hash: str
    device_id: int | None


class PlaceRow(Protocol):
    """An account with a posting in force, or none, and with the device where it is one of theirs."""

    posting_id: int | None
    device_id: int | None
    device_seen_at: datetime | None
    was_here: bool
    id: int
    email: str
    title: str
    given_name: str
    family_name: str


class PresentRow(Protocol):
    """A session with its account."""

    id: int
    account_id: int
    auth_time: datetime
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    status: str
    tokens_not_before: datetime


_CREDENTIAL = Query[CredentialRow](
    select(ACCOUNT.c.id, ACCOUNT.c.status, CREDENTIAL.c.hash, known_device.DEVICE.c.id.label("device_id"))
    .join_from(ACCOUNT, CREDENTIAL, CREDENTIAL.c.account_id == ACCOUNT.c.id)
    .outerjoin(known_device.DEVICE, known_device.is_of(ACCOUNT.c.id))
    .where(ACCOUNT.c.username == bindparam("username"))
)
_OWN = (POSTING.c.account_id == ACCOUNT.c.id) & accounts.in_force(bindparam("today"))
_PLACES = Query[PlaceRow](
    select(
        POSTING.c.id.label("posting_id"),
        known_device.DEVICE.c.id.label("device_id"),
        known_device.DEVICE.c.last_seen_at.label("device_seen_at"),
        exists().where(SESSION.c.account_id == ACCOUNT.c.id).label("was_here"),
        ACCOUNT.c.id,
        ACCOUNT.c.email,
        ACCOUNT.c.title,
        ACCOUNT.c.given_name,
        ACCOUNT.c.family_name,
    )
    .select_from(ACCOUNT.outerjoin(POSTING, _OWN).outerjoin(known_device.DEVICE, known_device.is_of(ACCOUNT.c.id)))
    .where(ACCOUNT.c.id == bindparam("account"))
)
_BEGIN = insertion(
    SESSION,
    "digest",
    "sid",
    "account_id",
    "posting_id",
    "auth_time",
    "amr",
    "acr",
    "created_at",
    "last_seen_at",
    "expires_at",
    "device",
    "address",
)
_PRESENT = Query[PresentRow](
    select(
        SESSION.c.id,
        SESSION.c.account_id,
        SESSION.c.auth_time,
        SESSION.c.created_at,
        SESSION.c.last_seen_at,
        SESSION.c.ended_at,
        ACCOUNT.c.status,
        ACCOUNT.c.tokens_not_before,
    )
    .join_from(SESSION, ACCOUNT, ACCOUNT.c.id == SESSION.c.account_id)
    .where(SESSION.c.digest == bindparam("digest"))
)
_SEE = Statement(update(SESSION).where(SESSION.c.id == bindparam("session")).values(last_seen_at=bindparam("at")))
_END = Statement(
    update(SESSION)
    .where(SESSION.c.id == bindparam("session"), SESSION.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"), end_reason=bindparam("reason"))
)


class Begun(NamedTuple):
    """A session, and what its browser holds from now on."""

    secret: str
    postings: int
    device: str


def check_password(username: str, password: str, address: str | None, device: str = "") -> tuple[int, list[Write]]:
    """The account of a right username and password, and what is to be written together with the session: the attempt
    was counted before it was judged. Raises `Refusal` with one wording for everything that is wrong.

    Runs without an open transaction: the hash is read in one statement before the slow part.
    """
    name = normalise_username(username)[:80] or "-"
    row = _CREDENTIAL.one({"username": name, **known_device.values(device)})
    counted = password_limits.counted(name, address, row.device_id if row else None)
    throttle.reserve(*counted)
    right = matches(password[: rules.LONGEST * 4], row.hash if row else None)
    if row is None or not right or row.status != Status.ACTIVE:
        traffic_at_once("signin.refused", row.id if row else None, address)
        raise Refusal(N_("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง หากเพิ่งลงทะเบียน โปรดรอผลการอนุมัติก่อน"), status=422, code="signin_refused")
    return row.id, throttle.settling(forget=counted[:1], give_back=counted[1:])


def begin_session(
    account_id: int,
    address: str | None,
    amr: list[str],
    acr: str,
    user_agent: str = "",
    device: str = "",
    also: Iterable[Write] = (),
) -> Begun:
    """A new session for a person whose factors were checked, in the browser that holds `device`; what is `also` to be
    written goes along. Committed by itself.

    The secret for the cookie is always a fresh one, so that a session fixed in the browser beforehand is worth nothing.
    In several postings one may act: which, is chosen next.
    """
    now, secret = clock.now(), new_secret()
    asked = {"account": account_id, "today": clock.today(), **known_device.values(device)}
    places = _PLACES.all(asked)
    postings, known = [row.posting_id for row in places if row.posting_id], places[0].device_id
    session = {
        "digest": digest(secret),
        "sid": new_secret(18),
        "account_id": account_id,
        "posting_id": postings[0] if len(postings) == 1 else None,
        "auth_time": now,
        "amr": amr,
        "acr": acr,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + lifetimes().total,
        "device": rules.device(user_agent),
        "address": address or "",
    }
    device, seen = known_device.seen(account_id, device, known, places[0].device_seen_at)
    if known is None and places[0].was_here:
        seen.append(_told_of_new_browser(places[0], user_agent, address))
    write_alone(Write(_BEGIN, session), traffic_row("signin.completed", account_id, address, amr=amr), *seen, *also)
    return Begun(secret, len(postings), device)


def _told_of_new_browser(account: PlaceRow, user_agent: str, address: str | None) -> Write:
    """Mail a person that somebody signed in as them where they never did: a code may have been passed on, or a password
    known. Nobody is told of their very first sign-in."""
    values = {
        "account": {"name": full_name(account.title, account.given_name, account.family_name)},
        "at": clock.now(),
        "device": rules.device(user_agent),
        "network": remote_address.shortened(address),
        "link": absolute("own_signins.index"),
    }
    return mail("signin/mail/new_browser", account.email, values, ("account", account.id))


def lifetimes() -> rules.Lifetimes:
    """How long a session lasts here."""
    return rules.Lifetimes(
        timedelta(minutes=settings().session_idle_minutes), timedelta(hours=settings().session_hours)
    )


def find_session(secret: str) -> SignInSession | None:
    """The session of a cookie, if it is valid."""
    found = db.session.scalar(select(SignInSession).where(SignInSession.digest == digest(secret)))
    if found is None:
        return None
    owner = accounts.get(found.account_id)
    return found if rules.session_is_valid(found, owner, clock.now(), lifetimes()) else None


def viewer_of(secret: str) -> Viewer | None:
    """The person behind a cookie, with unit and powers as of now. One read of the session, account and posting."""
    session = find_session(secret)
    if session is None:
        return None
    account = accounts.get(session.account_id)
    _touch(session.id, session.last_seen_at)
    posting = _posting_in_force(session)
    unit = units.get(posting.unit_id) if posting else None
    return Viewer(
        account_id=account.id,
        session_id=session.id,
        name=account.name,
        posting_id=posting.id if posting else None,
        unit_id=unit.id if unit else None,
        unit_name=unit_rules.full_name(unit, language.current()) if unit else "",
        holdings=holdings(account.id),
    )


def _posting_in_force(session: SignInSession) -> Posting | None:
    places = {posting.id: posting for posting in accounts.postings(session.account_id, clock.today())}
    return places.get(session.posting_id or 0)


def _touch(session_id: int, last_seen_at: datetime) -> None:
    now = clock.now()
    if now - last_seen_at < rules.LAST_SEEN_STEP:
        return
    if database.may_write():
        write_in(database.request_connection(), seen(session_id, now))
    else:
        write_alone(seen(session_id, now))


def seen(session_id: int, at: datetime) -> Write:
    """That a session was in use."""
    return Write(_SEE, {"session": session_id, "at": at})


def ending(secret: str, address: str | None, reason: str) -> list[Write]:
    """What ends the session of a cookie, with its record; nothing where it is over."""
    found = _PRESENT.one({"digest": digest(secret)}) if secret else None
    if found is None or not rules.session_is_valid(found, found, clock.now(), lifetimes()):
        return []
    end = Write(_END, {"session": found.id, "now": clock.now(), "reason": reason})
    return [end, traffic_row("signin.ended", found.account_id, address, reason=reason)]


def end_session(session_id: int, reason: str) -> None:
    """End a session; tokens that hang on it die with it."""
    statement = update(SignInSession).where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
    db.session.execute(statement.values(ended_at=clock.now(), end_reason=reason))


def end_all_sessions(account_id: int, reason: str) -> None:
    """End every session of a person; no browser of theirs is known any more."""
    known_device.forget(account_id)
    statement = update(SignInSession).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    db.session.execute(statement.values(ended_at=clock.now(), end_reason=reason))


def end_other_sessions(account_id: int, session_id: int, reason: str) -> None:
    """End every session of a person but this one, and all that systems were granted in any other, for offline use too:
    whoever was in by what is mended now, or no longer trusted, keeps nothing."""
    now = clock.now()
    others = update(SignInSession).where(SignInSession.account_id == account_id, SignInSession.id != session_id)
    db.session.execute(others.where(SignInSession.grants_ended_at.is_(None)).values(grants_ended_at=now))
    db.session.execute(others.where(SignInSession.ended_at.is_(None)).values(ended_at=now, end_reason=reason))


def end_everywhere(viewer: Viewer, reason: str) -> str:
    """End every sign-in of a person and all that systems were granted.

    The person goes on here under a new secret, which is returned, and a new `sid`: systems are told of the end of the
    old one, so those that this browser is in are left as well.
    """
    fresh, secret = succeed(viewer.session_id)
    end_other_sessions(viewer.account_id, fresh.id, reason)
    return secret


def succeed(session_id: int) -> tuple[SignInSession, str]:
    """A session to go on with in place of this one, which the caller ends, and its secret. It is no new sign-in, so it
    keeps the moment and the means of authentication, and ends when the old one would have ended."""
    old, secret = db.session.get_one(SignInSession, session_id), new_secret()
    fresh = SignInSession(
        digest=digest(secret),
        sid=new_secret(18),
        account_id=old.account_id,
        posting_id=old.posting_id,
        auth_time=old.auth_time,
        amr=old.amr,
        acr=old.acr,
        created_at=old.created_at,
        last_seen_at=clock.now(),
        expires_at=old.expires_at,
        device=old.device,
        address=old.address,
    )
    db.session.add(fresh)
    db.session.flush()
    return fresh, secret


def has_password(account_id: int) -> bool:
    """Whether a person chose a password."""
    return db.session.get(PasswordCredential, account_id) is not None
