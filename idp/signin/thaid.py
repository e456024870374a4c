"""Whose account a ThaID identity opens, and what it means when it is the first proof of the person."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from idp import clock
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Proof, Status, is_same_name
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.notifications.operations import queue
from idp.refusal import N_, Conflict, Forbidden, NotFound
from idp.signin import credentials
from idp.signin import operations as signin
from idp.thaid.rules import ThaIDIdentity

ASK_ADMIN = N_("โปรดติดต่อผู้ดูแล SSO ของหน่วยงานเพื่อแก้ไขข้อมูลบัญชี")


def account_of(identity: ThaIDIdentity) -> int:
    """The id of the account of the person whom ThaID proved; a claim of her number becomes hers with this proof.

    Raises `NotFound` (code `no_account`) when nobody registered with the number, `Forbidden` for an account that may
    not sign in, `Conflict` when claims contradict each other or the name.
    """
    found = accounts.carriers(accounts.national_id_index(identity.national_id))
    proven = [account for account in found if account.proof == Proof.THAID]
    if not found:
        raise NotFound(N_("ยังไม่มีบัญชีของท่านในระบบ"), next_step=N_("ลงทะเบียนผู้ใช้ใหม่ก่อน"), code="no_account")
    if not proven and len(found) > 1:
        raise Conflict(N_("มีบัญชีที่ใช้เลขประจำตัวประชาชนนี้มากกว่าหนึ่งบัญชี"), next_step=ASK_ADMIN)
    account = proven[0] if proven else found[0]
    if account.status != Status.ACTIVE:
        raise Forbidden(N_("บัญชีนี้ยังเข้าใช้ไม่ได้"), next_step=N_("โปรดติดต่อผู้ดูแล SSO ของหน่วยงาน"))
    account_id: int = account.id
    if not proven:
        _prove(accounts.get(account_id), identity)
    elif not _same_name(account, identity):
        _follow_name(accounts.get(account_id), identity)
    return account_id


def renew(account: Account, identity: ThaIDIdentity) -> bool:
    """Prove a signed-in person again, or for the first time. False for somebody else's ThaID: reported, not taken.

    Compared with the number that the account carries, before anything is looked up by the one that came: a stranger's
    ThaID must not touch the stranger's account either. Raises as `account_of` does.
    """
    if accounts.national_id_index(identity.national_id) != account.national_id_index:
        record("refused.renewal", subject=("account", account.id))
        values = {"account": account, "at": clock.now()}
        queue("signin/mail/renewal_refused", account.email, values, ("account", account.id))
        return False
    if account_of(identity) != account.id:
        raise Conflict(N_("มีอีกบัญชีหนึ่งที่ยืนยันด้วย ThaID ของท่านแล้ว"), next_step=N_("ออกจากระบบ แล้วเข้าสู่ระบบด้วย ThaID"))
    account.proven_at = clock.now()
    record("account.proof_renewed", subject=("account", account.id))
    return True


def _prove(account: Account, identity: ThaIDIdentity) -> None:
    """The first proof: whoever typed this number before was never proven, so what they hold ends here."""
    if not _same_name(account, identity):
        raise Conflict(N_("ชื่อจาก ThaID ไม่ตรงกับชื่อในบัญชีที่ใช้เลขประจำตัวประชาชนนี้"), next_step=ASK_ADMIN)
    account.proof, account.tokens_not_before, account.updated_at = Proof.THAID, clock.now(), clock.now()
    account.proven_at = account.updated_at
    # Whoever typed the number may own the mailbox too, and knows the number that recovery asks for.
    account.email_proven_at = None
    try:
        db.session.flush()
    except IntegrityError as error:  # the same person, proven at the same instant in another tab
        raise Conflict(N_("บัญชีนี้เพิ่งยืนยันด้วย ThaID ไปแล้ว โปรดเข้าสู่ระบบอีกครั้ง")) from error
    actor = credentials.owner(account)
    record("account.proven", subject=("account", account.id), actor=actor)
    credentials.end_password(account, actor)
    signin.end_all_sessions(account.id, "proven")
    queue("signin/mail/proven", account.email, {"account": account, "at": clock.now()}, ("account", account.id))


def _follow_name(account: Account, identity: ThaIDIdentity) -> None:
    """People marry and change their names: the number is hers, so a proven account takes the name that ThaID tells."""
    account.title = identity.title or account.title
    account.given_name, account.family_name = identity.given_name, identity.family_name
    account.updated_at = clock.now()
    actor = Actor("account", account.id, name=account.name)
    record("account.renamed", subject=("account", account.id), actor=actor, subject_name=account.name, by="thaid")
    queue("signin/mail/renamed", account.email, {"account": account, "at": clock.now()}, ("account", account.id))


def _same_name(account: Any, identity: ThaIDIdentity) -> bool:
    return is_same_name((account.given_name, account.family_name), (identity.given_name, identity.family_name))
