"""The record as an auditor reads it: events of their units, narrowed, the newest first."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from idp.access.rules import Permission, Viewer
from idp.accounts.operations import find_by_username
from idp.audit.models import AuditEvent, AuditName, AuditSeal
from idp.audit.operations import record
from idp.database import db
from idp.oversight import scope
from idp.oversight.audit_filters import GROUPS, SUBJECT, Inquiry
from idp.registration import operations as registration
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock
from thai_web.refusal import N_, NotFound

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """One event with the names beside it and its seal, if it has one yet."""

    event: AuditEvent
    actor: str
    subject: str
    unit: Unit | None
    seal: int | None


def within(viewer: Viewer) -> ColumnElement[bool]:
    """The events that are the viewer's to read: those of their units, and all for DLA."""
    tops = scope.tops(viewer, Permission.READ_AUDIT)
    if any(top.supervisor_id is None for top in tops):
        return true()
    return or_(false(), *(AuditEvent.unit_id.in_(units.subtree(top.id)) for top in tops))


def fits(inquiry: Inquiry) -> list[ColumnElement[bool]]:
    """The question as conditions; one about a person, unit or case that does not exist finds nothing."""
    found: list[ColumnElement[bool]] = []
    if inquiry.event in GROUPS:
        # Not LIKE, whose use of an index depends on the database's language.
        found += [AuditEvent.name >= f"{inquiry.event}.", AuditEvent.name < f"{inquiry.event}/"]
    elif inquiry.event:
        found.append(AuditEvent.name == inquiry.event)
    if inquiry.person:
        found.append(_about_person(inquiry.person))
    if inquiry.unit:
        unit = units.find(inquiry.unit)
        found.append(AuditEvent.unit_id == unit.id if unit else false())
    if inquiry.since:
        found.append(AuditEvent.at >= clock.start_of_day(inquiry.since))
    if inquiry.until:
        found.append(AuditEvent.at < clock.start_of_day(inquiry.until + timedelta(days=1)))
    if inquiry.subject:
        found.append(_about_subject(inquiry.subject))
    return found


def _about_person(typed: str) -> ColumnElement[bool]:
    account = None if typed.isdecimal() else find_by_username(typed)
    number = typed if typed.isdecimal() else str(account.id) if account else ""
    if not number or len(number) > 9:
        return false()
    is_subject = (AuditEvent.subject_kind == "account") & (AuditEvent.subject_id == number)
    return or_(AuditEvent.actor_account_id == int(number), is_subject)


def _about_subject(typed: str) -> ColumnElement[bool]:
    if SUBJECT.fullmatch(typed):
        kind, _colon, number = typed.partition(":")
    else:
        case = registration.find_by_reference(typed)
        kind, number = "registration", str(case.id) if case else ""
    return and_(AuditEvent.subject_kind == kind, AuditEvent.subject_id == number)


def _select() -> Select[AuditEvent, str, str, Unit, int]:
    actor, subject = aliased(AuditName), aliased(AuditName)
    return (
        select(AuditEvent, actor.name, subject.name, Unit, AuditSeal.number)
        .outerjoin(actor, (actor.event_id == AuditEvent.id) & (actor.role == "actor"))
        .outerjoin(subject, (subject.event_id == AuditEvent.id) & (subject.role == "subject"))
        .outerjoin(Unit, Unit.id == AuditEvent.unit_id)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
    )


def listed(viewer: Viewer, inquiry: Inquiry, before: int | None = None) -> tuple[list[Row], bool]:
    """One page, and whether older events follow. Arguments: `before`, the id of the last one seen."""
    older = [AuditEvent.id < before] if before else []
    narrowed = (
        select(AuditEvent.id)
        .where(within(viewer), *fits(inquiry), *older)
        .order_by(AuditEvent.id.desc())
        .limit(PER_PAGE + 1)
        .subquery()
    )
    statement = _select().join(narrowed, narrowed.c.id == AuditEvent.id).order_by(AuditEvent.id.desc())
    rows = [_row(*row) for row in db.session.execute(statement)]
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def find(viewer: Viewer, event_id: int) -> Row:
    """One event. Raises `NotFound` outside the viewer's units."""
    row = db.session.execute(_select().where(AuditEvent.id == event_id, within(viewer))).first()
    if row is None:
        raise NotFound(N_("ไม่พบเหตุการณ์นี้ในบันทึกของหน่วยงานในความดูแลของท่าน"))
    return _row(*row)


def _row(event: AuditEvent, actor: str | None, subject: str | None, unit: Unit | None, seal: int | None) -> Row:
    return Row(event, actor or "", subject or "", unit, seal)


def note(viewer: Viewer, what: str) -> None:
    """Record what was read, under which appointment: of DLA's officers as of auditors, for the record holds names."""
    top = scope.tops(viewer, Permission.READ_AUDIT)[0]
    held = viewer.holding_for(Permission.READ_AUDIT, top.id)
    record(
        "audit.read",
        subject=("unit", top.id),
        unit_id=top.id,
        what=what,
        appointment_id=held.appointment_id if held else None,
    )
