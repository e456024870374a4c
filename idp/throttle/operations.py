"""An attempt is counted before it is judged, so that many at the same instant are no more than one after another; what
turned out to be none is given back. Counting is a short transaction of its own: a refusal keeps it."""

from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import NamedTuple, Protocol

from sqlalchemy import BindParameter, Select, Table, bindparam, case, delete, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp import database, remote_address
from idp.database import db
from idp.fast_sql import Query, Statement, Write, table_of, write_alone, write_in
from idp.secrets_at_rest import keyed_digest
from idp.throttle.models import Attempt
from idp.throttle.rules import LIMITS, WAITS
from idp.web.application import key_files, settings
from thai_web import clock
from thai_web.refusal import N_, TooMany

ATTEMPT = table_of(Attempt)
INSERTS: dict[str, Callable[[Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
_CLEAR = Statement(delete(ATTEMPT).where(ATTEMPT.c.key == bindparam("counted")))
_GIVE_BACK = Statement(
    update(ATTEMPT)
    .where(ATTEMPT.c.key == bindparam("counted"), ATTEMPT.c.attempts_left < bindparam("most"))
    .values(attempts_left=ATTEMPT.c.attempts_left + 1, blocked_until=None)
)


class Counted(NamedTuple):
    """What an attempt counts against: a target (a name, an address) under a limit; with a `source`, the target's
    attempts from there alone."""

    limit: str
    target: str | None
    source: str = ""

    @property
    def free(self) -> int:
        """How many attempts are free here."""
        return LIMITS[self.limit].free * settings().throttle_scale

    def digests(self) -> tuple[bytes, bytes]:
        """The row's key and its target. Raises `TooMany` where there is none."""
        target = remote_address.subscriber(self.target) if LIMITS[self.limit].by_address else self.target
        if not target:
            # A limiter that cannot find its key must stop the request, not wave it through.
            raise TooMany(N_("ขณะนี้ทำรายการนี้ไม่ได้"))
        secret, named = key_files().blind_index, (self.limit, target.casefold())
        whole = keyed_digest(secret, "throttle", *named)
        return (keyed_digest(secret, "throttle", *named, self.source) if self.source else whole), whole


class KeyRow(Protocol):
    """What an attempt was counted against."""

    key: bytes


class BlockedRow(Protocol):
    """Until when a target is blocked."""

    blocked_until: datetime


@lru_cache
def _reserving(dialect: str, number: int) -> Query[KeyRow]:
    """One attempt less for each of so many keys, unless its target has to wait. Returns the keys of those counted."""
    own = ("key", "target", "attempts_left", "window_ends_at")
    rows: list[dict[str, BindParameter[object]]] = [
        {name: bindparam(f"{name}_of_{place}") for name in own} for place in range(number)
    ]
    statement = INSERTS[dialect](ATTEMPT).values(rows)
    given, left, blocked_until = statement.excluded, ATTEMPT.c.attempts_left, ATTEMPT.c.blocked_until
    over = ATTEMPT.c.window_ends_at <= bindparam("now")
    until = [bindparam(f"wait_{place}", type_=blocked_until.type) for place in range(len(WAITS))]
    waits = [(left == 1 - place, each) for place, each in enumerate(until[:-1])]  # of what was left before
    counted = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "attempts_left": case((over, given.attempts_left), else_=left - 1),
            "blocked_until": case((over | (left > 1), null()), *waits, else_=until[-1]),
            "window_ends_at": case((over, given.window_ends_at), else_=ATTEMPT.c.window_ends_at),
        },
        where=over | blocked_until.is_(None) | (blocked_until <= bindparam("now")),
    )
    return Query[KeyRow](counted.inline().returning(ATTEMPT.c.key))


@lru_cache
def _blocking(number: int) -> Query[BlockedRow]:
    """Until when the last of so many keys is blocked."""
    keys = ATTEMPT.c.key.in_([bindparam(f"key_{place}") for place in range(number)])
    blocked = (ATTEMPT.c.window_ends_at > bindparam("now")) & (ATTEMPT.c.blocked_until > bindparam("now"))
    return Query[BlockedRow](
        select(ATTEMPT.c.blocked_until).where(keys, blocked).order_by(ATTEMPT.c.blocked_until.desc())
    )


def check(limit: str, target: str | None, *more: tuple[str, str | None]) -> None:
    """Raises `TooMany`, with the minutes to wait, while `target` is over `limit`, or one more over its own. It counts
    nothing: before something is judged, `reserve`."""
    _refuse_blocked([Counted(*each).digests()[0] for each in ((limit, target), *more)])


def _refuse_blocked(keys: Collection[bytes]) -> None:
    now = clock.now()
    found = _blocking(len(keys)).one({"now": now, **{f"key_{place}": key for place, key in enumerate(keys)}})
    if found:
        raise _too_many(found.blocked_until - now)


def _too_many(wait: timedelta) -> TooMany:
    minutes = max(1, round(wait.total_seconds() / 60))
    refusal = TooMany(N_("ทำรายการนี้ติดต่อกันหลายครั้ง โปรดรอประมาณ %(minutes)s นาทีแล้วลองใหม่"), minutes=minutes)
    refusal.seconds = ceil(wait.total_seconds())
    return refusal


def reserve(*against: Counted) -> None:
    """Count one attempt before it is judged, against each of several. Raises `TooMany`, with the minutes to wait, and
    counts nothing, while one of them is blocked.

    To be called before the request has changed anything: the count is committed by itself.
    """
    wanted = {each.digests(): each for each in against}
    rows, now = sorted(wanted), clock.now()  # always in one order: nobody waits for a row with another's in hand
    values: dict[str, object] = {"now": now, **{f"wait_{place}": now + wait for place, wait in enumerate(WAITS)}}
    for place, row in enumerate(rows):
        counted = wanted[row]
        own = {
            "key": row[0],
            "target": row[1],
            "attempts_left": counted.free - 1,
            "window_ends_at": now + LIMITS[counted.limit].window,
        }
        values |= {f"{name}_of_{place}": value for name, value in own.items()}
    found = database.count(lambda: _reserving(db.engine.dialect.name, len(rows)).all(values))
    if len(found) < len(rows):
        counted_keys = {each.key for each in found}
        write_alone(*settling(give_back=[wanted[row] for row in rows if row[0] in counted_keys]))
        _refuse_blocked([key for key, _target in rows])
        raise _too_many(WAITS[0])  # it was blocked when we tried


def admit(limit: str, target: str | None) -> None:
    """Count one act that is limited whether or not it succeeds. Raises `TooMany`."""
    reserve(Counted(limit, target))


@contextmanager
def guess(limit: str, target: str | None) -> Generator[None]:
    """Around the judging of one guess: counted before, given back when nothing was raised. Raises `TooMany`."""
    reserve(Counted(limit, target))
    yield
    write_in(database.request_connection(), *settling(give_back=[Counted(limit, target)]))


def settling(*, forget: Iterable[Counted] = (), give_back: Iterable[Counted] = ()) -> list[Write]:
    """What a success makes of reserved attempts, to be written together with it: all of them forgotten, or the one
    given back. In the order in which `reserve` takes its rows."""
    writes = [(key, Write(_CLEAR, {"counted": key})) for key in (each.digests()[0] for each in forget)]
    for each in give_back:
        key = each.digests()[0]
        writes.append((key, Write(_GIVE_BACK, {"counted": key, "most": each.free})))
    return [write for _key, write in sorted(writes, key=lambda pair: pair[0])]


def blocked(limit: str, targets: Collection[str]) -> dict[str, datetime]:
    """Which of many targets are over `limit` now, from wherever, and until when; one statement for all."""
    wanted = {Counted(limit, target).digests()[1]: target for target in targets}
    now = clock.now()
    rows = select(Attempt.target, func.max(Attempt.blocked_until)).where(
        Attempt.target.in_(wanted), Attempt.window_ends_at > now, Attempt.blocked_until > now
    )
    found = db.session.execute(rows.group_by(Attempt.target))
    return {wanted[target]: until for target, until in found if until}


def clear(limit: str, target: str | None) -> None:
    """Forget the attempts of a target, from wherever they came."""
    _delete(select(Attempt.key).where(Attempt.target == Counted(limit, target).digests()[1]))


def sweep(batch: int = 1000) -> int:
    """Delete windows that are over. Returns how many."""
    return _delete(select(Attempt.key).where(Attempt.window_ends_at < clock.now()).limit(batch), skip_locked=True)


def _delete(found: Select[bytes], *, skip_locked: bool = False) -> int:
    """Locked in the order in which `reserve` takes its rows."""
    keys = list(db.session.scalars(found.order_by(Attempt.key).with_for_update(skip_locked=skip_locked)))
    if keys:
        db.session.execute(delete(Attempt).where(Attempt.key.in_(keys)))
    return len(keys)
