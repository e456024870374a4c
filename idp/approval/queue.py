"""The reviewer's queue: cases that wait for a decision the viewer may take."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, false, or_, select

from idp import clock
from idp.access.rules import Permission, Viewer
from idp.accounts.models import Account
from idp.appointments import operations as appointments
from idp.appointments import rules
from idp.appointments.models import Appointment
from idp.appointments.rules import Term
from idp.database import db
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.units import operations as units
from idp.units.models import Unit

PER_PAGE = 50
WAITING = Registration.state == State.SUBMITTED
DECIDED = (State.APPROVED, State.RETURNED, State.REJECTED)


@dataclass(frozen=True)
class Row:
    """One case in the list."""

    case: Registration
    unit: Unit
    days: int


def _decided_by(viewer: Viewer) -> ColumnElement[bool]:
    """Which waiting cases the viewer decides today, as `registration.deciders` tells for one of them."""
    own = {
        holding.unit_id
        for holding in viewer.holdings
        if viewer.holding_for(Permission.DECIDE_REGISTRATIONS, holding.unit_id)
    }
    below = or_(false(), *(Registration.unit_id.in_(units.subtree(unit_id)) for unit_id in own))
    waiting = db.session.scalars(select(Registration.unit_id).where(WAITING, below).distinct())
    chains = units.chains([unit_id for unit_id in waiting if unit_id is not None])
    today = clock.today()
    terms = terms_by_unit({each for chain in chains.values() for each in chain}, today)

    def is_hers(unit_id: int, without: Collection[int] = ()) -> bool:
        chain = chains[unit_id]
        here = [term for each in chain for term in terms.get(each, ())]
        found = rules.deciders(chain, here, today, without)
        return found is not None and found.unit_id in own

    applicants = applicants_with_a_power(below)
    special = [case_id for (case_id, unit_id), accounts in applicants.items() if is_hers(unit_id, accounts)]
    plain = Registration.id.not_in([case_id for case_id, _unit_id in applicants])
    in_her_units = Registration.unit_id.in_([unit_id for unit_id in chains if is_hers(unit_id)])
    return or_(plain & in_her_units, Registration.id.in_(special))


def terms_by_unit(unit_ids: set[int], day: date) -> dict[int, list[Term]]:
    """The appointments in force on a day, by unit."""
    found: dict[int, list[Term]] = {}
    for term in appointments.terms_at(unit_ids, day):
        found.setdefault(term.unit_id, []).append(term)
    return found


def applicants_with_a_power(which: ColumnElement[bool]) -> dict[tuple[int, int], set[int]]:
    """The few waiting cases whose applicant was ever appointed somewhere: case and unit, and the accounts meant."""
    statement = (
        select(Registration.id, Registration.unit_id, Account.id)
        .join(Account, Account.national_id_index == Registration.national_id_index)
        .where(WAITING, which, select(Appointment.id).where(Appointment.account_id == Account.id).exists())
    )
    found: dict[tuple[int, int], set[int]] = {}
    for case_id, unit_id, account_id in db.session.execute(statement):
        assert unit_id is not None  # whatever was sent has one
        found.setdefault((case_id, unit_id), set()).add(account_id)
    return found


def waiting(viewer: Viewer, page: int = 1) -> tuple[list[Row], bool]:
    """The cases that wait for the viewer, oldest first, and whether there are more."""
    statement = (
        select(Registration, Unit)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(WAITING, _decided_by(viewer))
        .order_by(Registration.submitted_at, Registration.id)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    now = clock.now()
    rows = [Row(case, unit, (now - (case.submitted_at or now)).days) for case, unit in db.session.execute(statement)]
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def decided(viewer: Viewer, limit: int = 20) -> list[Row]:
    """The newest outcomes in the units below the viewer's powers, so that a clerk can look something up."""
    scope = appointments.visible_units(viewer)
    statement = (
        select(Registration, Unit)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(Registration.state.in_(DECIDED), Registration.unit_id.in_(scope))
        .order_by(Registration.decided_at.desc())
        .limit(limit)
    )
    return [Row(case, unit, 0) for case, unit in db.session.execute(statement)]
