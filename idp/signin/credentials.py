"""What a person signs in with comes into being and changes here: recorded, and told to the person by mail."""

from sqlalchemy import delete

from idp import database
from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import normalise_username
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.fast_sql import write_in
from idp.notifications import secrets
from idp.notifications.operations import queue
from idp.signin import known_device, rules
from idp.signin import operations as signin
from idp.signin.models import PasswordCredential, SignInSession
from idp.signin.passwords import hash_password
from thai_web import clock
from thai_web.refusal import N_, Conflict, Refusal

MADE, CHANGED = "signin/mail/password_made", "signin/mail/password_changed"
ACTIVATION, CLAIM, RECOVERY = LINKS = ("activation", "claim", "recovery")  # the purposes of links to an account


def hashed(password: str) -> str:
    """The hash of a password that is long enough. Raises `Refusal`.

    Before the first statement: no transaction is open while one is computed.
    """
    rules.check_length(password)
    return hash_password(password)


def check_personal(account: Account, password: str, username: str) -> None:
    """Raises `Refusal` for a password that is easily guessed, most of all by who knows the person."""
    rules.check_password(password, about=(username, *names_of(account)))


def names_of(account: Account) -> tuple[str, ...]:
    """What is known about a person, and no part of a password."""
    return account.given_name, account.family_name, account.email


def keep(
    account: Account,
    password_hash: str,
    *,
    how: str,
    actor: Actor | None = None,
    renamed: bool = False,
    device: str = "",
) -> None:
    """Store a password, record it, and tell the person; links that would set another end, and only the browser that
    holds `device` is still known.

    Arguments: `how`, by what it came; `renamed`, whether the username changed with it.
    """
    is_first = db.session.get(PasswordCredential, account.id) is None
    now = clock.now()
    db.session.merge(PasswordCredential(account_id=account.id, hash=password_hash, changed_at=now))
    end_links(account.id)
    known_device.forget(account.id, but=device)
    record("credential.password_set", subject=("account", account.id), actor=actor, how=how)
    values = {"account": account, "at": now, "renamed": renamed}
    queue(MADE if is_first else CHANGED, account.email, values, ("account", account.id))


def end_password(account: Account, actor: Actor) -> None:
    """Take the password away, if there is one, with every link that would set another. The caller tells the person."""
    end_links(account.id)
    if signin.has_password(account.id):
        db.session.execute(delete(PasswordCredential).where(PasswordCredential.account_id == account.id))
        record("credential.password_ended", subject=("account", account.id), actor=actor)


def owner(account: Account) -> Actor:
    """The person behind an account who is not signed in, as the one who acted."""
    return Actor("account", account.id, name=account.name)


def end_links(account_id: int) -> None:
    """End every link that was mailed to set a password: one was set, or the mailbox is another."""
    for purpose in LINKS:
        secrets.end(purpose, str(account_id))


def is_fresh_by_thaid(viewer: Viewer) -> bool:
    """Whether this very session came from ThaID a moment ago."""
    session = db.session.get_one(SignInSession, viewer.session_id)
    return session.acr == rules.THAID_ACR and clock.now() - session.auth_time <= rules.FRESH


def may_set_password(viewer: Viewer) -> Account:
    """The viewer's account, if the person was proven a moment ago. Raises `SignInAgain`."""
    if not is_fresh_by_thaid(viewer):
        raise rules.SignInAgain(N_("เพื่อความปลอดภัย ก่อนตั้งรหัสผ่านต้องเข้าสู่ระบบด้วย ThaID มาไม่เกิน 15 นาที"))
    return accounts.get(viewer.account_id)


def set_password(viewer: Viewer, username: str, password: str, device: str = "") -> str:
    """Set username and password under a fresh proof by ThaID; every sign-in ends, and all that systems were granted.

    Returns the secret with which the person goes on here, in the browser that holds `device`, which stays known.
    """
    password_hash = hashed(password)
    account = may_set_password(viewer)
    check_personal(account, password, username)
    before = account.username
    if before != normalise_username(username):
        accounts.choose_username(account, username)
    keep(account, password_hash, how="thaid", renamed=before is not None and before != account.username, device=device)
    return signin.end_everywhere(viewer, "password_set")


def may_change_password(viewer: Viewer) -> Account:
    """The viewer's account, which has a password. Raises `Conflict` for one without."""
    if not signin.has_password(viewer.account_id):
        raise Conflict(
            N_("บัญชีของท่านยังไม่มีรหัสผ่าน"),
            next_step=N_("โปรดเข้าสู่ระบบด้วย ThaID แล้วตั้งรหัสผ่านในหน้า “บัญชีของฉัน”"),
            code="no_password",
        )
    return accounts.get(viewer.account_id)


def change_password(viewer: Viewer, present: str, password: str, address: str | None, device: str = "") -> str:
    """Another password for the one that is known; every sign-in ends, and all that systems were granted.

    Guessing is counted as at the door: an open screen must not be a better place for it. Returns the secret with which
    the person goes on here. Raises `Refusal` with the code `present` for a wrong one.
    """
    username = may_change_password(viewer).username or ""
    db.session.rollback()  # no transaction is open while passwords are computed
    try:
        _account_id, also = signin.check_password(username, present, address, device)
    except Refusal as refusal:
        if refusal.code != "signin_refused":
            raise
        raise Refusal(N_("รหัสผ่านปัจจุบันไม่ถูกต้อง"), status=422, code="present") from refusal
    password_hash = hashed(password)
    account = accounts.lock(viewer.account_id)
    check_personal(account, password, username)
    write_in(database.request_connection(), *also)
    keep(account, password_hash, how="change", device=device)
    return signin.end_everywhere(viewer, "password_set")
