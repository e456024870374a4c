"""Who may decide a case, and when it can be taken up."""

from idp.appointments.rules import Deciders, Term
from idp.refusal import N_, Conflict, Forbidden
from idp.registration.rules import REFUSED, State


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


def check_waiting(state: State) -> None:
    """Raises `Conflict`, telling the present state, for a case that waits for no decision (any more)."""
    if state != State.SUBMITTED:
        raise Conflict(REFUSED[state], code=f"registration_{state.lower()}")
