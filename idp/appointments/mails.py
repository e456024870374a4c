"""Mails about appointments and requests for them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from idp.access.rules import POWER_NAMES, Power
from idp.accounts.models import Account
from idp.accounts.rules import Status
from idp.database import db
from idp.notifications.operations import queue
from idp.web.links import absolute

PAGES = {
    "appointment": ("appointments.show", "appointment_id"),
    "appointment_request": ("asking.show", "request_id"),
    "unit": ("appointments.unit", "code"),
}


def tell(mail: str, account_ids: Iterable[int], values: dict[str, Any]) -> int:
    """Queue one mail to each of these people whose address is proven. Returns how many.

    Arguments: `values`, what the mail needs: `subject` (the appointment or request), `unit`, and `about` as the outbox
    keeps it, which also says where the link leads.
    """
    statement = select(Account).where(Account.id.in_(set(account_ids)), Account.email_proven_at.is_not(None))
    people = list(db.session.scalars(statement.where(Account.status == Status.ACTIVE).order_by(Account.id)))
    kind, key = values["about"]
    endpoint, name = PAGES[kind]
    link = absolute(endpoint, **{name: values["unit"].code if kind == "unit" else key})
    power = POWER_NAMES[Power(values["subject"].power)]
    holder = db.session.get_one(Account, values["subject"].account_id)
    for person in people:
        told = {**values, "person": person, "holder": holder, "power": power, "link": link}
        queue(f"appointments/mail/{mail}", person.email, told, (kind, key))
    return len(people)
