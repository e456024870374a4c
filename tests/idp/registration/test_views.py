import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.database import db
from idp.registration import expiry, operations, rules
from idp.registration.models import Registration
from idp.units import operations as units
from tests.browsing import forms_of, heading_of, submit, text_of
from tests.factories import letter_image
from tests.idp.registration.conftest import Make, Outbox
from tests.people import CLERK, fictional_national_id
from thai_web import clock, thai

PERSON = {
    "title": CLERK.title,
    "given_name": CLERK.given_name,
    "family_name": CLERK.family_name,
    "national_id": CLERK.national_id,
    "phone": "081-234-5678",
}


def answer(client: FlaskClient, path: str, values: dict[str, Any], action: str | None = None) -> TestResponse:
    return submit(client, client.get(path), values, action=action)


def upload(client: FlaskClient, content: bytes, name: str, kind: str = "staff_card") -> TestResponse:
    return answer(client, "/register/evidence", {"kind": kind, "document": (BytesIO(content), name)})


def begin(client: FlaskClient) -> None:
    assert answer(client, "/register", {"privacy": "y"}).location == "/register/person"


def walk_to_check(client: FlaskClient, code: Callable[[], str]) -> None:
    begin(client)
    assert answer(client, "/register/person", PERSON).location == "/register/email"
    assert answer(client, "/register/email", {"email": CLERK.email}).location == "/register/email/code"
    assert answer(client, "/register/email/code", {"code": code()}).location == "/register/unit"
    assert answer(client, "/register/unit?q=สระกรวด", {"unit": CLERK.unit_code}).location == "/register/position"
    chosen = {"position": CLERK.position, "roles": "none"}
    assert answer(client, "/register/position", chosen).location == "/register/evidence"
    assert upload(client, letter_image(), "คำสั่ง.png", "appointment_order").location == "/register/evidence"
    assert upload(client, letter_image("CARD"), "บัตร.png").location == "/register/evidence"


def test_person_and_mailbox_are_asked_on_one_page_and_every_page_says_which_it_is(
    client: FlaskClient, code: Callable[[], str]
) -> None:
    begin(client)
    assert "ขั้นที่ 1 จาก 5" in text_of(client.get("/register/person"))
    assert is_refused(answer(client, "/register/person", PERSON | {"email": "not an address"}), "email")
    assert answer(client, "/register/person", PERSON | {"email": CLERK.email}).location == "/register/email/code"
    assert "ขั้นที่ 1 จาก 5" in text_of(client.get("/register/email/code"))
    assert answer(client, "/register/email/code", {"code": code()}).location == "/register/unit"
    assert answer(client, "/register/person", PERSON | {"email": CLERK.email}).location == "/register/unit", "once"
    assert answer(client, "/register/unit?q=สระกรวด", {"unit": CLERK.unit_code}).location == "/register/position"
    assert "ขั้นที่ 3 จาก 5" in text_of(client.get("/register/position"))


def test_a_title_that_is_not_among_the_usual_ones_is_typed(client: FlaskClient) -> None:
    begin(client)
    other = PERSON | {"title": "other"}
    assert is_refused(answer(client, "/register/person", other), "other_title")
    assert answer(client, "/register/person", other | {"other_title": "ว่าที่ร้อยตรี"}).status_code == 303
    assert only(client.application).title == "ว่าที่ร้อยตรี"
    assert 'value="ว่าที่ร้อยตรี"' in client.get("/register/person").get_data(as_text=True)


def send(client: FlaskClient) -> TestResponse:
    return answer(client, "/register/check", {"declaration": "y"})


def is_refused(response: TestResponse, field: str) -> bool:
    page = response.get_data(as_text=True)
    summary = re.search(r'class="error-summary".*?</div>', page, re.S)
    return (
        response.status_code == 422
        and f'href="#{field}"' in (summary[0] if summary else "")
        and (f'id="{field}"' in page)
    )


def only(app: Flask) -> Registration:
    with app.app_context():
        return db.session.scalars(select(Registration)).one()


