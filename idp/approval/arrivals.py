"""A mail to the deciders when requests arrive: one for all that came, at most one an hour."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from idp.accounts.models import Account
from idp.accounts.rules import Status
from idp.approval import queue
from idp.approval.offices import deciders_of
from idp.database import db
from idp.notifications.models import OutboxMessage
from idp.notifications.operations import has_been_queued, was_queued
from idp.notifications.operations import queue as queue_mail
from idp.registration.models import Registration
from idp.web.links import absolute
from thai_web import clock

ARRIVED = "approval/mail/arrived"
APART = timedelta(hours=1)
LONGEST_AGO = timedelta(days=1)  # what arrived before is the daily reminder's affair
BATCH = 50  # a run, which the worker begins each minute


def tell(batch: int = BATCH) -> int:
    """Tell each decider who wants it what arrived since the last such mail. Returns how many were queued.

    The mail holds a number and a link: who asks for what is read after signing in.
    """
    now = clock.now()
    arrived = deciders_of(queue.WAITING & (Registration.submitted_at > now - LONGEST_AGO))
    if not arrived:
        return 0
    wants = select(Account).where(
        Account.id.in_(arrived),
        Account.status == Status.ACTIVE,
        Account.email_proven_at.is_not(None),
        Account.arrival_mails,
        ~was_queued(ARRIVED, "account", Account.id, now - APART),
    )
    sent = 0
    for account in db.session.scalars(wants.order_by(Account.id)):
        number = sum(at > _last(account.id) for at in arrived[account.id])
        if number and _is_first(account.id, now - APART):
            values = {
                "name": account.name,
                "number": number,
                "link": absolute("approval.index"),
                "settings": absolute("approval.own_mails"),
            }
            queue_mail(ARRIVED, account.email, values, ("account", account.id))
            sent += 1
        if sent == batch:
            break
    return sent


def _last(account_id: int) -> datetime:
    about = (OutboxMessage.about_kind == "account", OutboxMessage.about_id == str(account_id))
    last = select(func.max(OutboxMessage.created_at)).where(OutboxMessage.template == ARRIVED, *about)
    return db.session.scalar(last) or datetime.min.replace(tzinfo=clock.BANGKOK)


def _is_first(account_id: int, since: datetime) -> bool:
    """Of two workers one sends: asked under the lock, since the other may have sent after this one looked."""
    held = select(Account.id).where(Account.id == account_id).with_for_update(skip_locked=True)
    return db.session.scalar(held) is not None and not has_been_queued(ARRIVED, "account", account_id, since)


def choose(account_id: int, *, wanted: bool) -> None:
    """A person's own choice whether to be told."""
    db.session.get_one(Account, account_id).arrival_mails = wanted
