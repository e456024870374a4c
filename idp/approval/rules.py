"""Who may decide a case, and what a decision must say."""

from enum import StrEnum

from idp.accounts.rules import holds_national_id
from idp.appointments.rules import Deciders, Term
from idp.refusal import N_, Forbidden, Refusal

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


def authority(deciders: Deciders | None, account_id: int) -> Term:
    """The appointment under which this account decides. Raises `Forbidden` when it is somebody else's case."""
    for term in deciders.terms if deciders else ():
        if term.account_id == account_id:
            return term
    raise Forbidden(
        N_("คำขอนี้ไม่ได้อยู่ในอำนาจพิจารณาของท่านแล้ว"),
        next_step=N_("กลับไปที่รายการคำขอ ระบบแสดงเฉพาะคำขอที่ท่านพิจารณาได้"),
        code="not_yours",
    )


def check_not_own(own_national_id: bytes | None, case_national_id: bytes) -> None:
    """Nobody decides on himself, whatever authority he holds."""
    if own_national_id is not None and own_national_id == case_national_id:
        raise Forbidden(
            N_("ท่านพิจารณาคำขอของตนเองไม่ได้"),
            next_step=N_("คำขอนี้ต้องพิจารณาโดยผู้ดูแลคนอื่นหรือหน่วยงานที่กำกับ"),
            code="own_case",
        )


def check_reason(outcome: Outcome, reason: str) -> None:
    """A no without a reason is no decision; a reason must not carry a national ID into a mail."""
    if outcome != Outcome.APPROVED and len(reason.strip()) < SHORTEST_REASON:
        raise Refusal(N_("บอกเหตุผลให้ผู้ขอเข้าใจ อย่างน้อย 10 ตัวอักษร"), code="reason", status=422)
    if holds_national_id(reason):
        raise Refusal(N_("อย่าใส่เลขประจำตัวประชาชนในเหตุผล"), code="reason", status=422)
