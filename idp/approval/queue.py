"""The reviewer's lists: what waits for them, what waits for others in their units, what was decided; with counts,
and those that a reviewer kept under a name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, Subquery, case, delete, false, func, or_, select, true

from idp.access.rules import Permission, Viewer
from idp.accounts.models import Account
from idp.appointments.rules import Deciders
from idp.approval import filters as addresses
from idp.approval.conflicts import bars_of
from idp.approval.filters import MINE, OTHERS, Filters
from idp.approval.models import SavedView
from idp.approval.offices import Offices
from idp.approval.rules import NONE
from idp.approval.searching import holds
from idp.clients import operations as clients
from idp.database import among, db
from idp.registration.models import Registration, RegistrationRole
from idp.registration.rules import State
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_, Refusal

PER_PAGE = 50
MOST_VIEWS = 20  # of one person
MOST_LISTED = 8  # units or roles offered as filters: those with the most cases
WAITING = Registration.state == State.SUBMITTED
DECIDED = (State.APPROVED, State.RETURNED, State.REJECTED)


@dataclass(frozen=True)
class Row:
    """One case in the list; the offices that may decide it today, and whether the viewer is one of them."""

    case: Registration
    unit: Unit
    days: int
    deciders: tuple[Deciders, ...] = ()
    may_open: bool = False


@dataclass(frozen=True)
class Counts:
    """How many cases each choice would show, in place of the one that is chosen of the same filter."""

    by_choice: dict[tuple[str, str], int] = field(default_factory=dict)
    units: list[tuple[Unit, int]] = field(default_factory=list)
    roles: list[tuple[clients.OfferedRole, int]] = field(default_factory=list)


class Desk:
    """A viewer's desk: the units below their powers, and which of their cases wait for them today."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.own = {
            holding.unit_id
            for holding in viewer.holdings
            if viewer.holding_for(Permission.DECIDE_REGISTRATIONS, holding.unit_id)
        }

    @cached_property
    def is_everything(self) -> bool:
        """Whether the viewer decides for DLA, above everybody."""
        return any(units.get(unit_id).supervisor_id is None for unit_id in self.own)

    @cached_property
    def below(self) -> ColumnElement[bool]:
        """The cases of their units and of those below."""
        if self.is_everything:
            return true()
        return or_(false(), *(Registration.unit_id.in_(units.subtree(unit_id)) for unit_id in self.own))

    @cached_property
    def offices(self) -> Offices:
        """Who decides for the units in which something waits."""
        found = db.session.scalars(select(Registration.unit_id).where(WAITING, self.below).distinct())
        return Offices([unit_id for unit_id in found if unit_id is not None])

    @cached_property
    def is_hers(self) -> ColumnElement[bool]:
        """Which of the waiting cases they decide today."""
        offices = self.offices
        bars = bars_of(WAITING & self.below)
        barred = select(Registration.id, Registration.unit_id, Registration.submitted_at).where(
            WAITING, Registration.id.in_(bars)
        )
        special = [
            row.id
            for row in (db.session.execute(barred) if bars else ())
            if any(
                self.viewer.account_id in each.accounts
                for each in offices.deciding(row.unit_id, row.submitted_at, bars[row.id])
            )
        ]
        steps = offices.steps(self.viewer.account_id)
        plain = [self._climbed(offices, steps, each) for each in sorted({step for step in steps.values() if step})]
        return or_(Registration.id.in_(special), Registration.id.not_in(bars) & or_(false(), *plain))

    def _climbed(self, offices: Offices, steps: dict[int, int], step: int) -> ColumnElement[bool]:
        """The cases of the units for which theirs is the first, second … office, and that have climbed so far."""
        own = {unit_id for unit_id, each in steps.items() if each == step}
        rest = steps.keys() - own
        # Whichever list is shorter: before its units have admins DLA decides for thousands, and later for none.
        unit_id = Registration.unit_id
        in_own = among(unit_id, own) if len(own) <= len(rest) else ~among(unit_id, rest)
        return in_own & (Registration.submitted_at < offices.limit(step - 1)) if step > 1 else in_own

    def shown(self, filters: Filters) -> ColumnElement[bool]:
        """The cases of the chosen list."""
        if filters.show == MINE:
            return WAITING & self.below & self.is_hers
        if filters.show == OTHERS:
            return WAITING & self.below & ~self.is_hers
        return (Registration.state == filters.show.upper()) & self.below


def waiting(viewer: Viewer, page: int = 1) -> tuple[list[Row], bool]:
    """The cases that wait for the viewer, oldest first, and whether there are more."""
    return listed(Desk(viewer), Filters(), page)


