"""A draft of somebody whom a unit invited: the unit, the position and the mailbox are filled in, the rest is theirs."""

from collections.abc import Collection
from dataclasses import dataclass

from idp import clock
from idp.database import db
from idp.registration import operations
from idp.registration.models import Registration, RegistrationRole


@dataclass(frozen=True)
class Invited:
    """What an invitation says, and whose it is."""

    email: str
    unit_id: int
    position: str
    role_ids: Collection[int]
    by_account_id: int


def begin(invited: Invited) -> Registration:
    """Begin it. Opening the mailed link proved the mailbox; it is a draft like any other, sent, judged on documents and
    decided like any other. Who changes mailbox or unit goes on as somebody whom nobody invited."""
    registration = operations.begin()
    registration.email, registration.email_proven_at = invited.email, clock.now()
    registration.unit_id, registration.position = invited.unit_id, invited.position
    registration.roles_chosen = bool(invited.role_ids)  # asked where nobody chose any
    registration.invited_by_account_id = invited.by_account_id
    db.session.add_all(
        RegistrationRole(registration_id=registration.id, role_id=role_id) for role_id in invited.role_ids
    )
    db.session.flush()
    return registration
