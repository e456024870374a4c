"""Every mail that may be sent: its name, when it goes out, and invented values by which it can be read beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from thai_web.refusal import N_


@dataclass(frozen=True)
class Mail:
    """A mail: `<template>.th.txt` and `<template>.en.txt` in its room's templates."""

    template: str
    name: str
    sent: str
    example: Mapping[str, Any]

    @property
    def slug(self) -> str:
        """The template as part of an address: `approval-returned`."""
        return self.template.replace("/mail/", "-").replace("_", "-")


AT = datetime(2026, 12, 30, 7, 5, tzinfo=UTC)
LINK = "https://sso.example.go.th/…"
SETTINGS = "https://sso.example.go.th/home/…"
REFERENCE = "R0123456789"
UNIT = SimpleNamespace(
    kind="TAO",
    name_th="ตัวอย่าง",
    name_en="Tua Yang",
    district_th="ตัวอย่าง",
    district_en="Tua Yang",
    province_th="ตัวอย่าง",
    province_en="Tua Yang",
)
ACCOUNT = SimpleNamespace(name="นางสาวสมมติ ตัวอย่าง", given_name="สมมติ", family_name="ตัวอย่าง", username="sommut.t")
CASE = SimpleNamespace(
    reference=REFERENCE,
    title="นางสาว",
    given_name="สมมติ",
    family_name="ตัวอย่าง",
    name="นางสาวสมมติ ตัวอย่าง",
    outcome_reason="ภาพถ่ายคำสั่งบรรจุไม่ชัด อ่านวันที่ไม่ได้ โปรดถ่ายใหม่",
    decided_at=AT,
)
CLIENT = SimpleNamespace(client_id="tua-yang", name_th="ระบบตัวอย่าง", name_en="Tua Yang System")
DECIDED = {
    "case": CASE,
    "unit": UNIT,
    "decided_by": UNIT,
    "mail_text": "วางเอกสารบนพื้นเรียบในที่สว่าง แล้วถ่ายให้เห็นครบทั้งสี่มุม",
}
APPOINTED = {
    "person": ACCOUNT,
    "holder": ACCOUNT,
    "unit": UNIT,
    "deciding": UNIT,
    "days": 30,
    "absence": SimpleNamespace(starts_on=AT.date(), ends_on=date(2027, 1, 4)),
    "power": N_("ผู้ดูแล SSO ของหน่วยงาน"),
    "link": LINK,
    "subject": SimpleNamespace(
        letter_number="ตย 0023.3/15",
        letter_date=AT.date(),
        starts_on=AT.date(),
        ends_on=date(2028, 9, 30),
        is_provisional=False,
        reason="หนังสือที่แนบไม่มีลายมือชื่อของผู้บริหาร โปรดแนบฉบับที่ลงนามแล้ว",
        end_reason="ย้ายไปปฏิบัติงานที่อื่น",
    ),
}
NAMED = {"to_correct_th": ["โทรศัพท์", "เอกสาร คำสั่ง.jpg"], "to_correct_en": ["Phone", "Document คำสั่ง.jpg"]}

