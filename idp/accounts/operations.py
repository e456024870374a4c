"""Opening an account, finding it, its postings, its status."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.exc import IntegrityError

from idp import secrets_at_rest
from idp.accounts.models import Account, Posting
from idp.accounts.rules import (
    Person,
    Proof,
    Status,
    check_national_id,
    check_username,
    normalise_national_id,
    normalise_username,
)
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import db, every
from idp.fast_sql import Query, table_of
from idp.notifications.rules import normalise_address
from idp.secrets_at_rest import decrypt, encrypt, keyed_digest, new_secret
from idp.web.application import key_files
from thai_web import clock
from thai_web.refusal import N_, Conflict

_ACCOUNT = table_of(Account)


class CarrierRow(Protocol):
    """An account, as the way in asks for it."""

    id: int
    status: str
    proof: str
    given_name: str
    family_name: str


_CARRIERS = Query[CarrierRow](
    select(*(_ACCOUNT.c[name] for name in ("id", "status", "proof", "given_name", "family_name"))).where(
        _ACCOUNT.c.national_id_index == bindparam("index")
    )
)


def get(account_id: int) -> Account:
    """The account with this key; it must exist."""
    return db.session.get_one(Account, account_id)


def lock(account_id: int) -> Account:
    """The account as it is now, held until the transaction ends: of two who act on it the second waits here."""
    return db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)


def find_by_username(text: str) -> Account | None:
    """The account of a username, whatever its case."""
    return db.session.scalar(select(Account).where(Account.username == normalise_username(text)))


def national_id_index(national_id: str) -> bytes:
    """The blind index of a national ID: equal numbers meet, no number can be read back or guessed without the key."""
    return keyed_digest(key_files().blind_index, "national-id", national_id)


def seal_national_id(national_id: str) -> bytes:
    """A national ID encrypted for storage, bound to its own blind index."""
    return encrypt(key_files().national_id, national_id.encode(), national_id_index(national_id).hex())


def proven_national_id(account: Account) -> str | None:
    """The number in the clear, if ThaID proved it: one that was only typed is a claim, and is told to nobody."""
    if account.proof != Proof.THAID or account.national_id_sealed is None or account.national_id_index is None:
        return None
    return decrypt(key_files().national_id, account.national_id_sealed, account.national_id_index.hex()).decode()


def open_account(
    person: Person,
    *,
    origin: str,
    proof: Proof = Proof.CLAIMED,
    email_proven_at: datetime | None = None,
    actor: Actor | None = None,
) -> Account:
    """Open an account for a person; `origin` says by what (a registration's reference, a command)."""
    national_id = normalise_national_id(person.national_id)
    check_national_id(national_id)
    return open_from_sealed(
        person,
        seal_national_id(national_id),
        national_id_index(national_id),
        origin=origin,
        proof=proof,
        email_proven_at=email_proven_at,
        actor=actor,
    )


def open_from_sealed(
    person: Person,
    national_id_sealed: bytes,
    index: bytes,
    *,
    origin: str,
    proof: Proof = Proof.CLAIMED,
    proven_at: datetime | None = None,
    email_proven_at: datetime | None = None,
    actor: Actor | None = None,
) -> Account:
    """As `open_account`, for a number that was sealed when it was typed; nobody needs to see it again."""
    now = clock.now()
    account = Account(
        subject=new_secret(24),
        title=person.title,
        given_name=person.given_name,
        family_name=person.family_name,
        email=normalise_address(person.email),
        email_proven_at=email_proven_at,
        phone=person.phone,
        national_id_sealed=national_id_sealed,
        national_id_index=index,
        proof=proof,
        proven_at=(proven_at or now) if proof == Proof.THAID else None,
        status=Status.ACTIVE,
        tokens_not_before=now,
        created_at=now,
        updated_at=now,
    )
    db.session.add(account)
    try:
        db.session.flush()
    except IntegrityError as error:  # one person, one account: the database keeps it, whoever is faster
        raise Conflict(N_("บุคคลนี้มีบัญชีที่ยืนยันด้วย ThaID แล้ว"), next_step=N_("โปรดให้เจ้าของบัญชีเข้าสู่ระบบด้วย ThaID")) from error
    record("account.opened", subject=("account", account.id), actor=actor, subject_name=account.name, origin=origin)
    return account


def with_national_id(index: bytes) -> list[Account]:
    """Accounts that carry this national ID, proven or claimed, by its blind index."""
    return list(db.session.scalars(select(Account).where(Account.national_id_index == index)))


def carriers(index: bytes) -> Sequence[CarrierRow]:
    """The same as rows, for the way in."""
    return _CARRIERS.all({"index": index})


def with_number(national_id: str) -> list[Account]:
    """The same for a number as it was typed. Raises `Refusal` for one that cannot be."""
    number = normalise_national_id(national_id)
    check_national_id(number)
    return with_national_id(national_id_index(number))


def choose_username(account: Account, text: str) -> None:
    """Give the account its username. Raises `Refusal` when it breaks the rule, `Conflict` when it is taken."""
    name = check_username(text)
    holder = find_by_username(name)
    if holder is not None and holder.id != account.id:
        raise Conflict(N_("มีผู้ใช้ชื่อนี้แล้ว โปรดเลือกชื่ออื่น"), code="username")
    account.username, account.updated_at = name, clock.now()
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody took it between the look and the write
        raise Conflict(N_("มีผู้ใช้ชื่อนี้แล้ว โปรดเลือกชื่ออื่น"), code="username") from error
    actor = Actor("account", account.id, name=account.name)
    record("credential.username_chosen", subject=("account", account.id), actor=actor)


def begin_posting(
    account: Account, unit_id: int, position: str, starts_on: date, actor: Actor | None = None
) -> Posting:
    """Place an account in a unit from a day on."""
    posting = Posting(
        account_id=account.id,
        unit_id=unit_id,
        position=position,
        starts_on=starts_on,
        ends_on=None,
        created_at=clock.now(),
    )
    db.session.add(posting)
    db.session.flush()
    record(
        "posting.begun",
        subject=("account", account.id),
        unit_id=unit_id,
        actor=actor,
        subject_name=account.name,
        posting_id=posting.id,
        starts_on=starts_on,
    )
    return posting


def end_posting(posting: Posting, ends_on: date, actor: Actor | None = None, reason: str = "moved") -> None:
    """End a place in a unit after a day; what hangs on it (roles, powers, tokens) ends with it."""
    posting.ends_on = ends_on
    record(
        "posting.ended",
        subject=("account", posting.account_id),
        unit_id=posting.unit_id,
        actor=actor,
        posting_id=posting.id,
        ends_on=ends_on,
        reason=reason,
    )


def annul_posting(posting: Posting, reason: str, actor: Actor | None = None) -> None:
    """Say that somebody never had this place: it ends before it began, so that it counts on no day at all."""
    posting.ends_on = posting.starts_on - timedelta(days=1)
    record(
        "posting.annulled",
        subject=("account", posting.account_id),
        unit_id=posting.unit_id,
        actor=actor,
        posting_id=posting.id,
        reason=reason,
    )


def in_force(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """In a statement: postings in force on a day, which may be one that is bound later."""
    posting = table_of(Posting).c
    return and_(posting.starts_on <= on, or_(posting.ends_on.is_(None), posting.ends_on >= on))


def postings(account_id: int, on: date) -> list[Posting]:
    """The postings in force on a day, oldest first."""
    statement = select(Posting).where(Posting.account_id == account_id, in_force(on))
    return list(db.session.scalars(statement.order_by(Posting.starts_on, Posting.id)))


def people_of(unit_id: int, on: date) -> list[tuple[Account, Posting]]:
    """The people posted in a unit on a day, by name."""
    statement = (
        select(Account, Posting)
        .join(Posting, Posting.account_id == Account.id)
        .where(Posting.unit_id == unit_id, in_force(on))
        .order_by(Account.given_name, Account.family_name)
    )
    return [(account, posting) for account, posting in db.session.execute(statement)]


def suspend(account: Account, reason: str, actor: Actor | None = None) -> None:
    """Stop an account: felt at the next use of any session or token."""
    account.status, account.tokens_not_before = Status.SUSPENDED, clock.now()
    record("account.suspended", subject=("account", account.id), actor=actor, subject_name=account.name, reason=reason)


def reinstate(account: Account, reason: str, actor: Actor | None = None) -> None:
    """Let a suspended account sign in again; what was issued before stays dead."""
    account.status, account.tokens_not_before = Status.ACTIVE, clock.now()
    record("account.reinstated", subject=("account", account.id), actor=actor, subject_name=account.name, reason=reason)


def index_anew(keys: Sequence[bytes], table: type[Any] = Account) -> int:
    """Put the blind index of every national ID of a table under keys that came to it, and bind what is encrypted to it;
    where the number itself is destroyed, its index lives on. Returns how many."""
    number = 0
    for row in every(table):
        if row.national_id_index is None:
            continue
        before, row.national_id_index = row.national_id_index, secrets_at_rest.digest_anew(keys, row.national_id_index)
        if row.national_id_sealed is not None:
            plain = decrypt(key_files().national_id, row.national_id_sealed, before.hex())
            row.national_id_sealed = encrypt(key_files().national_id, plain, row.national_id_index.hex())
        number += 1
    return number


def encrypt_anew(keys: tuple[bytes, ...]) -> int:
    """Put every national ID under the newest key. Returns how many."""
    number = 0
    for row in every(Account):
        if row.national_id_sealed is not None and row.national_id_index is not None:
            row.national_id_sealed = secrets_at_rest.encrypt_anew(
                keys, row.national_id_sealed, row.national_id_index.hex()
            )
            number += 1
    return number
