"""An imported account is claimed by its owner: by ThaID, or by a mailed link and the national ID."""

from datetime import timedelta

from sqlalchemy import exists, select

from idp import clock
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Proof, Status, check_national_id, normalise_national_id
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import normalise_address
from idp.refusal import N_, Refusal
from idp.secrets_at_rest import same
from idp.signin import operations as signin
from idp.signin import rules
from idp.signin.models import PasswordCredential
from idp.signin.passwords import hash_password
from idp.throttle import operations as throttle
from idp.web.links import absolute

CLAIM = "claim"
LIFETIME = timedelta(days=14)
MOST_ACCOUNTS = 20  # a mailbox of a small office is shared; more than this is no office


def send_link(account: Account) -> None:
    """Mail the link; earlier ones stop working."""
    secret = secrets.issue_link(CLAIM, str(account.id), LIFETIME)
    values = {"account": account, "link": absolute("claiming.claim", secret=secret)}
    queue("signin/mail/claim", account.email, values, ("account", account.id))


def send_links(email: str) -> None:
    """Mail a fresh link to each account that was imported with this address and that nobody claimed yet."""
    has_password = exists().where(PasswordCredential.account_id == Account.id)
    statement = (
        select(Account)
        .where(Account.email == normalise_address(email), Account.email_proven_at.is_(None), ~has_password)
        .where(Account.proof == Proof.CLAIMED, Account.username.is_(None), Account.status == Status.ACTIVE)
        .order_by(Account.id)
        .limit(MOST_ACCOUNTS)
    )
    for account in db.session.scalars(statement):
        send_link(account)


def owner(secret: str) -> Account:
    """Whose link this is, without spending it: mail scanners open links. Raises `Refusal` when it is over."""
    return signin.account_of_link(secrets.look_at_link(CLAIM, secret))


def claim(secret: str, national_id: str, username: str, password: str) -> Account:
    """Spend the link: it proves the mailbox; the number proves that it is not a colleague who shares it.

    A refused try leaves the link alive. Wrong numbers are counted against the account.
    """
    rules.check_password(password)
    hashed = hash_password(password)  # before the first statement: no transaction is open while we hash
    account = owner(secret)
    check_number(account, national_id)
    rules.check_password(password, about=(username, account.given_name, account.family_name, account.email))
    accounts.choose_username(account, username)
    db.session.add(PasswordCredential(account_id=account.id, hash=hashed, changed_at=clock.now()))
    account.email_proven_at = clock.now()
    secrets.spend_link(CLAIM, secret)
    actor = Actor("account", account.id, name=account.name)
    record("account.email_proven", subject=("account", account.id), actor=actor)
    record("credential.password_set", subject=("account", account.id), actor=actor, how="claim")
    return account


def check_number(account: Account, national_id: str) -> None:
    """The second proof behind a mailed link. Raises `Refusal` with the code `national_id`; a wrong one is counted."""
    number = normalise_national_id(national_id)
    try:
        check_national_id(number)
    except Refusal as refusal:
        refusal.code = "national_id"
        raise
    with throttle.guess("recovery.account", account.subject):
        if not same(account.national_id_index or b"", accounts.national_id_index(number)):
            raise Refusal(N_("เลขประจำตัวประชาชนไม่ตรงกับบัญชีนี้"), status=422, code="national_id")
