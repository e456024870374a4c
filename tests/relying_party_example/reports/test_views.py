"""The clerk's pages, filled in as a browser would."""

from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browsing import heading_of, text_of
from tests.relying_party_example.answers import DEFINITION, complete
from tests.relying_party_example.browsing import send
from tests.relying_party_example.conftest import SignIn
from tests.relying_party_example.people import CERTIFIER, CLERK, COLLEAGUE, DISTRICT_VIEWER, FAR_TAO, NEIGHBOUR

REPORT = "/reports/2570-1/670603"


def begin(client: FlaskClient) -> None:
    assert send(client, client.get("/reports/"), {}, action="/start").status_code == 303


def fill(client: FlaskClient, **changes: Any) -> None:
    """Type every page."""
    answers = complete(**changes)
    for block in DEFINITION.blocks:
        typed = {name: answers[name] for name in block.names() if answers.get(name) is not None}
        if "as_of" in typed:
            year, month, day = typed.pop("as_of").split("-")
            typed |= {"as_of-day": day, "as_of-month": month, "as_of-year": str(int(year) + 543)}
        saved = send(client, client.get(f"{REPORT}/parts/{block.code}"), typed)
        assert saved.status_code == 303, text_of(saved)


def submit(client: FlaskClient, **values: str) -> TestResponse:
    return send(client, client.get(f"{REPORT}/check"), {"declared": "y"} | values)