def test_a_clerk_registers_and_sees_the_status(client: FlaskClient, code: Callable[[], str], outbox: Outbox) -> None:
    walk_to_check(client, code)
    shown = text_of(client.get("/register/check"))
    for word in (CLERK.given_name, "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์", CLERK.position, "0812345678"):
        assert word in shown
    assert send(client).location == "/register/submitted"
    reference = only(client.application).reference
    assert reference in text_of(client.get("/register/submitted"))
    status = text_of(client.get("/registration-status"))
    assert reference in status
    assert "รอพิจารณา" in status
    assert "ส่งคำขอ (เสร็จแล้ว)" in status, "the way as a line of steps"
    assert outbox()[-1][0] == CLERK.email
    assert reference in outbox()[-1][1]


@pytest.mark.parametrize("typed", ["", "-", "–"])
def test_one_name_is_enough(client: FlaskClient, code: Callable[[], str], typed: str) -> None:
    walk_to_check(client, code)
    answer(client, "/register/person", PERSON | {"family_name": typed})
    assert f"{CLERK.title}{CLERK.given_name} " in text_of(client.get("/register/check"))
    assert send(client).location == "/register/submitted"
    assert only(client.application).name == f"{CLERK.title}{CLERK.given_name}"


def test_what_was_pasted_is_stored_as_it_was_meant(client: FlaskClient, code: Callable[[], str]) -> None:
    number, dashed = CLERK.national_id, "\u2011".join(CLERK.national_id)
    walk_to_check(client, code)
    typed = {
        "family_name": "เลิศล\u0e4d\u0e49\u0e32\u200b",
        "given_name": "ท\u0e48\u0e35รัก\ufe0f",
        "phone": "\u200e+66 (0) 81–234 5678",
        "national_id": f"\u200e{dashed}\u202c",
    }
    assert answer(client, "/register/person", PERSON | typed).status_code == 303
    stored = only(client.application)
    assert (stored.given_name, stored.family_name, stored.phone) == ("ที่รัก", "เลิศล้ำ", "0812345678")
    with client.application.app_context():
        assert operations.national_id(stored) == number


