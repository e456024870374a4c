"""Which acts there are, in which state each is possible, and which offices may help whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from idp.accounts.rules import Status, holds_national_id
from thai_web.refusal import N_, Conflict, Refusal

SHORTEST_REASON = 10


class Act(StrEnum):
    """What a helper can do; the value is the page's path."""

    UNLOCK = "unlock"
    RECOVER = "recover"
    CHANGE_MAILBOX = "mailbox"
    END_SESSIONS = "end-sessions"
    CORRECT = "correct"
    CORRECT_POSITION = "correct-position"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    END_POSTING = "end-posting"
    ANNUL_POSTING = "never-worked-here"
    GIVE_ROLE = "give-role"
    END_ROLE = "end-role"


class State(StrEnum):
    """How a person stands in a unit."""

    WORKING = "WORKING"
    SUSPENDED = "SUSPENDED"
    LEFT = "LEFT"
    LEFT_SUSPENDED = "LEFT_SUSPENDED"


PRESENT = frozenset({State.WORKING, State.SUSPENDED})  # what hangs on the posting counts for these alone
STATE_NAMES = {
    State.WORKING: N_("ใช้งานได้"),
    State.SUSPENDED: N_("ระงับอยู่"),
    State.LEFT: N_("พ้นหน่วยงานแล้ว"),
    State.LEFT_SUSPENDED: N_("พ้นหน่วยงานแล้ว และระงับอยู่"),
}
ENDING = frozenset({Act.END_POSTING, Act.ANNUL_POSTING, Act.END_ROLE})
# The whole table; what is not here is refused. Who left is no longer this unit's to deal with, but a suspension that
# the unit spoke can still be taken back by whoever answers for it.
POSSIBLE = {
    State.WORKING: frozenset(Act) - {Act.REINSTATE},
    State.SUSPENDED: ENDING | {Act.REINSTATE},
    State.LEFT: frozenset[Act](),
    State.LEFT_SUSPENDED: frozenset({Act.REINSTATE}),
}
# Acts on the account as a whole: who also works elsewhere is not stopped from here alone.
WHOLE = frozenset({Act.SUSPEND, Act.REINSTATE, Act.CORRECT, Act.CHANGE_MAILBOX})
# What takes something away, gives it back or puts something else in its place says why.
NEEDS_REASON = frozenset(Act) - {Act.UNLOCK, Act.RECOVER, Act.GIVE_ROLE}


class Datum(StrEnum):
    """What a helper may correct; the value is the column's name."""

    TITLE = "title"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    PHONE = "phone"
    POSITION = "position"


FIELD_NAMES = {
    Datum.TITLE: N_("คำนำหน้าชื่อ"),
    Datum.GIVEN_NAME: N_("ชื่อ"),
    Datum.FAMILY_NAME: N_("นามสกุล"),
    Datum.PHONE: N_("โทรศัพท์"),
    Datum.POSITION: N_("ตำแหน่ง"),
}


@dataclass(frozen=True)
class Words:
    """An act in words: its name, what it brings about, and what is said when it is done."""

    name: str
    effect: str
    done: str


