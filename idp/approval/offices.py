"""Which offices decide what, asked for many units at once."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from idp import clock
from idp.accounts.models import Account
from idp.appointments import operations as appointments
from idp.appointments import rules
from idp.appointments.models import Appointment
from idp.appointments.rules import Deciders, Term
from idp.database import db
from idp.registration.models import Registration
from idp.units import operations as units


class Offices:
    """As of today, for some units: who decides there, as `registration.deciders` tells it of one case."""

    def __init__(self, unit_ids: Collection[int]) -> None:
        self.today = clock.today()
        self.chains = units.chains(unit_ids)
        above = {each for chain in self.chains.values() for each in chain}
        appointed = set(db.session.scalars(select(Appointment.unit_id).where(Appointment.ends_on >= self.today)))
        self._terms: dict[int, list[Term]] = {}
        for term in appointments.terms_at(above & appointed, self.today):
            self._terms.setdefault(term.unit_id, []).append(term)

    def deciders(self, unit_id: int, without: Collection[int] = ()) -> Deciders | None:
        """Who decides for one of the units, leaving out the accounts `without`."""
        here = [term for each in self.chains[unit_id] for term in self._terms.get(each, ())]
        return rules.deciders(self.chains[unit_id], here, self.today, without)


def applicants_with_a_power(which: ColumnElement[bool]) -> dict[tuple[int, int], set[int]]:
    """The few cases whose applicant was ever appointed somewhere: case and unit, and the accounts meant."""
    statement = (
        select(Registration.id, Registration.unit_id, Account.id)
        .join(Account, Account.national_id_index == Registration.national_id_index)
        .where(which, select(Appointment.id).where(Appointment.account_id == Account.id).exists())
    )
    found: dict[tuple[int, int], set[int]] = {}
    for case_id, unit_id, account_id in db.session.execute(statement):
        assert unit_id is not None  # whatever was sent has one
        found.setdefault((case_id, unit_id), set()).add(account_id)
    return found
