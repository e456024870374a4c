"""What waits for one person: of every kind, oldest first, each with the one address at which it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import aliased

from idp.access.rules import POWER_NAMES, Permission, Power, Viewer
from idp.accounts.models import Account
from idp.appointments import operations as appointments
from idp.appointments import requests
from idp.appointments.models import Appointment, AppointmentRequest
from idp.appointments.rules import ADMINS, WARNINGS, deciders
from idp.appointments.rules import State as Asked
from idp.approval import queue
from idp.approval.filters import Filters
from idp.database import db
from idp.registration.fields import PURPOSE_NAMES, Purpose
from idp.registration.models import Registration
from idp.registration.rules import State
from idp.staff import mailboxes
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock

SHOWN = 5  # cases of others; the rest stands in the list itself
SOON = timedelta(days=max(WARNINGS))


@dataclass(frozen=True)
class Item:
    """One thing to do. `is_sent`: its address takes a form, since going there changes what the browser holds."""

    kind: str
    what: str
    url: str
    since: datetime | None = None
    until: datetime | None = None
    unit: Unit | None = None
    is_sent: bool = False
    is_urgent: bool = False


@dataclass(frozen=True)
class List:
    """All that waits; `more` leads to the cases that a short list leaves out."""

    items: list[Item]
    more: str | None = None


def for_person(person: Viewer, account: Account, own: list[Registration]) -> List:
    """Everything that waits for them. `own`: what they asked for themselves."""
    cases, has_more = _cases(person)
    others = [*_of_own_account(account), *_own_requests(own), *_asked_back(person), *_appointments(person)]
    items = [*cases, *others, *_letters(person)]
    items.sort(key=lambda item: (not item.is_urgent, item.since or clock.now()))
    return List(items, url_for("approval.index") if has_more else None)


def _cases(person: Viewer) -> tuple[list[Item], bool]:
    if not person.may(Permission.DECIDE_REGISTRATIONS):
        return [], False
    rows, has_more = queue.listed(queue.Desk(person), Filters(), limit=SHOWN)
    kind = _("คำขอรอพิจารณา")
    return [
        Item(
            kind,
            f"{row.case.name} · {_(PURPOSE_NAMES[Purpose(row.case.purpose)])}",
            url_for("approval.dossier", reference=row.case.reference),
            row.case.submitted_at,
            unit=row.unit,
        )
        for row in rows
    ], has_more


def _appointments(person: Viewer) -> Iterator[Item]:
    if not person.may(Permission.APPOINT):
        return
    found = requests.waiting_for(person)
    if not found:
        return
    named = (
        select(AppointmentRequest, Account, Unit)
        .join(Account, Account.id == AppointmentRequest.account_id)
        .join(Unit, Unit.id == AppointmentRequest.unit_id)
        .where(AppointmentRequest.id.in_([each.id for each in found[:SHOWN]]))
    )
    for each, holder, unit in db.session.execute(named):
        yield Item(_("ขอมอบหมายอำนาจ"), _held(holder, each.power), _request_url(each), each.asked_at, unit=unit)


def _held(holder: Account, power: str) -> str:
    return f"{holder.name} · {_(POWER_NAMES[Power(power)])}"


def _request_url(request: AppointmentRequest) -> str:
    return url_for("asking.show", request_id=request.id)


def _asked_back(person: Viewer) -> Iterator[Item]:
    """What the office above sent back to whoever asked for an appointment."""
    statement = (
        select(AppointmentRequest, Account, Unit)
        .join(Account, Account.id == AppointmentRequest.account_id)
        .join(Unit, Unit.id == AppointmentRequest.unit_id)
        .where(AppointmentRequest.asked_by_account_id == person.account_id, AppointmentRequest.state == Asked.RETURNED)
    )
    for each, holder, unit in db.session.execute(statement):
        yield Item(
            _("คำขอมอบหมายถูกส่งกลับ"),
            _held(holder, each.power),
            _request_url(each),
            each.decided_at or each.asked_at,
            unit=unit,
        )


def _letters(person: Viewer) -> list[Item]:
    """Authority that ends within sixty days and is not continued yet: one's own, and of whom one's office serves."""
    if not person.holdings:
        return []
    later, holder, today = aliased(Appointment), aliased(Account), clock.today()
    statement = (
        select(Appointment, holder, Unit)
        .join(holder, holder.id == Appointment.account_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(*appointments.usable(today), Appointment.ends_on <= today + SOON)
        .where((Appointment.account_id == person.account_id) | _below(person) & Appointment.power.in_(ADMINS))
        .where(~exists().where(later.continues_id == Appointment.id, later.ended_at.is_(None)))
        .order_by(Appointment.ends_on, Appointment.id)
        .limit(10 * SHOWN)
    )
    found = [(each, name, unit) for each, name, unit in db.session.execute(statement)]
    served = _served(person, {unit.id for each, _name, unit in found if each.account_id != person.account_id})
    return [
        _letter(each, name, unit)
        for each, name, unit in found
        if each.account_id == person.account_id or unit.id in served
    ][:SHOWN]


def _below(person: Viewer) -> ColumnElement[bool]:
    """The units below the viewer's offices; of DLA's, that decides above everybody, those right below."""
    offices = [units.get(held.unit_id) for held in person.holdings if Permission.APPOINT in held.permissions]
    return or_(
        false(),
        *(
            Unit.id.in_(units.subtree(office.id)) if office.supervisor_id else Unit.supervisor_id == office.id
            for office in offices
        ),
    )


def _served(person: Viewer, unit_ids: set[int]) -> set[int]:
    """The units for which the viewer appoints today: no office nearer to them has anybody."""
    if not unit_ids:
        return set()
    chains, today = units.chains(unit_ids), clock.today()
    terms = appointments.terms_at({each for chain in chains.values() for each in chain}, today)
    found = {unit_id: deciders(chain[1:] or chain, terms, today) for unit_id, chain in chains.items()}
    return {unit_id for unit_id, office in found.items() if office and person.account_id in office.accounts}


def _letter(appointment: Appointment, holder: Account, unit: Unit) -> Item:
    until = clock.start_of_day(appointment.ends_on)
    url = url_for("appointments.show", appointment_id=appointment.id)
    return Item(_("หนังสือมอบหมายใกล้สิ้นสุด"), _held(holder, appointment.power), url, until - SOON, until, unit)


def _own_requests(own: list[Registration]) -> Iterator[Item]:
    kinds = {State.RETURNED: _("คำขอของท่านถูกส่งกลับ"), State.DRAFT: _("คำขอที่ยังไม่ได้ส่ง")}
    for each in own:
        state = State(each.state)
        if state in kinds:
            url = url_for("registration.open_own", reference=each.reference)
            purpose = _(PURPOSE_NAMES[Purpose(each.purpose)])
            yield Item(
                kinds[state], f"{purpose} · {each.reference}", url, each.decided_at or each.created_at, is_sent=True
            )


def _of_own_account(account: Account) -> Iterator[Item]:
    """What keeps one's own account safe; first of all, whatever its age, what somebody else may have begun."""
    kind, change = _("ความปลอดภัยของบัญชี"), mailboxes.pending(account.id)
    if change:
        yield Item(
            kind,
            _("ผู้ดูแลแจ้งเปลี่ยนอีเมลของท่าน หากไม่ใช่ความต้องการของท่าน ยกเลิกได้"),
            url_for("staff_own.index"),
            change.asked_at,
            change.due_at,
            is_urgent=True,
        )
    if account.email_proven_at is None:
        what = _("ยืนยันอีเมล เพื่อใช้ตั้งรหัสผ่านใหม่และส่งคำขอได้")
        yield Item(kind, what, url_for("own_email.email"), account.created_at)