def number_waiting(viewer: Viewer) -> int:
    """How many cases wait for the viewer; 0 for DLA's officers, for whom counting a country's cases costs more than a
    page may. One small statement where nothing waits in their units."""
    desk = Desk(viewer)
    if desk.is_everything or not db.session.scalar(select(Registration.id).where(WAITING, desk.below).limit(1)):
        return 0
    return db.session.scalar(select(func.count()).where(desk.shown(Filters()))) or 0


def listed(desk: Desk, filters: Filters, page: int = 1, limit: int = PER_PAGE) -> tuple[list[Row], bool]:
    """One page of a list, and whether there are more: what waits oldest first, what was decided newest first."""
    order: list[Any] = [Registration.submitted_at, Registration.id]
    if not filters.is_open:
        order = [Registration.decided_at.desc(), Registration.id.desc()]
    statement = (
        select(Registration, Unit)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(desk.shown(filters), *_narrowed(Registration, filters), *_searched(filters))
        .order_by(*order)
        .limit(limit + 1)
        .offset((page - 1) * limit)
    )
    found = [(each, unit) for each, unit in db.session.execute(statement)]
    return _rows(desk, found[:limit]), len(found) > limit


def listed_by_reference(desk: Desk, references: Iterable[str]) -> list[Row]:
    """Of some cases those that wait for the viewer, oldest first."""
    statement = (
        select(Registration, Unit)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(Registration.reference.in_(references), desk.shown(Filters()))
        .order_by(Registration.submitted_at, Registration.id)
    )
    return _rows(desk, [(each, unit) for each, unit in db.session.execute(statement)])


def following(desk: Desk, filters: Filters, after: Registration) -> str | None:
    """The reference of the case that comes after one in the list of what waits for the viewer; after the last one the
    first, so that none that was passed over is left."""
    if filters.show != MINE:
        return None
    since, case_id = Registration.submitted_at, Registration.id
    is_before = or_(since < after.submitted_at, (since == after.submitted_at) & (case_id < after.id))
    statement = (
        select(Registration.reference)
        .where(desk.shown(filters), *_narrowed(Registration, filters), *_searched(filters), case_id != after.id)
        .order_by(is_before, since, case_id)
        .limit(1)
    )
    return db.session.scalar(statement)


def found(desk: Desk, filters: Filters, limit: int) -> tuple[list[Row], bool]:
    """The newest requests of their units that hold the words, waiting or decided, and whether there are more."""
    statement = (
        select(Registration, Unit)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(Registration.state.in_((State.SUBMITTED, *DECIDED)), desk.below, *_searched(filters))
        .order_by(Registration.submitted_at.desc(), Registration.id.desc())
        .limit(limit + 1)
    )
    rows = _rows(desk, [(each, unit) for each, unit in db.session.execute(statement)])
    return rows[:limit], len(rows) > limit


def decided(desk: Desk, limit: int = 10) -> list[Row]:
    """The newest outcomes in their units, so that a clerk can look something up."""
    statement = (
        select(Registration, Unit)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(Registration.state.in_(DECIDED), desk.below)
        .order_by(Registration.decided_at.desc())
        .limit(limit)
    )
    return _rows(desk, [(each, unit) for each, unit in db.session.execute(statement)])


def _rows(desk: Desk, found: list[tuple[Registration, Unit]]) -> list[Row]:
    if not found:
        return []
    unit_ids, now = {unit.id for _case, unit in found}, clock.now()
    offices = desk.offices if unit_ids <= desk.offices.chains.keys() else Offices(unit_ids)
    bars = bars_of(Registration.id.in_([each.id for each, _unit in found]))
    rows = []
    for each, unit in found:
        since = each.submitted_at or now
        deciders = tuple(offices.deciding(unit.id, since, bars.get(each.id, NONE), each.decided_at))
        may_open = any(desk.viewer.account_id in office.accounts for office in deciders)
        rows.append(Row(each, unit, (now - since).days, deciders, may_open))
    return rows


def counts(desk: Desk, filters: Filters) -> Counts:
    """The numbers beside the filters of what waits; three statements, whatever is chosen."""
    open_cases = _open_cases(desk, filters)
    chosen = {name: _condition(open_cases.c, name, value) for name, value in filters.chosen.items()}
    chosen.setdefault("show", open_cases.c.show == MINE)
    choices = [
        (name, value)
        for name, values in addresses.FACETS.items()
        for value in values
        if name != "show" or value in addresses.OPEN_SHOWS
    ]
    counted = [
        func.count().filter(_condition(open_cases.c, name, value), *_others(chosen, name)) for name, value in choices
    ]
    numbers = db.session.execute(select(*counted).select_from(open_cases)).one()
    return Counts(dict(zip(choices, numbers, strict=True)), _units(open_cases, chosen), _roles(open_cases, chosen))


