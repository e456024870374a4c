"""The pages of periods."""

import re

import pytest
import time_machine

from tests.browsing import text_of
from tests.relying_party_example.browsing import send
from tests.relying_party_example.conftest import SignIn
from tests.relying_party_example.people import CLERK, DLA_OFFICER


def test_everybody_reads_the_dates_and_the_reason(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    assert "ไตรมาสที่ 1 ปีงบประมาณ พ.ศ. 2570" in text_of(client.get("/periods/"))
    page = text_of(client.get("/periods/2570-1"))
    assert "30 ธันวาคม 2569" in page
    assert "ทดลองใช้" in page
    assert "ขยายเวลา" not in page


def test_a_period_manager_extends_with_a_reason(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(DLA_OFFICER)
    page = client.get("/periods/2570-1/extend")
    refused = send(client, page, {"scope": "ALL", "until-day": "๕", "until-month": "มกราคม", "until-year": "๒๕๗๐"})
    assert refused.status_code == 422
    assert "ระบุเหตุผลที่ขยายเวลา" in text_of(refused)
    assert 'value="๕"' in refused.get_data(as_text=True)
    done = send(client, refused, {"reason": "น้ำท่วมหลายจังหวัด", "scope": "ALL"})
    assert done.status_code == 303
    assert "5 มกราคม 2570" in text_of(client.get("/periods/2570-1"))


def test_what_the_rules_object_to_keeps_what_was_typed(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(DLA_OFFICER)
    typed = {
        "scope": "UNIT",
        "code": "999999",
        "until-day": "31",
        "until-month": "1",
        "until-year": "2570",
        "reason": "ก",
    }
    refused = send(client, client.get("/periods/2570-1/extend"), typed | {"reason": "น้ำท่วม"})
    assert refused.status_code == 422
    assert "ไม่พบจังหวัดหรือหน่วยงาน" in text_of(refused)
    assert 'value="999999"' in refused.get_data(as_text=True)


def test_an_unknown_code_and_a_day_too_early_are_told_at_once_beside_their_fields(
    clock_set: time_machine.Traveller, sign_in: SignIn
) -> None:
    client = sign_in(DLA_OFFICER)
    typed = {"scope": "UNIT", "code": "999999", "until-day": "1", "until-month": "1", "until-year": "2570"}
    refused = send(client, client.get("/periods/2570-1/extend"), typed).get_data(as_text=True)
    told = {"code": "ไม่พบจังหวัดหรือหน่วยงาน", "until": "ต้องอยู่หลังวันปิดงวด", "reason": "ระบุเหตุผลที่ขยายเวลา"}
    for field, sentence in told.items():
        assert re.search(rf'<li><a href="#{field}">[^<]*{sentence}', refused), sentence


@pytest.mark.parametrize(
    ("scope", "code", "name"),
    [
        ("UNIT", "๖๗๐๖๐๓", "อบต.สระกรวด"),
        ("UNIT", "\u200e670603\u200b", "อบต.สระกรวด"),
        ("UNIT", " ６７０６０３ ", "อบต.สระกรวด"),
        ("PROVINCE", "๖๗\u200b", "เพชรบูรณ์"),
    ],
)
def test_a_code_is_read_however_it_was_typed(
    clock_set: time_machine.Traveller, sign_in: SignIn, scope: str, code: str, name: str
) -> None:
    client = sign_in(DLA_OFFICER)
    typed = {
        "scope": scope,
        "code": code,
        "reason": "น้ําท่วม",
        "until-day": "๓๑\u200e",
        "until-month": "ม.ค.",
        "until-year": "๒๕๗๐",
    }
    assert send(client, client.get("/periods/2570-1/extend"), typed).status_code == 303
    told = text_of(client.get("/periods/2570-1"))
    assert name in told
    assert "31 มกราคม 2570" in told
    assert "น้ำท่วม" in told


def test_opening_early_asks_for_a_reason(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    clock_set.move_to("2027-01-20T05:00:00+00:00")
    client = sign_in(DLA_OFFICER)
    page = client.get("/periods/2570-2/open-early")
    assert send(client, page, {"reason": " "}).status_code == 422
    assert send(client, page, {"reason": "เตรียมระบบ"}).status_code == 303
    assert "เตรียมระบบ" in text_of(client.get("/periods/2570-2"))


def test_a_clerk_cannot_extend(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    assert sign_in(CLERK).get("/periods/2570-1/extend").status_code == 403


def test_an_unknown_period_is_not_found(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    assert client.get("/periods/2599-4").status_code == 404
    assert client.get("/periods/2570-9").status_code == 404
