"""Who is looking at a case: shown to colleagues, over by itself, no lock. Whoever decides first has decided."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from idp.access.rules import Viewer
from idp.accounts.models import Account
from idp.approval import rules
from idp.approval.models import Claim
from idp.audit.operations import record
from idp.database import db
from idp.registration import operations as registration
from idp.registration.models import Registration
from idp.registration.rules import State
from thai_web import clock

LASTS = timedelta(minutes=30)


def take(viewer: Viewer, case: Registration) -> datetime:
    """Say that one looks at it, also in a colleague's place. Returns until when; `Conflict` when decided."""
    case = registration.lock(case.id)  # of two who take it at once the later one has it
    rules.check_waiting(State(case.state))
    until = clock.now() + LASTS
    claim = db.session.get(Claim, case.id)
    if claim is None:
        db.session.add(Claim(registration_id=case.id, account_id=viewer.account_id, until=until))
    else:
        claim.account_id, claim.until = viewer.account_id, until
    record(
        "registration.claimed",
        subject=("registration", case.id),
        unit_id=case.unit_id,
        registration_id=case.id,
        until=until,
    )
    return until


def release(viewer: Viewer, case: Registration) -> None:
    """Say that one does not look at it any more; a colleague's claim is not touched."""
    registration.lock(case.id)
    claim = db.session.get(Claim, case.id)
    if claim is not None and claim.account_id == viewer.account_id:
        db.session.delete(claim)
        record(
            "registration.released", subject=("registration", case.id), unit_id=case.unit_id, registration_id=case.id
        )


def end(registration_id: int) -> None:
    """A decided case is looked at by nobody."""
    db.session.execute(delete(Claim).where(Claim.registration_id == registration_id))


def of(registration_ids: Collection[int]) -> dict[int, tuple[Claim, Account]]:
    """Of some cases the claims that are alive, and whose they are."""
    statement = (
        select(Claim, Account)
        .join(Account, Account.id == Claim.account_id)
        .where(Claim.registration_id.in_(registration_ids), Claim.until > clock.now())
    )
    return {claim.registration_id: (claim, account) for claim, account in db.session.execute(statement)}
