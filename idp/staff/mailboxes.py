"""Another mailbox for somebody who lost the one they had.

Whoever holds the mailbox can recover the password, and a helper has seen the national ID that recovery asks for. So a
helper never changes an address at once: it is announced to the address before and on the person's own page, where they
can stop it, and a day goes by.
"""

from datetime import timedelta

from sqlalchemy import select

from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Status
from idp.audit.operations import record
from idp.audit.rules import WORKER, Actor
from idp.database import db
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import check_address
from idp.signin import credentials, recovery
from idp.staff import rules
from idp.staff.authority import begin
from idp.staff.models import MailboxChange
from idp.staff.operations import office_of
from idp.staff.rules import Act
from idp.web.links import absolute
from thai_web import clock
from thai_web.refusal import N_, Conflict, Refusal

DELAY = timedelta(hours=24)
CANCEL = "mailbox.cancel"
HOLDER = Actor("mailbox")  # whoever reads it


def announce(viewer: Viewer, posting_id: int, email: str, reason: str) -> MailboxChange:
    """Announce another address. Raises `Refusal` for one that is none or stands there, `Conflict` while one waits."""
    found, actor = begin(viewer, posting_id, Act.CHANGE_MAILBOX)
    rules.check_reason(reason)
    account, address, now = found.account, check_address(email), clock.now()
    if address == account.email and account.email_proven_at is not None:
        raise Refusal(N_("บัญชีนี้ใช้อีเมลนี้อยู่แล้ว"), code="email", status=422)
    if pending(account.id) is not None:
        raise Conflict(N_("มีการแจ้งเปลี่ยนอีเมลของบุคคลนี้รออยู่แล้ว"), next_step=N_("โปรดถอนรายการเดิมก่อน หากอีเมลไม่ถูกต้อง"))
    change = MailboxChange(
        account_id=account.id, email=address, unit_id=found.unit.id, asked_at=now, due_at=now + DELAY
    )
    db.session.add(change)
    db.session.flush()
    record(
        "account.mailbox_change_announced",
        subject=("account", account.id),
        unit_id=found.unit.id,
        actor=actor,
        subject_name=account.name,
        change_id=change.id,
        due_at=change.due_at,
        reason=reason,
    )
    link = absolute("staff_own.ask_cancel_by_link", secret=secrets.issue_link(CANCEL, str(change.id), DELAY))
    values = {
        "account": account,
        "office": office_of(actor),
        "address": rules.mask_address(address),
        "reason": reason,
        "at": now,
        "due_at": change.due_at,
        "link": link,
    }
    queue("staff/mail/mailbox_announced", account.email, values, ("account", account.id))
    return change


def pending(account_id: int) -> MailboxChange | None:
    """The change that waits."""
    return db.session.scalar(
        select(MailboxChange).where(MailboxChange.account_id == account_id, MailboxChange.ended_at.is_(None))
    )


def cancel_own(viewer: Viewer) -> None:
    """The person stops it on their own page. Raises `Conflict` when there is nothing to stop any more."""
    accounts.lock(viewer.account_id)
    change = pending(viewer.account_id)
    if change is None:
        raise Conflict(N_("ไม่มีการเปลี่ยนอีเมลที่รออยู่แล้ว"))
    _cancel(change)


def of_link(secret: str) -> MailboxChange:
    """The change that a mailed link stops, without stopping it. Raises `Refusal` when it is over."""
    change = db.session.get_one(MailboxChange, int(secrets.look_at_link(CANCEL, secret).subject))
    if change.ended_at is not None:
        raise secrets.link_is_over()
    return change


def cancel_by_link(secret: str) -> None:
    """The reader of the mailbox before stops it, signed in or not."""
    accounts.lock(of_link(secret).account_id)
    change = of_link(secret)
    db.session.refresh(change)
    if change.ended_at is not None:
        raise secrets.link_is_over()
    secrets.spend_link(CANCEL, secret)
    _cancel(change, HOLDER)


def _cancel(change: MailboxChange, actor: Actor | None = None) -> None:
    change.ended_at, change.outcome = clock.now(), "CANCELLED"
    record(
        "account.mailbox_change_cancelled",
        subject=("account", change.account_id),
        unit_id=change.unit_id,
        actor=actor,
        change_id=change.id,
    )


def withdraw(viewer: Viewer, posting_id: int) -> None:
    """A helper takes it back: the address was mistyped. Raises `Conflict` when nothing waits any more."""
    found, actor = begin(viewer, posting_id, Act.CHANGE_MAILBOX)
    change = pending(found.account.id)
    if change is None:
        raise Conflict(N_("ไม่มีการเปลี่ยนอีเมลที่รออยู่แล้ว"))
    change.ended_at, change.outcome = clock.now(), "WITHDRAWN"
    record(
        "account.mailbox_change_withdrawn",
        subject=("account", found.account.id),
        unit_id=found.unit.id,
        actor=actor,
        subject_name=found.account.name,
        change_id=change.id,
    )


def finish_due(batch: int = 50) -> int:
    """Put the announced addresses in place whose day has gone by. Returns how many were finished."""
    due = select(MailboxChange.account_id).where(MailboxChange.ended_at.is_(None), MailboxChange.due_at <= clock.now())
    finished = 0
    for account_id in db.session.scalars(due.order_by(MailboxChange.due_at).limit(batch)).all():
        account = accounts.lock(account_id)  # who cancels at this moment was before us, or waits and is told
        change = pending(account_id)
        if change is not None and change.due_at <= clock.now():
            _finish(account, change)
            finished += 1
    return finished


def _finish(account: Account, change: MailboxChange) -> None:
    change.ended_at, change.outcome = clock.now(), "OVERTAKEN"
    since = [moment for moment in (account.email_proven_at, account.proven_at) if moment is not None]
    if account.status != Status.ACTIVE or any(moment > change.asked_at for moment in since):
        return  # stopped meanwhile, or they proved a mailbox or themselves: they need nobody's help any more
    change.outcome = "DONE"
    account.email, account.email_proven_at, account.updated_at = change.email, None, clock.now()
    credentials.end_links(account.id)  # of before, in a mailbox that is not this person's any more
    record(
        "account.mailbox_changed",
        subject=("account", account.id),
        unit_id=change.unit_id,
        actor=WORKER,
        change_id=change.id,
    )
    recovery.lead_back(account)