WORDS = {
    Act.UNLOCK: Words(
        N_("ปลดล็อกการเข้าสู่ระบบ"),
        N_("ล้างจำนวนครั้งที่กรอกรหัสผิด เจ้าของบัญชีลองเข้าสู่ระบบได้ทันที รหัสผ่านไม่เปลี่ยน"),
        N_("ปลดล็อกแล้ว"),
    ),
    Act.RECOVER: Words(
        N_("ส่งลิงก์ตั้งรหัสผ่านใหม่"),
        N_("ส่งไปที่อีเมลของเจ้าของบัญชี ท่านไม่เห็นลิงก์และไม่ต้องรู้รหัสผ่าน ผู้ที่ยืนยันด้วย ThaID แล้วจะได้คำแนะนำให้ใช้ ThaID"),
        N_("ส่งอีเมลถึงเจ้าของบัญชีแล้ว"),
    ),
    Act.CHANGE_MAILBOX: Words(
        N_("แจ้งเปลี่ยนอีเมล"),
        N_(
            "ใช้เมื่อเจ้าของบัญชีเปิดอีเมลเดิมไม่ได้แล้ว ระบบแจ้งเจ้าของบัญชีทางอีเมลเดิมและในหน้าของเจ้าของบัญชี "
            "เจ้าของบัญชียกเลิกได้ภายใน 24 ชั่วโมง เมื่อครบแล้ว ระบบส่งลิงก์ตั้งรหัสผ่านไปที่อีเมลใหม่"
        ),
        N_("แจ้งเปลี่ยนอีเมลแล้ว จะมีผลใน 24 ชั่วโมง หากเจ้าของบัญชีไม่ยกเลิก"),
    ),
    Act.CORRECT: Words(
        N_("แก้ไขชื่อหรือโทรศัพท์"),
        N_("เจ้าของบัญชีได้รับอีเมลบอกข้อมูลเดิมและข้อมูลใหม่"),
        N_("แก้ไขข้อมูลแล้ว"),
    ),
    Act.CORRECT_POSITION: Words(
        N_("แก้ไขตำแหน่ง"),
        N_("เจ้าของบัญชีได้รับอีเมลบอกตำแหน่งเดิมและตำแหน่งใหม่ ระบบที่เชื่อมโยงเห็นตำแหน่งใหม่ในการเข้าใช้ครั้งถัดไป"),
        N_("แก้ไขตำแหน่งแล้ว"),
    ),
    Act.END_SESSIONS: Words(
        N_("ให้ออกจากระบบทุกเครื่อง"),
        N_("การเข้าสู่ระบบสิ้นสุดทันทีทุกเครื่อง รวมถึงในระบบที่เชื่อมโยง ลิงก์ในอีเมลที่ส่งไปก่อนหน้านี้ใช้ไม่ได้ แต่เข้าสู่ระบบใหม่ได้"),
        N_("ให้ออกจากระบบทุกเครื่องแล้ว"),
    ),
    Act.SUSPEND: Words(
        N_("ระงับบัญชี"),
        N_("เข้าสู่ระบบไม่ได้ทุกระบบ จนกว่าจะยกเลิกการระงับ ข้อมูลและสิทธิ์เดิมยังอยู่"),
        N_("ระงับบัญชีแล้ว"),
    ),
    Act.REINSTATE: Words(
        N_("ยกเลิกการระงับบัญชี"),
        N_("เข้าสู่ระบบได้อีกครั้ง ด้วยสิทธิ์ที่ยังมีผลอยู่"),
        N_("ยกเลิกการระงับแล้ว"),
    ),
    Act.END_POSTING: Words(
        N_("แจ้งพ้นจากหน่วยงาน"),
        N_("สังกัดและสิทธิ์ในระบบของหน่วยงานนี้สิ้นสุดหลังวันที่กรอก บัญชียังอยู่ เจ้าของขอสังกัดใหม่ได้"),
        N_("บันทึกการพ้นจากหน่วยงานแล้ว"),
    ),
    Act.ANNUL_POSTING: Words(
        N_("แจ้งว่าไม่เคยทำงานที่นี่"),
        N_(
            "ถือว่าผู้นี้ไม่เคยสังกัดหน่วยงานนี้ สิทธิ์และการเข้าสู่ระบบสิ้นสุดทันที หากไม่มีสังกัดอื่น บัญชีจะถูกระงับ "
            "ระบบแจ้งหน่วยงานที่กำกับและ สถ. ให้ตรวจสอบ"
        ),
        N_("บันทึกแล้ว และแจ้งหน่วยงานที่กำกับและ สถ. แล้ว"),
    ),
    Act.GIVE_ROLE: Words(
        N_("เพิ่มสิทธิ์ในระบบ"),
        N_("ใช้สิทธิ์ได้ตั้งแต่การเข้าใช้ระบบครั้งถัดไป จนถึงวันสิ้นสุด หรือจนพ้นจากหน่วยงาน"),
        N_("เพิ่มสิทธิ์แล้ว"),
    ),
    Act.END_ROLE: Words(
        N_("ยกเลิกสิทธิ์ในระบบ"),
        N_("ใช้สิทธิ์นี้ไม่ได้อีกเมื่อพ้นวันที่กรอก หากไม่กรอก มีผลทันที"),
        N_("ยกเลิกสิทธิ์แล้ว"),
    ),
}


def state(status: str, ends_on: date | None, today: date) -> State:
    """How somebody stands whose posting ends, or ended, on a day."""
    has_left = ends_on is not None and ends_on < today
    if status == Status.ACTIVE:
        return State.LEFT if has_left else State.WORKING
    return State.LEFT_SUSPENDED if has_left else State.SUSPENDED


