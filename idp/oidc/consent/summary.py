"""What a system is told about a person, in words for that person: by scope, and with their own values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from idp.accounts import details
from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Details, Gender, Proof, mask_national_id
from idp.clients import operations as clients
from idp.database import db
from idp.oidc.rules import SCOPE_CLAIMS
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import full_name
from thai_web import language, thai
from thai_web.refusal import N_

SCOPE_NAMES = {
    "openid": N_("รหัสอ้างอิงของบัญชี ซึ่งไม่ใช่เลขประจำตัวประชาชน"),
    "profile": N_("ชื่อ นามสกุล ชื่อผู้ใช้ และข้อมูลเพิ่มเติมที่ท่านกรอกไว้"),
    "email": N_("อีเมล"),
    "phone": N_("หมายเลขโทรศัพท์"),
    "address": N_("ที่อยู่สำหรับติดต่อ"),
    "unit": N_("หน่วยงาน ตำแหน่ง และหน่วยงานที่กำกับดูแล"),
    "roles": N_("สิทธิ์ของท่านในระบบนี้"),
    "assurance": N_("วิธีที่ใช้ยืนยันตัวตนของท่าน"),
    "national_id": N_("เลขประจำตัวประชาชน"),
    "offline_access": N_("ขอข้อมูลเหล่านี้ได้อีกแม้ท่านไม่ได้เปิดระบบอยู่ จนกว่าการอนุญาตนี้จะหมดอายุ"),
}


@dataclass(frozen=True)
class Facts:
    """What stands behind the claims of one person for one system."""

    account: Account
    details: Details
    posting: Posting | None
    unit: Unit | None
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of the consent page: what it is called, the claims that it stands for, its value in words: empty where it
    is not known yet, none where the page says it otherwise."""

    label: str
    claims: tuple[str, ...]
    value: Callable[[Facts], str | None]


def facts(client_pk: int, account_id: int, posting_id: int | None) -> Facts:
    """What the system `client_pk` would be told, of a person acting in a posting."""
    posting = db.session.get(Posting, posting_id) if posting_id else None
    held = clients.assignments(posting_id) if posting_id else []
    in_english = language.current() == "en"
    return Facts(
        accounts.get(account_id),
        details.read(account_id),
        posting,
        units.get(posting.unit_id) if posting else None,
        tuple(
            each.role.name_en if in_english else each.role.name_th
            for _held, each in held
            if each.client.id == client_pk
        ),
    )


def lines(scopes: Iterable[str], of: Facts) -> tuple[list[tuple[str, str]], list[str]]:
    """For scopes: label and value of what is known, and the labels of what is not known yet."""
    claims = {claim for scope in scopes for claim in SCOPE_CLAIMS.get(scope, ())}
    asked = [(_(line.label), line.value(of)) for line in LINES if claims & set(line.claims)]
    return [(label, value) for label, value in asked if value], [label for label, value in asked if value == ""]


def _email(of: Facts) -> str:
    proven = _("ยืนยันแล้ว") if of.account.email_proven_at else _("ยังไม่ได้ยืนยัน")
    return f"{of.account.email} · {proven}"


def _unit(of: Facts) -> str:
    if of.posting is None or of.unit is None:
        return ""
    # A line for each: on paper, too, the position stands above the office.
    return f"{of.posting.position}\n{full_name(of.unit, language.current())}"


def _assurance(of: Facts) -> str:
    return _("ยืนยันด้วย ThaID แล้ว") if of.account.proof == Proof.THAID else _("เจ้าหน้าที่ตรวจเอกสารแล้ว")


def _national_id(of: Facts) -> str:
    number = accounts.proven_national_id(of.account)
    return mask_national_id(number) if number else _("ยังไม่ได้ยืนยันด้วย ThaID จึงไม่ส่งให้")


def _gender(of: Facts) -> str:
    return {Gender.FEMALE.value: _("หญิง"), Gender.MALE.value: _("ชาย")}.get(of.details.gender or "", "")


def _general(of: Facts) -> str:
    return _("ภาษาไทย เวลากรุงเทพฯ แก้ไขล่าสุด %(day)s", day=_date(of.account.updated_at))


def _date(day: date | None) -> str:
    return thai.format_date(day, language.current()) if day else ""


LINES = (
    Line(N_("รหัสอ้างอิงของบัญชี"), ("sub",), lambda _of: None),
    Line(N_("ชื่อ-นามสกุล"), ("name", "given_name", "family_name"), lambda of: of.account.name),
    Line(N_("ชื่อกลาง"), ("middle_name",), lambda of: of.details.middle_name or ""),
    Line(N_("ชื่อเล่น"), ("nickname",), lambda of: of.details.nickname or ""),
    Line(N_("ชื่อผู้ใช้"), ("preferred_username",), lambda of: of.account.username or ""),
    Line(N_("เพศ"), ("gender",), _gender),
    Line(N_("วันเกิด"), ("birthdate",), lambda of: _date(of.details.birthdate)),
    Line(N_("หน้าเว็บที่แนะนำตัวท่าน"), ("profile",), lambda of: of.details.profile or ""),
    Line(N_("ที่อยู่เว็บของภาพถ่าย"), ("picture",), lambda of: of.details.picture or ""),
    Line(N_("เว็บไซต์"), ("website",), lambda of: of.details.website or ""),
    Line(N_("ข้อมูลทั่วไปของบัญชี"), ("locale", "zoneinfo", "updated_at"), _general),
    Line(N_("อีเมล"), ("email", "email_verified"), _email),
    Line(N_("หมายเลขโทรศัพท์"), ("phone_number", "phone_number_verified"), lambda of: of.account.phone or ""),
    Line(N_("ที่อยู่สำหรับติดต่อ"), ("address",), lambda of: of.details.address or ""),
    Line(N_("สังกัด"), ("unit",), _unit),
    Line(N_("สิทธิ์ของท่านในระบบนี้"), ("roles",), lambda of: ", ".join(of.roles) or _("ไม่มี")),
    Line(N_("วิธีที่ใช้ยืนยันตัวตนของท่าน"), ("assurance",), _assurance),
    Line(N_("เลขประจำตัวประชาชน"), ("national_id",), _national_id),
)
