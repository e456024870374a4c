"""A person's own sign-ins: where they are signed in, what was tried lately, ending what is not theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from idp import remote_address
from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.audit.models import TrafficEvent
from idp.audit.operations import traffic
from idp.database import db
from idp.signin import known_device, rules
from idp.signin import operations as signin
from idp.signin.models import SignInSession
from thai_web import clock
from thai_web.refusal import N_, NotFound

TOLD = ("signin.completed", "signin.refused")
LATEST = 20


@dataclass(frozen=True)
class Attempt:
    """A sign-in, or one that was refused."""

    at: datetime
    succeeded: bool
    address: str


def sessions(viewer: Viewer) -> list[SignInSession]:
    """The viewer's live sessions, the newest first."""
    begun = select(SignInSession).where(
        SignInSession.account_id == viewer.account_id,
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > clock.now(),
    )
    owner, now, lifetimes = accounts.get(viewer.account_id), clock.now(), signin.lifetimes()
    return [
        each
        for each in db.session.scalars(begun.order_by(SignInSession.last_seen_at.desc()))
        if rules.session_is_valid(each, owner, now, lifetimes)
    ]


def attempts(viewer: Viewer) -> list[Attempt]:
    """What was tried on the viewer's account lately, as long as the record is kept."""
    statement = (
        select(TrafficEvent)
        .where(TrafficEvent.account_id == viewer.account_id, TrafficEvent.name.in_(TOLD))
        .order_by(TrafficEvent.id.desc())
        .limit(LATEST)
    )
    return [
        Attempt(each.at, each.name == "signin.completed", remote_address.shortened(each.address))
        for each in db.session.scalars(statement)
    ]


def end(viewer: Viewer, session_id: int, address: str | None) -> None:
    """End one of the viewer's sessions, and what systems were granted in it.

    Raises `NotFound` for somebody else's, of which the viewer must not learn.
    """
    session = db.session.get(SignInSession, session_id)
    if session is None or session.account_id != viewer.account_id:
        raise NotFound(N_("ไม่พบการเข้าสู่ระบบนี้"))
    signin.end_session(session_id, "ended_by_owner")
    session.grants_ended_at = clock.now()
    traffic("signin.ended", viewer.account_id, address, reason="ended_by_owner")


def end_others(viewer: Viewer, address: str | None, device: str = "") -> None:
    """End every session of the viewer but the present one, and what systems were granted in them; only the browser that
    holds `device` is still known."""
    known_device.forget(viewer.account_id, but=device)
    signin.end_other_sessions(viewer.account_id, viewer.session_id, "ended_by_owner")
    traffic("signin.ended", viewer.account_id, address, reason="others_ended_by_owner")


def end_everywhere(viewer: Viewer, address: str | None, device: str = "") -> str:
    """The same, and leave every system, also those that were entered from here. Returns the secret to go on with."""
    known_device.forget(viewer.account_id, but=device)
    secret = signin.end_everywhere(viewer, "ended_by_owner")
    traffic("signin.ended", viewer.account_id, address, reason="everything_ended_by_owner")
    return secret
