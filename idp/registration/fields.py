"""Which answers an applicant may change now, and what a version holds; pure, as `rules`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from idp.registration.rules import EDITABLE, State, Step
from thai_web.refusal import N_, Forbidden, Refusal

DOCUMENT = "document:"


class Field(StrEnum):
    """An answer that a reviewer can name when they send a request back."""

    NAME = "name"
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"
    UNIT = "unit"
    POSITION = "position"
    ROLES = "roles"
    DOCUMENTS = "documents"


FIELD_NAMES = {
    Field.NAME: N_("ชื่อ-นามสกุล"),
    Field.NATIONAL_ID: N_("เลขประจำตัวประชาชน"),
    Field.PHONE: N_("โทรศัพท์"),
    Field.EMAIL: N_("อีเมล"),
    Field.UNIT: N_("หน่วยงาน"),
    Field.POSITION: N_("ตำแหน่ง"),
    Field.ROLES: N_("สิทธิ์ที่ขอ"),
    Field.DOCUMENTS: N_("เอกสารที่ต้องแนบเพิ่ม"),
}
ASKED_IN = {
    Field.NAME: Step.PERSON,
    Field.NATIONAL_ID: Step.PERSON,
    Field.PHONE: Step.PERSON,
    Field.EMAIL: Step.EMAIL,
    Field.UNIT: Step.UNIT,
    Field.POSITION: Step.POSITION,
    Field.ROLES: Step.POSITION,
    Field.DOCUMENTS: Step.EVIDENCE,
}
IDENTITY = frozenset({Field.NAME, Field.NATIONAL_ID})
# Another unit may offer other roles, and other roles may ask for other documents.
OPENS = {
    Field.UNIT: frozenset({Field.UNIT, Field.ROLES, Field.DOCUMENTS}),
    Field.ROLES: frozenset({Field.ROLES, Field.DOCUMENTS}),
}


class Purpose(StrEnum):
    """What a request is for; all but the first are asked by somebody who has an account."""

    NEW = "NEW"
    ROLES = "ROLES"
    POSTING = "POSTING"
    MOVE = "MOVE"


PURPOSE_NAMES = {
    Purpose.NEW: N_("ลงทะเบียนผู้ใช้ใหม่"),
    Purpose.ROLES: N_("ขอสิทธิ์ในระบบเพิ่ม"),
    Purpose.POSTING: N_("ขอเพิ่มสังกัดอีกหน่วยงาน"),
    Purpose.MOVE: N_("แจ้งย้ายหน่วยงาน"),
}
ASKS = {
    Purpose.NEW: frozenset(Field),
    Purpose.ROLES: frozenset({Field.ROLES, Field.DOCUMENTS}),
    Purpose.POSTING: frozenset({Field.UNIT, Field.POSITION, Field.ROLES, Field.DOCUMENTS}),
    Purpose.MOVE: frozenset({Field.UNIT, Field.POSITION, Field.ROLES, Field.DOCUMENTS}),
}


def correctable(purpose: Purpose, *, proven: bool) -> frozenset[Field]:
    """The answers that belong to the applicant: what ThaID or the account says is not theirs to change."""
    return ASKS[purpose] - IDENTITY if proven else ASKS[purpose]


def editable(
    state: State, purpose: Purpose, *, proven: bool, to_correct: Collection[str] = ()
) -> tuple[frozenset[Field], frozenset[int]]:
    """The answers open to change now, and the sent documents that may be taken out.

    A draft is open altogether; of a request that was sent back only what the reviewer named (`to_correct`).
    """
    own = correctable(purpose, proven=proven)
    if state == State.DRAFT:
        return own, frozenset()
    if state not in EDITABLE:
        return frozenset(), frozenset()
    documents = frozenset(int(name.removeprefix(DOCUMENT)) for name in to_correct if name.startswith(DOCUMENT))
    named = {Field(name) for name in to_correct if not name.startswith(DOCUMENT)}
    opened = frozenset().union(*(OPENS.get(field, frozenset({field})) for field in named))
    if documents:
        opened |= {Field.DOCUMENTS}
    return frozenset(opened & own), documents


def check_open(opened: frozenset[Field], wanted: Collection[Field]) -> None:
    """Raises `Forbidden` for an answer that is not open: the page hides it, the server enforces it."""
    if not set(wanted) <= opened:
        raise Forbidden(
            N_("ข้อนี้แก้ไขไม่ได้ แก้ไขได้เฉพาะข้อที่ผู้พิจารณาระบุไว้"),
            next_step=N_("โปรดกลับไปหน้าความคืบหน้าของคำขอ ระบบแสดงเฉพาะข้อที่แก้ไขได้"),
            code="field_closed",
        )


def check_named(to_correct: Collection[str], fields: Collection[Field], documents: Collection[int]) -> list[str]:
    """What a reviewer named, in a stable order. Raises `Refusal` when that is nothing, or not theirs to change."""
    offered = [*(field.value for field in Field if field in fields), *(f"{DOCUMENT}{each}" for each in documents)]
    if not to_correct or not set(to_correct) <= set(offered):
        raise Refusal(N_("โปรดเลือกข้อที่ให้ผู้ขอแก้ไข อย่างน้อย 1 ข้อ"), code="to_correct", status=422)
    return [name for name in offered if name in set(to_correct)]


@dataclass(frozen=True)
class Change:
    """An answer that differs between two versions."""

    field: Field
    before: object
    after: object


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """What differs between the answers of two versions, in the order of the questions."""
    return [
        Change(field, before.get(field), after.get(field)) for field in Field if before.get(field) != after.get(field)
    ]