def test_no_page_shows_the_whole_national_id_again(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    pages = [client.get(path) for path in ("/register/check", "/register/person", "/register/tasks")]
    send(client)
    pages.append(client.get("/registration-status"))
    assert all(CLERK.national_id not in page.get_data(as_text=True) for page in pages)
    assert f"x-xxxx-xxxxx-{CLERK.national_id[10:12]}-{CLERK.national_id[12]}" in text_of(pages[0])


def test_a_double_click_on_send_makes_one_case(client: FlaskClient, code: Callable[[], str], outbox: Outbox) -> None:
    walk_to_check(client, code)
    page = client.get("/register/check")
    assert {submit(client, page, {"declaration": "y"}).location for _ in range(2)} == {"/register/submitted"}
    assert [mail[1] for mail in outbox()].count(outbox()[-1][1]) == 1


def test_a_stale_check_page_is_not_sent(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    page = client.get("/register/check")
    answer(client, "/register/person", PERSON | {"given_name": "สมจิต"})
    assert submit(client, page, {"declaration": "y"}).status_code == 409
    assert only(client.application).state == "DRAFT"


def test_sending_needs_the_declaration(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    assert is_refused(answer(client, "/register/check", {}), "declaration")


def test_beginning_needs_the_privacy_notice(client: FlaskClient) -> None:
    assert "ประกาศความเป็นส่วนตัว" in text_of(client.get("/register")), "in view above the button"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("national_id", CLERK.national_id[:12] + str((int(CLERK.national_id[12]) + 1) % 10)),
        ("national_id", "123"),
        ("national_id", ""),
        ("given_name", "ก" * 101),
        ("given_name", "{{ 7 * 7 }}"),
        ("given_name", " "),
        ("given_name", "-"),
        ("family_name", "=1+1"),
        ("phone", "ไม่มี"),
    ],
)
def test_a_wrong_answer_is_refused_beside_its_field_and_the_rest_is_kept(
    client: FlaskClient, field: str, typed: str
) -> None:
    begin(client)
    response = answer(client, "/register/person", PERSON | {field: typed})
    assert is_refused(response, field)
    kept = "phone" if field != "phone" else "given_name"
    assert f'value="{PERSON[kept]}"' in response.get_data(as_text=True)
    assert only(client.application).national_id_index is None


def test_a_national_id_may_be_typed_in_thai_digits_with_dashes(client: FlaskClient) -> None:
    begin(client)
    thai = CLERK.national_id.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    typed = f"{thai[0]}-{thai[1:5]}-{thai[5:10]}-{thai[10:12]}-{thai[12]}"
    assert answer(client, "/register/person", PERSON | {"national_id": typed}).status_code == 303


def test_a_number_given_before_need_not_be_typed_again(client: FlaskClient) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    before = only(client.application).national_id_index
    assert answer(client, "/register/person", {"national_id": "", "phone": "0899999999"}).status_code == 303
    after = only(client.application)
    assert (after.national_id_index, after.phone) == (before, "0899999999")
    changed = {"national_id": fictional_national_id(77)}
    assert answer(client, "/register/person", changed).status_code == 303
    assert only(client.application).national_id_index != before


@pytest.mark.parametrize(
    "typed", ["", "somjai", "somjai@", "sömjai@example.go.th", "a@example.go.th.", "๑@๒", "a" * 250 + "@example.go.th"]
)
@pytest.mark.attack(6)
def test_an_address_that_cannot_be_mailed_to_is_refused(client: FlaskClient, outbox: Outbox, typed: str) -> None:
    begin(client)
    assert is_refused(answer(client, "/register/email", {"email": typed}), "email")
    assert outbox() == []


def test_a_wrong_code_is_refused_and_the_fifth_one_ends_it(client: FlaskClient, code: Callable[[], str]) -> None:
    begin(client)
    answer(client, "/register/email", {"email": CLERK.email})
    right = code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert is_refused(answer(client, "/register/email/code", {"code": wrong}), "code")
    assert is_refused(answer(client, "/register/email/code", {"code": right}), "code")
    assert answer(client, "/register/email/code", {}, action="again").location == "/register/email/code"
    assert answer(client, "/register/email/code", {"code": code()}).status_code == 303
    assert only(client.application).email_proven_at


def test_codes_are_not_mailed_without_end(client: FlaskClient, outbox: Outbox) -> None:
    begin(client)
    for _ in range(6):
        last = answer(client, "/register/email", {"email": CLERK.email})
    assert is_refused(last, "email")
    assert len(outbox()) == 5


def test_a_unit_that_closed_is_refused_beside_the_list(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    page = client.get("/register/unit?q=สระกรวด")
    with client.application.test_request_context(method="POST"):
        unit = units.find(CLERK.unit_code)
        assert unit is not None
        unit.valid_to = clock.today() - timedelta(days=1)
        db.session.commit()
    response = submit(client, page, {"unit": CLERK.unit_code})
    assert response.status_code == 422
    assert 'href="#unit"' in response.get_data(as_text=True)
    assert send(client).status_code == 400
    assert only(client.application).state == "DRAFT"


def test_a_unit_that_is_not_in_the_register_is_refused(client: FlaskClient) -> None:
    begin(client)
    page = client.get("/register/unit?q=สระกรวด")
    assert submit(client, page, {"unit": "999999"}).status_code == 422
    assert submit(client, page, {}).status_code == 422


def test_the_position_and_a_choice_of_roles_are_asked_for(client: FlaskClient) -> None:
    begin(client)
    assert client.get("/register/position").location == "/register/unit"
    answer(client, "/register/unit?q=สระกรวด", {"unit": CLERK.unit_code})
    response = answer(client, "/register/position", {})
    assert is_refused(response, "position")
    assert is_refused(response, "roles")
    assert is_refused(answer(client, "/register/position", {"position": "ปลัด", "roles": "4711"}), "roles")


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "empty.pdf"), (b"MZ\x90\x00", "card.pdf"), (letter_image(), "card.exe"), (b"x", "a.txt")],
)
def test_a_document_that_is_none_is_refused_beside_its_field(client: FlaskClient, content: bytes, name: str) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    assert is_refused(upload(client, content, name), "document-0-staff_card")


def test_a_form_without_file_is_refused_and_no_other_kind_is_taken(client: FlaskClient) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    assert is_refused(answer(client, "/register/evidence", {"kind": "other"}), "document-0-other")
    for kind in ("", "4711"):
        assert answer(client, "/register/evidence", {"kind": kind}).status_code == 404


