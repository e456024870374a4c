"""What happened to an account: every event of the record about it, in words, with who did it and by which letter."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, or_, select

from idp.appointments.models import Appointment
from idp.audit.models import AuditEvent, AuditName
from idp.database import db
from idp.registration.models import Registration
from idp.units.models import Unit
from thai_web.refusal import N_

PER_PAGE = 50
OTHER = N_("มีการเปลี่ยนแปลงอื่นของบัญชี")
TOLD = {
    "account.opened": N_("เปิดบัญชี"),
    "account.proven": N_("ยืนยันตัวตนด้วย ThaID ครั้งแรก"),
    "account.proof_renewed": N_("ยืนยันตัวตนด้วย ThaID อีกครั้ง"),
    "account.renamed": N_("ชื่อเปลี่ยนตาม ThaID"),
    "account.email_proven": N_("ยืนยันหรือเปลี่ยนอีเมล"),
    "account.details_changed": N_("แก้ไขข้อมูลเพิ่มเติมของตนเอง"),
    "account.copy_taken": N_("ดาวน์โหลดสำเนาข้อมูลของตนเอง"),
    "account.suspended": N_("ระงับบัญชี"),
    "account.reinstated": N_("ยกเลิกการระงับบัญชี"),
    "account.unlocked": N_("ปลดล็อกการเข้าสู่ระบบ"),
    "account.sessions_ended": N_("ให้ออกจากระบบทุกเครื่อง"),
    "account.recovery_started": N_("ผู้ดูแลส่งลิงก์กู้คืนบัญชีทางอีเมล"),
    "account.corrected": N_("แก้ไขข้อมูล"),
    "account.mailbox_change_announced": N_("แจ้งเปลี่ยนอีเมล"),
    "account.mailbox_change_cancelled": N_("ยกเลิกการเปลี่ยนอีเมล"),
    "account.mailbox_change_withdrawn": N_("ผู้ดูแลถอนการเปลี่ยนอีเมล"),
    "account.mailbox_changed": N_("อีเมลเปลี่ยนตามที่แจ้ง"),
    "posting.begun": N_("เริ่มสังกัดหน่วยงาน"),
    "posting.ended": N_("พ้นจากหน่วยงาน"),
    "posting.annulled": N_("หน่วยงานแจ้งว่าไม่เคยทำงานที่นั่น"),
    "appointment.asked": N_("หน่วยงานขอให้มอบหมายอำนาจ"),
    "appointment.decided": N_("พิจารณาการขอมอบหมายอำนาจ"),
    "appointment.request_withdrawn": N_("หน่วยงานถอนการขอมอบหมายอำนาจ"),
    "appointment.made": N_("ได้รับมอบหมายอำนาจ"),
    "appointment.ended": N_("ยุติการมอบหมายอำนาจ"),
    "credential.username_chosen": N_("ตั้งชื่อผู้ใช้"),
    "credential.password_set": N_("ตั้งรหัสผ่าน"),
    "credential.password_ended": N_("รหัสผ่านเดิมสิ้นสุด"),
    "assignment.begun": N_("ได้รับสิทธิ์ในระบบ"),
    "assignment.ended": N_("ยกเลิกสิทธิ์ในระบบ"),
    "consent.given": N_("ยินยอมให้ระบบที่เชื่อมโยงเห็นข้อมูล"),
    "consent.withdrawn": N_("ถอนความยินยอมที่ให้ระบบที่เชื่อมโยง"),
    "registration.submitted": N_("ส่งคำขอ"),
    "registration.withdrawn": N_("ถอนคำขอ"),
    "registration.decided": N_("พิจารณาคำขอ"),
    "registration.claimed": N_("ผู้พิจารณารับคำขอไว้พิจารณา"),
    "registration.released": N_("ผู้พิจารณาปล่อยคำขอ"),
    "registration.reopened": N_("เปิดคำขอพิจารณาใหม่"),
    "registration.lapsed": N_("ปิดคำขอที่ไม่ได้แก้ไขในเวลา"),
    "registration.viewed": N_("เปิดดูคำขอ"),
    "registration.evidence_destroyed": N_("ทำลายเอกสารและเลขประจำตัวประชาชนของคำขอเมื่อครบกำหนด"),
    "registration.evidence_viewed": N_("เปิดดูเอกสารหลักฐานของคำขอ"),
    "refused.renewal": N_("มีผู้ใช้ ThaID ของบุคคลอื่นยืนยันบัญชีนี้ ระบบไม่รับ"),
}
ACTOR_KINDS = {
    "account": N_("บัญชีที่ลบชื่อแล้ว"),
    "applicant": N_("ผู้ขอ"),
    "command": N_("คำสั่งของเจ้าหน้าที่เทคนิคของระบบ"),
    "worker": N_("ระบบ"),
    "mailbox": N_("ผู้เปิดอีเมลเดิม"),
}


@dataclass(frozen=True)
class Happening:
    """One event in words."""

    at: datetime
    told: str
    unit: Unit | None
    who: str
    is_own: bool
    office: Unit | None
    letter: str
    reason: str


@dataclass(frozen=True)
class OneAct:
    """What one person did at one time under one letter: several events, told once."""

    told: list[tuple[str, int]]
    last: Happening


@dataclass(frozen=True)
class Page:
    """Some events, the newest first."""

    happenings: list[Happening]
    number: int
    has_more: bool


def by_act(happenings: list[Happening]) -> list[OneAct]:
    """Neighbouring events of the same minute, person, office, letter and reason, as one act with what it held."""
    return [
        OneAct(list(Counter(each.told for each in found).items()), found[0])
        for found in (list(same) for _key, same in groupby(happenings, _act_of))
    ]


def _act_of(each: Happening) -> tuple[object, ...]:
    unit_id, office_id = (unit.id if unit else None for unit in (each.unit, each.office))
    return each.at.replace(second=0, microsecond=0), each.who, each.is_own, unit_id, office_id, each.letter, each.reason


def of(account_id: int, number: int = 1, per_page: int = PER_PAGE) -> Page:
    """What happened to this account, and to the requests that it came from or that were made with it."""
    own = select(cast(Registration.id, String)).where(
        or_(Registration.account_id == account_id, Registration.applicant_id == account_id)
    )
    about = or_(
        (AuditEvent.subject_kind == "account") & (AuditEvent.subject_id == str(account_id)),
        (AuditEvent.subject_kind == "registration") & AuditEvent.subject_id.in_(own),
    )
    statement = (
        select(AuditEvent, AuditName.name.label("who"), Unit, Appointment)
        .outerjoin(AuditName, (AuditName.event_id == AuditEvent.id) & (AuditName.role == "actor"))
        .outerjoin(Unit, Unit.id == AuditEvent.unit_id)
        .outerjoin(Appointment, Appointment.id == AuditEvent.appointment_id)
        .where(about)
        .order_by(AuditEvent.id.desc())
        .limit(per_page + 1)
        .offset((number - 1) * per_page)
    )
    rows = db.session.execute(statement).all()
    offices = _offices({row.Appointment.unit_id for row in rows if row.Appointment})
    found = [_happening(row, account_id, offices) for row in rows[:per_page]]
    return Page(found, number, len(rows) > per_page)


def _offices(unit_ids: set[int]) -> dict[int, Unit]:
    return {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))}


def _happening(row: Any, account_id: int, offices: dict[int, Unit]) -> Happening:
    event, appointment = row.AuditEvent, row.Appointment
    # The letter of an appointment that is itself what happened is not the letter it happened under.
    acted = appointment if appointment and not event.name.startswith("appointment.") else None
    reason = event.facts.get("reason", "")
    return Happening(
        at=event.at,
        told=_(TOLD.get(event.name, OTHER)),
        unit=row.Unit,
        who=row.who or _(ACTOR_KINDS[event.actor_kind]),
        is_own=event.actor_account_id == account_id,
        office=offices.get(acted.unit_id) if acted else None,
        letter=(acted.letter_number or "") if acted else "",
        reason=reason if reason != "moved" else "",
    )
