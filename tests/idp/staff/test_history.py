"""What one act held is told once, and what belongs to another act stands apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from idp.staff.history import Happening, by_act

AT = datetime(2026, 11, 24, 3, 0, 40, tzinfo=UTC)
ONE = Happening(AT, "เปิดดูเอกสาร", None, "นางวิไล ดูแลดี", False, None, "พช 1/2", "")


def test_events_of_one_act_are_told_once_with_their_number() -> None:
    earlier = [replace(ONE, at=AT - timedelta(seconds=seconds), told="เริ่มสังกัด") for seconds in (5, 9)]
    [act] = by_act([ONE, *earlier])
    assert act.told == [("เปิดดูเอกสาร", 1), ("เริ่มสังกัด", 2)]
    assert act.last is ONE


@pytest.mark.parametrize(
    "other",
    [
        {"at": AT - timedelta(minutes=1)},
        {"who": "นายประสิทธิ์ จังหวัดดี"},
        {"is_own": True},
        {"letter": "พช 1/3"},
        {"reason": "เอกสารไม่ชัด"},
    ],
)
def test_what_differs_in_time_person_letter_or_reason_stands_apart(other: dict[str, object]) -> None:
    assert len(by_act([ONE, replace(ONE, **other)])) == 2
