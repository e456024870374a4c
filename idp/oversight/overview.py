"""How the units below an office stand: admins, cases, decisions and ends of appointments, in a few statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import ColumnElement, Integer, SQLColumnExpression, and_, case, cast, extract, func, or_, select, true

from idp.appointments.models import Appointment
from idp.appointments.operations import usable
from idp.appointments.rules import ADMINS
from idp.approval.offices import Offices
from idp.database import db
from idp.oversight.rules import PERIOD, SOON, Figures, Filters
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock

PER_PAGE = 100
DECIDED = {State.APPROVED: "approved", State.REJECTED: "rejected"}


@dataclass(frozen=True)
class Row:
    """A unit, its figures (with all below it where `is_sum`), and the office that decides for it today."""

    unit: Unit
    figures: Figures
    has_admin: bool
    office: Unit | None
    is_sum: bool


class Territory:
    """An office and all units below it, with the figures of each."""

    def __init__(self, top: Unit) -> None:
        self.top, today = top, clock.today()
        columns = (Unit.id, Unit.supervisor_id, Unit.kind, _is_open(today).label("is_open"))
        rows = db.session.execute(select(*columns).where(self._within(Unit.id)).order_by(Unit.sort_key)).all()
        self.above = {row.id: row.supervisor_id for row in rows}
        self.kinds = {row.id: row.kind for row in rows}
        self.figures = {row.id: Figures(units=1) for row in rows if row.is_open}
        self.with_admin: set[int] = set()
        self._read_appointments()
        self._read_cases()
        self._read_decisions()
        for unit_id, figures in self.figures.items():
            figures.without_admin = int(figures.units > 0 and unit_id not in self.with_admin)

    def _within(self, column: SQLColumnExpression[int] | SQLColumnExpression[int | None]) -> ColumnElement[bool]:
        # Of DLA everything: a recursion over the whole register costs more than it leaves out.
        return true() if self.top.supervisor_id is None else column.in_(units.subtree(self.top.id))

    def _of(self, unit_id: int | None) -> Figures:
        """Figures also of a unit that closed: what waits there still waits for somebody."""
        return self.figures.setdefault(unit_id or self.top.id, Figures())

    def _read_appointments(self) -> None:
        today = clock.today()
        soon = func.sum(case((Appointment.ends_on <= today + SOON, 1), else_=0))
        statement = (
            select(Appointment.unit_id, func.min(Appointment.ends_on), soon)
            .where(*usable(today), Appointment.power.in_(ADMINS), self._within(Appointment.unit_id))
            .group_by(Appointment.unit_id)
        )
        for unit_id, first_end, ending in db.session.execute(statement):
            figures = self._of(unit_id)
            figures.first_end, figures.ending = first_end, ending
            self.with_admin.add(unit_id)

    def _read_cases(self) -> None:
        statement = (
            select(Registration.unit_id, Registration.state, func.count(), func.min(Registration.submitted_at))
            .where(Registration.state.in_((State.SUBMITTED, State.RETURNED)), self._within(Registration.unit_id))
            .group_by(Registration.unit_id, Registration.state)
        )
        for unit_id, state, number, oldest in db.session.execute(statement):
            figures = self._of(unit_id)
            if state == State.SUBMITTED:
                figures.waiting, figures.oldest = number, oldest
            else:
                figures.returned = number

    def _read_decisions(self) -> None:
        days_taken = _days().label("days_taken")  # grouped by its name: two equal expressions with places are not equal
        statement = (
            select(Registration.unit_id, Registration.state, days_taken, func.count())
            .where(Registration.state.in_(DECIDED), Registration.decided_at > clock.now() - PERIOD)
            .where(self._within(Registration.unit_id))
            .group_by(Registration.unit_id, Registration.state, days_taken)
        )
        for unit_id, state, days, number in db.session.execute(statement):
            figures, name = self._of(unit_id), DECIDED[State(state)]
            setattr(figures, name, getattr(figures, name) + number)
            days = max(0, days or 0)
            figures.days[days] = figures.days.get(days, 0) + number

    def total(self) -> Figures:
        """All of them together."""
        return _sum(self.branches.values())

    @cached_property
    def branches(self) -> dict[int, Figures]:
        """The office by itself, then each unit directly below it with all that is below that one."""
        found: dict[int, Figures] = {}
        top, above = self.top.id, self.above
        for unit_id, figures in self.figures.items():
            branch = unit_id
            while branch != top and above[branch] != top:
                branch = above[branch]
            if branch not in found:
                found[branch] = Figures()
            found[branch].add(figures)
        return found

    def chosen(self, filters: Filters) -> dict[int, Figures]:
        """What the filters leave, in the order of official lists."""
        if filters.is_tree:
            return {unit_id: self.branches[unit_id] for unit_id in self.above if unit_id in self.branches}
        words = units.matching(filters.q) if filters.q else None
        now = clock.now()

        def fits(unit_id: int, figures: Figures) -> bool:
            if (words is not None and unit_id not in words) or (filters.kind and self.kinds[unit_id] != filters.kind):
                return False
            match filters.show:
                case "no_admin":
                    return figures.without_admin > 0
                case "waiting":
                    return figures.waits_long(now)
                case "ending":
                    return figures.ending > 0
            return True

        found = {i: self.figures[i] for i in self.above if i in self.figures and fits(i, self.figures[i])}
        if filters.show == "waiting":
            return dict(sorted(found.items(), key=lambda item: item[1].oldest or now))
        return found

    def rows(self, chosen: dict[int, Figures], filters: Filters) -> list[Row]:
        """Those units by name, each with the office that decides for it today."""
        offices = Offices(chosen.keys())
        deciding = {unit_id: next((each.unit_id for each in offices.of(unit_id)), None) for unit_id in chosen}
        named = _named({*chosen, *filter(None, deciding.values())})
        return [
            Row(
                named[unit_id],
                figures,
                unit_id in self.with_admin,
                named.get(deciding[unit_id] or 0),
                filters.is_tree and unit_id != self.top.id and figures.units > 1,
            )
            for unit_id, figures in chosen.items()
        ]


def _named(unit_ids: set[int]) -> dict[int, Unit]:
    statement = select(Unit)
    if len(unit_ids) <= units.MANY:  # naming thousands of ids takes longer than reading all of them
        statement = statement.where(Unit.id.in_(unit_ids))
    return {unit.id: unit for unit in db.session.scalars(statement)}


def _sum(several: Iterable[Figures]) -> Figures:
    total = Figures()
    for figures in several:
        total.add(figures)
    return total


def _is_open(day: date) -> ColumnElement[bool]:
    """As `units.rules.is_open`; thousands of dates need not travel."""
    begun = or_(Unit.valid_from.is_(None), Unit.valid_from <= day)
    return and_(begun, or_(Unit.valid_to.is_(None), Unit.valid_to >= day))


def _days() -> ColumnElement[int]:
    """Whole days from sending to decision."""
    sent, decided = Registration.submitted_at, Registration.decided_at
    if db.engine.dialect.name == "sqlite":
        return cast(func.julianday(decided) - func.julianday(sent), Integer)
    return cast(func.floor(extract("epoch", decided - sent) / 86400), Integer)
