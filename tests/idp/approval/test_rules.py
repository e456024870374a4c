"""Who may decide a case, and what a decision must say."""

from datetime import date

import pytest

from idp.access.rules import Power
from idp.appointments.rules import Deciders, Term
from idp.approval.reasons import Outcome, check_code, check_reason, fill, usual_items
from idp.approval.rules import authority, check_not_own
from thai_web.refusal import Forbidden, Refusal

DAY = date(2026, 11, 22)
TERM = Term(10, 1, 4, Power.SSO_ADMIN, DAY, DAY)


def test_only_a_decider_of_the_unit_has_authority() -> None:
    assert authority([Deciders(4, (TERM,))], 1) is TERM
    for deciders in ([], [Deciders(4, (TERM,))]):
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


@pytest.mark.parametrize(
    ("outcome", "code", "allowed"),
    [
        (Outcome.APPROVED, "", True),
        (Outcome.APPROVED, "OTHER", False),
        (Outcome.RETURNED, "UNREADABLE", True),
        (Outcome.RETURNED, "NOT_STAFF", False),
        (Outcome.RETURNED, "", False),
        (Outcome.REJECTED, "NOT_STAFF", True),
        (Outcome.REJECTED, "UNREADABLE", False),
        (Outcome.REJECTED, "<script>", False),
    ],
)
def test_a_code_goes_with_its_outcome(outcome: Outcome, code: str, allowed: bool) -> None:
    if allowed:
        check_code(outcome, code)
        return
    with pytest.raises(Refusal) as refused:
        check_code(outcome, code)
    assert refused.value.code == "reason_code"


VALUES = {"name": "นาง{unit} ${x}", "unit": "อบต.สระกรวด", "reference": "R0123456789", "office": "สถจ.เพชรบูรณ์"}


@pytest.mark.attack(27)
def test_places_are_filled_once_and_what_is_put_in_is_not_looked_through_again() -> None:
    assert fill("เรียน {name} สังกัด {unit} ({reference}) โดย {office} 100%", VALUES) == (
        "เรียน นาง{unit} ${x} สังกัด อบต.สระกรวด (R0123456789) โดย สถจ.เพชรบูรณ์ 100%"
    )


@pytest.mark.attack(27)
@pytest.mark.parametrize(
    "text",
    [
        "{nmae}",
        "{}",
        "{{ 7*7 }}",
        "{% raw %}",
        "${name}{",
        "}",
        "{name!r}",
        "{name.__class__}",
        "{unit[0]}",
        "{name:>9}",
        "{0}",
        "{ name }",
        "{NAME}",
    ],
)
def test_an_unknown_place_stops_the_mail(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        fill(f"เรียน {text}", VALUES)
    assert refused.value.code == "mail_text"


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("UNREADABLE", ["document:7", "document:9"]),
        ("EXPIRED", ["document:7", "document:9"]),
        ("MISSING", ["documents"]),
        ("MISMATCH", ["position"]),
        ("CONTACT", ["phone", "email"]),
        ("WRONG_UNIT", ["unit"]),
        ("WRONG_ROLE", ["roles"]),
        ("OTHER", []),
        ("", []),
    ],
)
def test_a_ready_answer_sends_back_what_its_reason_is_about_and_what_this_case_offers(
    code: str, items: list[str]
) -> None:
    offered = ["phone", "email", "unit", "position", "roles", "documents", "document:7", "document:9"]
    assert usual_items(code, offered) == items, "a name that ThaID proved is not offered"
