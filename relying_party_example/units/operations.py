"""Synchronise the register; find a unit."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select

from relying_party_example.database import db
from relying_party_example.units.feed import Feed
from relying_party_example.units.models import FeedState, Unit
from relying_party_example.units.rules import LOCAL_GOVERNMENTS, sort_key
from thai_web import clock


def known_etag() -> str | None:
    """The feed's state at the last good reading."""
    state = db.session.get(FeedState, 1)
    return state.etag if state else None


def synchronise(feed: Feed, now: datetime) -> int:
    """Take the register over as it is. A unit that left the feed stays, closed: old reports still name it.

    Returns the number of units that are new or changed.
    """
    known = {unit.code: unit for unit in db.session.scalars(select(Unit))}
    changed = 0
    for row in feed.units:
        values = asdict(row) | {"sort_key": sort_key(row.kind, row.name_th)}
        unit = known.pop(row.code, None)
        if unit is None:
            db.session.add(Unit(**values))
        elif any(getattr(unit, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(unit, name, value)
        else:
            continue
        changed += 1
    for gone in known.values():
        gone.valid_to = gone.valid_to or clock.day_in_bangkok(now)
    db.session.merge(FeedState(id=1, etag=feed.etag, synchronised_at=now))
    return changed


def find(code: str) -> Unit | None:
    """One unit."""
    return db.session.get(Unit, code)


def exists_on(day: date) -> ColumnElement[bool]:
    """The condition that a unit exists on a day."""
    return or_(Unit.valid_from.is_(None), Unit.valid_from <= day) & or_(Unit.valid_to.is_(None), Unit.valid_to >= day)


def local_governments(day: date) -> list[Unit]:
    """Every local government that exists on a day."""
    kinds = [str(kind) for kind in LOCAL_GOVERNMENTS]
    return list(db.session.scalars(select(Unit).where(Unit.kind.in_(kinds), exists_on(day))))


def province_names() -> dict[str, str]:
    """Every province that has an office in the register, by code."""
    rows = db.session.execute(
        select(Unit.province_code, Unit.province_th).where(Unit.province_code.is_not(None)).distinct()
    )
    return {code: name or code for code, name in rows if code is not None}