def _open_cases(desk: Desk, filters: Filters) -> Subquery:
    """What waits for somebody in their units, with the list in which it stands."""
    show = case((Registration.state == State.RETURNED, addresses.RETURNED), (desk.is_hers, MINE), else_=OTHERS)
    return (
        select(
            Registration.id,
            Registration.unit_id,
            Registration.submitted_at,
            Registration.purpose,
            Registration.proof,
            Registration.alike,
            show.label("show"),
        )
        .where(Registration.state.in_((State.SUBMITTED, State.RETURNED)), desk.below, *_searched(filters))
        .subquery()
    )


def _others(chosen: dict[str, ColumnElement[bool]], name: str) -> list[ColumnElement[bool]]:
    return [condition for other, condition in chosen.items() if other != name]


def _units(open_cases: Subquery, chosen: dict[str, ColumnElement[bool]]) -> list[tuple[Unit, int]]:
    number = func.count().label("number")
    most = (
        select(open_cases.c.unit_id, number)
        .where(*_others(chosen, "unit"))
        .group_by(open_cases.c.unit_id)
        .order_by(number.desc(), open_cases.c.unit_id)
        .limit(MOST_LISTED)
        .subquery()
    )
    statement = select(Unit, most.c.number).join(most, most.c.unit_id == Unit.id)
    return [(unit, number) for unit, number in db.session.execute(statement.order_by(most.c.number.desc(), Unit.id))]


def _roles(open_cases: Subquery, chosen: dict[str, ColumnElement[bool]]) -> list[tuple[clients.OfferedRole, int]]:
    number = func.count().label("number")
    statement = (
        select(RegistrationRole.role_id, number)
        .join(open_cases, open_cases.c.id == RegistrationRole.registration_id)
        .where(*_others(chosen, "role"))
        .group_by(RegistrationRole.role_id)
        .order_by(number.desc(), RegistrationRole.role_id)
        .limit(MOST_LISTED)
    )
    numbers = {row.role_id: row.number for row in db.session.execute(statement)}
    return [(role, numbers[role.id]) for role in clients.roles_by_id(numbers)]


def _narrowed(table: Any, filters: Filters) -> Iterable[ColumnElement[bool]]:
    return [_condition(table, name, value) for name, value in filters.narrowing.items()]


def _condition(table: Any, name: str, value: str) -> ColumnElement[bool]:
    """One choice, over the cases themselves or over the columns of `_open_cases`."""
    match name:
        case "age":
            return table.submitted_at <= clock.now() - timedelta(days=int(value))
        case "alike":
            return table.alike == true()
        case "unit":
            return table.unit_id == select(Unit.id).where(Unit.code == value).scalar_subquery()
        case "role":
            return table.id.in_(select(RegistrationRole.registration_id).where(RegistrationRole.role_id == int(value)))
    return getattr(table, name) == value


def _searched(filters: Filters) -> list[ColumnElement[bool]]:
    return [~holds(word) if word.excluded else holds(word) for word in filters.words]


def offices(unit_ids: Iterable[int]) -> dict[int, Unit]:
    """The units of these ids, so that a list can name whom each of its cases waits for."""
    return {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))}


def saved_views(account_id: int) -> list[tuple[SavedView, Filters]]:
    """The lists that a person kept under a name, by name: a habit, no decision, so no event. What is stored is read as
    an address is: an old one leads nowhere else."""
    found = db.session.scalars(select(SavedView).where(SavedView.account_id == account_id).order_by(SavedView.name))
    return [(view, addresses.parse(dict(parse_qsl(view.query)))) for view in found]


def save_view(account_id: int, name: str, filters: Filters) -> None:
    """Keep a list; another one of the same name is replaced. Raises `Refusal` beyond `MOST_VIEWS`."""
    db.session.get_one(Account, account_id, with_for_update=True)  # of two clicks the second finds the first's name
    own = {view.name: view for view, _filters in saved_views(account_id)}
    query = urlencode(filters.query())
    if name in own:
        own[name].query = query
        return
    if len(own) >= MOST_VIEWS:
        raise Refusal(
            N_("บันทึกมุมมองได้ไม่เกิน %(most)s รายการ โปรดลบรายการที่ไม่ใช้ก่อน"), most=MOST_VIEWS, code="name", status=422
        )
    db.session.add(SavedView(account_id=account_id, name=name, query=query, created_at=clock.now()))


def forget_view(account_id: int, view_id: int) -> None:
    """Delete one; somebody else's is not touched, twice does no harm."""
    db.session.execute(delete(SavedView).where(SavedView.account_id == account_id, SavedView.id == view_id))
