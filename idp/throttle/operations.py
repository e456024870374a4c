"""Ask before an attempt, count after it. Counting is a short transaction of its own, so a refusal keeps it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp import clock, database
from idp.database import db
from idp.prepared import Prepared, Write, table_of, write
from idp.refusal import N_, TooMany
from idp.secrets_at_rest import keyed_digest
from idp.throttle.models import Attempt
from idp.throttle.rules import LIMITS, blocked_until
from idp.web.application import key_files, settings

ATTEMPT = table_of(Attempt)
_FIND = {
    number: Prepared(select(ATTEMPT).where(ATTEMPT.c.key.in_([bindparam(f"key_{place}") for place in range(number)])))
    for number in (1, 2)
}
_CLEAR = Prepared(delete(ATTEMPT).where(ATTEMPT.c.key == bindparam("key")))


def _counting(insert: Any) -> Prepared:
    """One more in the window; the first of a new one where the old is over."""
    statement = insert(ATTEMPT).values(
        key=bindparam("key"), attempts=1, window_ends_at=bindparam("ends"), last_at=bindparam("now")
    )
    over, given = ATTEMPT.c.window_ends_at <= statement.excluded.last_at, statement.excluded
    fresh = {"attempts": case((over, 1), else_=ATTEMPT.c.attempts + 1),
             "window_ends_at": case((over, given.window_ends_at), else_=ATTEMPT.c.window_ends_at),
             "last_at": given.last_at}  # fmt: skip
    return Prepared(statement.on_conflict_do_update(index_elements=["key"], set_=fresh).inline())


_COUNT = {"postgresql": _counting(postgresql.insert), "sqlite": _counting(sqlite.insert)}


def _key(limit: str, target: str | None) -> bytes:
    if not target:
        # A limiter that cannot find its key must stop the request, not wave it through.
        raise TooMany(N_("ขณะนี้ทำรายการนี้ไม่ได้"))
    return keyed_digest(key_files().blind_index, "throttle", limit, target.casefold())


def check(limit: str, target: str | None, *more: tuple[str, str | None]) -> None:
    """Raises `TooMany`, with the minutes to wait, while `target` (a name, an address) is over `limit`, or one more over
    its own: one statement for both."""
    limits = {_key(*each): LIMITS[each[0]] for each in ((limit, target), *more)}
    with database.read() as connection:
        rows = _FIND[len(limits)].all_in(connection, {f"key_{place}": key for place, key in enumerate(limits)})
    until = now = clock.now()
    for row in rows:
        if row.window_ends_at > now:
            over = blocked_until(limits[row.key], row.attempts, row.last_at, settings().throttle_scale)
            until = max(until, over or now)
    if until > now:
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
    now = clock.now()
    values = {"key": _key(limit, target), "ends": now + LIMITS[limit].window, "now": now}
    database.count(lambda: _COUNT[db.engine.dialect.name].run(values))


def admit(limit: str, target: str | None) -> None:
    """Check and count in one go, for acts that are limited whether or not they succeed."""
    check(limit, target)
    count(limit, target)


def clear(limit: str, target: str | None) -> None:
    """Forget the attempts after a success."""
    write(clearing(limit, target))


def clearing(limit: str, target: str | None) -> Write:
    """The same, to be written together with the success."""
    return Write(_CLEAR, {"key": _key(limit, target)})


def sweep(batch: int = 1000) -> int:
    """Delete windows that are over. Returns how many."""
    keys = list(db.session.scalars(select(Attempt.key).where(Attempt.window_ends_at < clock.now()).limit(batch)))
    if keys:
        db.session.execute(delete(Attempt).where(Attempt.key.in_(keys)))
    return len(keys)
