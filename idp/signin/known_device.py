"""Browsers in which a person has signed in before: each holds a long-lived secret and has a count of wrong passwords of
its own, so that nobody else's guesses keep the person out (OWASP, "Slow down online guessing attacks with device
cookies"). It opens nothing by itself."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, exists, literal_column, select, update

from idp.database import db
from idp.fast_sql import Statement, Write, insertion, table_of
from idp.secrets_at_rest import digest, new_secret
from idp.signin.models import KnownDevice
from thai_web import clock

LIFETIME = timedelta(days=365)  # since the last sign-in; browsers keep a cookie for 400 days at most
NOTED = timedelta(days=1)  # nothing needs to know it more exactly
MOST = 10  # of one account; the one longest unused makes room

DEVICE = table_of(KnownDevice)
_OTHERS = (
    select(DEVICE.c.id)
    .where(DEVICE.c.account_id == bindparam("account"))
    .order_by(DEVICE.c.last_seen_at.desc(), DEVICE.c.id.desc())
    .limit(literal_column(str(MOST - 1)))
    .offset(literal_column("0"))  # SQLite has one in any case, as a parameter
)
_MAKE_ROOM = Statement(
    delete(DEVICE).where(
        DEVICE.c.account_id == bindparam("account"),
        (DEVICE.c.digest == bindparam("before")) | DEVICE.c.id.not_in(_OTHERS),
    )
)
_RENAME = Statement(update(DEVICE).where(DEVICE.c.digest == bindparam("before")).values(digest=bindparam("fresh")))
_ADD = insertion(DEVICE, "account_id", "digest", "first_seen_at", "last_seen_at")
_SEE = Statement(update(DEVICE).where(DEVICE.c.id == bindparam("known")).values(last_seen_at=bindparam("now")))


def is_of(account_id: ColumnElement[int]) -> ColumnElement[bool]:
    """To join this browser's row, where it is one of an account's, into a statement that is run anyway."""
    return (
        (DEVICE.c.account_id == account_id)
        & (DEVICE.c.digest == bindparam("device"))
        & (DEVICE.c.last_seen_at > bindparam("device_kept"))
    )


def values(secret: str) -> dict[str, object]:
    """What `is_of` asks by, of the secret in the browser's cookie."""
    return {"device": digest(secret), "device_kept": clock.now() - LIFETIME}


def is_known(account_id: int, secret: str) -> bool:
    """Whether the person has signed in before in the browser that holds this secret."""
    found = select(
        exists().where(
            DEVICE.c.account_id == account_id,
            DEVICE.c.digest == digest(secret),
            DEVICE.c.last_seen_at > clock.now() - LIFETIME,
        )
    )
    return bool(db.session.scalar(found))


def seen(account_id: int, secret: str, known: int | None, seen_at: datetime | None) -> tuple[str, list[Write]]:
    """After a sign-in: the secret that the browser holds from now on, and what is to be written with the session.

    `known` is the row that `is_of` found, last seen at `seen_at`, which is noted once a day. Without one the secret is
    replaced, for the browser's other people, too: one that somebody planted here beforehand would make their browser a
    known one.
    """
    now = clock.now()
    if known is not None:
        is_noted = seen_at is not None and now - seen_at < NOTED
        return secret, [] if is_noted else [Write(_SEE, {"known": known, "now": now})]
    fresh = new_secret()
    given = {"account": account_id, "before": digest(secret), "fresh": digest(fresh)}
    row = {"account_id": account_id, "digest": given["fresh"], "first_seen_at": now, "last_seen_at": now}
    return fresh, [Write(_MAKE_ROOM, given), Write(_RENAME, given), Write(_ADD, row)]


def forget(account_id: int, *, but: str = "") -> None:
    """An account's browsers are unknown again, except the one that holds the secret `but`."""
    rows = delete(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.digest != digest(but))
    db.session.execute(rows)


def sweep(batch: int = 1000) -> int:
    """Delete browsers in which nobody has signed in for long. Returns how many."""
    over = select(KnownDevice.id).where(KnownDevice.last_seen_at <= clock.now() - LIFETIME).limit(batch)
    ids = list(db.session.scalars(over))
    if ids:
        db.session.execute(delete(KnownDevice).where(KnownDevice.id.in_(ids)))
    return len(ids)
