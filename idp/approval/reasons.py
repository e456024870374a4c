"""What a decision says: the codes of its reason, the words for the screen and for the mail. Pure, as `rules`."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from idp.accounts.rules import holds_national_id
from idp.registration.fields import DOCUMENT, Field
from thai_web.refusal import N_, Refusal

SHORTEST_REASON = 10


class Outcome(StrEnum):
    """How a case can end."""

    APPROVED = "APPROVED"
    RETURNED = "RETURNED"
    REJECTED = "REJECTED"


OUTCOME_NAMES = {
    Outcome.APPROVED: N_("อนุมัติ"),
    Outcome.RETURNED: N_("ส่งกลับให้แก้ไข"),
    Outcome.REJECTED: N_("ไม่อนุมัติ"),
}


class Reason(StrEnum):
    """Why a request was sent back or rejected, so that it can be counted."""

    UNREADABLE = "UNREADABLE"
    MISSING = "MISSING"
    EXPIRED = "EXPIRED"
    MISMATCH = "MISMATCH"
    CONTACT = "CONTACT"
    WRONG_UNIT = "WRONG_UNIT"
    WRONG_ROLE = "WRONG_ROLE"
    NOT_STAFF = "NOT_STAFF"
    HAS_ACCOUNT = "HAS_ACCOUNT"
    DOUBTFUL = "DOUBTFUL"
    OTHER = "OTHER"


REASON_NAMES = {
    Reason.UNREADABLE: N_("เอกสารอ่านไม่ชัด"),
    Reason.MISSING: N_("เอกสารไม่ครบ"),
    Reason.EXPIRED: N_("เอกสารหมดอายุหรือเก่า"),
    Reason.MISMATCH: N_("ข้อมูลไม่ตรงกับเอกสาร"),
    Reason.CONTACT: N_("อีเมลหรือโทรศัพท์ติดต่อไม่ได้"),
    Reason.WRONG_UNIT: N_("เลือกหน่วยงานผิด"),
    Reason.WRONG_ROLE: N_("สิทธิ์ที่ขอไม่ตรงกับงาน"),
    Reason.NOT_STAFF: N_("ไม่ใช่บุคลากรของหน่วยงาน"),
    Reason.HAS_ACCOUNT: N_("มีบัญชีหรือคำขออื่นอยู่แล้ว"),
    Reason.DOUBTFUL: N_("เอกสารน่าสงสัย"),
    Reason.OTHER: N_("เหตุผลอื่น"),
}
REASONS: dict[Outcome, tuple[Reason, ...]] = {
    Outcome.APPROVED: (),
    Outcome.RETURNED: (
        Reason.UNREADABLE,
        Reason.MISSING,
        Reason.EXPIRED,
        Reason.MISMATCH,
        Reason.CONTACT,
        Reason.WRONG_UNIT,
        Reason.WRONG_ROLE,
        Reason.OTHER,
    ),
    Outcome.REJECTED: (
        Reason.NOT_STAFF,
        Reason.HAS_ACCOUNT,
        Reason.WRONG_UNIT,
        Reason.WRONG_ROLE,
        Reason.MISMATCH,
        Reason.DOUBTFUL,
        Reason.OTHER,
    ),
}
# The answers that a reason usually sends back; of one about the papers' look, every paper.
ITEMS: dict[Reason, tuple[Field, ...]] = {
    Reason.MISSING: (Field.DOCUMENTS,),
    Reason.MISMATCH: (Field.NAME, Field.POSITION),
    Reason.CONTACT: (Field.PHONE, Field.EMAIL),
    Reason.WRONG_UNIT: (Field.UNIT,),
    Reason.WRONG_ROLE: (Field.ROLES,),
}
OF_PAPERS = frozenset({Reason.UNREADABLE, Reason.EXPIRED})
# What may stand in braces in the text of a mail. Nothing else is ever put in, and no program reads the text.
PLACES = {
    "name": N_("ชื่อผู้ขอ"),
    "unit": N_("หน่วยงานของผู้ขอ"),
    "reference": N_("เลขที่คำขอ"),
    "office": N_("หน่วยงานที่พิจารณา"),
}


def check_reason(outcome: Outcome, reason: str) -> None:
    """A no without a reason is no decision; a reason must not carry a national ID into a mail."""
    if outcome != Outcome.APPROVED and len(reason.strip()) < SHORTEST_REASON:
        raise Refusal(N_("โปรดระบุเหตุผลให้ผู้ขอเข้าใจ อย่างน้อย 10 ตัวอักษร"), code="reason", status=422)
    check_no_national_id(reason, "reason")


def check_no_national_id(text: str, code: str) -> None:
    """Raises `Refusal` where thirteen digits stand together, however they are grouped."""
    if holds_national_id(text):
        raise Refusal(N_("โปรดอย่าใส่เลขประจำตัวประชาชนในเหตุผล"), code=code, status=422)


def check_code(outcome: Outcome, code: str) -> None:
    """Raises `Refusal` for a code that does not go with the outcome; an approval has none."""
    if code not in REASONS[outcome] and not (outcome == Outcome.APPROVED and not code):
        message = N_("โปรดเลือกประเภทเหตุผลที่ใช้กับผลนี้ได้") if REASONS[outcome] else N_("การอนุมัติไม่ต้องเลือกประเภทเหตุผล")
        raise Refusal(message, code="reason_code", status=422)


def usual_items(code: str, offered: Collection[str]) -> list[str]:
    """What a ready answer with this reason sends back, of what this case offers; the reviewer may choose otherwise."""
    if code in OF_PAPERS:
        return [name for name in offered if name.startswith(DOCUMENT)]
    usual = {field.value for field in ITEMS.get(Reason(code), ())} if code else set()
    return [name for name in offered if name in usual]


def faults(outcome: Outcome, reason: str, code: str, mail_text: str) -> list[Refusal]:
    """Everything that is wrong with what is said, so that nobody is told of one fault a round."""
    checks: tuple[Callable[[], object], ...] = (
        lambda: check_reason(outcome, reason),
        lambda: check_code(outcome, code),
        lambda: check_no_national_id(mail_text, "mail_text"),
        lambda: fill(mail_text, dict.fromkeys(PLACES, "")),
    )
    return refusals(*checks)


def refusals(*checks: Callable[[], object]) -> list[Refusal]:
    """What each of several checks refuses."""
    found = []
    for check in checks:
        try:
            check()
        except Refusal as refusal:
            found.append(refusal)
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled. The values are put in as they are and not looked through again.

    Raises `Refusal` for a place that is not one of `PLACES`, or a brace that stands alone: a mail with a hole in it
    cannot be called back.
    """
    for inner in [*re.findall(r"\{([^{}]*)\}", text), *re.findall(r"[{}]", re.sub(r"\{[^{}]*\}", "", text))]:
        if inner not in PLACES:
            known = ", ".join(f"{{{each}}}" for each in PLACES)
            raise Refusal(
                N_("ใช้ “%(place)s” แทนข้อมูลของผู้ขอไม่ได้ ในวงเล็บปีกกาโปรดใช้เฉพาะ %(known)s"),
                place=inner[:40],
                known=known,
                code="mail_text",
                status=422,
            )
    return re.sub(r"\{([^{}]*)\}", lambda found: values[found[1]], text)


