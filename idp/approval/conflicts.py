"""Who must not decide, read for many cases at once. Only an applicant who was ever appointed can bar anybody."""

from sqlalchemy import ColumnElement, select

from idp.accounts.models import Account
from idp.appointments.models import Appointment
from idp.approval.rules import MUTUAL, Bars
from idp.database import db
from idp.registration.models import Registration, RegistrationVersion
from idp.registration.rules import State
from thai_web import clock


def bars_of(which: ColumnElement[bool]) -> dict[int, Bars]:
    """Of the cases meant, those few that bar somebody, by their id. Four statements, or one when there is none."""
    owners: dict[int, set[int]] = {}
    statement = (
        select(Registration.id, Account.id)
        .join(Account, Account.national_id_index == Registration.national_id_index)
        .where(which, select(Appointment.id).where(Appointment.account_id == Account.id).exists())
    )
    for case_id, account_id in db.session.execute(statement):
        owners.setdefault(case_id, set()).add(account_id)
    if not owners:
        return {}
    everyone = set().union(*owners.values())
    owing, offices = _owing(everyone), _offices(everyone)
    return {
        case_id: Bars(
            own=frozenset(accounts),
            mutual=frozenset().union(*(owing.get(each, set()) for each in accounts)),
            superior_at=frozenset().union(*(offices.get(each, set()) for each in accounts)),
        )
        for case_id, accounts in owners.items()
    }


def _owing(accounts: set[int]) -> dict[int, set[int]]:
    """Of each account those whose request it approved, or whom it appointed, within the last year."""
    since = clock.now() - MUTUAL
    approved = (
        select(RegistrationVersion.decided_by_id, Account.id)
        .join(Registration, Registration.id == RegistrationVersion.registration_id)
        .join(Account, Account.national_id_index == Registration.national_id_index)
        .where(
            RegistrationVersion.decided_by_id.in_(accounts),
            RegistrationVersion.outcome == State.APPROVED,
            RegistrationVersion.decided_at > since,
        )
    )
    appointed = select(Appointment.made_by_account_id, Appointment.account_id).where(
        Appointment.made_by_account_id.in_(accounts), Appointment.created_at > since, Appointment.ended_at.is_(None)
    )
    found: dict[int, set[int]] = {}
    for by, whom in [*db.session.execute(approved), *db.session.execute(appointed)]:
        found.setdefault(by, set()).add(whom)
    return found


def _offices(accounts: set[int]) -> dict[int, set[int]]:
    today = clock.today()
    statement = select(Appointment.account_id, Appointment.unit_id).where(
        Appointment.account_id.in_(accounts),
        Appointment.starts_on <= today,
        Appointment.ends_on >= today,
        Appointment.ended_at.is_(None),
    )
    found: dict[int, set[int]] = {}
    for account_id, unit_id in db.session.execute(statement):
        found.setdefault(account_id, set()).add(unit_id)
    return found
