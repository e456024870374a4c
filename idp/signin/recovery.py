"""Forgotten username or password: a mailed link, and the national ID as second proof; by ThaID who was proven by it."""

from datetime import timedelta

from sqlalchemy import exists, select

from idp.accounts.models import Account
from idp.accounts.rules import Proof, Status
from idp.database import db
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import normalise_address
from idp.signin import claiming, credentials, password_limits, rules
from idp.signin import operations as signin
from idp.signin.activation import account_of_link, begin_activation
from idp.signin.credentials import RECOVERY
from idp.signin.models import PasswordCredential, RecoveryRequest
from idp.signin.second_proof import check_number
from idp.web.links import absolute
from thai_web import clock

LIFETIME = timedelta(hours=2)
MOST_ACCOUNTS = 20  # a mailbox of a small office is shared; more than this is no office


def ask(email: str) -> None:
    """Note that somebody forgot; the worker looks whose mailbox it is. So the answer takes as long for an address that
    nobody has as for one that twenty share: its time tells nothing either."""
    db.session.add(RecoveryRequest(email=normalise_address(email), asked_at=clock.now()))


def answer(batch: int = 50) -> int:
    """Mail to the addresses that were asked about. Returns how many were."""
    waiting = select(RecoveryRequest).order_by(RecoveryRequest.id).limit(batch).with_for_update(skip_locked=True)
    asked = list(db.session.scalars(waiting))
    for email in {each.email: None for each in asked}:
        _send(email)
    for each in asked:
        db.session.delete(each)
    return len(asked)


def _send(email: str) -> None:
    """A way back to each account whose proven mailbox this is, and to each imported one that nobody claimed yet."""
    has_password = exists().where(PasswordCredential.account_id == Account.id)
    unclaimed = (Account.proof == Proof.CLAIMED) & ~has_password
    statement = (
        select(Account)
        .where(Account.email == email, Account.email_proven_at.is_not(None) | unclaimed)
        .where(Account.status == Status.ACTIVE)
        .order_by(Account.id)
        .limit(MOST_ACCOUNTS)
    )
    for account in db.session.scalars(statement).all():
        lead_back(account)


def _send_link(account: Account) -> None:
    secret = secrets.issue_link(RECOVERY, str(account.id), LIFETIME)
    values = {"account": account, "link": absolute("recovery.renew", secret=secret)}
    queue("recovery/mail/link", account.email, values, ("account", account.id))


def lead_back(account: Account) -> rules.Way:
    """Mail a person the way back into the account that is theirs: who started it for them sees nothing of it."""
    way = rules.way_back(proven=account.proof == Proof.THAID, has_password=signin.has_password(account.id))
    if way == rules.Way.LINK:
        _send_link(account)
        return way
    if way != rules.Way.THAID and account.email_proven_at is None:
        claiming.send_link(account)  # it proves the mailbox, too, which nobody has shown to be this person's
        return way
    if way == rules.Way.THAID:
        link = absolute("signin.start")
    else:
        link = absolute("signin.activate", secret=begin_activation(account.id))
    queue(f"recovery/mail/{way}", account.email, {"account": account, "link": link}, ("account", account.id))
    return way


def owner(secret: str) -> Account:
    """Whose link this is, without spending it. Raises `Refusal` when it is over."""
    return account_of_link(secrets.look_at_link(RECOVERY, secret))


def renew(secret: str, national_id: str, password: str) -> Account:
    """Spend the link and set a new password, after the second proof; every session and token of before ends.

    Whoever reads a shared mailbox has the link but not the number. Wrong numbers are counted against the account.
    """
    password_hash = credentials.hashed(password)
    account = owner(secret)
    check_number(account, national_id)
    credentials.check_personal(account, password, account.username or "")
    account.tokens_not_before = clock.now()
    # Links go to the account's address alone: one that a helper put there is proven by whoever comes back with it.
    account.email_proven_at = account.email_proven_at or clock.now()
    signin.end_all_sessions(account.id, "recovered")
    secrets.spend_link(RECOVERY, secret)
    password_limits.forget(account.username)
    credentials.keep(account, password_hash, how="recovery", actor=credentials.owner(account))
    return account
