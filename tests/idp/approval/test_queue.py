"""The lists of cases: what an address shows, how many, and what a person keeps under a name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from idp.approval import filters as addresses
from idp.approval import operations, queue
from idp.approval.filters import Filters, Word
from idp.approval.operations import Verdict
from idp.approval.queue import Desk
from idp.approval.reasons import Outcome
from idp.database import db
from idp.registration import operations as registration
from tests.browsing import submit, text_of
from tests.factories import sign_in, viewer_of
from tests.idp.approval.conftest import APPLICANT
from tests.people import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented, fictional_national_id
from thai_web.refusal import Refusal

Send = Callable[..., str]


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({}, {}),
        ({"show": "mine", "page": "7", "next": "//evil.example"}, {}),
        ({"show": "returned", "age": "7", "q": "  ปรานี   มาใหม่ "}, {"show": "returned", "age": "7", "q": "ปรานี มาใหม่"}),
        ({"age": "8", "purpose": "PIZZA", "proof": "'; --", "unit": "../", "role": "x" * 20}, {}),
        ({"unit": "670603", "role": "12", "alike": "yes"}, {"alike": "yes", "unit": "670603", "role": "12"}),
        ({"q": "เเดง\0"}, {"q": "แดง"}),
    ],
)
def test_an_address_says_what_is_listed_and_the_rest_is_left_out(given: dict[str, str], query: dict[str, str]) -> None:
    assert addresses.parse(given).query() == query


@pytest.mark.parametrize("typed", ["9-9900-00000-00-1", "๙๙๙๐๐๐๐๐๐๐๐๐๑", "เลข9990000000001", "-9990000000001"])
def test_a_national_id_is_never_searched_for(typed: str) -> None:
    assert addresses.parse({"q": f"ปรานี {typed}"}).q == "ปรานี"


def test_words_say_where_they_must_stand() -> None:
    words = addresses.parse({"q": "ปรานี หน่วยงาน:๖๗๐๖๐๓ -email:A@B มติ:ครม ref: -"}).words
    assert words == [
        Word("", "ปรานี"),
        Word("unit", "670603"),
        Word("email", "a@b", excluded=True),
        Word("", "มติ:ครม"),
        Word("", "ref:"),
    ]


def test_a_telephone_number_is_one_word_however_it_is_written() -> None:
    for typed in ("081-234-5678", "+66812345678", "+66 (0) 81 234 5678", "081 234 5678", "๐๘๑–๒๓๔–๕๖๗๘\u200b"):
        assert addresses.parse({"q": typed}).words == [Word("", "0812345678")]
    assert addresses.parse({"q": "โทร:081-234-5678"}).words == [Word("phone", "0812345678")]


def _listed(person: Invented, **given: str) -> list[str]:
    rows, _more = queue.listed(Desk(viewer_of(person)), addresses.parse(given))
    return [row.case.reference for row in rows]


@pytest.fixture
def cases(scene: Flask, send: Send) -> dict[str, str]:
    """One in the admin's unit from ThaID, one there that waits for eight days, one in a unit without an admin."""
    # Here nothing climbs; `test_climbing` is about that.
    scene.config["SETTINGS"] = replace(scene.config["SETTINGS"], escalation_days=100)
    other = replace(APPLICANT, number=78, given_name="สมหมาย", family_name="ใจเย็น", email="b@example.go.th")
    old = replace(APPLICANT, number=79, given_name="วันดี", email="c@example.go.th", position="นักพัฒนาชุมชน")
    sent = {"new": send(), "old": send(old), "elsewhere": send(other, "670604")}
    with scene.app_context():
        for reference, changes in ((sent["new"], {"proof": "THAID"}), (sent["old"], {"phone": "0899999999"})):
            case = registration.find_by_reference(reference)
            assert case
            for name, value in changes.items():
                setattr(case, name, value)
        case = registration.find_by_reference(sent["old"])
        assert case
        assert case.submitted_at
        case.submitted_at -= timedelta(days=8)
        db.session.commit()
    return sent


