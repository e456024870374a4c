"""To ThaID and back: a state is made, claimed once, filled with an identity, taken once."""

import base64
import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import bindparam, delete, select, update

from idp import database
from idp.audit.operations import traffic, traffic_at_once, traffic_row
from idp.database import db
from idp.fast_sql import Query, Statement, Write, insertion, table_of, write_alone, write_in
from idp.secrets_at_rest import decrypt, digest, encrypt, keyed_digest, new_secret
from idp.thaid import provider, rules
from idp.thaid.models import ThaIDState
from idp.thaid.rules import BirthDate, Intent, ThaIDIdentity, ThaIDUnavailable
from idp.web.application import key_files, settings
from idp.web.links import absolute
from thai_web import clock
from thai_web.refusal import Refusal

log = logging.getLogger("idp.thaid")

STATE = table_of(ThaIDState)
_OF_BROWSER = STATE.c.digest == bindparam("state"), STATE.c.browser_digest == bindparam("browser")
_REMEMBER = insertion(
    STATE, "digest", "browser_digest", "intent", "about_id", "return_path", "created_at", "expires_at"
)


class ClaimedRow(Protocol):
    """What a browser left for."""

    intent: str
    return_path: str
    created_at: datetime


class TakenRow(Protocol):
    """Who came back, encrypted."""

    sealed: bytes


_CLAIM = Query[ClaimedRow](
    update(STATE)
    .where(*_OF_BROWSER, STATE.c.returned_at.is_(None), STATE.c.expires_at > bindparam("now"))
    .values(returned_at=bindparam("now"), expires_at=bindparam("until"))
    .returning(STATE.c.intent, STATE.c.return_path, STATE.c.created_at)
)
_KEEP = Statement(update(STATE).where(STATE.c.digest == bindparam("state")).values(sealed=bindparam("identity")))
_TAKE = Query[TakenRow](
    delete(STATE)
    .where(*_OF_BROWSER, STATE.c.intent == bindparam("for"))
    .where(STATE.c.about_id.is_not_distinct_from(bindparam("about", type_=STATE.c.about_id.type)))
    .where(STATE.c.sealed.is_not(None), STATE.c.expires_at > bindparam("now"))
    .returning(STATE.c.sealed)
)


@dataclass(frozen=True)
class Departure:
    """What a browser that came back had left for."""

    state: str
    intent: Intent
    return_path: str
    started_at: datetime

    @property
    def landing(self) -> str:
        """The page that finishes, told by `thaid` which state to take; without the browser's cookie it is no secret."""
        return f"{self.return_path}{'&' if '?' in self.return_path else '?'}thaid={self.state}"


def is_offered() -> bool:
    """Whether this installation is registered with ThaID."""
    return bool(settings().thaid_client_id)


def begin(intent: Intent, return_path: str, browser: str, about_id: int | None = None) -> str:
    """Remember that `browser` leaves for `intent` and finishes on `return_path`. Returns the address to send it to.

    `about_id` is the account or registration that the intent is about. The row is committed before ThaID's discovery
    document is asked for. Raises `ThaIDUnavailable`; `ValueError` for a path that the intent does not finish on.
    """
    rules.check_return_path(intent, return_path)
    if not is_offered():
        raise ThaIDUnavailable
    state = new_secret()
    database.at_once(lambda: _remember(state, intent, return_path, browser, about_id))
    challenge = hashlib.sha256(_derived("verifier", state).encode()).digest()
    return _provider().authorization_address(state, _derived("nonce", state), _base64url(challenge))


def _remember(state: str, intent: Intent, return_path: str, browser: str, about_id: int | None) -> None:
    now = clock.now()
    row = {
        "digest": digest(state),
        "browser_digest": digest(browser),
        "intent": intent,
        "about_id": about_id,
        "return_path": return_path,
        "created_at": now,
        "expires_at": now + rules.STATE_LIFETIME,
    }
    _REMEMBER.run(row)


def claim(state: str, browser: str) -> Departure:
    """Spend the state of a callback and commit that. Raises a refusal, and changes nothing, unless it is a live one of
    this very browser: another's is somebody who wants to sign this browser in as themselves, or to be let in here."""
    return database.at_once(lambda: _claim(state, browser))