def check_possible(found: State, act: Act) -> None:
    """Raises `Conflict`, telling how the person stands, for an act that is not possible: somebody was first."""
    if act not in POSSIBLE[found]:
        raise Conflict(
            N_("ทำรายการนี้ไม่ได้ เพราะสถานะของบุคคลนี้เปลี่ยนไปแล้ว"),
            next_step=N_("โปรดเปิดหน้าของบุคคลนี้ใหม่เพื่อดูสถานะล่าสุด"),
            code=f"person_{found.lower()}",
        )


def offices(
    chain: Sequence[int], powers: Collection[Sequence[int]], stopped_by: Sequence[int] | None = None
) -> list[int]:
    """The offices that may help a person of the first unit of `chain`, nearest first; who of them does is for
    `appointments.rules.deciders` to tell.

    A helper stands strictly above every place where the person holds a power: nobody deals with a colleague of equal
    power or with somebody above. Only at DLA, above which there is nothing, another officer helps. What an office
    stopped, only it or one above it lets go on.

    Arguments: `chain`, unit ids from the unit up to DLA; `powers`, the same from each unit where the person holds a
    power; `stopped_by`, the same from the office that suspended them, for taking that back.
    """
    found = [office for office in chain if all(office in (above[1:] or above) for above in powers)]
    return found if stopped_by is None else [office for office in found if office in stopped_by]


def check_reason(reason: str) -> None:
    """Raises `Refusal` for a reason that says too little, or that holds a national ID: it is read in mails."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal(N_("โปรดระบุเหตุผลให้เจ้าของบัญชีเข้าใจ อย่างน้อย 10 ตัวอักษร"), code="reason", status=422)
    if holds_national_id(reason):
        raise Refusal(N_("โปรดอย่าใส่เลขประจำตัวประชาชนในเหตุผล"), code="reason", status=422)


def check_last_day(last_day: date, starts_on: date, today: date) -> None:
    """Raises `Refusal` for a last day before the posting began, or further off than anybody plans."""
    if last_day < starts_on:
        raise Refusal(
            N_("วันสุดท้ายต้องไม่อยู่ก่อนวันที่เริ่มสังกัด หากไม่เคยทำงานที่นี่ โปรดใช้รายการ “แจ้งว่าไม่เคยทำงานที่นี่”"),
            code="last_day",
            status=422,
        )
    if last_day > today.replace(year=today.year + 2, day=1):
        raise Refusal(N_("โปรดกรอกวันสุดท้ายล่วงหน้าได้ไม่เกิน 2 ปี"), code="last_day", status=422)


def check_end(ends_on: date | None, today: date) -> None:
    """Raises `Refusal` for a role that would be over before it begins."""
    if ends_on is not None and ends_on < today:
        raise Refusal(N_("วันสิ้นสุดต้องไม่ใช่วันที่ผ่านมาแล้ว"), code="ends_on", status=422)


def check_seen(seen: str, updated_at: datetime) -> None:
    """Raises `Conflict` when the account changed since the page was opened."""
    if seen != updated_at.isoformat():
        raise Conflict(
            N_("ข้อมูลของบุคคลนี้เปลี่ยนไปหลังจากท่านเปิดหน้านี้"),
            next_step=N_("โปรดเปิดหน้านี้ใหม่ ตรวจสอบข้อมูลล่าสุด แล้วทำรายการอีกครั้ง"),
            code="person_stale",
        )


def mask_address(address: str) -> str:
    """Enough of an address for its owner to recognise it."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


class Invited(StrEnum):
    """How an invitation stands."""

    OPEN = "OPEN"
    EXPIRED = "EXPIRED"
    ACCEPTED = "ACCEPTED"
    OTHER = "OTHER"
    REVOKED = "REVOKED"


INVITED_NAMES = {
    Invited.OPEN: N_("รอตอบรับ"),
    Invited.EXPIRED: N_("หมดอายุ"),
    Invited.ACCEPTED: N_("ตอบรับแล้ว"),
    Invited.OTHER: N_("ผู้อื่นใช้ลิงก์"),
    Invited.REVOKED: N_("ถอนแล้ว"),
}


def invited(outcome: str | None, expires_at: datetime, now: datetime, *, by_another: bool = False) -> Invited:
    """An invitation that nobody used or took back runs out by itself.

    Arguments: `by_another`, whether who used it is not who was invited.
    """
    if by_another:
        return Invited.OTHER
    if outcome is not None:
        return Invited(outcome)
    return Invited.OPEN if now < expires_at else Invited.EXPIRED
