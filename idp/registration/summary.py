"""A registration in words: its answers, its versions, what changed between them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from flask_babel import gettext as _

from idp.accounts import operations as accounts
from idp.accounts.rules import mask_national_id
from idp.appointments import operations as appointments
from idp.appointments.rules import Deciders, Standing
from idp.clients import operations as clients
from idp.evidence import operations as evidence
from idp.registration import operations, rules, versions
from idp.registration.fields import DOCUMENT, FIELD_NAMES, PURPOSE_NAMES, Change, Field, Purpose
from idp.registration.models import Registration
from idp.registration.rules import State, Step
from idp.units import operations as units
from idp.units.rules import full_name
from thai_web import clock, language, thai
from thai_web.refusal import N_


@dataclass(frozen=True)
class Answer:
    """One answer: its field, the question's step, a label, the value, and whether it needs no checking."""

    field: Field
    step: Step
    label: str
    value: str
    proven: bool = False


@dataclass(frozen=True)
class Difference:
    """A changed answer in words; documents as those taken out and those that came."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Sending:
    """One version in words."""

    number: int
    sent_at: datetime
    decided_at: datetime | None
    outcome: str
    reason: str
    to_correct: list[str]
    reopened_for: str = ""


@dataclass(frozen=True)
class Waiting:
    """Who decides a request that waits, since when it lies there, how long it usually takes, and whom to ask."""

    office: str
    also: list[str]  # the offices above that joined because it waited too long
    since: datetime
    usual_days: int | None
    people: list[str]
    telephone: str  # of the office
    why: str | None  # this office, where it is not the unit's own admin


WHY = {
    Standing.DEPUTY: N_("ผู้ดูแล SSO ของหน่วยงานท่านไม่อยู่ ผู้ทำการแทนเป็นผู้พิจารณา"),
    Standing.AWAY: N_("ผู้ดูแล SSO ของหน่วยงานท่านไม่อยู่ในช่วงนี้"),
    Standing.VACANT: N_("หน่วยงานของท่านไม่มีผู้ดูแล SSO ที่พิจารณาคำขอนี้ได้ในขณะนี้"),
}


def begin(app: Flask, deciding: Callable[[Registration], list[Deciders]]) -> None:
    """Be told by the approval, on a higher floor, which offices may decide a waiting request now, the nearest first."""
    app.extensions["deciding"] = deciding


def waiting(registration: Registration) -> Waiting | None:
    """As of today; None when nobody can decide, or nothing waits."""
    if registration.state != State.SUBMITTED or registration.submitted_at is None:
        return None
    found: list[Deciders] = current_app.extensions["deciding"](registration)
    if not found:
        return None
    nearest, *others = found
    began = clock.start_of_day(min(term.starts_on for term in nearest.terms))
    return Waiting(
        _unit(nearest.unit_id),
        [_unit(office.unit_id) for office in others],
        max(registration.submitted_at, began),
        versions.usual_wait_days(nearest.unit_id),
        sorted(accounts.get(term.account_id).name for office in found for term in office.terms),
        _telephone(nearest.unit_id),
        WHY.get(nearest.standing),
    )


def reviewer(registration: Registration) -> tuple[str, list[str], str]:
    """The office that decided last, whom to ask there today, and its telephone; of one that nobody decided, nothing."""
    decided = [version.decided_unit_id for version in versions.history(registration.id) if version.decided_unit_id]
    if not decided:
        return "", [], ""
    now = appointments.deciders_for(decided[-1])
    people = sorted(accounts.get(term.account_id).name for term in now.terms) if now else []
    return _unit(decided[-1]), people, _telephone(decided[-1])


def way(registration: Registration) -> list[tuple[str, str, str]]:
    """The steps of a sent request as a line: what each is, when it was, and whether it is done, now, or to come."""
    state = State(registration.state)
    sent, decided = (_time(each) for each in (registration.submitted_at, registration.decided_at))
    if state == State.SUBMITTED:
        return [
            (_("ส่งคำขอ"), sent, "done"),
            (_("ตรวจสอบ"), _("กำลังรอผู้พิจารณา"), "current"),
            (_("แจ้งผล"), "", ""),
            (_("เริ่มใช้งาน"), "", ""),
        ]
    begun = [(_("ส่งคำขอ"), sent, "done")]
    if state == State.RETURNED:
        return [*begun, (_("ตรวจสอบ"), decided, "done"), (_("แก้ไขแล้วส่งอีกครั้ง"), "", "current"), (_("แจ้งผล"), "", "")]
    if state in rules.DECIDED:
        begun += [
            (_("ตรวจสอบ"), "", "done"),
            (_("แจ้งผล: %(outcome)s", outcome=_(rules.STATE_NAMES[state])), decided, "done"),
        ]
        return [*begun, (_("เริ่มใช้งาน"), "", "current")] if state == State.APPROVED else begun
    return [*begun, (_(rules.STATE_NAMES[state]), _time(registration.updated_at), "done")]


def _time(at: datetime | None) -> str:
    return thai.format_datetime(at, language.current()) if at else ""


def given(registration: Registration) -> list[Answer]:
    """The answers in words; of the national ID only the end is told."""
    number = mask_national_id(operations.national_id(registration)) if registration.national_id_sealed else ""
    if registration.evidence_destroyed_at is not None:
        number = _("ทำลายแล้วเมื่อครบกำหนดเก็บรักษา")
    roles = operations.requested_role_ids(registration.id)
    proven = registration.is_proven
    by = _("ยืนยันด้วย ThaID แล้ว") if proven else _("กรอกข้อมูลด้วยตนเอง")
    return [
        Answer(Field.NAME, Step.PERSON, _("ชื่อ-นามสกุล"), registration.name, proven),
        Answer(Field.NATIONAL_ID, Step.PERSON, _("เลขประจำตัวประชาชน"), number, proven),
        Answer(Field.NATIONAL_ID, Step.PERSON, _("การยืนยันตัวตน"), by, proven),
        Answer(Field.PHONE, Step.PERSON, _("โทรศัพท์"), registration.phone),
        Answer(Field.EMAIL, Step.EMAIL, _("อีเมล"), registration.email, registration.email_proven_at is not None),
        Answer(Field.UNIT, Step.UNIT, _("หน่วยงาน"), _unit(registration.unit_id)),
        Answer(Field.POSITION, Step.POSITION, _("ตำแหน่ง"), registration.position),
        Answer(Field.ROLES, Step.POSITION, _("สิทธิ์ที่ขอ"), _roles(roles)),
    ]


def facts(registration: Registration) -> list[tuple[str, str]]:
    """The answers as rows of label and value; what the request is for comes first when it is not the first one."""
    notice = _(
        "ฉบับ %(version)s อ่านเมื่อ %(time)s",
        version=registration.privacy_notice,
        time=thai.format_datetime(registration.privacy_accepted_at, language.current()),
    )
    rows = [(answer.label, answer.value) for answer in given(registration)]
    rows.append((_("ประกาศความเป็นส่วนตัว"), notice))
    if inviter := invited_by(registration):
        rows.append((_("เชิญโดย"), inviter))
    if registration.purpose == Purpose.NEW:
        return rows
    return [(_("เรื่องที่ขอ"), _(PURPOSE_NAMES[Purpose(registration.purpose)])), *rows]


def invited_by(registration: Registration) -> str:
    """Who invited the applicant for this unit, to this mailbox, by this name; empty when nobody did."""
    inviter = None if registration.is_by_another else registration.invited_by_account_id
    return accounts.get(inviter).name if inviter is not None else ""


def _unit(unit_id: int | None) -> str:
    return full_name(units.get(unit_id), language.current()) if unit_id else ""


def _telephone(unit_id: int) -> str:
    return units.get(unit_id).telephone or ""


def _roles(role_ids: set[int]) -> str:
    wanted = [role.label for role in clients.roles_by_id(role_ids)]
    return ", ".join(wanted) or _("ยังไม่ขอใช้ระบบใด")


def differences(changes: list[Change]) -> list[Difference]:
    """What changed since the request was last sent back, in words."""
    return [Difference(_label(change.field), *_words(change.field, change.before, change.after)) for change in changes]


def _label(field: Field) -> str:
    return _("เอกสารหลักฐาน") if field == Field.DOCUMENTS else _(FIELD_NAMES[field])


def _words(field: Field, before: object, after: object) -> tuple[str, str]:
    match field, before, after:
        case Field.NATIONAL_ID, _before, _after:
            return _("เลขเดิม"), _("เลขใหม่")
        case Field.UNIT, int() | None, int() | None:
            return _unit(before), _unit(after)
        case Field.ROLES, list(), list():
            return _roles(set(before)), _roles(set(after))
        case Field.DOCUMENTS, list(), list():
            return _documents(set(before) - set(after)) or "–", _documents(set(after) - set(before)) or "–"
    return str(before), str(after)


def _documents(ids: set[int]) -> str:
    return ", ".join(evidence.get(each).filename for each in sorted(ids))


def sendings(registration: Registration) -> list[Sending]:
    """Every version that was sent, oldest first, with what was decided on it."""
    return [
        Sending(
            each.number,
            each.sent_at,
            each.decided_at,
            _(rules.STATE_NAMES[State(each.outcome)]) if each.outcome else "",
            each.reason,
            named(each.to_correct),
            each.reopened_for,
        )
        for each in versions.history(registration.id)
    ]


def named(to_correct: list[str]) -> list[str]:
    """What a reviewer named, in words."""
    return [
        _("เอกสาร %(name)s", name=evidence.get(int(each.removeprefix(DOCUMENT))).filename)
        if each.startswith(DOCUMENT)
        else _(FIELD_NAMES[Field(each)])
        for each in to_correct
    ]
