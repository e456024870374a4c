"""An imported account is claimed by its owner: by ThaID, or by a mailed link and the national ID."""

from datetime import timedelta

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.audit.operations import record
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.signin import credentials
from idp.signin.activation import account_of_link
from idp.signin.credentials import CLAIM
from idp.signin.second_proof import check_number
from idp.web.links import absolute
from thai_web import clock

LIFETIME = timedelta(days=14)


def send_link(account: Account) -> None:
    """Mail the link; earlier ones stop working."""
    secret = secrets.issue_link(CLAIM, str(account.id), LIFETIME)
    values = {"account": account, "link": absolute("claiming.claim", secret=secret)}
    queue("signin/mail/claim", account.email, values, ("account", account.id))


def owner(secret: str) -> Account:
    """Whose link this is, without spending it: mail scanners open links. Raises `Refusal` when it is over."""
    return account_of_link(secrets.look_at_link(CLAIM, secret))


def claim(secret: str, national_id: str, username: str, password: str) -> Account:
    """Spend the link: it proves the mailbox; the number proves that it is not a colleague who shares it.

    A refused try leaves the link alive. Wrong numbers are counted against the account.
    """
    password_hash = credentials.hashed(password)
    account = owner(secret)
    check_number(account, national_id)
    credentials.check_personal(account, password, username)
    accounts.choose_username(account, username)
    account.email_proven_at = clock.now()
    secrets.spend_link(CLAIM, secret)
    actor = credentials.owner(account)
    record("account.email_proven", subject=("account", account.id), actor=actor)
    credentials.keep(account, password_hash, how="claim", actor=actor)
    return account