def _claim(state: str, browser: str) -> Departure:
    now = clock.now()
    about = {"state": digest(state), "browser": digest(browser), "now": now, "until": now + rules.TAKE_LIFETIME}
    row = _CLAIM.one(about)
    if row is None:
        raise rules.state_refusal()
    return Departure(state, Intent(row.intent), row.return_path, row.created_at)


def finish(departure: Departure, code: str, error: str, address: str | None) -> ThaIDIdentity:
    """Ask ThaID who came back, without an open transaction, and keep the identity under its state.

    `error` is the callback's, `address` the caller's, for the traffic record. Raises `ThaIDUnavailable` or
    `ThaIDRefused`.
    """
    try:
        identity = _identity(departure, code, error)
    except Refusal as refusal:
        traffic_at_once("thaid.refused", None, address, intent=departure.intent, why=refusal.code)
        raise
    write_alone(
        _keeping(departure.state, identity), traffic_row("thaid.completed", None, address, intent=departure.intent)
    )
    return identity


def _identity(departure: Departure, code: str, error: str) -> ThaIDIdentity:
    if error or not code:
        log.warning("ThaID sent the browser back without a code: %s", provider.named(error))
        raise rules.refusal_for(error or "invalid_request")
    thaid = _provider()
    tokens = thaid.redeem(code, _derived("verifier", departure.state))
    try:
        claims = thaid.claims_of(tokens, _derived("nonce", departure.state), departure.started_at)
    finally:
        thaid.revoke(tokens)
    identity = rules.identity_from(claims)
    if settings().is_production and rules.is_fictional(identity.national_id):
        raise rules.invalid_answer()
    rules.check_assurance(identity.ial, rules.parse_ial(settings().thaid_minimum_ial))
    return identity


def _keeping(state: str, identity: ThaIDIdentity) -> Write:
    sealed = encrypt(key_files().national_id, json.dumps(asdict(identity)).encode(), _context(state))
    return Write(_KEEP, {"state": digest(state), "identity": sealed})


def take(state: str, browser: str, intent: Intent, about_id: int | None = None) -> ThaIDIdentity:
    """The identity that came back for this browser, intent and account or registration: once, then it is gone.

    Committed by itself. Raises a refusal, and leaves the identity where it is, when any of them differs.
    """
    about = {"state": digest(state), "browser": digest(browser), "for": intent, "about": about_id, "now": clock.now()}
    row = _TAKE.one(about)
    if row is None:
        raise rules.state_refusal()
    found = json.loads(decrypt(key_files().national_id, row.sealed, _context(state)))
    birth_date = BirthDate(**found["birth_date"]) if found["birth_date"] else None
    return ThaIDIdentity(**found | {"birth_date": birth_date, "ial": tuple(found["ial"]) if found["ial"] else None})


def keep_for(identity: ThaIDIdentity, browser: str, intent: Intent) -> str:
    """Keep an identity that was taken for something that turned out to be another intent of the same person in the
    same browser. Returns the state under which `take` finds it, for a few minutes."""
    state, now = new_secret(), clock.now()
    place = rules.PLACES[intent].finish
    row = ThaIDState(
        digest=digest(state),
        browser_digest=digest(browser),
        intent=intent,
        return_path=place,
        created_at=now,
        returned_at=now,
        expires_at=now + rules.KEPT_LIFETIME,
    )
    db.session.add(row)
    write_in(database.request_connection(), _keeping(state, identity))
    return state


def sweep(batch: int = 1000) -> int:
    """Delete ways that are over, and count those that began and never came back: DOPA shows its errors on its own
    pages and tells nobody. Returns how many went."""
    over = select(ThaIDState.digest, ThaIDState.returned_at).where(ThaIDState.expires_at <= clock.now()).limit(batch)
    rows = list(db.session.execute(over))
    if rows:
        db.session.execute(delete(ThaIDState).where(ThaIDState.digest.in_([row.digest for row in rows])))
    never_returned = sum(row.returned_at is None for row in rows)
    if never_returned:
        traffic("thaid.never_returned", None, None, count=never_returned)
    return len(rows)


def _provider() -> provider.Provider:
    # From the configured issuer, never from the Host header: DOPA compares it letter by letter.
    return provider.current(absolute("thaid.callback"))


def _derived(purpose: str, state: str) -> str:
    """The nonce and the verifier of a state. Made from it under a key of ours, they need not lie in the database."""
    return _base64url(keyed_digest(key_files().blind_index, f"thaid.{purpose}", state))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _context(state: str) -> str:
    return f"thaid:{digest(state).hex()}"
