"""A new account gets its username and password: by a mailed link, and the national ID as second proof."""

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Proof, Status
from idp.notifications import secrets
from idp.signin import credentials, rules
from idp.signin.credentials import ACTIVATION
from idp.signin.operations import has_password
from idp.signin.second_proof import check_number
from thai_web.refusal import N_, Conflict, Refusal


class Activated(Conflict):
    """Its owner has come in already; they are shown where they sign in."""

    def __init__(self, message: str = N_("บัญชีนี้ตั้งชื่อผู้ใช้และรหัสผ่านแล้ว เข้าสู่ระบบได้ทันที")) -> None:
        super().__init__(message, code="activated")


def begin_activation(account_id: int) -> str:
    """The secret of a link by which the owner of a new account chooses username and password.

    Raises `Conflict` when the owner did, or was proven by ThaID: who proved who they are comes in by that proof, and a
    mailbox is a weaker one. Whoever opened the account by hand may be somebody else, who still holds the request that
    it came from.
    """
    account = accounts.get(account_id)
    if has_password(account_id):
        raise Activated
    if account.proof == Proof.THAID:
        raise Activated(N_("บัญชีนี้ยืนยันด้วย ThaID แล้ว เข้าสู่ระบบด้วย ThaID แล้วตั้งรหัสผ่านในหน้า “บัญชีของฉัน”"))
    return secrets.issue_link(ACTIVATION, str(account_id), rules.ACTIVATION_LIFETIME)


def account_to_activate(secret: str) -> Account:
    """Whose link this is, without spending it. Raises `Activated` for who did all this already, `Refusal` otherwise."""
    spent_for = secrets.subject_of_spent(ACTIVATION, secret)
    if spent_for and has_password(int(spent_for)):
        raise Activated
    return account_of_link(secrets.look_at_link(ACTIVATION, secret))


def account_of_link(link: secrets.Link) -> Account:
    """Whose account a mailed link changes. A suspension or the first proof of the person ends links mailed before it,
    as it ends sessions and tokens: whoever reads that mailbox may be the one it was meant to stop. Raises `Refusal`."""
    account = accounts.get(int(link.subject))
    if account.proof == Proof.THAID:
        raise Refusal(
            N_("บัญชีนี้ยืนยันด้วย ThaID แล้ว จึงไม่ใช้ลิงก์จากอีเมล"),
            next_step=N_("โปรดเข้าสู่ระบบด้วย ThaID แล้วตั้งรหัสผ่านในหน้า “บัญชีของฉัน”"),
            status=410,
            code="link_expired",
        )
    if account.status != Status.ACTIVE or link.issued_at < account.tokens_not_before:
        raise secrets.link_is_over()
    return account


def activate(secret: str, national_id: str, username: str, password: str) -> Account:
    """Spend the link and give the account its username and password. A refused try leaves the link alive.

    Wrong numbers are counted against the account. Until the number is right nothing is told about other usernames.
    """
    password_hash = credentials.hashed(password)
    account = account_to_activate(secret)
    if has_password(account.id):
        raise Activated
    check_number(account, national_id)
    credentials.check_personal(account, password, username)
    accounts.choose_username(account, username)
    secrets.spend_link(ACTIVATION, secret)
    credentials.keep(account, password_hash, how="activation", actor=credentials.owner(account))
    return account