def test_each_sees_what_waits_for_her_and_what_waits_for_others(scene: Flask, cases: dict[str, str]) -> None:
    with scene.app_context():
        assert _listed(UNIT_ADMIN) == [cases["old"], cases["new"]]
        assert _listed(UNIT_ADMIN, show="others") == []
        assert _listed(PROVINCIAL) == [cases["elsewhere"]]
        assert _listed(PROVINCIAL, show="others") == [cases["old"], cases["new"]]
        assert _listed(DLA_OFFICER) == []
        assert len(_listed(DLA_OFFICER, show="others")) == 3


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"age": "7"}, {"old"}),
        ({"proof": "THAID"}, {"new"}),
        ({"purpose": "NEW"}, {"new", "old", "elsewhere"}),
        ({"purpose": "MOVE"}, set()),
        ({"unit": "670604"}, {"elsewhere"}),
        ({"unit": "999999"}, set()),
        ({"q": "วันดี"}, {"old"}),
        ({"q": "ปรานี มาใหม่"}, {"new"}),
        ({"q": "ตำแหน่ง:นักพัฒนา"}, {"old"}),
        ({"q": "-ตำแหน่ง:นักพัฒนา unit:670603"}, {"new"}),
        ({"q": "หน่วยงาน:สระกรวด"}, {"new", "old"}),
        ({"q": "โทร:๐๘๙๙"}, {"old"}),
        ({"q": "B@EXAMPLE.go.th"}, {"elsewhere"}),
        ({"q": "ไม่มีใครชื่อนี้"}, set()),
        ({"q": "%"}, set()),
        ({"q": "/ ' \" \\"}, set()),
    ],
)
def test_filters_and_words_narrow_the_list(
    scene: Flask, cases: dict[str, str], given: dict[str, str], found: set[str]
) -> None:
    with scene.app_context():
        here = {*_listed(PROVINCIAL, **given), *_listed(PROVINCIAL, show="others", **given)}
        assert here == {cases[name] for name in found}


def test_the_reference_is_found_as_it_is_read_out_over_the_telephone(scene: Flask, cases: dict[str, str]) -> None:
    typed = f"{cases['new'][:4]}-{cases['new'][4:]}".lower()
    with scene.app_context():
        assert _listed(UNIT_ADMIN, q=typed) == [cases["new"]]


def test_every_number_is_what_its_filter_would_list(scene: Flask, cases: dict[str, str]) -> None:
    with scene.app_context():
        desk = Desk(viewer_of(PROVINCIAL))
        for given in ({}, {"show": "others"}, {"show": "others", "age": "7"}, {"proof": "CLAIMED", "q": "อบต"}):
            filters = addresses.parse(given)
            counts = queue.counts(desk, filters)
            for (name, value), number in counts.by_choice.items():
                rows, _more = queue.listed(desk, filters.to(name, value))
                assert number == len(rows), (given, name, value)
            for unit, number in counts.units:
                assert number == len(queue.listed(desk, filters.to("unit", unit.code))[0])
            for role, number in counts.roles:
                assert number == len(queue.listed(desk, filters.to("role", str(role.id)))[0])
        assert queue.counts(desk, Filters()).by_choice["show", "others"] == 2


def test_what_shares_data_with_another_is_marked_on_both(scene: Flask, send: Send) -> None:
    first = send()
    alone = replace(APPLICANT, number=81, email="alone@example.go.th")
    with scene.app_context():
        case = registration.find_by_reference(first)
        assert case
        # `send` gives everybody the same telephone, and the same letter as the admin's appointment
        case.phone, case.alike = "0811111111", False
        db.session.commit()
        assert _listed(UNIT_ADMIN, alike="yes") == []
    shared = send(replace(APPLICANT, number=80))  # the same mailbox
    with scene.app_context():
        assert _listed(UNIT_ADMIN, alike="yes") == [first, shared]
        case = registration.find_by_reference(shared)
        assert case
        case.phone = ""
        db.session.commit()
    send(alone)
    with scene.app_context():
        assert len(_listed(UNIT_ADMIN)) == 3


def test_decided_cases_are_listed_newest_first(scene: Flask, cases: dict[str, str]) -> None:
    with scene.app_context():
        for name in ("new", "old"):
            case = registration.find_by_reference(cases[name])
            assert case
            operations.decide(
                viewer_of(UNIT_ADMIN), case, Verdict(Outcome.REJECTED, "เอกสารไม่ตรงกับชื่อ", case.version, (), "OTHER")
            )
            db.session.commit()
        assert _listed(UNIT_ADMIN) == []
        assert _listed(UNIT_ADMIN, show="rejected") == [cases["old"], cases["new"]]
        assert _listed(PROVINCIAL, show="rejected") == [cases["old"], cases["new"]]
        assert _listed(UNIT_ADMIN, show="approved") == []