def test_an_upload_over_the_limit_gets_a_page_and_loses_nothing(client: FlaskClient) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    client.application.config["MAX_CONTENT_LENGTH"] = 100_000
    response = upload(client, b"x" * 200_000, "big.pdf")
    assert response.status_code == 413
    assert "เมกะไบต์" in text_of(response)
    assert only(client.application).given_name == CLERK.given_name


@pytest.mark.attack(31)
def test_a_document_can_be_looked_at_and_removed_by_its_owner_alone(
    client: FlaskClient, code: Callable[[], str]
) -> None:
    walk_to_check(client, code)
    page = client.get("/register/evidence")
    found = re.search(r"(/register/evidence/\d+/1)/large", page.get_data(as_text=True))
    assert found
    large = client.get(found[0])
    assert 'href="/register/evidence"' in large.get_data(as_text=True), "the way back"
    assert f'src="{found[1]}' in large.get_data(as_text=True)
    assert client.get(found[1]).content_type == "image/jpeg"
    stranger = client.application.test_client()
    assert {stranger.get(address).location for address in (found[0], found[1])} == {"/register/lost"}
    begin(stranger)
    assert {stranger.get(address).status_code for address in (found[0], found[1])} == {404}
    assert submit(client, page, {}, action="remove").location == "/register/evidence"
    assert {client.get(address).status_code for address in (found[0], found[1])} == {404}
    assert client.get("/register/check").location == "/register/tasks"


def test_the_page_says_what_is_asked_for_and_shows_examples(client: FlaskClient, code: Callable[[], str]) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    assert "โปรดเลือกหน่วยงานของท่านก่อน" in text_of(client.get("/register/evidence"))
    walk_to_check(client, code)
    page = client.get("/register/evidence")
    submit(client, page, {}, action="remove")
    page = client.get("/register/evidence")
    text = text_of(page)
    assert "แสดงว่าท่านทำงานที่หน่วยงานนี้ ยังไม่ได้แนบ" in text
    assert "แสดงว่าท่านเป็นใคร แนบแล้ว" in text
    assert "/evidence-examples/appointment_order" in page.get_data(as_text=True)


