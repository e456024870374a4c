"""States of a registration, what may be done in each, which answers are missing, and what a typed answer may be."""

import re
import secrets
from collections.abc import Set
from datetime import timedelta
from enum import StrEnum

from thai_web.normalisation import mend_code
from thai_web.refusal import N_, Conflict, Refusal

PRIVACY_NOTICE = "2569.2"
DRAFT_LIFETIME = timedelta(days=14)
LINK_LIFETIME = timedelta(days=90)
USUAL_OVER = timedelta(days=180)
MOST_DOCUMENTS = 10


class State(StrEnum):
    """Where a registration stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


EDITABLE = frozenset({State.DRAFT, State.RETURNED})
OPEN = EDITABLE | {State.SUBMITTED}
DECIDED = (State.APPROVED, State.REJECTED)


class WayIn(StrEnum):
    """By what a request is opened to somebody who came by the mailbox alone, which others may read, too."""

    ACCOUNT = "account"
    THAID = "thaid"
    NUMBER = "number"
    ANEW = "anew"


def way_in(*, has_account: bool, proven: bool, has_number: bool) -> WayIn:
    """Who has an account signs in; who was proven by ThaID comes by it; else the national ID is asked for. Where no
    number stands yet, nothing can be asked: the draft stays with the browser that began it, and who reads the mailbox
    goes on with a draft of their own."""
    if has_account:
        return WayIn.ACCOUNT
    if proven:
        return WayIn.THAID
    return WayIn.NUMBER if has_number else WayIn.ANEW


class Action(StrEnum):
    """What can be done to one."""

    EDIT = "EDIT"
    SUBMIT = "SUBMIT"
    WITHDRAW = "WITHDRAW"
    APPROVE = "APPROVE"
    RETURN = "RETURN"
    REJECT = "REJECT"
    LAPSE = "LAPSE"
    REOPEN = "REOPEN"


class Outcome(StrEnum):
    """How a decision ends; a state of the same name follows."""

    APPROVED = "APPROVED"
    RETURNED = "RETURNED"
    REJECTED = "REJECTED"


# The whole state machine; what is not here is refused.
FOLLOWS = {
    (State.DRAFT, Action.EDIT): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.RETURN): State.RETURNED,
    (State.SUBMITTED, Action.REJECT): State.REJECTED,
    (State.RETURNED, Action.EDIT): State.RETURNED,
    (State.RETURNED, Action.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Action.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Action.LAPSE): State.LAPSED,
    # What an approval gave is taken back from the account, not by reopening the request.
    (State.REJECTED, Action.REOPEN): State.SUBMITTED,
}
DECIDES = {
    Outcome.APPROVED: Action.APPROVE,
    Outcome.RETURNED: Action.RETURN,
    Outcome.REJECTED: Action.REJECT,
}
REFUSED = {
    State.DRAFT: N_("คำขอนี้ยังกรอกไม่เสร็จและยังไม่ได้ส่ง"),
    State.SUBMITTED: N_("คำขอนี้ส่งแล้วและกำลังรอพิจารณา"),
    State.RETURNED: N_("คำขอนี้ส่งกลับให้ผู้ขอแก้ไขแล้ว"),
    State.APPROVED: N_("คำขอนี้ได้รับอนุมัติไปแล้ว"),
    State.REJECTED: N_("คำขอนี้ไม่ได้รับอนุมัติ"),
    State.WITHDRAWN: N_("ผู้ขอถอนคำขอนี้ไปแล้ว"),
    State.LAPSED: N_("คำขอนี้ปิดแล้ว เพราะส่งกลับแล้วไม่ได้แก้ไขภายในเวลา"),
}
STATE_NAMES = {
    State.DRAFT: N_("ยังไม่ได้ส่ง"),
    State.SUBMITTED: N_("รอพิจารณา"),
    State.RETURNED: N_("ส่งกลับให้แก้ไข"),
    State.APPROVED: N_("อนุมัติ"),
    State.REJECTED: N_("ไม่อนุมัติ"),
    State.WITHDRAWN: N_("ถอนคำขอแล้ว"),
    State.LAPSED: N_("ปิดเพราะไม่ได้แก้ไข"),
}


def after(state: State, action: Action) -> State:
    """The state that follows. Raises `Conflict`, telling the present state, when the action is not possible in it."""
    following = FOLLOWS.get((state, action))
    if following is None:
        raise Conflict(
            REFUSED[state], next_step=N_("โปรดเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด"), code=f"registration_{state.lower()}"
        )
    return following


class Step(StrEnum):
    """The questions, in their order; the value is the page's name and path."""

    PERSON = "person"
    EMAIL = "email"
    UNIT = "unit"
    POSITION = "position"
    EVIDENCE = "evidence"


STEP_NAMES = {
    Step.PERSON: N_("ข้อมูลส่วนบุคคล"),
    Step.EMAIL: N_("อีเมล"),
    Step.UNIT: N_("หน่วยงาน"),
    Step.POSITION: N_("ตำแหน่งและระบบที่ขอใช้"),
    Step.EVIDENCE: N_("เอกสารหลักฐาน"),
}


def next_step(done: Set[Step]) -> Step | None:
    """The first question without an answer; None when all are answered and the person can check and send."""
    return next((step for step in Step if step not in done), None)


def check_complete(done: Set[Step]) -> None:
    """Raises `Refusal` while a question is open."""
    if next_step(done) is not None:
        raise Refusal(
            N_("ยังกรอกข้อมูลไม่ครบ จึงยังส่งคำขอไม่ได้"),
            next_step=N_("โปรดกลับไปหน้าความคืบหน้าของคำขอ แล้วกรอกข้อที่ยังไม่เสร็จ"),
            code="registration_incomplete",
        )


def owner(registration_id: int) -> str:
    """The name under which the vault keeps a registration's documents."""
    return f"registration:{registration_id}"


def check_room(documents: int) -> None:
    """Raises `Refusal` when a registration already holds as many documents as it may."""
    if documents >= MOST_DOCUMENTS:
        raise Refusal(N_("แนบเอกสารได้ไม่เกิน %(most)s รายการ โปรดลบรายการที่ไม่ใช้ก่อน"), most=MOST_DOCUMENTS, status=422)


# Crockford's base 32: no letter that is mistaken for a digit when it is read out over the telephone.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110")


def new_reference() -> str:
    """`R` and ten characters at random: short enough to write down, too many to try."""
    return "R" + "".join(secrets.choice(LETTERS) for _ in range(10))


def normalise_reference(text: str) -> str:
    """A reference as typed from paper: any case and digits, spaces and dashes, letters mistaken for digits."""
    return re.sub(r"[^0-9A-Z]", "", mend_code(text).upper()).translate(MISREAD)


def read_version(text: str) -> int:
    """The version that a page carried in a hidden field; 0, which no case has, for anything else."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