def test_the_queue_asks_no_more_statements_for_more_cases(scene: Flask, send: Send) -> None:
    client = scene.test_client()
    sign_in(client, PROVINCIAL)

    def statements(path: str) -> int:
        seen: list[str] = []

        def note(*call: object) -> None:
            seen.append(str(call[2]))

        with scene.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            assert client.get(path).status_code == 200
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    everything = "/approvals?show=others&age=3&q=หน่วยงาน:อบต"
    send(replace(APPLICANT, number=81, email="a@example.go.th"), "670604")
    few = statements("/approvals"), statements(everything)
    for number, code in enumerate(("670102", "670202", "670302", "670604"), 82):
        send(replace(APPLICANT, number=number, email=f"a{number}@example.go.th"), code)
    assert (statements("/approvals"), statements(everything)) <= few
    assert few[0] <= 42, "ten of them for the numbers that wait, in the menu"


@pytest.fixture
def admin(scene: Flask) -> FlaskClient:
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN)
    return client


def test_a_list_is_kept_under_a_name_and_opened_again(scene: Flask, admin: FlaskClient, cases: dict[str, str]) -> None:
    page = admin.get("/approvals?age=7&q=วันดี")
    assert text_of(page).count("วันดี") >= 1
    saved = submit(admin, page, {"name": "รอนาน"}, action="/approvals/views")
    assert saved.status_code == 303
    again = admin.get(saved.location)
    assert "บันทึกมุมมอง “รอนาน” แล้ว" in text_of(again)
    assert 'href="/approvals?age=7&amp;q=' in admin.get("/approvals").get_data(as_text=True)
    refused = submit(admin, again, {"name": " "}, action="/approvals/views")
    assert refused.status_code == 422
    assert "ตั้งชื่อมุมมองก่อนบันทึก" in text_of(refused)
    assert submit(admin, again, {}, action="/forget").status_code == 303
    assert "รอนาน" not in text_of(admin.get("/approvals"))


def test_a_saved_list_is_its_owners_alone(scene: Flask) -> None:
    with scene.app_context():
        mine, other = viewer_of(UNIT_ADMIN).account_id, viewer_of(PROVINCIAL).account_id
        queue.save_view(mine, "รอนาน", addresses.parse({"age": "7"}))
        queue.save_view(mine, "รอนาน", addresses.parse({"age": "30"}))
        [(view, filters)] = queue.saved_views(mine)
        assert filters.query() == {"age": "30"}
        assert queue.saved_views(other) == []
        queue.forget_view(other, view.id)
        assert len(queue.saved_views(mine)) == 1
        for number in range(queue.MOST_VIEWS - 1):
            queue.save_view(mine, f"มุมมอง {number}", Filters())
        with pytest.raises(Refusal):
            queue.save_view(mine, "อีกหนึ่ง", Filters())


def test_a_number_typed_into_the_search_is_told_off_and_not_repeated(admin: FlaskClient) -> None:
    number = fictional_national_id(5)
    told_off = admin.get(f"/approvals?age=7&q={number}")
    assert told_off.location == "/approvals?age=7", "the address without it, before anybody passes it on"
    page = admin.get(told_off.location)
    assert "อย่าค้นหาด้วยเลขประจำตัวประชาชน" in text_of(page)
    assert number not in page.get_data(as_text=True)


def test_the_way_back_leads_to_the_list_one_came_from(admin: FlaskClient, cases: dict[str, str]) -> None:
    dossier = admin.get(f"/approvals/{cases['old']}?age=7&next=//evil.example")
    assert 'href="/approvals?age=7"' in dossier.get_data(as_text=True)
    done = submit(admin, dossier, {"outcome": "APPROVED"}, action="/decision")
    assert done.location == "/approvals?age=7"


@pytest.mark.parametrize(
    "typed",
    [
        "081-234-5678",
        "+66812345678",
        "+66 81 234 5678",
        "๐๘๑๒๓๔๕๖๗๘",
        "081-234",
        "โทร:081-234",
        "O'Brien",
        "O’BRIEN",
        "o'brien\u200b",
        "\u200eเลิศล\u0e4d\u0e49\u0e32",
        "ท\u0e48\u0e35รัก\u2060",
    ],
)
def test_a_case_is_found_as_people_write_names_and_numbers(scene: Flask, send: Send, typed: str) -> None:
    person = replace(APPLICANT, number=88, given_name="ที่รัก", family_name="O'Brien เลิศล้ำ", email="o@example.go.th")
    reference = send(person)
    with scene.app_context():
        assert _listed(UNIT_ADMIN, q=typed) == [reference]
        assert _listed(UNIT_ADMIN, q=f"{typed} ไม่ใช่") == []
