"""A mail to DLA's officers each December while the holidays of the next year are not all known: a day that nobody
entered counts as a working day, and requests would climb too early."""

from sqlalchemy import select

from idp.access.rules import GIVES, Permission
from idp.accounts.models import Account
from idp.appointments import operations as appointments
from idp.database import db
from idp.notifications.operations import has_been_queued, queue, was_queued
from idp.units import operations as units
from idp.web.links import absolute
from idp.workdays import operations as workdays
from thai_web import clock

INCOMPLETE = "approval/mail/holidays"
DECEMBER = 12


def remind() -> int:
    """Once a December for each officer. Returns how many were queued."""
    today, dla = clock.today(), units.find("DLA")
    if today.month != DECEMBER or workdays.COMPLETE_UNTIL.year > today.year or dla is None:
        return 0
    terms = appointments.terms_at([dla.id], today)
    keepers = {term.account_id for term in terms if Permission.MANAGE_HOLIDAYS in GIVES[term.power]}
    began = clock.start_of_day(today.replace(day=1))
    untold = select(Account).where(
        Account.id.in_(keepers),
        Account.email_proven_at.is_not(None),
        ~was_queued(INCOMPLETE, "account", Account.id, began),
    )
    sent = 0
    for account in db.session.scalars(untold.order_by(Account.id).with_for_update(skip_locked=True)):
        if has_been_queued(INCOMPLETE, "account", account.id, began):
            continue  # by another worker, since this one looked
        values = {"name": account.name, "year": today.year + 1, "link": absolute("workdays.index")}
        queue(INCOMPLETE, account.email, values, ("account", account.id))
        sent += 1
    return sent
