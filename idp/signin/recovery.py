"""Forgotten username or password: a mailed link, and the national ID as second proof."""

from datetime import timedelta

from sqlalchemy import select

from idp import clock
from idp.accounts.models import Account
from idp.accounts.rules import Proof, Status
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import normalise_address
from idp.signin import claiming, rules
from idp.signin import operations as signin
from idp.signin.models import PasswordCredential
from idp.signin.passwords import hash_password
from idp.throttle import operations as throttle
from idp.web.links import absolute

RECOVERY = "recovery"
LIFETIME = timedelta(hours=2)
MOST_ACCOUNTS = 20  # a mailbox of a small office is shared; more than this is no office


def send_links(email: str) -> None:
    """Mail a link to each account with a password whose proven address this is, and to each imported one that nobody
    claimed yet. Says nothing of what it found."""
    claiming.send_links(email)
    statement = (
        select(Account)
        .join(PasswordCredential, PasswordCredential.account_id == Account.id)
        .where(Account.email == normalise_address(email), Account.email_proven_at.is_not(None))
        .where(Account.status == Status.ACTIVE)
        .order_by(Account.id)
        .limit(MOST_ACCOUNTS)
    )
    for account in db.session.scalars(statement):
        _send_link(account)


def _send_link(account: Account) -> None:
    secret = secrets.issue_link(RECOVERY, str(account.id), LIFETIME)
    values = {"account": account, "link": absolute("recovery.renew", secret=secret)}
    queue("recovery/mail/link", account.email, values, ("account", account.id))


def lead_back(account: Account) -> rules.Way:
    """Mail a person the way back into her account that is hers: who started it for her sees nothing of it."""
    way = rules.way_back(proven=account.proof == Proof.THAID, has_password=signin.has_password(account.id))
    if way == rules.Way.LINK:
        _send_link(account)
        return way
    if way != rules.Way.THAID and account.email_proven_at is None:
        claiming.send_link(account)  # nobody ever showed that this mailbox is hers: the link asks for the number too
        return way
    if way == rules.Way.THAID:
        link = absolute("signin.start")
    else:
        link = absolute("signin.activate", secret=signin.begin_activation(account.id))
    queue(f"recovery/mail/{way}", account.email, {"account": account, "link": link}, ("account", account.id))
    return way


def owner(secret: str) -> Account:
    """Whose link this is, without spending it. Raises `Refusal` when it is over."""
    return signin.account_of_link(secrets.look_at_link(RECOVERY, secret))


def renew(secret: str, national_id: str, password: str) -> Account:
    """Spend the link and set a new password, after the second proof; every session and token of before ends.

    Whoever reads a shared mailbox has the link but not the number. Wrong numbers are counted against the account.
    """
    rules.check_password(password)
    hashed = hash_password(password)  # before the first statement: no transaction is open while we hash
    account = owner(secret)
    claiming.check_number(account, national_id)
    names = (account.username or "", account.given_name, account.family_name, account.email)
    rules.check_password(password, about=names)
    db.session.merge(PasswordCredential(account_id=account.id, hash=hashed, changed_at=clock.now()))
    account.tokens_not_before = clock.now()
    # Links go to the account's address alone: one that a helper put there is proven by whoever comes back with it.
    account.email_proven_at = account.email_proven_at or clock.now()
    signin.end_all_sessions(account.id, "recovered")
    secrets.spend_link(RECOVERY, secret)
    throttle.clear("password.account", account.username)
    record(
        "credential.password_set", subject=("account", account.id), how="recovery",
        actor=Actor("account", account.id, name=account.name),
    )  # fmt: skip
    queue("recovery/mail/changed", account.email, {"account": account, "at": clock.now()}, ("account", account.id))
    return account
