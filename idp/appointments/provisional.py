"""What imported admins hold until their letter comes."""

from datetime import date

from sqlalchemy import select

from idp.accounts.models import Account
from idp.appointments import rules
from idp.appointments.models import Appointment
from idp.audit.operations import record
from idp.audit.rules import COMMAND
from idp.database import db
from idp.units import operations as units
from thai_web import clock


def make(account_id: int, unit_id: int, ends_on: date) -> Appointment | None:
    """What an imported admin holds: the unit's power without a letter, until a day, unless the letter is brought.

    None where the person was ever appointed to it here: a second import brings nothing back that ended.
    """
    power, today = rules.power_for(units.get(unit_id).kind), clock.today()
    known = select(Appointment.id).where(
        Appointment.account_id == account_id, Appointment.unit_id == unit_id, Appointment.power == power
    )
    if db.session.scalar(known.limit(1)) is not None:
        return None
    rules.check_provisional(ends_on, today)
    appointment = Appointment(
        account_id=account_id,
        unit_id=unit_id,
        power=power,
        starts_on=today,
        ends_on=ends_on,
        warned_days=rules.warning_due(ends_on, None, today),
        created_at=clock.now(),
    )
    db.session.add(appointment)
    db.session.flush()
    record(
        "appointment.made",
        subject=("account", account_id),
        unit_id=unit_id,
        actor=COMMAND,
        subject_name=db.session.get_one(Account, account_id).name,
        appointment_id=appointment.id,
        power=power,
        letter_number=None,
        letter_date=None,
        starts_on=today,
        ends_on=ends_on,
    )
    return appointment