MAILS = (
    Mail(
        "registration/mail/email_code",
        N_("รหัสยืนยันอีเมล"),
        N_("เมื่อผู้ขอกรอกอีเมล"),
        {"code": "123456", "reference": REFERENCE},
    ),
    Mail(
        "registration/mail/draft_ends",
        N_("คำขอที่ยังไม่ได้ส่งใกล้ถูกลบ"),
        N_("3 วันก่อนลบคำขอที่ยังไม่ได้ส่ง"),
        {"case": CASE, "ends_at": AT, "link": LINK},
    ),
    Mail(
        "registration/mail/receipt",
        N_("ใบรับคำขอ"),
        N_("เมื่อส่งคำขอ ทุกครั้งที่ส่ง"),
        {
            "name": CASE.name,
            "reference": REFERENCE,
            "unit_th": "อบต.ตัวอย่าง อ.ตัวอย่าง จ.ตัวอย่าง",
            "unit_en": "Tua Yang TAO, Tua Yang District, Tua Yang Province",
            "sent_th": "30 ธันวาคม 2569 เวลา\u00a014.05\u00a0น.",
            "sent_en": "30 December 2026, 14:05",
            "link": LINK,
        },
    ),
    Mail(
        "registration/mail/status_code",
        N_("รหัสเปิดคำขอ"),
        N_("เมื่อขอกลับมาทำต่อหรือดูสถานะ"),
        {"code": "123456", "reference": REFERENCE},
    ),
    Mail(
        "registration/mail/correction_waits",
        N_("เตือนให้แก้ไขคำขอ"),
        N_("5 วันหลังส่งกลับ และ 7 วันก่อนปิดคำขอ"),
        {"case": CASE, "ends_at": AT, "link": LINK},
    ),
    Mail(
        "registration/mail/lapsed",
        N_("ปิดคำขอที่ไม่ได้แก้ไข"),
        N_("เมื่อคำขอที่ส่งกลับไม่มีการแก้ไขจนครบกำหนด"),
        {"case": CASE, "days": 60, "link": LINK},
    ),
    Mail(
        "approval/mail/arrived",
        N_("มีคำขอใหม่"),
        N_("เมื่อมีคำขอใหม่ ส่งถึงผู้พิจารณา รวมกันไม่เกินชั่วโมงละ 1 ครั้ง"),
        {"name": ACCOUNT.name, "number": 3, "link": LINK, "settings": SETTINGS},
    ),
    Mail(
        "approval/mail/waiting",
        N_("เตือนผู้พิจารณา"),
        N_("วันทำการ วันละครั้ง เมื่อมีคำขอรอตั้งแต่ 2 วัน"),
        {"name": ACCOUNT.name, "number": 3, "more": False, "days": 4, "link": LINK},
    ),
    Mail(
        "approval/mail/holidays",
        N_("วันหยุดปีหน้ายังไม่ครบ"),
        N_("ทุกเดือนธันวาคม ถึงเจ้าหน้าที่ส่วนกลาง จนกว่าวันหยุดปีถัดไปจะครบ"),
        {"name": ACCOUNT.name, "year": 2027, "link": LINK},
    ),
    Mail(
        "approval/mail/returned",
        N_("ส่งกลับให้แก้ไข"),
        N_("เมื่อผู้พิจารณาส่งกลับ"),
        {**DECIDED, **NAMED, "ends_at": AT, "link": LINK},
    ),
    Mail("approval/mail/approved", N_("อนุมัติ ผู้ใช้ใหม่"), N_("เมื่ออนุมัติผู้ที่ยังไม่มีบัญชีและกรอกข้อมูลเอง"), {**DECIDED, "link": LINK}),
    Mail(
        "approval/mail/approved_thaid",
        N_("อนุมัติ ผู้ใช้ใหม่ที่ยืนยันด้วย ThaID"),
        N_("เมื่ออนุมัติผู้ที่ยังไม่มีบัญชีและยืนยันด้วย ThaID"),
        {**DECIDED, "link": LINK},
    ),
    Mail("approval/mail/granted", N_("อนุมัติ ผู้ที่มีบัญชีแล้ว"), N_("เมื่ออนุมัติสิทธิ์ สังกัด หรือการย้าย"), {**DECIDED, "link": LINK}),
    Mail("approval/mail/rejected", N_("ไม่อนุมัติ"), N_("เมื่อผู้พิจารณาไม่อนุมัติ"), DECIDED),
    Mail(
        "approval/mail/reopened",
        N_("เปิดพิจารณาใหม่"),
        N_("เมื่อผู้พิจารณาเปิดคำขอที่ไม่อนุมัติขึ้นพิจารณาใหม่"),
        {**DECIDED, "reason": "ผู้ขอนำคำสั่งฉบับจริงมาแสดงที่หน่วยงาน", "link": LINK},
    ),
    Mail("appointments/mail/asked", N_("คำขอมอบหมายรอพิจารณา"), N_("เมื่อหน่วยงานยื่นคำขอมอบหมาย ส่งถึงผู้พิจารณา"), APPOINTED),
    Mail("appointments/mail/approved", N_("อนุมัติการมอบหมาย"), N_("เมื่อมีการมอบหมาย ส่งถึงผู้ได้รับมอบหมายและผู้ยื่น"), APPOINTED),
    Mail("appointments/mail/returned", N_("ส่งกลับคำขอมอบหมาย"), N_("เมื่อส่งคำขอมอบหมายกลับให้แก้ไข"), APPOINTED),
    Mail("appointments/mail/refused", N_("ไม่อนุมัติคำขอมอบหมาย"), N_("เมื่อไม่อนุมัติคำขอมอบหมาย"), APPOINTED),
    Mail("appointments/mail/ended", N_("ยุติการมอบหมาย"), N_("เมื่อยุติการมอบหมายก่อนกำหนด ส่งถึงผู้ได้รับมอบหมาย"), APPOINTED),
    Mail(
        "appointments/mail/ends_soon", N_("การมอบหมายใกล้สิ้นสุด"), N_("60, 30 และ 7 วันก่อนสิ้นสุด ส่งถึงผู้ได้รับมอบหมาย"), APPOINTED
    ),
    Mail(
        "appointments/mail/ends_soon_office",
        N_("การมอบหมายของหน่วยงานใกล้สิ้นสุด"),
        N_("60, 30 และ 7 วันก่อนสิ้นสุด ส่งถึงหน่วยงานที่กำกับ"),
        APPOINTED,
    ),
    Mail("appointments/mail/stands_in", N_("ให้พิจารณาแทน"), N_("เมื่อผู้ดูแลบันทึกวันที่ไม่อยู่ ส่งถึงผู้ที่พิจารณาแทน"), APPOINTED),
    Mail("appointments/mail/vacant", N_("หน่วยงานไม่มีผู้ดูแล SSO"), N_("เมื่อผู้ดูแลคนสุดท้ายพ้นหน้าที่ ส่งถึงหน่วยงานที่กำกับ"), APPOINTED),
    Mail(
        "recovery/mail/link", N_("ลิงก์ตั้งรหัสผ่านใหม่"), N_("เมื่อมีผู้แจ้งว่าลืมชื่อผู้ใช้หรือรหัสผ่าน"), {"account": ACCOUNT, "link": LINK}
    ),
    Mail(
        "signin/mail/password_made",
        N_("ตั้งชื่อผู้ใช้และรหัสผ่านแล้ว"),
        N_("เมื่อตั้งรหัสผ่านครั้งแรก ไม่ว่าด้วยลิงก์หรือ ThaID"),
        {"account": ACCOUNT, "at": AT},
    ),
    Mail(
        "signin/mail/password_changed",
        N_("รหัสผ่านถูกเปลี่ยน"),
        N_("เมื่อรหัสผ่านเปลี่ยน ไม่ว่าด้วยลิงก์ ด้วย ThaID หรือด้วยรหัสผ่านเดิม"),
        {"account": ACCOUNT, "at": AT, "renamed": False},
    ),
    Mail(
        "signin/mail/claim",
        N_("รับบัญชีที่ย้ายมา"),
        N_("เมื่อนำบัญชีเข้าจากระบบเดิม หรือเมื่อเจ้าของขอลิงก์ใหม่"),
        {"account": ACCOUNT, "link": LINK},
    ),
    Mail(
        "signin/mail/email_code",
        N_("รหัสยืนยันอีเมลของบัญชี"),
        N_("เมื่อผู้ใช้ยืนยันหรือเปลี่ยนอีเมลของตน"),
        {"account": ACCOUNT, "code": "123456"},
    ),
    Mail(
        "signin/mail/email_changed",
        N_("อีเมลเปลี่ยนแล้ว"),
        N_("เมื่อผู้ใช้เปลี่ยนอีเมล ส่งถึงอีเมลเดิม"),
        {"account": ACCOUNT, "at": AT},
    ),
    Mail(
        "clients/mail/secret_expires",
        N_("รหัสลับของระบบใกล้หมดอายุ"),
        N_("30 วัน 7 วัน และ 1 วันก่อนรหัสลับหมดอายุ ส่งถึงผู้ประสานงานของระบบ"),
        {"client": CLIENT, "ends_at": AT, "days": 7},
    ),
    Mail(
        "signin/mail/proven", N_("ยืนยันด้วย ThaID แล้ว"), N_("เมื่อเข้าสู่ระบบด้วย ThaID ครั้งแรก"), {"account": ACCOUNT, "at": AT}
    ),
    Mail(
        "signin/mail/claim_overruled",
        N_("ระงับบัญชีที่ใช้เลขของผู้อื่น"),
        N_("เมื่อ ThaID ยืนยันว่าเลขของบัญชีหนึ่งเป็นของอีกบัญชี ส่งถึงเจ้าของบัญชีและผู้ดูแลของทั้งสองหน่วยงาน"),
        {"name": ACCOUNT.name, "account": ACCOUNT, "at": AT},
    ),
    Mail(
        "signin/mail/new_browser",
        N_("เข้าสู่ระบบจากเบราว์เซอร์ใหม่"),
        N_("เมื่อเข้าสู่ระบบจากเบราว์เซอร์ที่บัญชีนั้นไม่เคยใช้"),
        {"account": ACCOUNT, "at": AT, "device": "Chrome · Windows", "network": "203.0.113.x", "link": LINK},
    ),
    Mail(
        "signin/mail/renamed",
        N_("ชื่อเปลี่ยนตาม ThaID"),
        N_("เมื่อชื่อใน ThaID ไม่ตรงกับชื่อเดิมในบัญชีที่ยืนยันแล้ว"),
        {"account": ACCOUNT, "at": AT},
    ),
    Mail(
        "signin/mail/renewal_refused",
        N_("ThaID ของบุคคลอื่น"),
        N_("เมื่อมีผู้ยืนยันบัญชีด้วย ThaID ของบุคคลอื่น"),
        {"account": ACCOUNT, "at": AT},
    ),
    Mail(
        "staff/mail/acted",
        N_("ผู้ดูแลทำรายการกับบัญชี"),
        N_("เมื่อผู้ดูแลระงับบัญชี ยกเลิกการระงับ ยกเลิกสิทธิ์ หรือเพิ่มสิทธิ์ ส่งถึงเจ้าของบัญชี"),
        {
            "account": ACCOUNT,
            "unit": UNIT,
            "office": UNIT,
            "reason": "ย้ายไปปฏิบัติงานที่หน่วยงานอื่น",
            "at": AT,
            "link": LINK,
            "name_th": "ระงับบัญชี",
            "name_en": "Suspend the account",
            "effect_th": "เข้าสู่ระบบไม่ได้ทุกระบบ",
            "effect_en": "No sign-in to any system",
            "role_th": "",
            "role_en": "",
        },
    ),
    Mail(
        "staff/mail/corrected",
        N_("ผู้ดูแลแก้ไขข้อมูล"),
        N_("เมื่อผู้ดูแลแก้ไขชื่อ โทรศัพท์ หรือตำแหน่ง ส่งถึงเจ้าของบัญชี"),
        {
            "account": ACCOUNT,
            "office": UNIT,
            "at": AT,
            "link": LINK,
            "reason": "แก้ไขตามคำสั่งเลื่อนตำแหน่ง",
            "changes_th": [("ตำแหน่ง", "เจ้าพนักงานธุรการ", "นักจัดการงานทั่วไป")],
            "changes_en": [("Position", "เจ้าพนักงานธุรการ", "นักจัดการงานทั่วไป")],
        },
    ),
    Mail(
        "staff/mail/mailbox_announced",
        N_("แจ้งเปลี่ยนอีเมลของบัญชี"),
        N_("เมื่อผู้ดูแลแจ้งเปลี่ยนอีเมล ส่งถึงอีเมลเดิม 24 ชั่วโมงก่อนมีผล"),
        {
            "account": ACCOUNT,
            "office": UNIT,
            "at": AT,
            "due_at": AT,
            "link": LINK,
            "address": "s•••@example.go.th",
            "reason": "เจ้าของบัญชีเปิดอีเมลเดิมไม่ได้แล้ว",
        },
    ),
    Mail(
        "recovery/mail/thaid",
        N_("กู้คืนบัญชีด้วย ThaID"),
        N_("เมื่อผู้ที่ยืนยันด้วย ThaID แล้วแจ้งว่าลืมรหัสผ่าน หรือเมื่อผู้ดูแลช่วย"),
        {"account": ACCOUNT, "link": LINK},
    ),
    Mail(
        "recovery/mail/activation",
        N_("ลิงก์ตั้งชื่อผู้ใช้และรหัสผ่าน"),
        N_("เมื่อผู้ที่ยังไม่ได้ตั้งรหัสผ่านขอลิงก์ใหม่ หรือเมื่อผู้ดูแลช่วย"),
        {"account": ACCOUNT, "link": LINK},
    ),
    Mail(
        "staff/mail/invitation",
        N_("คำเชิญให้ลงทะเบียน"),
        N_("เมื่อผู้ดูแลเชิญผู้ใช้ใหม่ หรือส่งคำเชิญซ้ำ"),
        {"name": ACCOUNT.name, "inviter": ACCOUNT.name, "unit": UNIT, "expires_at": AT, "link": LINK},
    ),
    Mail(
        "staff/mail/never_worked",
        N_("แจ้งว่าไม่เคยทำงานที่นี่"),
        N_("เมื่อหน่วยงานแจ้ง ส่งถึงหน่วยงานที่กำกับและ สถ."),
        {
            "name": ACCOUNT.name,
            "person": ACCOUNT,
            "unit": UNIT,
            "acted": UNIT,
            "at": AT,
            "link": LINK,
            "reason": "ตรวจสอบทะเบียนบุคลากรแล้ว ไม่พบชื่อนี้",
        },
    ),
)
BY_TEMPLATE = {mail.template: mail for mail in MAILS}
BY_SLUG = {mail.slug: mail for mail in MAILS}
