"""Loading the register, finding units, walking the supervision."""

import operator
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from itertools import islice

from sqlalchemy import ColumnElement, RowMapping, Select, case, func, insert, or_, select, update

from idp.audit.operations import record
from idp.database import db
from idp.units import feed, register, rules
from idp.units.models import Unit
from idp.units.rules import UnitKind
from idp.units.spelling import Vocabulary
from thai_web import clock, language
from thai_web.refusal import N_, NotFound, Refusal

LONGEST_SEARCH = 100
MOST_WORDS = 8
MANY = 500
MOST_ALTERNATIVES, MOST_TRIED = 3, 5


@dataclass(frozen=True)
class Import:
    """What an import did; `unlisted` units stay in the register although the files no longer name them."""

    added: int
    changed: int
    unchanged: int
    unlisted: int


def import_register(*, province_codes: Collection[str] | None = None) -> Import:
    """Bring the table in line with the data files; nothing is ever deleted, and a second run changes nothing.

    Arguments: `province_codes`, to load DLA and these provinces only.
    """
    known = {row["code"]: row for row in db.session.execute(select(Unit.__table__)).mappings()}
    ids: dict[str, int] = {code: row["id"] for code, row in known.items()}
    levels = register.read(province_codes)
    added = changed = 0
    for level in levels:
        rows = [
            entry.columns() | {"supervisor_id": ids[entry.supervisor] if entry.supervisor else None} for entry in level
        ]
        new = [row for row in rows if row["code"] not in known]
        ids |= _insert(new)
        different = [row | {"id": ids[str(row["code"])]} for row in rows if _differs(row, known.get(row["code"]))]
        _update(different)
        added, changed = added + len(new), changed + len(different)
    if added or changed:
        record("units.imported", added=added, changed=changed)
    listed = {entry.code for level in levels for entry in level}
    unlisted = 0 if province_codes else len(known.keys() - listed)
    return Import(added, changed, len(listed) - added - changed, unlisted)


def change_telephone(unit: Unit, telephone: str) -> None:
    """Note the office telephone of a unit, as `accounts.rules.normalise_phone` stores it; empty for none."""
    if (telephone or None) != unit.telephone:
        unit.telephone = telephone or None
        record("units.telephone_changed", subject=("unit", unit.id), unit_id=unit.id, telephone=telephone)


def _insert(rows: list[dict[str, object]]) -> dict[str, int]:
    if not rows:
        return {}
    return {unit.code: unit.id for unit in db.session.execute(insert(Unit).returning(Unit.code, Unit.id), rows)}


def _differs(row: dict[str, object], known: RowMapping | None) -> bool:
    return known is not None and any(known[name] != value for name, value in row.items())


def _update(rows: list[dict[str, object]]) -> None:
    if rows:
        now = clock.now()
        db.session.execute(update(Unit), [row | {"changed_at": now} for row in rows])
        db.session.expire_all()


