"""Which offices decide what, asked for many units at once."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from idp.appointments import operations as appointments
from idp.appointments.models import Appointment
from idp.appointments.rules import Deciders, Term
from idp.approval import conflicts, rules
from idp.approval.rules import NONE, Bars
from idp.database import db
from idp.registration.models import Registration
from idp.units import operations as units
from idp.web.application import settings
from idp.workdays import operations as workdays
from idp.workdays.rules import sent_by, working_days_between
from thai_web import clock


class Offices:
    """As of today, for some units: who decides there, and who joins them once a case has waited too long."""

    def __init__(self, unit_ids: Collection[int]) -> None:
        self.today, self.delay = clock.today(), settings().escalation_days
        self.holidays = workdays.holidays()
        self.chains = units.chains(unit_ids)
        above = {each for chain in self.chains.values() for each in chain}
        appointed = set(db.session.scalars(select(Appointment.unit_id).where(Appointment.ends_on >= self.today)))
        self._terms: dict[int, list[Term]] = {}
        for term in appointments.terms_at(above & appointed, self.today):
            self._terms.setdefault(term.unit_id, []).append(term)
        self._found: dict[tuple[int | None, bool], list[Deciders]] = {}

    def of(self, unit_id: int, bars: Bars = NONE) -> list[Deciders]:
        """Every office that can decide for one of the units, nearest first."""
        chain = self.chains[unit_id]
        here = [term for each in chain for term in self._terms.get(each, ())]
        if bars != NONE:
            return rules.offices(chain, here, self.today, bars)
        # Units without an appointment of their own share the answer of the first office above them that has one.
        first = here[0].unit_id if here else None
        if (first, first == unit_id) not in self._found:
            self._found[first, first == unit_id] = rules.offices(chain, here, self.today)
        return self._found[first, first == unit_id]

    def steps(self, account_id: int) -> dict[int, int]:
        """For each unit at which of its offices, counted from 1, this account decides first; 0 where at none. A deputy
        who does not stand in, or an admin who is away, belongs to an office without deciding for it."""
        found = {office: rules.offices([office], terms, self.today) for office, terms in self._terms.items()}
        accounts = {office: deciders[0].accounts for office, deciders in found.items() if deciders}
        return {
            unit_id: next(
                (
                    step
                    for step, office in enumerate([each for each in chain if each in accounts], 1)
                    if account_id in accounts[office]
                ),
                0,
            )
            for unit_id, chain in self.chains.items()
        }

    def deciding(
        self, unit_id: int, since: datetime, bars: Bars = NONE, until: datetime | None = None
    ) -> list[Deciders]:
        """Those that may decide what has waited there since a moment; `until` it was decided, else until today: an old
        outcome climbs no further."""
        last = clock.day_in_bangkok(until) if until else self.today
        waited = working_days_between(clock.day_in_bangkok(since), last, self.holidays)
        return rules.reached(self.of(unit_id, bars), waited, self.delay)

    def limit(self, steps: int) -> datetime:
        """What was sent before this moment has climbed so many steps."""
        last = sent_by(self.today, steps * self.delay, self.holidays)
        return clock.start_of_day(last) + timedelta(days=1)


def may_decide(case: Registration) -> list[Deciders]:
    """The offices that may decide a waiting case now, the nearest first."""
    return deciding(case)[0]


def deciding(case: Registration) -> tuple[list[Deciders], Bars, list[int]]:
    """Of one case: the offices that may decide it today, who must not, and the chain of its unit."""
    assert case.unit_id is not None
    assert case.submitted_at is not None
    offices = Offices([case.unit_id])
    bars = conflicts.bars_of(Registration.id == case.id).get(case.id, NONE)
    return offices.deciding(case.unit_id, case.submitted_at, bars, case.decided_at), bars, offices.chains[case.unit_id]


def deciders_of(which: ColumnElement[bool]) -> dict[int, list[datetime]]:
    """Of the waiting cases meant: for each account that may decide some of them today, when those were sent."""
    cases = select(Registration.id, Registration.unit_id, Registration.submitted_at).where(which)
    rows = db.session.execute(cases.where(Registration.unit_id.is_not(None))).all()
    offices, bars = Offices({row.unit_id for row in rows}), conflicts.bars_of(which) if rows else {}
    found: dict[int, list[datetime]] = {}
    for row in rows:
        accounts = {
            term.account_id
            for deciders in offices.deciding(row.unit_id, row.submitted_at, bars.get(row.id, NONE))
            for term in deciders.terms
        }
        for account_id in accounts:
            found.setdefault(account_id, []).append(row.submitted_at)
    return found
