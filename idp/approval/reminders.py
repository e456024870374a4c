"""A daily mail to those for whom requests wait."""

from datetime import timedelta

from sqlalchemy import select

from idp.access.rules import Viewer
from idp.accounts.models import Account
from idp.accounts.rules import Status
from idp.appointments import operations as appointments
from idp.approval import queue
from idp.approval.offices import deciders_of
from idp.database import db
from idp.notifications.operations import has_been_queued, was_queued
from idp.notifications.operations import queue as queue_mail
from idp.registration.models import Registration
from idp.web.links import absolute
from idp.workdays import operations as workdays
from thai_web import clock

WAITING = "approval/mail/waiting"
PATIENCE = timedelta(days=2)
BATCH = 50  # a run, which the worker begins each minute


def remind(batch: int = BATCH) -> int:
    """In working hours, tell each decider once a day what waits for them, if the oldest waits for two days already.

    The mail holds numbers and a link: who asks for what is read after signing in. Returns how many were queued.
    """
    if not clock.is_working_time(clock.now()) or not workdays.is_working_day(clock.today()):
        return 0
    is_old = queue.WAITING & (Registration.submitted_at <= clock.now() - PATIENCE)
    not_yet = ~was_queued(WAITING, "account", Account.id, clock.start_of_day(clock.today()))
    statement = (
        select(Account)
        .where(
            Account.id.in_(deciders_of(is_old)),
            Account.status == Status.ACTIVE,
            Account.email_proven_at.is_not(None),
            not_yet,
        )
        .order_by(Account.id)
    )
    sent = 0
    for account in db.session.scalars(statement):
        viewer = Viewer(account.id, 0, account.name, None, None, "", appointments.holdings(account.id))
        rows, has_more = queue.waiting(viewer)
        if not rows or rows[0].days < PATIENCE.days:
            continue  # what is old waits for a colleague, who must not decide on themselves
        if not _is_first(account.id):
            continue
        values = {
            "name": account.name,
            "number": len(rows),
            "more": has_more,
            "days": rows[0].days,
            "link": absolute("approval.index"),
        }
        queue_mail(WAITING, account.email, values, ("account", account.id))
        sent += 1
        if sent == batch:
            break
    return sent


def _is_first(account_id: int) -> bool:
    """Of two workers one sends: asked under the lock, since the other may have sent after this one looked."""
    held = select(Account.id).where(Account.id == account_id).with_for_update(skip_locked=True)
    if db.session.scalar(held) is None:
        return False
    return not has_been_queued(WAITING, "account", account_id, clock.start_of_day(clock.today()))
