"""Helping a person, and stopping them: each act asks for its authority inside the transaction, is recorded, and told
to the person."""

from datetime import date, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from idp.access.rules import Viewer
from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Proof, Status
from idp.appointments import operations as appointments
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.clients.operations import OfferedRole
from idp.notifications.operations import queue
from idp.signin import operations as signin
from idp.signin import recovery
from idp.signin.password_limits import BY_USERNAME
from idp.staff import rules
from idp.staff.authority import Member, begin
from idp.staff.rules import WORDS, Act
from idp.throttle import operations as throttle
from idp.units import operations as units
from idp.units.models import Unit
from idp.web.links import absolute
from thai_web import clock
from thai_web.refusal import N_, Refusal

MOST_INFORMED = 20


def unlock(viewer: Viewer, posting_id: int) -> None:
    """Forget the wrong passwords, codes and numbers counted against the account; nothing else about it changes."""
    found, actor = begin(viewer, posting_id, Act.UNLOCK)
    for limit, target in locks(found.account):
        throttle.clear(limit, target)
    record(
        "account.unlocked",
        subject=("account", found.account.id),
        unit_id=found.unit.id,
        actor=actor,
        subject_name=found.account.name,
    )


def recover(viewer: Viewer, posting_id: int) -> None:
    """Mail a person their own way back. Raises `Refusal` where nobody knows whether the mailbox is theirs."""
    found, actor = begin(viewer, posting_id, Act.RECOVER)
    account = found.account
    if account.email_proven_at is None and account.proof != Proof.THAID:
        raise Refusal(
            N_("อีเมลของบัญชีนี้ยังไม่ได้ยืนยัน จึงส่งลิงก์ไปไม่ได้"),
            next_step=N_("โปรดใช้รายการ “แจ้งเปลี่ยนอีเมล” พร้อมอีเมลที่เจ้าของบัญชีใช้อยู่"),
        )
    way = recovery.lead_back(account)
    record(
        "account.recovery_started",
        subject=("account", account.id),
        unit_id=found.unit.id,
        actor=actor,
        subject_name=account.name,
        way=way,
    )


def locks(account: Account) -> list[tuple[str, str]]:
    """The limits that can keep the owner of an account out, each with what it counts by."""
    by_name = [(limit, account.username) for limit in BY_USERNAME] if account.username else []
    return [*by_name, ("recovery.account", account.subject)]


def end_sessions(viewer: Viewer, posting_id: int, reason: str) -> None:
    """End every sign-in and every token of a person, also those that outlive a sign-in."""
    found, actor = begin(viewer, posting_id, Act.END_SESSIONS)
    rules.check_reason(reason)
    found.account.tokens_not_before = clock.now()
    signin.end_all_sessions(found.account.id, "ended_by_helper")
    record(
        "account.sessions_ended",
        subject=("account", found.account.id),
        unit_id=found.unit.id,
        actor=actor,
        subject_name=found.account.name,
        reason=reason,
    )
    tell(found, Act.END_SESSIONS, reason, actor)


def suspend(viewer: Viewer, posting_id: int, reason: str) -> None:
    """Stop an account, with every sign-in and token of it."""
    found, actor = begin(viewer, posting_id, Act.SUSPEND)
    rules.check_reason(reason)
    _stop(found.account, reason, actor)
    tell(found, Act.SUSPEND, reason, actor)


def _stop(account: Account, reason: str, actor: Actor) -> None:
    accounts.suspend(account, reason, actor)
    signin.end_all_sessions(account.id, "account_stopped")


def reinstate(viewer: Viewer, posting_id: int, reason: str) -> None:
    """Let a suspended account sign in again."""
    found, actor = begin(viewer, posting_id, Act.REINSTATE)
    rules.check_reason(reason)
    accounts.reinstate(found.account, reason, actor)
    tell(found, Act.REINSTATE, reason, actor)


def end_posting(viewer: Viewer, posting_id: int, last_day: date, reason: str) -> None:
    """End a person's place in the unit after their last day there; roles and powers held through it end with it."""
    found, actor = begin(viewer, posting_id, Act.END_POSTING)
    rules.check_reason(reason)
    rules.check_last_day(last_day, found.posting.starts_on, clock.today())
    accounts.end_posting(found.posting, last_day, actor, reason)
    tell(found, Act.END_POSTING, reason, actor)


def annul_posting(viewer: Viewer, posting_id: int, reason: str) -> None:
    """Say that this person never worked here. Everything that came with the posting ends; somebody without any other
    place is stopped altogether, and the offices that supervise are told: an approval of this unit was wrong."""
    found, actor = begin(viewer, posting_id, Act.ANNUL_POSTING)
    rules.check_reason(reason)
    account = found.account
    accounts.annul_posting(found.posting, reason, actor)
    if account.status == Status.ACTIVE and not accounts.postings(account.id, clock.today()):
        _stop(account, reason, actor)
    else:
        account.tokens_not_before = clock.now()
        signin.end_all_sessions(account.id, "ended_by_helper")
    tell(found, Act.ANNUL_POSTING, reason, actor)
    _inform(found, reason, actor)


def _inform(found: Member, reason: str, actor: Actor) -> None:
    """Tell those who supervise the unit, and DLA, but not the one who reports it."""
    dla = units.chain(found.unit)[-1]
    offices = [appointments.appointers_for(found.unit.id), appointments.deciders_for(dla.id)]
    people = {term.account_id for office in offices if office for term in office.terms} - {actor.account_id}
    values = {
        "person": found.account,
        "unit": found.unit,
        "reason": reason,
        "at": clock.now(),
        "acted": office_of(actor),
        "link": absolute("staff.person", posting_id=found.posting.id),
    }
    for account_id in sorted(people)[:MOST_INFORMED]:
        informed = accounts.get(account_id)
        if informed.email_proven_at is not None:
            queue(
                "staff/mail/never_worked",
                informed.email,
                values | {"name": informed.name},
                ("account", found.account.id),
            )


def office_of(actor: Actor) -> Unit:
    """The office for which somebody acts: that of the appointment."""
    assert actor.appointment_id is not None
    return units.get(appointments.get(actor.appointment_id).unit_id)


def tell(found: Member, act: Act, reason: str, actor: Actor, role: OfferedRole | None = None) -> None:
    """Mail the person what was done, by which office and why; whose address is not proven reads it on the own page."""
    account = found.account
    if account.email_proven_at is None:
        return
    values = {
        "account": account,
        "unit": found.unit,
        "office": office_of(actor),
        "reason": reason,
        "at": clock.now(),
        "link": absolute("staff_own.index"),
    }
    for language in ("th", "en"):
        with force_locale(language):
            values |= {
                f"name_{language}": _(WORDS[act].name),
                f"effect_{language}": _(WORDS[act].effect),
                f"role_{language}": role.label if role else "",
            }
    queue("staff/mail/acted", account.email, values, ("account", account.id))


def usual_last_day(found: Member) -> date:
    """What the form offers for a leaver: yesterday, so that it takes effect at once."""
    return max(clock.today() - timedelta(days=1), found.posting.starts_on)
