"""Whose account a ThaID identity opens, and what it means when it is the first proof of the person."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.operations import CarrierRow
from idp.accounts.rules import Proof, Status, is_same_name
from idp.appointments import operations as appointments
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db
from idp.notifications.operations import queue
from idp.signin import credentials
from idp.signin import operations as signin
from idp.thaid.rules import ThaIDIdentity
from thai_web import clock
from thai_web.refusal import N_, Conflict, Forbidden, NotFound

NOT_MINE = N_("หากเป็นบัญชีของท่าน โปรดติดต่อผู้ดูแล SSO ของหน่วยงานเพื่อแก้ไขชื่อ หากไม่ใช่ ให้ลงทะเบียนใหม่ด้วย ThaID")


OVERRULED = N_("เลขประจำตัวประชาชนของบัญชีนี้เป็นของผู้ที่ ThaID ยืนยันในอีกบัญชีหนึ่ง")


def account_of(identity: ThaIDIdentity, preferred: int | None = None) -> int:
    """The id of the account of the person whom ThaID proved; a claim of their number becomes theirs with this proof.

    Raises `NotFound` (code `no_account`) when nobody registered with the number, `Forbidden` for an account that may
    not sign in, `Conflict` when the name contradicts every claim. Of several claims under this name the `preferred`
    one, else the oldest, is proven, and all others of the number are stopped.
    """
    found = accounts.carriers(accounts.national_id_index(identity.national_id))
    proven = [account for account in found if account.proof == Proof.THAID]
    if not found:
        raise NotFound(N_("ยังไม่มีบัญชีของท่านในระบบ"), next_step=N_("ลงทะเบียนผู้ใช้ใหม่ก่อน"), code="no_account")
    account = proven[0] if proven else _claim_of(found, identity, preferred)
    if account.status != Status.ACTIVE:
        raise Forbidden(N_("บัญชีนี้ยังเข้าใช้ไม่ได้"), next_step=N_("โปรดติดต่อผู้ดูแล SSO ของหน่วยงาน"))
    account_id: int = account.id
    if not proven:
        _prove(accounts.get(account_id), identity)
        _overrule([each.id for each in found if each.id != account_id], accounts.get(account_id))
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
    if account_of(identity, account.id) != account.id:
        raise Conflict(N_("มีอีกบัญชีหนึ่งที่ยืนยันด้วย ThaID ของท่านแล้ว"), next_step=N_("โปรดออกจากระบบ แล้วเข้าสู่ระบบด้วย ThaID"))
    account.proven_at = clock.now()
    record("account.proof_renewed", subject=("account", account.id))
    return True


def _claim_of(found: Sequence[CarrierRow], identity: ThaIDIdentity, preferred: int | None) -> CarrierRow:
    """The claim that the proof makes true: a program may choose by the name, which ThaID tells with the number. Whoever
    is kept out by a stranger's claim alone registers with ThaID."""
    if len(found) == 1:
        return found[0]
    named = [each for each in found if _same_name(each, identity)]
    if not named:
        raise Conflict(N_("มีบัญชีที่ใช้เลขประจำตัวประชาชนนี้มากกว่าหนึ่งบัญชี"), next_step=NOT_MINE)
    return min(named, key=lambda each: (each.status != Status.ACTIVE, each.id != preferred, each.id))


def _overrule(account_ids: list[int], proven: Account) -> None:
    """Stop every other account that claims a number which ThaID has just shown to be somebody's: a second account of
    the same person, or somebody else's lie. The offices of both are told; the one concerned looks, and lets go on."""
    for account in map(accounts.get, account_ids):
        if account.status != Status.ACTIVE:
            continue
        accounts.suspend(account, OVERRULED, credentials.owner(proven))
        signin.end_all_sessions(account.id, "account_stopped")
        credentials.end_links(account.id)
        offices = {
            posting.unit_id for each in (account, proven) for posting in accounts.postings(each.id, clock.today())
        }
        found = [appointments.deciders_for(unit_id) for unit_id in sorted(offices)]
        people = {term.account_id for office in found if office for term in office.terms}
        for told in (accounts.get(each) for each in sorted({*people, account.id})):
            values = {"name": told.name, "account": account, "at": clock.now()}
            queue("signin/mail/claim_overruled", told.email, values, ("account", account.id))


def _prove(account: Account, identity: ThaIDIdentity) -> None:
    """The first proof: whoever typed this number before was never proven, so what they hold ends here."""
    if not _same_name(account, identity):
        raise Conflict(N_("ชื่อจาก ThaID ไม่ตรงกับชื่อในบัญชีที่ใช้เลขประจำตัวประชาชนนี้"), next_step=NOT_MINE)
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
    """People marry and change their names: the number is theirs, so a proven account takes the name from ThaID."""
    account.title = identity.title or account.title
    account.given_name, account.family_name = identity.given_name, identity.family_name
    account.updated_at = clock.now()
    actor = Actor("account", account.id, name=account.name)
    record("account.renamed", subject=("account", account.id), actor=actor, subject_name=account.name, by="thaid")
    queue("signin/mail/renamed", account.email, {"account": account, "at": clock.now()}, ("account", account.id))


def _same_name(account: Account | CarrierRow, identity: ThaIDIdentity) -> bool:
    return is_same_name((account.given_name, account.family_name), (identity.given_name, identity.family_name))