def get(unit_id: int) -> Unit:
    """The unit of an id. Raises `NotFound`."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(N_("ไม่พบหน่วยงานนี้ในทะเบียน"), next_step=N_("ค้นหาหน่วยงานอีกครั้งจากชื่อหรือรหัส"))
    return unit


def find(code: str) -> Unit | None:
    """The unit of a code: `DLA`, `P67`, `D6706`, six digits, or the seven of a DLA code; Thai digits too."""
    plain = rules.normalise(code).replace(" ", "").upper()
    return db.session.scalar(select(Unit).where(or_(Unit.code == plain, Unit.dla_code == plain)))


def require_open(unit_id: int, on: date) -> Unit:
    """The unit, if it exists on that day. Raises `Refusal`, naming it, where it closed or has not begun."""
    unit = get(unit_id)
    if not rules.is_open(unit.valid_from, unit.valid_to, on):
        raise Refusal(
            N_("%(unit)s ยุบเลิกแล้วหรือยังไม่จัดตั้ง จึงรับคำขอใหม่ไม่ได้"),
            next_step=N_("โปรดเลือกหน่วยงานที่รับช่วงงานต่อ หรือสอบถามสำนักงานส่งเสริมการปกครองท้องถิ่นจังหวัด"),
            unit=rules.full_name(unit, language.current()),
        )
    return unit


def search(
    text: str, limit: int = 20, kinds: Collection[UnitKind] | None = None, within: Collection[int] | None = None
) -> list[Unit]:
    """Units open today that match every word of `text`: first those named so, then named beginning so.

    Arguments: `kinds` and `within` (unit ids), to search among these only.
    """
    words = rules.normalise(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]
    if not words:
        return []
    today = clock.today()
    query = (
        select(Unit)
        .where(*(_holds(word) for word in words))
        .where(or_(Unit.valid_from.is_(None), Unit.valid_from <= today))
        .where(or_(Unit.valid_to.is_(None), Unit.valid_to >= today))
        .order_by(_fit(words).desc(), Unit.sort_key)
        .limit(limit)
    )
    if kinds is not None:
        query = query.where(Unit.kind.in_([kind.value for kind in kinds]))
    if within is not None:
        query = query.where(Unit.id.in_(within))
    return list(db.session.scalars(query))


def matching(text: str) -> set[int]:
    """The ids of all units, open or not, that match every word of `text`."""
    words = rules.normalise(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]
    return set(db.session.scalars(select(Unit.id).where(*(_holds(word) for word in words)))) if words else set()


def _holds(part: str) -> ColumnElement[bool]:
    # Not LIKE: PostgreSQL compares it letter by letter in UTF-8, which takes twice as long.
    position = func.instr if db.engine.dialect.name == "sqlite" else func.strpos
    return position(Unit.search_text, part) > 0


def _fit(words: list[str]) -> ColumnElement[int]:
    """How well the words name the unit: slashes stand around its names and around nothing else."""
    fits = [case((_holds(f"/{word}/"), 2), (_holds(f"/{word}"), 1), else_=0) for word in words]
    if len(words) > 1:  # a name of several words, whole
        whole, most = "".join(words), 2 * len(words)
        fits.append(case((_holds(f"/{whole}/"), most + 1), (_holds(f"/{whole}"), most), else_=0))
    return reduce(operator.add, fits)


def alternatives(text: str, within: Collection[int] | None = None) -> list[str]:
    """What a search that found nothing may have meant, likeliest first: searches that find something.

    Arguments: `within`, as for `search`.
    """
    words = rules.normalise(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]
    tried = islice(dict.fromkeys(_vocabulary(feed.version()).meant(words, MOST_ALTERNATIVES)), MOST_TRIED)
    return list(islice((each for each in tried if search(each, 1, within=within)), MOST_ALTERNATIVES))


@lru_cache(maxsize=1)
def _vocabulary(_version: feed.Version) -> Vocabulary:
    """The names of all units and places; kept for as long as the register is the same."""
    columns = (Unit.name_th, Unit.name_en, Unit.district_th, Unit.district_en, Unit.province_th, Unit.province_en)
    rows = db.session.execute(select(*columns).order_by(Unit.sort_key))
    return Vocabulary((rules.joined(name), name) for row in rows for name in row if name)


def chain(unit: Unit) -> list[Unit]:
    """The unit, its supervisor, and so on up to DLA."""
    offices = [unit]
    while offices[-1].supervisor_id is not None:
        offices.append(get(offices[-1].supervisor_id))
    return offices


def chains(unit_ids: Collection[int]) -> dict[int, list[int]]:
    """For each of many units its id and those of the offices above it, up to DLA; one statement a level."""
    above: dict[int, int | None] = {}
    level = set(unit_ids)
    while level:
        statement = select(Unit.id, Unit.supervisor_id)
        # Naming thousands of ids takes longer than reading all of them.
        rows = db.session.execute(statement if len(level) > MANY else statement.where(Unit.id.in_(level)))
        above.update((unit_id, supervisor_id) for unit_id, supervisor_id in rows)
        level = {each for each in above.values() if each is not None} - above.keys()
    known: dict[int, list[int]] = {}

    def upwards(unit_id: int) -> list[int]:
        if unit_id not in known:
            supervisor_id = above[unit_id]
            known[unit_id] = [unit_id, *(upwards(supervisor_id) if supervisor_id is not None else ())]
        return known[unit_id]

    return {unit_id: upwards(unit_id) for unit_id in unit_ids}


def children(unit_id: int) -> list[Unit]:
    """The units directly supervised, in the order of official lists."""
    return list(db.session.scalars(select(Unit).where(Unit.supervisor_id == unit_id).order_by(Unit.sort_key)))


def subtree(unit_id: int) -> Select[tuple[int]]:
    """A statement of the ids of a unit and of all below it, for use inside another (`.in_(subtree(id))`)."""
    top = select(Unit.id).where(Unit.id == unit_id).cte("subtree", recursive=True)
    below = top.union_all(select(Unit.id).join(top, Unit.supervisor_id == top.c.id))
    return select(below.c.id)


def subtree_ids(unit_id: int) -> set[int]:
    """The ids of a unit and of all below it."""
    return set(db.session.scalars(subtree(unit_id)))
