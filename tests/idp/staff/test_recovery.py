"""Leading somebody back into her account without ever holding its key, on both databases."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.accounts.rules import Proof
from idp.audit.models import AuditEvent
from idp.database import db
from idp.signin.models import PasswordCredential
from idp.staff import corrections, mailboxes, operations
from idp.staff.models import MailboxChange
from idp.staff.rules import Act, Datum
from tests.browsing import submit, text_of
from tests.factories import sign_in, viewer_of
from tests.idp.staff.conftest import COLLEAGUE, FORSAKEN, PEER, browser_of, posting_of
from tests.people import CHOSEN_PASSWORD, CLERK, PROVINCIAL, UNIT_ADMIN, Invented
from tests.races import start_behind
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden, Refusal

Outbox = Callable[[], list[tuple[str, str, str]]]
NEW = "somjai.new@sakruat.example.go.th"
LOST = "เปิดอีเมลเดิมไม่ได้ เพราะผู้ให้บริการปิดไป"


def _account(person: Invented) -> Account:
    found = accounts.find_by_username(person.username)
    assert found
    return found


def _path_in(outbox: Outbox, to: str, marker: str) -> str:
    bodies = [body for recipient, _subject, body in outbox() if recipient == to]
    found = [path for body in bodies for path in re.findall(rf"http://localhost:8000(/{marker}/\S+)", body)]
    return found[-1]


@pytest.mark.attack(24)
def test_the_link_goes_to_the_owner_and_the_helper_sees_nothing_of_it(scene: Flask, outbox: Outbox) -> None:
    admin = browser_of(scene, UNIT_ADMIN)
    with scene.app_context():
        page = f"/staff/people/{posting_of(CLERK)}"
    answer = submit(admin, admin.get(f"{page}/recover"), {})
    secret = _path_in(outbox, CLERK.email, "recovery").rpartition("/")[2]
    assert [to for to, _subject, body in outbox() if secret in body] == [CLERK.email]
    for shown in (answer, admin.get(page), admin.get(f"{page}/recover"), admin.get("/staff")):
        assert secret not in shown.get_data(as_text=True)
    with scene.app_context():
        assert not [event for event in db.session.query(AuditEvent) if secret in str(event.facts)]


@pytest.mark.attack(9)
def test_the_mailed_link_still_asks_for_the_national_id(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        operations.recover(viewer_of(UNIT_ADMIN), posting_of(CLERK))
        db.session.commit()
    path, browser = _path_in(outbox, CLERK.email, "recovery"), scene.test_client()
    chosen = {"password": CHOSEN_PASSWORD, "password_again": CHOSEN_PASSWORD}
    assert submit(browser, browser.get(path), {"national_id": UNIT_ADMIN.national_id, **chosen}).status_code == 422
    assert submit(browser, browser.get(path), {"national_id": CLERK.national_id, **chosen}).status_code == 303
    assert sign_in(browser, CLERK, CHOSEN_PASSWORD).status_code == 303


def test_who_is_proven_by_thaid_gets_no_link_but_is_led_to_thaid(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        _account(CLERK).proof = Proof.THAID
        db.session.commit()
        operations.recover(viewer_of(UNIT_ADMIN), posting_of(CLERK))
        db.session.commit()
    _to, subject, body = outbox()[-1]
    assert "ThaID" in subject
    assert "/recovery/" not in body
    assert "/activate/" not in body


def test_who_never_chose_a_password_gets_the_link_to_do_so(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        account = _account(CLERK)
        db.session.delete(db.session.get_one(PasswordCredential, account.id))
        db.session.commit()
        operations.recover(viewer_of(UNIT_ADMIN), posting_of(CLERK))
        db.session.commit()
    assert scene.test_client().get(_path_in(outbox, CLERK.email, "activate")).status_code == 200


def test_no_link_goes_to_a_mailbox_that_nobody_proved(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        _account(CLERK).email_proven_at = None
        db.session.commit()
        with pytest.raises(Refusal, match="ยังไม่ได้ยืนยัน"):
            operations.recover(viewer_of(UNIT_ADMIN), posting_of(CLERK))
        db.session.rollback()
    assert not [to for to, _subject, _body in outbox() if to == CLERK.email]


def test_another_mailbox_is_announced_waits_a_day_and_then_leads_back(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(CLERK), NEW, LOST)
        db.session.commit()
        mailboxes.finish_due()
        assert _account(CLERK).email == CLERK.email, "nothing happens before its time"
        db.session.rollback()
    [body] = [body for to, _subject, body in outbox() if to == CLERK.email]
    assert "s•••@sakruat.example.go.th" in body
    assert NEW not in body
    with scene.app_context(), time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        assert mailboxes.finish_due() == 1
        db.session.commit()
        assert (_account(CLERK).email, _account(CLERK).email_proven_at) == (NEW, None)
        assert mailboxes.finish_due() == 0
        db.session.rollback()
        path, browser = _path_in(outbox, NEW, "recovery"), scene.test_client()
        chosen = {"password": CHOSEN_PASSWORD, "password_again": CHOSEN_PASSWORD}
        assert submit(browser, browser.get(path), {"national_id": CLERK.national_id, **chosen}).status_code == 303
        assert _account(CLERK).email_proven_at is not None, "who came back by the link reads the mailbox"


@pytest.mark.attack(24)
def test_a_link_to_the_mailbox_before_dies_when_it_changes(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(CLERK), NEW, LOST)
        db.session.commit()
        operations.recover(viewer_of(UNIT_ADMIN), posting_of(CLERK))
        db.session.query(MailboxChange).update({"due_at": clock.now()})
        db.session.commit()
        old = _path_in(outbox, CLERK.email, "recovery")
        mailboxes.finish_due()
        db.session.commit()
    assert scene.test_client().get(old).status_code == 410


@pytest.mark.attack(8)
def test_the_person_stops_it_from_the_mail_and_a_scanner_does_not(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(CLERK), NEW, LOST)
        db.session.commit()
    path, browser = _path_in(outbox, CLERK.email, "mailbox-change"), scene.test_client()
    for _ in range(3):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
    with scene.app_context():
        assert mailboxes.pending(_account(CLERK).id)
        db.session.rollback()
    page = browser.get(path)
    assert "ยกเลิกการเปลี่ยนอีเมลแล้ว" in text_of(submit(browser, page, {}))
    assert submit(browser, page, {}).status_code == 410
    assert browser.get(path).status_code == 410
    with scene.app_context(), time_machine.travel(clock.now() + timedelta(hours=25)):
        assert mailboxes.finish_due() == 0
        assert _account(CLERK).email == CLERK.email


def test_the_person_stops_it_on_her_own_page_and_the_helper_sees_that(scene: Flask) -> None:
    clerk, admin = browser_of(scene, CLERK), browser_of(scene, UNIT_ADMIN)
    with scene.app_context():
        page = f"/staff/people/{posting_of(CLERK)}"
    asked = admin.get(f"{page}/mailbox")
    assert submit(admin, asked, {"email": CLERK.email, "reason": LOST}).status_code == 422
    assert submit(admin, asked, {"email": "ก@ข", "reason": LOST}).status_code == 422
    assert submit(admin, asked, {"email": NEW, "reason": LOST}).status_code == 303
    assert submit(admin, asked, {"email": NEW, "reason": LOST}).status_code == 409
    assert "แจ้งเปลี่ยนอีเมลของท่าน" in text_of(clerk.get("/home"))
    own = clerk.get("/home/history")
    assert NEW in text_of(own)
    assert submit(clerk, own, {}, action="/mailbox/cancel").status_code == 303
    assert submit(clerk, own, {}, action="/mailbox/cancel").status_code == 409
    shown = text_of(admin.get(page))
    assert "ยกเลิกการเปลี่ยนอีเมล" in shown
    assert "มีการแจ้งเปลี่ยนอีเมลเป็น" not in shown


def test_a_mistyped_address_is_taken_back_by_a_helper(scene: Flask) -> None:
    admin = browser_of(scene, UNIT_ADMIN)
    with scene.app_context():
        page = f"/staff/people/{posting_of(CLERK)}"
        mailboxes.announce(viewer_of(PEER), posting_of(CLERK), NEW, LOST)
        db.session.commit()
    shown = admin.get(page)
    assert submit(admin, shown, {}, action="/withdraw").status_code == 303
    assert submit(admin, shown, {}, action="/withdraw").status_code == 409
    assert submit(admin, admin.get(f"{page}/mailbox"), {"email": NEW, "reason": LOST}).status_code == 303


@pytest.mark.parametrize("meanwhile", ["proved a mailbox", "proved herself", "was suspended"])
def test_what_the_person_did_meanwhile_goes_before(scene: Flask, outbox: Outbox, meanwhile: str) -> None:
    with scene.app_context():
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(CLERK), NEW, LOST)
        account, later = _account(CLERK), clock.now() + timedelta(hours=1)
        if meanwhile == "proved a mailbox":
            account.email_proven_at = later
        elif meanwhile == "proved herself":
            account.proof, account.proven_at, account.email_proven_at = Proof.THAID, later, None
        else:
            account.status = "SUSPENDED"
        db.session.commit()
    with scene.app_context(), time_machine.travel(clock.now() + timedelta(hours=25)):
        mailboxes.finish_due()
        db.session.commit()
        assert _account(CLERK).email == CLERK.email
        assert db.session.query(MailboxChange).one().outcome == "OVERTAKEN"
    assert not [to for to, _subject, _body in outbox() if to == NEW]


def test_stopping_it_and_its_hour_coming_at_once_have_one_outcome(scene: Flask) -> None:
    outcomes: list[object] = []
    with scene.app_context():
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(CLERK), NEW, LOST)
        db.session.query(MailboxChange).update({"due_at": clock.now()})
        db.session.commit()

        def worker() -> None:
            with scene.app_context():
                outcomes.append(mailboxes.finish_due())
                db.session.commit()

        mailboxes.cancel_own(viewer_of(CLERK))
        late = start_behind(worker)
        db.session.commit()
        late.join()
        assert outcomes == [0]
        assert _account(CLERK).email == CLERK.email
        assert db.session.query(MailboxChange).one().outcome == "CANCELLED"


def _correct(typed: dict[Datum, str], act: Act = Act.CORRECT, by: Invented = UNIT_ADMIN) -> None:
    seen = _account(CLERK).updated_at.isoformat()
    corrections.correct(viewer_of(by), posting_of(CLERK), act, typed, seen=seen, reason="แก้ไขตามบัตรประชาชน")


def test_a_correction_is_told_with_what_stood_there_before(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        _correct({Datum.FAMILY_NAME: "ขยันยิ่ง", Datum.GIVEN_NAME: CLERK.given_name, Datum.PHONE: "๐๘๑-๒๓๔-๕๖๗๙"})
        db.session.commit()
        assert (_account(CLERK).family_name, _account(CLERK).phone) == ("ขยันยิ่ง", "0812345679")
        _correct({Datum.POSITION: "นักจัดการงานทั่วไป"}, Act.CORRECT_POSITION)
        db.session.commit()
        [first, second] = db.session.query(AuditEvent).filter_by(name="account.corrected").order_by(AuditEvent.id)
        assert (first.facts["fields"], second.facts["fields"]) == ("family_name phone", "position")
        assert "ขยันยิ่ง" not in str(first.facts), "the record holds that, not what"
    bodies = [body for to, subject, body in outbox() if to == CLERK.email and "แก้ไข" in subject]
    assert "นามสกุล: ขยันงาน -> ขยันยิ่ง" in bodies[0]
    assert "ตำแหน่ง: เจ้าพนักงานธุรการ -> นักจัดการงานทั่วไป" in bodies[1]
    own = text_of(browser_of(scene, CLERK).get("/home/history"))
    assert "นามสกุล : ขยันงาน → ขยันยิ่ง" in own


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({Datum.PHONE: "12"}, "phone"),
        ({Datum.GIVEN_NAME: "<b>"}, "given_name"),
        ({Datum.GIVEN_NAME: CLERK.given_name}, "given_name"),
    ],
)
def test_a_correction_that_cannot_be_or_changes_nothing_is_refused_beside_its_field(
    scene: Flask, typed: dict[Datum, str], code: str
) -> None:
    with scene.app_context():
        with pytest.raises(Refusal) as refused:
            _correct(typed)
        assert (refused.value.code, refused.value.status) == (code, 422)


def test_a_name_that_thaid_told_is_not_corrected_here(scene: Flask) -> None:
    with scene.app_context():
        _account(CLERK).proof = Proof.THAID
        db.session.commit()
        with pytest.raises(Forbidden):
            _correct({Datum.GIVEN_NAME: "สมใจดี"})
        db.session.rollback()
        page = f"/staff/people/{posting_of(CLERK)}/correct/person"
    shown = browser_of(scene, UNIT_ADMIN).get(page).get_data(as_text=True)
    assert 'name="given_name"' not in shown
    assert 'name="phone"' in shown


def test_of_two_corrections_of_one_page_the_second_is_told_that_it_is_stale(scene: Flask) -> None:
    admin, peer = browser_of(scene, UNIT_ADMIN), browser_of(scene, PEER)
    with scene.app_context():
        page = f"/staff/people/{posting_of(CLERK)}/correct/position"
    pages = [client.get(page) for client in (admin, peer)]
    values = {"position": "นักจัดการงานทั่วไป", "reason": "เลื่อนตำแหน่งตามคำสั่ง"}
    assert submit(admin, pages[0], values).status_code == 303
    assert submit(peer, pages[1], {**values, "position": "ปลัด อบต."}).status_code == 409
    assert admin.get(page.replace("position", "everything")).status_code == 404


@pytest.mark.attack(22)
def test_a_helper_who_may_not_gets_no_further_with_data_or_mailbox(scene: Flask) -> None:
    with scene.app_context():
        for helper, person in ((UNIT_ADMIN, PEER), (COLLEAGUE, CLERK), (PROVINCIAL, CLERK), (UNIT_ADMIN, FORSAKEN)):
            with pytest.raises(Refusal) as refused:
                mailboxes.announce(viewer_of(helper), posting_of(person), NEW, LOST)
            assert refused.value.status in (403, 404)
            db.session.rollback()
            with pytest.raises(Refusal) as refused:
                operations.recover(viewer_of(helper), posting_of(person))
            assert refused.value.status in (403, 404)
            db.session.rollback()


def test_nothing_more_is_announced_while_one_waits(scene: Flask) -> None:
    with scene.app_context():
        mailboxes.announce(viewer_of(UNIT_ADMIN), posting_of(CLERK), NEW, LOST)
        db.session.commit()
        with pytest.raises(Conflict):
            mailboxes.announce(viewer_of(PEER), posting_of(CLERK), "other@sakruat.example.go.th", LOST)
