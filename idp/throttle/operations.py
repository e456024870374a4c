"""Ask before an attempt, count after it. Counting is a short transaction of its own, so a refusal keeps it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp import clock, database
from idp.database import db
from idp.refusal import N_, TooMany
from idp.secrets_at_rest import keyed_digest
from idp.throttle.models import Attempt
from idp.throttle.rules import LIMITS, blocked_until
from idp.web.application import key_files, settings


def _key(limit: str, target: str | None) -> bytes:
    if not target:
        # A limiter that cannot find its key must stop the request, not wave it through.
        raise TooMany(N_("ขณะนี้ทำรายการนี้ไม่ได้"))
    return keyed_digest(key_files().blind_index, "throttle", limit, target.casefold())


def check(limit: str, target: str | None) -> None:
    """Raises `TooMany`, with the minutes to wait, while `target` (a name, an address) is over `limit`."""
    key = _key(limit, target)
    with database.read() as connection:
        row = connection.execute(select(Attempt).where(Attempt.key == key)).one_or_none()
    now = clock.now()
    if row is None or row.window_ends_at <= now:
        return
    until = blocked_until(LIMITS[limit], row.attempts, row.last_at, settings().throttle_scale)
    if until and until > now:
        minutes = max(1, round((until - now).total_seconds() / 60))
        raise TooMany(N_("มีการลองหลายครั้งเกินไป โปรดรอประมาณ %(minutes)s นาทีแล้วลองใหม่"), minutes=minutes)


def blocked(limit: str, targets: Collection[str]) -> dict[str, datetime]:
    """Which of many targets are over `limit` now, and until when; one statement, whatever their number."""
    keys = {_key(limit, target): target for target in targets}
    now, found = clock.now(), {}
    rows = select(Attempt).where(Attempt.key.in_(keys), Attempt.window_ends_at > now)
    for row in db.session.scalars(rows):
        until = blocked_until(LIMITS[limit], row.attempts, row.last_at, settings().throttle_scale)
        if until and until > now:
            found[keys[row.key]] = until
    return found


def count(limit: str, target: str | None) -> None:
    """Count one attempt of `target`."""
    key, now = _key(limit, target), clock.now()
    ends = now + LIMITS[limit].window
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Attempt).values(key=key, attempts=1, window_ends_at=ends, last_at=now)
    over = Attempt.window_ends_at <= now
    fresh = {"attempts": db.case((over, 1), else_=Attempt.attempts + 1),
             "window_ends_at": db.case((over, ends), else_=Attempt.window_ends_at), "last_at": now}  # fmt: skip
    statement = statement.on_conflict_do_update(index_elements=["key"], set_=fresh)
    if db.session().in_transaction():
        database.count(lambda: db.session.execute(statement))
        return
    with database.write() as connection:
        connection.execute(statement)


def admit(limit: str, target: str | None) -> None:
    """Check and count in one go, for acts that are limited whether or not they succeed."""
    check(limit, target)
    count(limit, target)


def clear(limit: str, target: str | None) -> None:
    """Forget the attempts after a success."""
    db.session.execute(delete(Attempt).where(Attempt.key == _key(limit, target)))


def sweep(batch: int = 1000) -> int:
    """Delete windows that are over. Returns how many."""
    keys = list(db.session.scalars(select(Attempt.key).where(Attempt.window_ends_at < clock.now()).limit(batch)))
    if keys:
        db.session.execute(delete(Attempt).where(Attempt.key.in_(keys)))
    return len(keys)
