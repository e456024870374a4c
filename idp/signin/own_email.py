"""Proving or changing one's own e-mail address, by which a forgotten password is recovered."""

from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.audit.operations import record
from idp.database import db
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.notifications.rules import normalise_address, normalise_code
from idp.secrets_at_rest import keyed_digest
from idp.signin import credentials, rules
from idp.signin.models import SignInSession
from idp.web.application import key_files
from thai_web import clock
from thai_web.refusal import N_, Refusal

CODE = "account.email"


def may_change(viewer: Viewer) -> Account:
    """The viewer's account, if they signed in a moment ago. Raises `SignInAgain`: an open screen must not be enough."""
    session = db.session.get_one(SignInSession, viewer.session_id)
    if clock.now() - session.auth_time > rules.FRESH:
        raise rules.SignInAgain(N_("เพื่อความปลอดภัย ก่อนยืนยันหรือเปลี่ยนอีเมลต้องเข้าสู่ระบบมาไม่เกิน 15 นาที"))
    return accounts.get(viewer.account_id)


def send_code(viewer: Viewer, email: str) -> None:
    """Mail a code to the address that is to be proven. Raises `Refusal` when it is proven already."""
    account, address = may_change(viewer), normalise_address(email)
    if account.email == address and account.email_proven_at is not None:
        raise Refusal(N_("อีเมลนี้ยืนยันแล้ว"), status=422, code="email")
    values = {"account": account, "code": secrets.issue_code(CODE, _mailbox(account, address))}
    queue("signin/mail/email_code", address, values, ("account", account.id))


def prove(viewer: Viewer, email: str, code: str) -> None:
    """Take the code back: the account's address from now on. The one before is told. Raises `Refusal`."""
    account, address = may_change(viewer), normalise_address(email)
    secrets.spend_code(CODE, _mailbox(account, address), normalise_code(code))
    before, was_proven = account.email, account.email_proven_at is not None
    account.email, account.email_proven_at, account.updated_at = address, clock.now(), clock.now()
    if before != address:
        credentials.end_links(account.id)  # they lie in a mailbox that is not this person's any more
    record("account.email_proven", subject=("account", account.id))
    if was_proven and before != address:
        queue("signin/mail/email_changed", before, {"account": account, "at": clock.now()}, ("account", account.id))


def _mailbox(account: Account, address: str) -> str:
    # Bound to the address: a code mailed to one proves no other.
    return keyed_digest(key_files().blind_index, CODE, account.subject, address).hex()
