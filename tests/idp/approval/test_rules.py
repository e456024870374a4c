"""Who may decide a case, and what a decision must say."""

from datetime import date

import pytest

from idp.access.rules import Power
from idp.appointments.rules import Deciders, Term
from idp.approval.rules import Outcome, authority, check_not_own, check_reason
from idp.refusal import Forbidden, Refusal

DAY = date(2026, 11, 22)
TERM = Term(10, 1, 4, Power.SSO_ADMIN, DAY, DAY)


def test_only_a_decider_of_the_unit_has_authority() -> None:
    assert authority(Deciders(4, (TERM,)), 1) is TERM
    for deciders in (None, Deciders(4, (TERM,))):
        with pytest.raises(Forbidden):
            authority(deciders, 2)


@pytest.mark.parametrize(("own", "case", "allowed"), [(b"a", b"b", True), (None, b"b", True), (b"b", b"b", False)])
def test_nobody_decides_on_himself(own: bytes | None, case: bytes, allowed: bool) -> None:
    if allowed:
        check_not_own(own, case)
        return
    with pytest.raises(Forbidden):
        check_not_own(own, case)


@pytest.mark.parametrize(
    ("outcome", "reason", "allowed"),
    [
        (Outcome.APPROVED, "", True),
        (Outcome.APPROVED, "ตรวจแล้วถูกต้อง", True),
        (Outcome.REJECTED, "เอกสารไม่ตรงกับชื่อ", True),
        (Outcome.REJECTED, "", False),
        (Outcome.REJECTED, "ไม่ผ่าน", False),
        (Outcome.REJECTED, "เลข 9990000001002 ไม่ตรงกับบัตร", False),
        (Outcome.REJECTED, "เลข ๙-๙๙๐๐-๐๐๐๐๑-๐๐-๒ ไม่ตรงกับบัตร", False),
        (Outcome.REJECTED, "โทรติดต่อ 056 123 456 ในเวลาราชการ", True),
    ],
)
def test_a_refusal_says_why_and_no_reason_holds_a_national_id(outcome: Outcome, reason: str, allowed: bool) -> None:
    if allowed:
        check_reason(outcome, reason)
        return
    with pytest.raises(Refusal) as refused:
        check_reason(outcome, reason)
    assert refused.value.code == "reason"
