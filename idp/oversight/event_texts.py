"""The record in words: every event and every fact of the catalogue."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from idp.access.rules import POWER_NAMES, Power
from idp.approval.reasons import OUTCOME_NAMES, REASON_NAMES, Outcome, Reason
from idp.staff.history import ACTOR_KINDS, TOLD
from thai_web import language, thai
from thai_web.refusal import N_

EVENT_NAMES = TOLD | {
    "appointment.letter_viewed": N_("เปิดดูหนังสือมอบหมาย"),
    "appointment.request_letter_viewed": N_("เปิดดูหนังสือของคำขอมอบหมาย"),
    "absence.marked": N_("บันทึกวันที่ผู้ดูแลไม่อยู่"),
    "absence.cancelled": N_("ยกเลิกวันที่ผู้ดูแลไม่อยู่"),
    "audit.read": N_("อ่านบันทึกการตรวจสอบ"),
    "evidence.kept": N_("เก็บเอกสาร"),
    "evidence.discarded": N_("ทำลายเอกสาร"),
    "evidence.set_aside": N_("แยกเอกสารที่ไม่มีเจ้าของ"),
    "evidence.blank_confirmed": N_("ผู้ขอยืนยันว่าหน้าเอกสารว่างจริง"),
    "evidence.swept": N_("ตรวจคลังเอกสาร"),
    "evidence_kind.saved": N_("บันทึกชนิดเอกสาร"),
    "evidence_requirement.saved": N_("บันทึกข้อกำหนดเอกสาร"),
    "evidence_requirement.removed": N_("ลบข้อกำหนดเอกสาร"),
    "holiday.declared": N_("ประกาศวันหยุด"),
    "holiday.withdrawn": N_("ยกเลิกวันหยุด"),
    "units.imported": N_("นำเข้าทะเบียนหน่วยงาน"),
    "units.telephone_changed": N_("เปลี่ยนโทรศัพท์ของหน่วยงาน"),
    "client.imported": N_("บันทึกระบบที่เชื่อมโยง"),
    "client.registered": N_("ลงทะเบียนระบบที่เชื่อมโยง"),
    "client.changed": N_("แก้ไขระบบที่เชื่อมโยง"),
    "client.suspended": N_("ระงับระบบที่เชื่อมโยง"),
    "client.reinstated": N_("ยกเลิกการระงับระบบที่เชื่อมโยง"),
    "client.profile_changed": N_("เปลี่ยนโพรไฟล์ของระบบที่เชื่อมโยง"),
    "client.person_looked_at": N_("ดูข้อมูลที่ระบบที่เชื่อมโยงได้รับเกี่ยวกับบุคคล"),
    "client.secret_issued": N_("ออกรหัสลับให้ระบบที่เชื่อมโยง"),
    "client.secret_ended": N_("ยกเลิกรหัสลับของระบบที่เชื่อมโยง"),
    "client.pkce_changed": N_("เปลี่ยนการบังคับใช้ PKCE ของระบบที่เชื่อมโยง"),
    "client.national_id_basis_set": N_("กำหนดฐานกฎหมายที่ระบบได้รับเลขประจำตัวประชาชน"),
    "key.rotated": N_("เปลี่ยนกุญแจลงนาม"),
    "key.exported": N_("ส่งออกกุญแจลงนาม"),
    "key.imported": N_("นำเข้ากุญแจลงนาม"),
    "key.renewed": N_("เปลี่ยนกุญแจเข้ารหัส"),
    "national_id.told": N_("ส่งเลขประจำตัวประชาชนให้ระบบที่เชื่อมโยง"),
    "answer.saved": N_("บันทึกคำตอบสำเร็จรูป"),
    "answer.removed": N_("ลบคำตอบสำเร็จรูป"),
    "invitation.made": N_("เชิญบุคลากร"),
    "invitation.resent": N_("ส่งคำเชิญอีกครั้ง"),
    "invitation.revoked": N_("ถอนคำเชิญ"),
    "invitation.accepted": N_("ตอบรับคำเชิญ"),
    "refused.decision": N_("ระบบไม่รับผลการพิจารณา"),
    "refused.appointment": N_("ระบบไม่รับการมอบหมาย"),
    "refused.help": N_("ระบบไม่รับการช่วยเหลือบุคลากร"),
}
GROUP_NAMES = {
    "account": N_("บัญชี"),
    "posting": N_("สังกัด"),
    "appointment": N_("การมอบหมาย"),
    "absence": N_("วันที่ผู้ดูแลไม่อยู่"),
    "audit": N_("การอ่านบันทึก"),
    "credential": N_("ชื่อผู้ใช้และรหัสผ่าน"),
    "evidence": N_("เอกสาร"),
    "evidence_kind": N_("ชนิดเอกสาร"),
    "evidence_requirement": N_("ข้อกำหนดเอกสาร"),
    "holiday": N_("วันหยุด"),
    "units": N_("ทะเบียนหน่วยงาน"),
    "client": N_("ระบบที่เชื่อมโยง"),
    "assignment": N_("สิทธิ์ในระบบ"),
    "key": N_("กุญแจลงนาม"),
    "consent": N_("ความยินยอม"),
    "national_id": N_("เลขประจำตัวประชาชน"),
    "registration": N_("คำขอ"),
    "answer": N_("คำตอบสำเร็จรูป"),
    "invitation": N_("คำเชิญ"),
    "refused": N_("รายการที่ระบบไม่รับ"),
}
FACT_NAMES = {
    "telephone": N_("โทรศัพท์"),
    "origin": N_("ที่มา"),
    "by": N_("โดย"),
    "changed": N_("สิ่งที่เปลี่ยน"),
    "reason": N_("เหตุผล"),
    "posting_id": N_("เลขสังกัด"),
    "starts_on": N_("วันเริ่มต้น"),
    "ends_on": N_("วันสิ้นสุด"),
    "appointment_id": N_("เลขการมอบหมาย"),
    "power": N_("อำนาจ"),
    "letter_number": N_("เลขที่หนังสือ"),
    "letter_date": N_("วันที่ของหนังสือ"),
    "page": N_("หน้า"),
    "request_id": N_("เลขคำขอมอบหมาย"),
    "version": N_("รุ่นของข้อมูล"),
    "outcome": N_("ผล"),
    "absence_id": N_("เลขรายการวันที่ไม่อยู่"),
    "what": N_("สิ่งที่อ่าน"),
    "how": N_("วิธี"),
    "evidence_id": N_("เลขเอกสาร"),
    "pages": N_("จำนวนหน้า"),
    "removed": N_("จำนวนที่ลบ"),
    "missing": N_("จำนวนที่หาไม่พบ"),
    "code": N_("รหัส"),
    "change": N_("การเปลี่ยน"),
    "requirement_id": N_("เลขข้อกำหนด"),
    "day": N_("วันที่"),
    "source": N_("แหล่งที่มา"),
    "added": N_("จำนวนที่เพิ่ม"),
    "client_id": N_("รหัสระบบ"),
    "secret_id": N_("เลขรหัสลับ"),
    "required": N_("บังคับใช้"),
    "assignment_id": N_("เลขสิทธิ์"),
    "role_id": N_("เลขบทบาท"),
    "basis": N_("ฐานกฎหมาย"),
    "kid": N_("กุญแจ"),
    "file": N_("กุญแจ"),
    "kids": N_("กุญแจ"),
    "scope": N_("ข้อมูลที่ยินยอม"),
    "registration_id": N_("เลขคำขอในบันทึก"),
    "until": N_("ถึงเวลา"),
    "reason_code": N_("ประเภทเหตุผล"),
    "answer_id": N_("เลขคำตอบ"),
    "way": N_("ทาง"),
    "fields": N_("ข้อมูลที่แก้ไข"),
    "change_id": N_("เลขการเปลี่ยนอีเมล"),
    "due_at": N_("มีผลเมื่อ"),
    "invitation_id": N_("เลขคำเชิญ"),
    "why": N_("สาเหตุ"),
    "documents": N_("จำนวนเอกสาร"),
    "act": N_("รายการ"),
    "profile": N_("โพรไฟล์"),
    "members": N_("ข้อมูลที่แก้ไข"),
}
DAYS = ("starts_on", "ends_on", "letter_date", "day")
INSTANTS = ("until", "due_at")


def event_name(name: str) -> str:
    """The event in the reader's language."""
    return _(EVENT_NAMES.get(name, name))


def actor(kind: str, name: str) -> str:
    """Who acted: by name where there is one, else what it was."""
    return name or _(ACTOR_KINDS.get(kind, kind))


def facts(found: dict[str, object]) -> list[tuple[str, str]]:
    """The facts as rows of label and value."""
    return [(_(FACT_NAMES.get(name, name)), _value(name, value)) for name, value in found.items()]


def _value(name: str, value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("ใช่") if value else _("ไม่ใช่")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    try:
        return _TOLD.get(name, str)(value)
    except (ValueError, KeyError):
        return str(value)


def _day(value: str) -> str:
    return thai.format_date(date.fromisoformat(value), language.current())


def _instant(value: str) -> str:
    return thai.format_datetime(datetime.fromisoformat(value), language.current())


_TOLD: dict[str, Callable[[Any], str]] = {
    "power": lambda value: _(POWER_NAMES[Power(value)]),
    "outcome": lambda value: _(OUTCOME_NAMES[Outcome(value)]),
    "reason_code": lambda value: _(REASON_NAMES[Reason(value)]),
    **dict.fromkeys(DAYS, _day),
    **dict.fromkeys(INSTANTS, _instant),
}
