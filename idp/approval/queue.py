"""The reviewer's queue: cases that wait for a decision the viewer may take."""

from dataclasses import dataclass

from sqlalchemy import select

from idp import clock
from idp.access.rules import Permission, Viewer
from idp.appointments import operations as appointments
from idp.appointments import rules
from idp.database import db
from idp.registration.models import Registration
from idp.units import operations as units
from idp.units.models import Unit

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """One case in the list."""

    case: Registration
    unit: Unit
    days: int


def units_decided_by(viewer: Viewer) -> set[int]:
    """The units with waiting cases for which the viewer is the one who decides today."""
    own = {
        holding.unit_id
        for holding in viewer.holdings
        if viewer.holding_for(Permission.DECIDE_REGISTRATIONS, holding.unit_id)
    }
    waiting = db.session.scalars(select(Registration.unit_id).where(Registration.state == "SUBMITTED").distinct())
    chains = {unit_id: [unit.id for unit in units.chain(units.get(unit_id))] for unit_id in waiting if unit_id}
    today = clock.today()
    every = sorted({unit_id for chain in chains.values() for unit_id in chain})
    terms = appointments.terms_at(every, today)
    found = {unit_id: rules.deciders(chain, terms, today) for unit_id, chain in chains.items()}
    return {unit_id for unit_id, deciders in found.items() if deciders and deciders.unit_id in own}


def waiting(viewer: Viewer, page: int = 1) -> tuple[list[Row], bool]:
    """The cases that wait for the viewer, oldest first, and whether there are more."""
    scope = units_decided_by(viewer)
    statement = (
        select(Registration, Unit)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(Registration.state == "SUBMITTED", Registration.unit_id.in_(scope))
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
        .where(Registration.state.in_(("APPROVED", "REJECTED")), Registration.unit_id.in_(scope))
        .order_by(Registration.decided_at.desc())
        .limit(limit)
    )
    return [Row(case, unit, 0) for case, unit in db.session.execute(statement)]
