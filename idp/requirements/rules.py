"""Which requirements a request meets; pure, so that a table of cases tells it all."""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Protocol

from thai_web.refusal import N_, Refusal

OTHER = "other"  # what fits no kind may be attached too; it meets no requirement
MOST_FILES = 10
CODE = re.compile("[a-z][a-z0-9_]{1,39}")


class AskedOf(StrEnum):
    """Whom a requirement concerns, by how the person is known."""

    EVERYBODY = "EVERYBODY"
    BY_HAND = "BY_HAND"  # name and number were typed: the papers must show who it is
    KNOWN = "KNOWN"  # ThaID or an account vouches for the person


ASKED_OF_NAMES = {
    AskedOf.EVERYBODY: N_("ทุกคน"),
    AskedOf.BY_HAND: N_("ผู้ที่กรอกข้อมูลด้วยตนเอง ไม่ได้ยืนยันด้วย ThaID"),
    AskedOf.KNOWN: N_("ผู้ที่ยืนยันด้วย ThaID หรือมีบัญชีอยู่แล้ว"),
}


class Requirement(Protocol):
    """What the rules need to know of one: whom it concerns, and the kinds of which one document is enough.

    No unit kinds: those of every kind. A role: only those who ask for it.
    """

    asked_of: str
    unit_kinds: list[str]
    role_id: int | None
    kinds: list[str]


def concerns(
    requirement: Requirement, *, unit_kind: str, role_ids: Collection[int], known: bool, further: bool
) -> bool:
    """Whether a request is asked for it. `known`: ThaID or an account vouches for the person; `further`: the office
    and the posting are proven already, so that only what hangs on a role is asked."""
    asked_of = AskedOf.KNOWN if known else AskedOf.BY_HAND
    return (
        requirement.asked_of in (AskedOf.EVERYBODY, asked_of)
        and (not requirement.unit_kinds or unit_kind in requirement.unit_kinds)
        and (requirement.role_id in role_ids if requirement.role_id is not None else not further)
    )


def is_met(requirement: Requirement, attached: Collection[str]) -> bool:
    """Whether one of the kinds attached is enough for it; a document may serve several requirements."""
    return not set(requirement.kinds).isdisjoint(attached)


def check_fits(most_files: int, most_pages: int, *, files: int, pages: int) -> None:
    """Raises `Refusal` for one more file of a kind that has `files` already, or for a file of too many pages."""
    if files >= most_files:
        raise Refusal(
            N_("เอกสารชนิดนี้แนบได้ไม่เกิน %(most)s ไฟล์ โปรดลบหรือเปลี่ยนไฟล์เดิม"), most=most_files, code="files", status=422
        )
    if pages > most_pages:
        raise Refusal(
            N_("ไฟล์นี้มี %(pages)s หน้า เอกสารชนิดนี้แนบได้ไม่เกิน %(most)s หน้า โปรดแนบเฉพาะหน้าที่เกี่ยวข้อง"),
            pages=pages,
            most=most_pages,
            code="pages",
            status=422,
        )


def check_code(code: str, taken: Iterable[str]) -> None:
    """Raises `Refusal` for a code that cannot be one, or is another kind's."""
    if not CODE.fullmatch(code):
        raise Refusal(N_("รหัสใช้ตัวอักษรอังกฤษตัวเล็ก ตัวเลข และขีดล่าง ขึ้นต้นด้วยตัวอักษร เช่น staff_card"), code="code", status=422)
    if code in taken:
        raise Refusal(N_("มีชนิดเอกสารที่ใช้รหัสนี้แล้ว"), code="code", status=422)


def check_retirable(code: str, requirements: Iterable[Requirement]) -> None:
    """Raises `Refusal` while a requirement still names the kind: it could be met by nothing, or by less than meant."""
    if code == OTHER or any(code in requirement.kinds for requirement in requirements):
        raise Refusal(
            N_("ยังมีข้อกำหนดที่ใช้เอกสารชนิดนี้ จึงเลิกใช้ไม่ได้"),
            next_step=N_("โปรดแก้ไขหรือลบข้อกำหนดนั้นก่อน"),
            code="retired",
            status=422,
        )
