"""Saying it: reasons with codes, ready answers, a look before sending; claiming, reopening, many at once."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts.models import Account
from idp.approval import bulk, canned_replies, operations, queue, reviewing
from idp.approval.bulk import Picked
from idp.approval.operations import Verdict
from idp.approval.reasons import STANDARD_ANSWERS, Outcome, Reason, ReplyText
from idp.audit.models import AuditEvent
from idp.database import db
from idp.notifications import delivery
from idp.notifications.models import OutboxMessage
from idp.registration import operations as registration
from idp.registration import versions
from idp.registration.models import Registration
from idp.units import operations as units
from tests.browsing import forms_of, heading_of, submit, text_of
from tests.factories import a_letter, appoint, open_person, sign_in, viewer_of
from tests.idp.approval.conftest import APPLICANT
from tests.people import CLERK, PROVINCIAL, UNIT_ADMIN, Invented
from tests.waiting import LONGEST
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden, NotFound, Refusal

Send = Callable[..., str]
Outbox = Callable[[], list[tuple[str, str, str]]]
REASON = "ภาพเอกสารไม่ชัด โปรดถ่ายใหม่"
COLLEAGUE = replace(CLERK, position="ปลัด อบต.")


def _case(reference: str) -> Registration:
    case = registration.find_by_reference(reference)
    assert case
    return case


def _reject(reference: str, by: Invented = UNIT_ADMIN) -> None:
    case = _case(reference)
    operations.decide(viewer_of(by), case, Verdict(Outcome.REJECTED, REASON, case.version, (), "DOUBTFUL"))
    db.session.commit()


def _counts() -> tuple[int, int]:
    return db.session.query(OutboxMessage).count(), db.session.query(AuditEvent).count()


@pytest.fixture
def admin(scene: Flask) -> FlaskClient:
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN)
    return client


def test_screen_and_mail_say_it_apart_and_the_version_keeps_both(scene: Flask, send: Send, outbox: Outbox) -> None:
    reference = send()
    with scene.app_context():
        case = _case(reference)
        text = "เรียน {name} โปรดติดต่อ {office} อ้างเลขที่ {reference}"
        verdict = Verdict(Outcome.RETURNED, REASON, case.version, ("phone",), "UNREADABLE", text)
        decided = operations.decide(viewer_of(UNIT_ADMIN), case, verdict)
        db.session.commit()
        assert decided.outcome_reason == REASON
        [version] = versions.history(decided.id)
        filled = f"เรียน {case.name} โปรดติดต่อ อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์ อ้างเลขที่ {reference}"
        assert (version.reason_code, version.mail_text) == ("UNREADABLE", filled)
        assert version.decided_by_id == viewer_of(UNIT_ADMIN).account_id
        assert version.appointment_id == viewer_of(UNIT_ADMIN).holdings[0].appointment_id
        event = db.session.query(AuditEvent).filter_by(name="registration.decided").one()
        assert event.facts["reason_code"] == "UNREADABLE"
    body = outbox()[-1][2]
    assert REASON in body
    assert body.count(filled) == 1, "in the Thai part"


@pytest.mark.attack(27)
@pytest.mark.parametrize("text", ["เรียน {nmae}", "{{ config }}", "{name.__class__}", "ปิด } เปิด"])
def test_a_mail_with_an_unknown_place_is_not_sent_and_nothing_is_decided(
    scene: Flask, admin: FlaskClient, send: Send, text: str
) -> None:
    reference = send()
    page = admin.get(f"/approvals/{reference}")
    given = {"outcome": "REJECTED", "reason_code": "OTHER", "reason": REASON, "mail_text": text}
    with scene.app_context():
        before = _counts()
    for action in ("/preview", "/decision"):
        answer = admin.post(f"/approvals/{reference}{action}", data={**_fields(page), **given})
        assert answer.status_code == 422
        assert 'href="#rejected-mail_text"' in answer.get_data(as_text=True)
    with scene.app_context():
        assert _case(reference).state == "SUBMITTED"
        assert _counts() == before


def test_a_preview_shows_what_would_be_sent_and_sends_nothing(scene: Flask, admin: FlaskClient, send: Send) -> None:
    reference = send()
    page = admin.get(f"/approvals/{reference}?age=7")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))[0]
    with scene.app_context():
        version, before = _case(reference).version, _counts()
    given = {
        "csrf_token": token,
        "outcome": "RETURNED",
        "reason_code": "MISSING",
        "reason": REASON,
        "mail_text": "ถึง {name}",
        "to_correct": ["phone"],
        "seen_version": str(version),
    }
    preview = admin.post(f"/approvals/{reference}/preview?age=7", data=given)
    told = text_of(preview)
    assert heading_of(preview).startswith("ตัวอย่างก่อนส่ง")
    assert "ถึง นางสาวปรานี มาใหม่" in told
    assert "- โทรศัพท์" in told
    with scene.app_context():
        assert _counts() == before
    sent = submit(admin, preview, {}, action="/decision")
    assert sent.location == "/approvals?age=7"
    with scene.app_context():
        assert _case(reference).to_correct == ["phone"]
    for number, outcome in enumerate(("APPROVED", "REJECTED"), 90):
        again = admin.post(
            f"/approvals/{send(replace(APPLICANT, number=number))}/preview",
            data={
                "csrf_token": token,
                "outcome": outcome,
                "reason": REASON,
                "seen_version": "1",
                "reason_code": "" if outcome == "APPROVED" else "OTHER",
            },
        )
        assert again.status_code == 200


def test_a_ready_answer_is_put_into_the_form_and_can_be_changed(scene: Flask, admin: FlaskClient, send: Send) -> None:
    reference = send()
    page = admin.get("/approvals/answers")
    page = admin.get(page.location)
    given = {
        "name": "ขอคำสั่ง",
        "outcome": "RETURNED",
        "reason_code": "MISSING",
        "reason": "โปรดแนบคำสั่งบรรจุด้วย",
        "mail_text": "ถึง {name}",
    }
    refused = submit(admin, page, {**given, "mail_text": "ถึง {nome}"}, action="/approvals/answers")
    assert refused.status_code == 422
    assert "ถึง {nome}" in refused.get_data(as_text=True)
    assert submit(admin, refused, given, action="/approvals/answers").status_code == 303
    dossier = admin.get(f"/approvals/{reference}")
    [key] = re.findall(r'value="(\d+)">ขอคำสั่ง', dossier.get_data(as_text=True))
    form = {**_fields(dossier), "answer": key, "outcome": "APPROVED"}
    draft = admin.post(f"/approvals/{reference}/draft", data=form)
    assert draft.status_code == 200
    returned = next(each for each in forms_of(draft) if each["fields"].get("outcome") == ["RETURNED"])
    assert returned["fields"]["to_correct"] == ["documents"], "what the reason is about is chosen, too"
    assert "โปรดแนบคำสั่งบรรจุด้วย" in draft.get_data(as_text=True)
    sent = submit(admin, draft, {"to_correct": ["documents"]}, action="/decision")
    assert sent.status_code == 303
    with scene.app_context():
        assert _case(reference).outcome_reason == "โปรดแนบคำสั่งบรรจุด้วย"


def test_putting_in_a_ready_answer_and_going_back_to_change_it_both_end_at_the_decision(
    admin: FlaskClient, send: Send
) -> None:
    path = f"/approvals/{send()}"
    dossier = admin.get(path)
    looked_at = admin.post(f"{path}/preview", data={**_fields(dossier), "outcome": "APPROVED"})
    for page, button in ((dossier, "ใส่ข้อความ"), (looked_at, "กลับไปแก้ไข")):
        actions = set(re.findall(rf'formaction="([^"]+)">{button}<', page.get_data(as_text=True)))
        assert actions == {f"{path}/draft#decision"}
    filled = admin.post(f"{path}/draft", data={**_fields(dossier), "answer": "standard-0"})
    assert "ใส่ข้อความแล้ว" in text_of(filled).partition("ผลการพิจารณา")[2], "in sight where the page ends up"
    assert "ใส่ข้อความแล้ว" not in text_of(admin.post(f"{path}/draft", data=_fields(looked_at)))


def _fields(page: object) -> dict[str, str]:
    from tests.browsing import forms_of

    form = next(each for each in forms_of(page) if "/decision" in each["action"])  # type: ignore[arg-type]
    return {name: value[0] for name, value in form["fields"].items() if value}


def test_an_answer_belongs_to_its_office(scene: Flask, admin: FlaskClient) -> None:
    with scene.app_context():
        own, other = units.find("670603"), units.find("P67")
        assert own
        assert other
        answer = ReplyText("ขอคำสั่ง", "RETURNED", "MISSING", "โปรดแนบคำสั่งบรรจุด้วย")
        saved = canned_replies.save(other.id, answer)
        db.session.commit()
        with pytest.raises(NotFound):
            canned_replies.own(own.id, saved.id)
        with pytest.raises(NotFound):
            canned_replies.remove(own.id, saved.id)
        assert canned_replies.find(own.id, str(saved.id)) is None
        assert canned_replies.find(own.id, "standard-0")
        for wrong in (
            replace(answer, reason="สั้น"),
            replace(answer, reason_code="NOT_STAFF"),
            replace(answer, mail_text="{x}"),
        ):
            with pytest.raises(Refusal):
                canned_replies.save(own.id, wrong)
        canned_replies.remove(other.id, saved.id)
        assert canned_replies.of(other.id) == []
        saved_id = saved.id
    assert admin.get("/approvals/answers/P67").status_code == 404
    assert admin.get(f"/approvals/answers/670603/{saved_id}").status_code == 404


def test_a_claim_is_seen_by_others_ends_by_itself_and_stops_nobody(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        open_person(COLLEAGUE)
        appoint(COLLEAGUE, by=PROVINCIAL, letter=a_letter())
    one, other = scene.test_client(), scene.test_client()
    sign_in(one, UNIT_ADMIN)
    sign_in(other, COLLEAGUE)
    assert submit(one, one.get(f"/approvals/{reference}"), {}, action="/claim").status_code == 303
    assert "ท่านรับคำขอนี้ไว้" in text_of(one.get(f"/approvals/{reference}"))
    assert "นางวิไล ดูแลดี กำลังพิจารณา" in text_of(other.get("/approvals"))
    seen = other.get(f"/approvals/{reference}")
    assert "นางวิไล ดูแลดี กำลังพิจารณาคำขอนี้" in text_of(seen)
    with time_machine.travel(clock.now() + reviewing.LASTS + timedelta(minutes=1)):
        assert "กำลังพิจารณา" not in text_of(other.get("/approvals"))
    assert submit(other, seen, {}, action="/claim").status_code == 303
    with scene.app_context():
        assert reviewing.of([_case(reference).id])[_case(reference).id][1].given_name == COLLEAGUE.given_name
    assert (
        submit(one, one.get(f"/approvals/{reference}"), {"outcome": "APPROVED"}, action="/decision").status_code == 303
    )
    with scene.app_context():
        case = _case(reference)
        assert reviewing.of([case.id]) == {}
        with pytest.raises(Conflict):
            reviewing.take(viewer_of(UNIT_ADMIN), case)


def test_giving_a_case_back_leaves_a_colleagues_claim_alone(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        case = _case(reference)
        reviewing.take(viewer_of(UNIT_ADMIN), case)
        reviewing.release(viewer_of(PROVINCIAL), case)
        assert reviewing.of([case.id])
        reviewing.release(viewer_of(UNIT_ADMIN), case)
        assert not reviewing.of([case.id])
        names = [each.name for each in db.session.query(AuditEvent).order_by(AuditEvent.id)][-2:]
        assert names == ["registration.claimed", "registration.released"]


@pytest.mark.attack(20, 28)
def test_a_rejected_case_comes_back_as_a_new_version_and_nothing_is_erased(
    scene: Flask, admin: FlaskClient, send: Send, outbox: Outbox
) -> None:
    reference = send()
    with scene.app_context():
        _reject(reference)
    page = admin.get(f"/approvals/{reference}")
    assert submit(admin, page, {"reason": "สั้น"}, action="/reopen").status_code == 422
    why = "ผู้ขอนำคำสั่งฉบับจริงมาแสดงแล้ว"
    assert submit(admin, page, {"reason": why}, action="/reopen").status_code == 303
    assert why in outbox()[-1][2]
    again = admin.get(f"/approvals/{reference}")
    assert "ยืนยันส่งกลับ" in text_of(again)
    assert REASON in text_of(again), "the old decision is still told"
    assert submit(admin, page, {"reason": why}, action="/reopen").status_code == 409, "once"
    assert submit(admin, again, {"outcome": "APPROVED"}, action="/decision").status_code == 303
    with scene.app_context():
        told = [(each.outcome, each.reopened_for) for each in versions.history(_case(reference).id)]
        assert told == [("REJECTED", ""), ("APPROVED", why)]
        names = [each.name for each in db.session.query(AuditEvent).order_by(AuditEvent.id)]
        assert [name for name in names if name in ("registration.decided", "registration.reopened")] == [
            "registration.decided",
            "registration.reopened",
            "registration.decided",
        ]
        case = _case(reference)
        with pytest.raises(Conflict):  # what it gave is taken back from the account
            operations.reopen(viewer_of(UNIT_ADMIN), case, why, case.version)


def test_a_rejected_case_stays_closed_where_its_applicant_has_sent_another(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        _reject(reference)
    send()
    with scene.app_context():
        case = _case(reference)
        with pytest.raises(Conflict) as refused:
            operations.reopen(viewer_of(UNIT_ADMIN), case, "ขอพิจารณาใหม่อีกครั้ง", case.version)
        assert refused.value.code == "registration_waiting"


def test_reopening_asks_for_the_same_authority_as_deciding(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        _reject(reference)
        case = _case(reference)
        with pytest.raises(Forbidden):
            operations.reopen(viewer_of(PROVINCIAL), case, "ขอพิจารณาใหม่อีกครั้ง", case.version)


@pytest.mark.attack(26)
def test_a_case_of_another_unit_within_a_bulk_is_refused_by_itself_and_recorded(
    scene: Flask, admin: FlaskClient, send: Send, outbox: Outbox
) -> None:
    mine = send(), send(replace(APPLICANT, number=85, email="d@example.go.th"))
    foreign = send(replace(APPLICANT, number=86, email="e@example.go.th"), "670604")
    with scene.app_context():
        picked = [f"{each}:{_case(each).version}" for each in (*mine, foreign)]
        stale = picked[1].partition(":")[0] + ":1"
    page = admin.get("/approvals/bulk", query_string={"case": picked})
    assert f"case-{foreign}" not in page.get_data(as_text=True), "not offered"
    refused = submit(admin, page, {"outcome": "REJECTED", "case": picked}, action="/bulk")
    assert refused.status_code == 422
    sent = {"outcome": "APPROVED", "case": [picked[0], stale, picked[2], "R0000000000:1", "'; DROP"]}
    mails = len(outbox())
    result = submit(admin, refused, sent, action="/bulk")
    assert heading_of(result) == "บันทึกแล้ว 1 จาก 4 รายการ"
    assert text_of(result).count("ยังไม่ได้บันทึก") == 3
    applicant = f"{APPLICANT.title}{APPLICANT.given_name} {APPLICANT.family_name}"
    assert [f"{each} · {applicant}" in text_of(result) for each in (*mine, foreign)] == [True, False, False]
    with scene.app_context():
        assert [_case(each).state for each in (*mine, foreign)] == ["APPROVED", "SUBMITTED", "SUBMITTED"]
        assert db.session.query(Account).filter_by(given_name=APPLICANT.given_name).count() == 1
        [event] = db.session.query(AuditEvent).filter_by(name="refused.decision")
        assert event.facts["registration_id"] == str(_case(foreign).id)
    assert len(outbox()) == mails + 1, "everyone decided is told, nobody else"


def test_nothing_is_said_of_sending_back_where_that_cannot_be_chosen(admin: FlaskClient, send: Send) -> None:
    reference = send()
    bulk_page = text_of(admin.get("/approvals/bulk", query_string={"case": f"{reference}:1"}))
    assert "จำเป็นเมื่อไม่อนุมัติ ผู้ขอทุกคนจะเห็นข้อความนี้" in bulk_page
    assert "ส่งกลับ" not in bulk_page.partition("ผลการพิจารณาทุกรายการ")[2]
    answers = text_of(admin.get(admin.get("/approvals/answers").location))
    assert "ประเภทเหตุผล" in answers
    assert "จำเป็นเมื่อ" not in answers, "an answer is always for one of them"


def test_a_ready_answer_names_links_as_the_page_does(admin: FlaskClient) -> None:
    [answer] = [each for each in STANDARD_ANSWERS if each.reason_code == Reason.HAS_ACCOUNT]
    [link] = re.findall("“(.+?)”", answer.reason)
    assert f">{link}</a>" in admin.get("/signin?again=1").get_data(as_text=True)


def test_two_bulks_over_the_same_cases_at_once_decide_each_once(scene: Flask, send: Send) -> None:
    references = [send(replace(APPLICANT, number=90 + each, email=f"n{each}@example.go.th")) for each in range(3)]
    with scene.app_context():
        open_person(COLLEAGUE)
        appoint(COLLEAGUE, by=PROVINCIAL, letter=a_letter())
        picked = [Picked(each, _case(each).version) for each in references]
    results: list[bool] = []
    at_once = threading.Barrier(2)

    def work(person: Invented, order: list[Picked]) -> None:
        with scene.app_context():
            viewer = viewer_of(person)
            db.session.rollback()
            at_once.wait(LONGEST)
            told = bulk.decide_each(viewer, order, Verdict(Outcome.REJECTED, REASON, 0, (), "DOUBTFUL"))
            results.extend(each.refusal is None for each in told)
            db.session.commit()

    threads = [threading.Thread(target=work, args=pair) for pair in ((UNIT_ADMIN, picked), (COLLEAGUE, picked[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert sorted(results) == [False] * 3 + [True] * 3
    with scene.app_context():
        mails = select(OutboxMessage).where(OutboxMessage.template == "approval/mail/rejected")
        assert len(list(db.session.scalars(mails))) == 3
        assert queue.waiting(viewer_of(UNIT_ADMIN))[0] == []


def test_the_dossier_puts_the_doubtful_first_and_marks_what_is_proven(
    scene: Flask, admin: FlaskClient, send: Send
) -> None:
    reference = send()
    with scene.app_context():
        _case(reference).proof = "THAID"
        db.session.commit()
    told = text_of(admin.get(f"/approvals/{reference}"))
    doubtful, proven = told.index("ข้อที่ต้องตรวจกับเอกสาร"), told.index("ยืนยันแล้ว ไม่ต้องตรวจซ้ำ")
    assert doubtful < told.index(APPLICANT.position) < proven
    assert proven < told.index("เลขประจำตัวประชาชน", proven)
    assert "บุคลากรของหน่วยงานที่มีบัญชี (1 คน)" in told
    papers = told[told.index("เอกสารหลักฐาน") :]
    assert APPLICANT.position in papers, "what the paper must show stands beside it"
    assert "x-xxxx" not in papers, "and not what ThaID has proven"


def test_a_decision_is_one_click_from_its_letter(scene: Flask, admin: FlaskClient, send: Send) -> None:
    reference = send()
    with scene.app_context():
        _reject(reference)
        letter = viewer_of(UNIT_ADMIN).holdings[0].appointment_id
    page = admin.get(f"/approvals/{reference}").get_data(as_text=True)
    assert f'href="/appointments/{letter}"' in page
    assert "สถ 0801/ว 1" in page


def test_a_page_turns_and_is_shown_large_without_script(scene: Flask, admin: FlaskClient, send: Send) -> None:
    from io import BytesIO

    from PIL import Image

    reference = send()
    dossier = admin.get(f"/approvals/{reference}").get_data(as_text=True)
    address = re.findall(r'src="(/approvals/[^"]+/evidence/[^"]+)"', dossier)[0]
    upright, turned = (Image.open(BytesIO(admin.get(address + query).data)) for query in ("", "?turn=90"))
    assert turned.size == upright.size[::-1]
    for odd in ("?turn=45", "?turn=-90", "?turn=x", f"?turn={'9' * 400}"):
        assert Image.open(BytesIO(admin.get(address + odd).data)).size == upright.size
    large = admin.get(f"{address}/large?turn=90")
    assert f"{address}?turn=90" in large.get_data(as_text=True)
    assert f"{address}/large?turn=180" in large.get_data(as_text=True)
    assert APPLICANT.family_name in text_of(large)
    assert admin.get(f"{address.rpartition('/')[0]}/9/large").status_code == 404
    stranger = scene.test_client()
    sign_in(stranger, PROVINCIAL)
    assert stranger.get(f"{address}/large").status_code == 403
    assert stranger.get(f"{address}?turn=90").status_code == 403


@pytest.mark.attack(25)
def test_a_decision_stands_once_whatever_becomes_of_its_mail(scene: Flask, send: Send, unused_port: int) -> None:
    reference = send()
    with scene.app_context():
        db.session.query(OutboxMessage).delete()
        _reject(reference)
        scene.extensions["mail"].port = unused_port
        delivery.deliver_due()
        mail = db.session.query(OutboxMessage).one()
        assert (mail.state, mail.attempts) == ("QUEUED", 1)
        case = _case(reference)
        assert case.state == "REJECTED"
        with pytest.raises(Conflict):
            operations.decide(viewer_of(UNIT_ADMIN), case, Verdict(Outcome.APPROVED, "", case.version))
        db.session.rollback()
        assert db.session.query(OutboxMessage).count() == 1


@pytest.mark.parametrize("address", ["decision", "preview"])
def test_every_fault_of_a_decision_is_told_at_once(scene: Flask, send: Callable[..., str], address: str) -> None:
    reference, admin = send(), scene.test_client()
    sign_in(admin, UNIT_ADMIN)
    page = admin.get(f"/approvals/{reference}")
    typed = {"outcome": "RETURNED", "mail_text": "เรียน {nobody}"}
    answer = (
        submit(admin, page, typed, action="/decision")
        if address == "decision"
        else admin.post(f"/approvals/{reference}/preview", data=forms_of(page)[-1]["fields"] | typed)
    )
    assert answer.status_code == 422
    told = text_of(answer)
    for fault in (
        "ระบุเหตุผลให้ผู้ขอเข้าใจ",
        "เลือกประเภทเหตุผลที่ใช้กับผลนี้ได้",
        "เลือกข้อที่ให้ผู้ขอแก้ไข",
        "ใช้ “nobody” แทนข้อมูลของผู้ขอไม่ได้",
    ):
        assert told.count(fault) >= 1, fault
    assert "เรียน {nobody}" in answer.get_data(as_text=True), "nothing typed is lost"


def test_after_a_decision_the_next_case_of_the_same_list_comes(scene: Flask, admin: FlaskClient, send: Send) -> None:
    first, second, third = (
        send(replace(APPLICANT, number=80 + each, given_name=name, email=f"next{each}@example.go.th"))
        for each, name in enumerate(("Pranee", "Other", "Pranee"))
    )

    def decide(reference: str, query: str) -> str:
        page = admin.get(f"/approvals/{reference}{query}")
        return submit(admin, page, {"outcome": "APPROVED"}, action="/decision").location

    location = decide(third, "?q=Pranee")
    assert location == f"/approvals/{first}?q=Pranee#main", "what was passed over, and not where the form stood"
    told = text_of(admin.get(location.partition("#")[0]))
    assert "บันทึกผลแล้ว: อนุมัติ" in told
    assert third in told
    assert decide(first, "?q=Pranee") == "/approvals?q=Pranee", "no other case is in this list"
    assert decide(second, "?show=others") == "/approvals?show=others", "a list of what waits for others has no next"


def test_each_outcome_has_fields_of_its_own(admin: FlaskClient, send: Send) -> None:
    page = admin.get(f"/approvals/{send()}").get_data(as_text=True)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    labels = re.findall(r'<label for="([^"]+)"', page)
    assert set(labels) <= set(ids)
    returned, rejected = (
        page.partition(f'id="{each}"')[2].partition("</details>")[0] for each in ("returned", "rejected")
    )
    assert 'value="UNREADABLE"' in returned
    assert 'value="UNREADABLE"' not in rejected
    assert 'name="to_correct"' not in rejected