def test_a_file_is_replaced_where_it_stands(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    page = client.get("/register/evidence")
    address, number = re.findall(r"(/register/evidence/(\d+)/replace)", page.get_data(as_text=True))[-1]
    wrong = {"document": (BytesIO(b"no picture"), "a.png")}
    assert is_refused(submit(client, page, wrong, action=address), f"replacing-{number}")
    sharp = {"document": (BytesIO(letter_image("SHARP")), "ชัด.png")}
    assert submit(client, page, sharp, action=address).location == "/register/evidence"
    text = text_of(client.get("/register/evidence"))
    assert "ชัด.png" in text
    assert "บัตร.png" not in text
    assert submit(client, page, {"document": (BytesIO(b""), "a.png")}, action=address).status_code == 404
    stranger = client.application.test_client()
    begin(stranger)
    token = forms_of(stranger.get("/register/person"))[0]["fields"]["csrf_token"][0]
    assert stranger.post(address, data={"csrf_token": token}).status_code == 404


def test_a_small_picture_of_each_page_stands_beside_its_name(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    page = client.get("/register/evidence").get_data(as_text=True)
    address = re.findall(r'src="(/register/evidence/\d+/1\?small=1)"', page)[0]
    with Image.open(BytesIO(client.get(address).get_data())) as small:
        assert max(small.size) <= 256
    assert len(client.get(address).get_data()) < len(client.get(address.partition("?")[0]).get_data())


def test_nobody_uploads_without_holding_a_draft(client: FlaskClient) -> None:
    begin(client)
    assert client.get("/register/evidence").location == "/register/person", "documents of somebody, never of nobody"
    answer(client, "/register/person", PERSON)
    page = client.get("/register/evidence")
    client.delete_cookie("idp_registration")
    values = {"kind": "other", "document": (BytesIO(letter_image()), "a.png")}
    assert submit(client, page, values).location == "/register/lost"


def test_a_lost_cookie_leads_to_a_page_with_the_way_back(client: FlaskClient) -> None:
    response = client.get("/register/person", follow_redirects=True)
    assert heading_of(response) == "ไม่พบคำขอในเบราว์เซอร์นี้"
    assert "/registration-status/find" in response.get_data(as_text=True)


def test_a_draft_goes_on_in_another_browser_with_reference_and_mailed_code(
    client: FlaskClient, code: Callable[[], str]
) -> None:
    begin(client)
    answer(client, "/register/person", PERSON)
    answer(client, "/register/email", {"email": CLERK.email})
    reference = only(client.application).reference
    other = client.application.test_client()
    asked = {"reference": reference, "email": CLERK.email}
    answer(other, "/registration-status/find", asked)
    refused = answer(other, "/registration-status/code", {"code": code()})
    assert refused.status_code == 422, "whoever owns a mistyped mailbox sees nothing of what was typed here"
    answer(client, "/register/email/code", {"code": code()})
    asked = {"reference": f" {reference.lower()} ", "email": CLERK.email.upper()}
    assert answer(other, "/registration-status/find", asked).location == "/registration-status/code"
    asked_who = other.get(answer(other, "/registration-status/code", {"code": code()}).location)
    assert CLERK.given_name not in text_of(asked_who)
    assert other.get("/register/tasks").location == "/register/lost", "the mailbox alone opens nothing"
    assert submit(other, asked_who, {"national_id": CLERK.national_id}).location == "/register/tasks"
    assert f'value="{CLERK.given_name}"' in other.get("/register/person").get_data(as_text=True)
    assert client.get("/register/tasks").status_code == 200


@pytest.mark.attack(7)
def test_unknown_references_and_addresses_get_the_same_answers(
    app: Flask, client: FlaskClient, waiting: Make, outbox: Outbox
) -> None:
    waiting()
    known, mails = only(app).reference, len(outbox())
    seen = []
    for reference, email in ((known, CLERK.email), (known, "x@example.go.th"), ("R0000000000", CLERK.email)):
        browser = app.test_client()
        asked = answer(browser, "/registration-status/find", {"reference": reference, "email": email})
        refused = answer(browser, "/registration-status/code", {"code": "no"})
        seen.append((asked.status_code, asked.location, refused.status_code, text_of(refused).replace(email, "")))
    assert seen[0] == seen[1] == seen[2]
    assert [mail[0] for mail in outbox()[mails:]] == [CLERK.email]


@pytest.mark.attack(8, 61)
def test_the_mailed_link_shows_the_state_and_opens_the_request_again_and_again_for_the_number(
    client: FlaskClient, waiting: Make, outbox: Outbox
) -> None:
    waiting()
    found = re.search(r"http://localhost:8000(/registration-status/\S+)", outbox()[-1][2])
    assert found
    scanner = client.get(found[1])
    assert "Set-Cookie" not in scanner.headers or "idp_registration" not in scanner.headers["Set-Cookie"]
    assert "รอพิจารณา" in text_of(scanner)
    shown = scanner.get_data(as_text=True)
    assert not [
        each for each in (CLERK.given_name, CLERK.phone, CLERK.national_id[-4:], "withdraw") if str(each) in shown
    ]
    for browser in (client, client.application.test_client()):
        for wrong, told in (("", "กรอกเลขประจำตัวประชาชน"), (fictional_national_id(99), "ไม่ตรงกับคำขอนี้")):
            refused = submit(browser, browser.get(found[1]), {"national_id": wrong})
            assert (refused.status_code, told in text_of(refused)) == (422, True)
            assert browser.get("/registration-status").location == "/registration-status/find"
        opened = submit(browser, browser.get(found[1]), {"national_id": CLERK.national_id})
        assert opened.location == "/registration-status"
        assert "รอพิจารณา" in text_of(browser.get("/registration-status"))
    assert client.get("/registration-status/" + "x" * 43).status_code == 410


def test_the_applicant_withdraws_once(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    send(client)
    page = client.get("/registration-status/withdraw")
    assert submit(client, page, {}).location == "/registration-status"
    assert submit(client, page, {}).status_code == 409
    assert client.get("/registration-status/withdraw").status_code == 409
    assert "ถอนคำขอแล้ว" in text_of(client.get("/registration-status"))
    assert client.get("/register/person").location == "/registration-status"


def test_a_shared_computer_forgets_the_registration(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    send(client)
    cookie = client.get_cookie("idp_registration")
    assert cookie is not None
    assert answer(client, "/registration-status", {}, action="leave").location == "/registration-status/find"
    client.set_cookie("idp_registration", cookie.value)
    assert client.get("/registration-status").location == "/registration-status/find"


def decide(app: Flask, outcome: str, reason: str = "", to_correct: Sequence[str] = ()) -> None:
    registration = only(app)
    with app.test_request_context(method="POST"):
        account = None
        if outcome == "APPROVED":
            person = Person(CLERK.title, CLERK.given_name, CLERK.family_name, CLERK.national_id, CLERK.email)
            account = accounts.open_account(person, origin=registration.reference)
        operations.record_outcome(
            registration.id,
            outcome=outcome,
            reason=reason,
            seen_version=registration.version,
            decided_unit_id=1,
            account_id=account.id if account else None,
            to_correct=to_correct,
        )
        db.session.commit()


def test_after_approval_the_status_leads_to_username_and_password(
    app: Flask, client: FlaskClient, code: Callable[[], str]
) -> None:
    walk_to_check(client, code)
    send(client)
    decide(app, "APPROVED")
    response = answer(client, "/registration-status", {}, action="activate")
    assert response.status_code == 303
    assert response.location.startswith("/activate/")
    assert CLERK.given_name in text_of(client.get(response.location))


def test_a_rejection_is_shown_with_its_reason(app: Flask, client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    page = send(client)
    decide(app, "REJECTED", "เอกสารไม่ใช่ของหน่วยงานนี้")
    status = client.get("/registration-status")
    assert "เอกสารไม่ใช่ของหน่วยงานนี้" in text_of(status)
    assert "activate" not in status.get_data(as_text=True)
    assert page.location == "/register/submitted"


def test_the_version_of_the_privacy_notice_is_shown_kept_and_shown_again(
    app: Flask, client: FlaskClient, code: Callable[[], str]
) -> None:
    assert f"ฉบับ {rules.PRIVACY_NOTICE}" in text_of(client.get("/register"))
    walk_to_check(client, code)
    send(client)
    kept = only(app)
    read_at = thai.format_datetime(kept.privacy_accepted_at, "th").replace("\u00a0", " ")
    assert kept.privacy_notice == rules.PRIVACY_NOTICE
    status = text_of(client.get("/registration-status"))
    assert f"ประกาศความเป็นส่วนตัว ฉบับ {rules.PRIVACY_NOTICE} อ่านเมื่อ {read_at}" in status


def test_what_nobody_corrected_says_that_it_is_closed_and_how_to_ask_anew(
    app: Flask, client: FlaskClient, code: Callable[[], str]
) -> None:
    walk_to_check(client, code)
    send(client)
    decide(app, "RETURNED", "ภาพไม่ชัด", to_correct=["phone"])
    day = thai.format_date(clock.today() + timedelta(days=60), "th")
    for path in ("/registration-status", "/register/tasks"):
        assert f"ระบบจะปิดคำขอนี้หลังวันที่ {day}" in text_of(client.get(path))
    with time_machine.travel(clock.now() + timedelta(days=61), tick=False):
        with app.test_request_context(method="POST"):
            expiry.close_uncorrected()
            db.session.commit()
        page = client.get("/registration-status")
        assert "ปิดเพราะไม่ได้แก้ไข" in text_of(page)
        assert 'href="/register"' in page.get_data(as_text=True)
        assert client.get("/register/tasks").location == "/registration-status"


def test_a_form_without_its_token_changes_nothing(client: FlaskClient) -> None:
    begin(client)
    assert client.post("/register/person", data=PERSON).status_code == 400
    assert only(client.application).given_name == ""


def test_the_pages_read_in_english(client: FlaskClient, code: Callable[[], str]) -> None:
    walk_to_check(client, code)
    client.set_cookie("idp_language", "en")
    assert "Sa Kruat TAO, Si Thep District, Phetchabun Province" in text_of(client.get("/register/check"))
