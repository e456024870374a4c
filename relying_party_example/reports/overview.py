"""Reads over many units at once: who reported, who is on time, what is certified, and the official sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select

from relying_party_example.database import db
from relying_party_example.periods.models import ExpectedUnit, Period
from relying_party_example.reports.figures import percent, rounded
from relying_party_example.reports.models import Report, ReportVersion
from relying_party_example.reports.rules import REPORTED, State, Timeliness

PER_PAGE = 50
_THEIR_REPORT = and_(Report.period_id == ExpectedUnit.period_id, Report.unit_code == ExpectedUnit.unit_code)
_STATE: ColumnElement[str] = func.coalesce(Report.state, str(State.NOT_STARTED))


@dataclass(frozen=True)
class Area:
    """Which units are looked at: of the country, a province, or a district; perhaps only some kinds of them."""

    province: str | None = None
    district: str | None = None
    kinds: tuple[str, ...] = ()

    def condition(self) -> ColumnElement[bool]:
        conditions = []
        if self.province is not None:
            conditions.append(ExpectedUnit.province_code == self.province)
        if self.district is not None:
            conditions.append(ExpectedUnit.district_code == self.district)
        if self.kinds:
            conditions.append(ExpectedUnit.kind.in_(self.kinds))
        return and_(True, *conditions)


@dataclass(frozen=True)
class Progress:
    """How far a set of units is; the denominator was fixed when the window opened."""

    expected: int = 0
    reported: int = 0
    on_time: int = 0
    certified: int = 0

    def share(self, count: int) -> Decimal | None:
        """In percent of the units expected; it cannot exceed 100."""
        return percent(count, self.expected)


@dataclass(frozen=True)
class Official:
    """Sums over certified versions. The mean weighs every answer alike: sums are divided, means never averaged."""

    units: int
    recipients: int
    respondents: int
    score_total: int
    score_count: int

    @property
    def mean(self) -> Decimal | None:
        return rounded(Fraction(self.score_total, self.score_count)) if self.score_count else None


LAST_OFFSET = 2**31 - 1  # what a database can count to; an address may hold any number


class UnitPage(Pagination):
    """Units with their report, page by page; the number of the page is read from the address."""

    def _query_items(self) -> list[Row[ExpectedUnit, Report]]:
        query: Select[ExpectedUnit, Report] = self._query_args["query"]
        return list(db.session.execute(query.limit(self.per_page).offset(min(self._query_offset, LAST_OFFSET))))

    def _query_count(self) -> int:
        return db.session.scalar(self._query_args["counting"]) or 0


def page_of_units(period: Period, area: Area, state: str | None = None) -> UnitPage:
    """The units of an area in the order of official lists, perhaps only those in one state."""
    query, count = select(ExpectedUnit, Report), select(func.count())
    if state:
        query, count = query.where(_STATE.in_([state])), count.where(_STATE.in_([state]))
    ordered = _units(query, period, area).order_by(ExpectedUnit.sort_key, ExpectedUnit.unit_code)
    return UnitPage(per_page=PER_PAGE, query=ordered, counting=_units(count, period, area))


def counts_by_state(period: Period, area: Area) -> dict[str, int]:
    """How many units stand in each state."""
    rows = db.session.execute(_units(select(_STATE, func.count()), period, area).group_by(_STATE))
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in State}


def districts(period: Period, province: str) -> Sequence[Row[str | None, str | None]]:
    """The districts of a province that have units."""
    query = (
        select(ExpectedUnit.district_code, ExpectedUnit.district_th)
        .where(ExpectedUnit.period_id == period.id, ExpectedUnit.province_code == province)
        .distinct()
        .order_by(ExpectedUnit.district_code)
    )
    return db.session.execute(query).all()


def province_name(period: Period, province: str) -> str:
    """What the province was called when the window opened."""
    query = select(func.max(ExpectedUnit.province_th)).where(
        ExpectedUnit.period_id == period.id, ExpectedUnit.province_code == province
    )
    return db.session.scalar(query) or province


def progress(period: Period, area: Area) -> Progress:
    """How far an area is."""
    row = db.session.execute(_units(select(*_COUNTS), period, area)).one()
    return Progress(*row)


def progress_by_province(period: Period) -> list[tuple[str, str, Progress]]:
    """How far each province is: code, name, counts."""
    columns = (ExpectedUnit.province_code, func.max(ExpectedUnit.province_th))
    query = _units(select(*columns, *_COUNTS), period, Area()).group_by(ExpectedUnit.province_code)
    rows = db.session.execute(query.order_by(ExpectedUnit.province_code)).all()
    return [(row[0] or "", row[1] or "", Progress(*row[2:])) for row in rows]


def official(period: Period, area: Area) -> Official:
    """The certified figures of an area: of each unit the version certified last."""
    sums = [
        func.coalesce(func.sum(column), 0)
        for column in (
            ReportVersion.recipients,
            ReportVersion.respondents,
            ReportVersion.score_total,
            ReportVersion.score_count,
        )
    ]
    query = (
        select(func.count(ReportVersion.report_id), *sums)
        .select_from(ExpectedUnit)
        .join(Report, _THEIR_REPORT)
        .join(
            ReportVersion,
            and_(ReportVersion.report_id == Report.id, ReportVersion.number == Report.certified_version),
        )
        .where(ExpectedUnit.period_id == period.id, area.condition())
    )
    units, *sums_found = db.session.execute(query).one()
    return Official(units, *sums_found)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_COUNTS = (
    func.count(ExpectedUnit.unit_code),
    _count(_STATE.in_([str(state) for state in REPORTED])),
    _count(Report.timeliness == Timeliness.ON_TIME),
    _count(_STATE == State.CERTIFIED),
)


def _units(query: Select, period: Period, area: Area) -> Select:
    return (
        query.select_from(ExpectedUnit)
        .outerjoin(Report, _THEIR_REPORT)
        .where(ExpectedUnit.period_id == period.id, area.condition())
    )