def test_a_clerk_records_checks_and_submits(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    fill(client)
    check = text_of(client.get(f"{REPORT}/check"))
    assert "4.50" in check
    assert "มากที่สุด" in check
    assert submit(client).status_code == 303
    page = text_of(client.get(REPORT))
    assert "ส่งจังหวัดแล้ว" in page
    assert "ทันกำหนด" in page
    assert "ฉบับที่ 1 ส่งโดย กานดา ตั้งใจจริง เจ้าพนักงานธุรการ" in page


def test_thai_digits_and_commas_are_numbers(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    page = client.get(f"{REPORT}/parts/volume")
    assert send(client, page, {"volume_tax_recipients": "๑,๒๕๐"}).status_code == 303
    assert 'value="1250"' in client.get(f"{REPORT}/parts/volume").get_data(as_text=True)


def test_what_is_no_count_is_refused_and_stays_on_the_page(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    page = client.get(f"{REPORT}/parts/volume")
    typed = {"volume_tax_recipients": "-3", "volume_tax_offered": "1.5", "volume_tax_in_time": "7"}
    refused = send(client, page, typed)
    html = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'href="#volume_tax_recipients"' in html
    assert all(f'value="{text}"' in html for text in typed.values())
    assert client.get(REPORT).status_code == 200


def test_errors_before_submitting_link_to_their_field(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    fill(client, respondents=21)
    html = client.get(f"{REPORT}/check").get_data(as_text=True)
    assert f"{REPORT}/parts/respondents#sex_male_count" in html
    assert "เพศ: รวมได้ 20 แต่ผู้ตอบทั้งหมดมี 21 คน" in html
    assert "report-submit" not in html


def test_a_warning_is_explained_before_submitting(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    fill(client, volume_tax_offered=0)
    refused = submit(client)
    assert refused.status_code == 422
    assert "ชี้แจงข้อสังเกตนี้" in text_of(refused)
    assert submit(client, explain_not_offered_tax="ย้ายงานแล้ว").status_code == 303


def test_an_undeclared_report_is_not_submitted(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    fill(client)
    assert send(client, client.get(f"{REPORT}/check"), {}).status_code == 422
    assert "ร่าง" in text_of(client.get(REPORT))


def test_two_clerks_at_once_see_what_differs_and_lose_nothing(
    clock_set: time_machine.Traveller, sign_in: SignIn
) -> None:
    first, second = sign_in(CLERK), sign_in(COLLEAGUE)
    begin(first)
    fill(first)
    page = first.get(f"{REPORT}/parts/volume")
    send(second, second.get(f"{REPORT}/parts/volume"), {"volume_tax_recipients": "99", "volume_tax_in_time": "9"})
    lost = send(first, page, {"volume_tax_recipients": "77"})
    assert lost.status_code == 409
    told = text_of(lost)
    assert "มานพ ขยันยิ่ง บันทึกเมื่อ" in told
    assert "ภาษีและค่าธรรมเนียม – ผู้รับบริการ (คน) : ที่บันทึกไว้ 99 · ที่ท่านกรอก 77" in told
    assert 'value="77"' in lost.get_data(as_text=True)
    assert send(first, lost, {}).status_code == 303
    assert 'value="77"' in first.get(f"{REPORT}/parts/volume").get_data(as_text=True)


def test_a_double_click_submits_once(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    fill(client)
    page = client.get(f"{REPORT}/check")
    assert send(client, page, {"declared": "y"}).status_code == 303
    assert send(client, page, {"declared": "y"}).status_code == 409
    assert text_of(client.get(REPORT)).count("ส่งรายงาน ฉบับที่") == 1


def test_a_nil_report_skips_the_parts_about_the_centre(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    page = client.get(f"{REPORT}/parts/centre")
    saved = send(client, page, {"has_centre": "not_yet", "nil_reason": "ยังไม่มีอาคาร", "then": "next"})
    assert saved.headers["Location"].endswith("/parts/remarks")
    assert "ปริมาณงาน" not in text_of(client.get(REPORT))


def test_a_recalled_report_is_a_draft_again(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    fill(client)
    submit(client)
    assert send(client, client.get(REPORT), {}, action="/recall").status_code == 303
    assert "ดึงรายงานกลับมาแก้ไข" in text_of(client.get(REPORT))
    assert client.get(f"{REPORT}/parts/volume").status_code == 200


def test_a_discarded_draft_can_be_begun_again(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    assert send(client, client.get(REPORT), {}, action="/discard").status_code == 303
    begin(client)


def test_a_closed_period_says_when_it_closed_and_whom_to_ask(
    clock_set: time_machine.Traveller, sign_in: SignIn
) -> None:
    begin(sign_in(CLERK))
    clock_set.move_to("2027-01-15T17:00:00+00:00")
    refused = sign_in(CLERK).get(f"{REPORT}/parts/volume")
    assert refused.status_code == 409
    assert "งวดนี้ปิดแล้วเมื่อสิ้นวันที่ 15 มกราคม 2570" in text_of(refused)
    assert "สถจ." in text_of(refused)


def test_a_foreign_report_is_not_found_and_a_foreign_role_is_forbidden(
    clock_set: time_machine.Traveller, sign_in: SignIn
) -> None:
    begin(sign_in(CLERK))
    neighbour = sign_in(NEIGHBOUR)
    assert neighbour.get(REPORT).status_code == 404
    assert neighbour.get(f"{REPORT}/parts/volume").status_code == 404
    assert neighbour.get("/reports/2570-1/no-such-unit").status_code == 404
    assert sign_in(CERTIFIER).get(f"{REPORT}/parts/volume").status_code == 403
    assert sign_in(CERTIFIER).get(f"/reports/2570-1/{FAR_TAO['code']}").status_code == 404


def test_the_district_reads_that_a_report_was_begun_but_not_the_draft(
    clock_set: time_machine.Traveller, sign_in: SignIn
) -> None:
    client = sign_in(CLERK)
    begin(client)
    fill(client)
    page = sign_in(DISTRICT_VIEWER).get(REPORT)
    assert heading_of(page).startswith("รายงานศูนย์บริการ")
    assert "ที่จอดรถไม่พอ" not in text_of(page)


def test_a_part_that_the_form_does_not_have_is_not_found(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    assert client.get(f"{REPORT}/parts/nothing").status_code == 404


def test_a_page_reads_in_english(clock_set: time_machine.Traveller, sign_in: SignIn) -> None:
    client = sign_in(CLERK)
    begin(client)
    client.set_cookie("info_language", "en", domain="localhost")
    page = text_of(client.get(f"{REPORT}/parts/volume"))
    assert "Volume by service group" in page


@pytest.mark.parametrize("typed", ["1250", "1,250", "๑,๒๕๐", "\u200e๑๒๕๐", "１２５０", "1\u00a0250", "12\u200b50"])
def test_a_number_is_read_however_it_was_typed(clock_set: time_machine.Traveller, sign_in: SignIn, typed: str) -> None:
    client = sign_in(CLERK)
    begin(client)
    page = f"{REPORT}/parts/volume"
    assert send(client, client.get(page), {"volume_tax_offered": typed}).status_code == 303
    assert 'value="1250"' in client.get(page).get_data(as_text=True)


@pytest.mark.parametrize("typed", ["1,2,3", "๑,๒,๓", "12,50", "1,25,000", ",125", "1250,", "1 2 3", "1,,250"])
def test_a_comma_that_parts_no_thousands_makes_no_number(
    clock_set: time_machine.Traveller, sign_in: SignIn, typed: str
) -> None:
    client = sign_in(CLERK)
    begin(client)
    page = f"{REPORT}/parts/volume"
    refused = send(client, client.get(page), {"volume_tax_offered": typed})
    assert refused.status_code == 422
    assert "กรอกเป็นจำนวนเต็ม เช่น 1,250" in text_of(refused)