@dataclass(frozen=True)
class ReplyText:
    """A ready answer: what it is called, for which outcome and reason, the words for the screen and for the mail."""

    name: str
    outcome: str
    reason_code: str
    reason: str
    mail_text: str = ""


# What is sent is Thai, whatever language the reviewer reads in; only the names are translated.
STANDARD_ANSWERS = (
    ReplyText(
        N_("ภาพเอกสารไม่ชัด"),
        Outcome.RETURNED,
        Reason.UNREADABLE,
        "ภาพเอกสารไม่ชัด โปรดถ่ายใหม่ให้เห็นครบทั้งหน้าและอ่านออก",
        "วางเอกสารบนพื้นเรียบในที่สว่าง ถ่ายตรงจากด้านบนให้เห็นครบทั้งสี่มุม แล้วตรวจภาพก่อนส่ง\nหากมีเครื่องสแกน แนบไฟล์ PDF จะชัดกว่าภาพถ่าย",
    ),
    ReplyText(
        N_("เอกสารไม่แสดงตำแหน่งปัจจุบัน"),
        Outcome.RETURNED,
        Reason.EXPIRED,
        "เอกสารไม่แสดงว่าท่านสังกัดหน่วยงานนี้ในปัจจุบัน โปรดแนบคำสั่งล่าสุด",
        "แนบคำสั่งบรรจุ แต่งตั้ง หรือย้ายฉบับล่าสุดที่แสดงชื่อท่านกับ {unit}",
    ),
    ReplyText(
        N_("ชื่อหรือตำแหน่งไม่ตรงกับเอกสาร"),
        Outcome.RETURNED,
        Reason.MISMATCH,
        "ชื่อหรือตำแหน่งที่กรอกไม่ตรงกับเอกสาร โปรดแก้ไขให้ตรงกัน",
    ),
    ReplyText(
        N_("เลือกหน่วยงานผิดระดับ"),
        Outcome.RETURNED,
        Reason.WRONG_UNIT,
        "ท่านเลือกหน่วยงานไม่ตรงกับเอกสาร โปรดเลือกหน่วยงานที่ท่านสังกัดจริง",
    ),
    ReplyText(
        N_("ไม่ใช่บุคลากรของหน่วยงาน"),
        Outcome.REJECTED,
        Reason.NOT_STAFF,
        "ตรวจสอบแล้วไม่พบว่าท่านเป็นบุคลากรของหน่วยงานนี้",
        "หากท่านเพิ่งบรรจุหรือย้ายมา {unit} โปรดติดต่องานบุคคลของหน่วยงาน แล้วส่งคำขอใหม่พร้อมคำสั่ง",
    ),
    ReplyText(
        N_("มีบัญชีอยู่แล้ว"),
        Outcome.REJECTED,
        Reason.HAS_ACCOUNT,
        "ท่านมีบัญชีในระบบแล้ว ไม่ต้องลงทะเบียนใหม่ หากลืมให้กด “ลืมชื่อผู้ใช้หรือรหัสผ่าน” ที่หน้าเข้าสู่ระบบ",
    ),
)
