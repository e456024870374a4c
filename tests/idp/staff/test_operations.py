"""Helping and stopping people, on both databases: what each act changes, records and tells."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.appointments.operations import deciders_for
from idp.audit.models import AuditEvent
from idp.clients import operations as clients
from idp.database import db
from idp.signin import recovery
from idp.signin.models import SignInSession
from idp.staff import history, operations, roles
from tests.factories import appoint, read_outbox, sign_in, viewer_of
from tests.idp.staff.conftest import COLLEAGUE, FORSAKEN, PEER, REASON, browser_of, posting_of
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from tests.races import start_behind
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden, NotFound, Refusal

Outbox = Callable[[], list[tuple[str, str, str]]]


def _account(person: Invented) -> Account:
    found = accounts.find_by_username(person.username)
    assert found
    return found


def _events(name: str) -> list[AuditEvent]:
    return db.session.query(AuditEvent).filter_by(name=name).order_by(AuditEvent.id).all()


def test_unlocking_lets_a_person_try_again_and_changes_no_password(scene: Flask) -> None:
    stranger = scene.test_client()
    for _ in range(5):
        sign_in(stranger, CLERK, "guess-guess-guess")
    assert sign_in(stranger, CLERK).status_code == 429
    with scene.app_context():
        operations.unlock(viewer_of(UNIT_ADMIN), posting_of(CLERK))
        db.session.commit()
        [event] = _events("account.unlocked")
        assert event.appointment_id == viewer_of(UNIT_ADMIN).holdings[0].appointment_id
        assert event.subject_id == str(_account(CLERK).id)
    assert sign_in(stranger, CLERK).status_code == 303


def test_signing_out_everywhere_ends_browsers_and_tokens_but_not_the_account(scene: Flask, outbox: Outbox) -> None:
    clerk = browser_of(scene, CLERK)
    assert clerk.get("/home").status_code == 200
    with scene.app_context():
        before = _account(CLERK).tokens_not_before
        operations.end_sessions(viewer_of(UNIT_ADMIN), posting_of(CLERK), "พบการเข้าใช้จากเครื่องที่ไม่รู้จัก")
        db.session.commit()
        assert _account(CLERK).tokens_not_before > before
        assert db.session.query(SignInSession).filter_by(ended_at=None).count() == 0
    assert clerk.get("/home").status_code == 303
    assert sign_in(clerk, CLERK).status_code == 303
    (recipient, subject, body), (_to, entered, _body) = outbox()[-2:]
    assert recipient == CLERK.email
    assert "ให้ออกจากระบบทุกเครื่อง" in subject
    assert "เบราว์เซอร์ใหม่" in entered, "whoever signs in after that is told of: it may be who was meant to be kept out"
    assert "พบการเข้าใช้จากเครื่องที่ไม่รู้จัก" in body


def test_a_suspended_person_is_out_until_somebody_with_authority_lets_her_in(scene: Flask, outbox: Outbox) -> None:
    clerk = browser_of(scene, CLERK)
    with scene.app_context():
        operations.suspend(viewer_of(UNIT_ADMIN), posting_of(CLERK), "อยู่ระหว่างการสอบสวน")
        db.session.commit()
    assert clerk.get("/home").status_code == 303
    assert sign_in(clerk, CLERK).status_code == 422
    with scene.app_context():
        operations.reinstate(viewer_of(PEER), posting_of(CLERK), "ผลการสอบสวนไม่พบความผิด")
        db.session.commit()
    assert sign_in(clerk, CLERK).status_code == 303
    assert [subject.partition(":")[0] for to, subject, _body in outbox() if to == CLERK.email][-3:-1] == [
        "ระงับบัญชี",
        "ยกเลิกการระงับบัญชี",
    ]


def test_what_the_province_stopped_the_units_new_admin_does_not_undo(scene: Flask) -> None:
    with scene.app_context():
        operations.suspend(viewer_of(PROVINCIAL), posting_of(FORSAKEN), "อยู่ระหว่างการสอบสวน")
        db.session.commit()
        page = posting_of(FORSAKEN)
        accounts.begin_posting(
            _account(UNIT_ADMIN), db.session.get_one(Posting, page).unit_id, "นักจัดการงานทั่วไป", clock.today()
        )
        db.session.commit()
        appoint(replace(UNIT_ADMIN, unit_code=FORSAKEN.unit_code), by=PROVINCIAL)
        with pytest.raises(Forbidden) as refused:
            operations.reinstate(viewer_of(UNIT_ADMIN), page, "ผลการสอบสวนไม่พบความผิด")
        assert "เพชรบูรณ์" in str(refused.value.values["office"])
        db.session.rollback()
        operations.reinstate(viewer_of(PROVINCIAL), page, "ผลการสอบสวนไม่พบความผิด")
        db.session.commit()
        assert _account(FORSAKEN).status == "ACTIVE"


def test_a_leaver_keeps_the_account_and_loses_what_hung_on_the_posting(scene: Flask) -> None:
    with scene.app_context():
        page = posting_of(CLERK)
        [role] = clients.roles_for("TAO")
        roles.give(viewer_of(UNIT_ADMIN), page, role.id, None)
        db.session.commit()
        operations.end_posting(viewer_of(UNIT_ADMIN), page, clock.today(), REASON)
        db.session.commit()
        assert _account(CLERK).status == "ACTIVE"
        with time_machine.travel(clock.start_of_day(clock.today() + timedelta(days=1)), tick=False):
            assert accounts.postings(_account(CLERK).id, clock.today()) == []
            with pytest.raises(Conflict):
                operations.end_posting(viewer_of(UNIT_ADMIN), page, clock.today(), REASON)
    clerk = browser_of(scene, CLERK)
    assert clerk.get("/home").status_code == 200


def test_who_never_worked_here_is_stopped_and_the_offices_above_are_told(scene: Flask, outbox: Outbox) -> None:
    clerk = browser_of(scene, CLERK)
    with scene.app_context():
        page = posting_of(CLERK)
        operations.annul_posting(viewer_of(UNIT_ADMIN), page, "ไม่พบชื่อในทะเบียนบุคลากร")
        db.session.commit()
        posting = db.session.get_one(Posting, page)
        assert posting.ends_on is not None
        assert posting.ends_on < posting.starts_on, "it counts on no day"
        assert _account(CLERK).status == "SUSPENDED"
    assert clerk.get("/home").status_code == 303
    told = {to for to, subject, _body in outbox() if "ไม่เคยทำงาน" in subject}
    assert {PROVINCIAL.email, DLA_OFFICER.email} <= told
    assert UNIT_ADMIN.email not in told


def test_who_also_works_elsewhere_is_let_go_here_but_not_stopped(scene: Flask) -> None:
    with scene.app_context():
        page = posting_of(CLERK)
        other = db.session.get_one(Posting, posting_of(FORSAKEN)).unit_id
        accounts.begin_posting(_account(CLERK), other, "ช่วยราชการ", clock.today())
        db.session.commit()
        for admin in (UNIT_ADMIN, PEER):
            with pytest.raises(Forbidden, match="หน่วยงานอื่น"):
                operations.suspend(viewer_of(admin), page, REASON)
            db.session.rollback()
        operations.suspend(viewer_of(PROVINCIAL), page, "อยู่ระหว่างการสอบสวน")
        with pytest.raises(Forbidden, match="หน่วยงานอื่น"):
            operations.reinstate(viewer_of(UNIT_ADMIN), page, "ผลการสอบสวนไม่พบความผิด")
        db.session.rollback()
        operations.annul_posting(viewer_of(UNIT_ADMIN), page, "ไม่พบชื่อในทะเบียนบุคลากร")
        db.session.commit()
        assert _account(CLERK).status == "ACTIVE"


def test_a_role_is_given_within_what_the_system_declares_and_ends_on_its_day(scene: Flask, outbox: Outbox) -> None:
    with scene.app_context():
        page = posting_of(CLERK)
        [role] = clients.roles_for("TAO")
        last_day = clock.today() + timedelta(days=30)
        roles.give(viewer_of(UNIT_ADMIN), page, role.id, last_day)
        db.session.commit()
        with pytest.raises(Conflict):
            roles.give(viewer_of(UNIT_ADMIN), page, role.id, None)
        db.session.rollback()
        [(assignment, held)] = clients.assignments(page)
        assert (held.code, assignment.ends_on) == ("reporter", last_day)
        with time_machine.travel(clock.start_of_day(last_day + timedelta(days=1)), tick=False):
            assert clients.assignments(page) == []
        with pytest.raises(Conflict):
            roles.give(viewer_of(PROVINCIAL), posting_of(FORSAKEN), 999, None)
        db.session.rollback()
        with pytest.raises(Refusal, match="ผ่านมาแล้ว"):
            roles.give(viewer_of(UNIT_ADMIN), posting_of(COLLEAGUE), role.id, clock.today() - timedelta(days=1))
        db.session.rollback()
    assert any("ผู้บันทึกรายงาน" in body and "Reporter" in body for to, _s, body in outbox() if to == CLERK.email)


def test_a_role_is_ended_at_once_or_on_a_day_and_only_once(scene: Flask) -> None:
    with scene.app_context():
        page = posting_of(CLERK)
        [role] = clients.roles_for("TAO")
        roles.give(viewer_of(UNIT_ADMIN), page, role.id, None)
        db.session.commit()
        [(assignment, _role)] = clients.assignments(page)
        roles.end(viewer_of(UNIT_ADMIN), page, assignment.id, clock.today() + timedelta(days=7), REASON)
        db.session.commit()
        assert clients.assignments(page), "until then it works"
        roles.end(viewer_of(UNIT_ADMIN), page, assignment.id, None, REASON)
        db.session.commit()
        assert clients.assignments(page) == []
        with pytest.raises(Conflict):
            roles.end(viewer_of(PEER), page, assignment.id, None, REASON)
        assert [event.facts["reason"] for event in _events("assignment.ended")] == [REASON, REASON]


@pytest.mark.parametrize("act", ["suspend", "annul", "leave", "role", "end role"])
def test_of_two_admins_who_act_at_once_the_second_meets_what_the_first_did(
    scene: Flask, outbox: Outbox, act: str
) -> None:
    def perform(who: Invented, page: int, role_id: int, assignment_id: int) -> None:
        helper = viewer_of(who)
        if act == "suspend":
            operations.suspend(helper, page, REASON)
        elif act == "annul":
            operations.annul_posting(helper, page, REASON)
        elif act == "leave":
            operations.end_posting(helper, page, clock.today() - timedelta(days=1), REASON)
        elif act == "role":
            roles.give(helper, page, role_id, None)
        else:
            roles.end(helper, page, assignment_id, None, REASON)

    outcomes: list[object] = []
    with scene.app_context():
        page = posting_of(CLERK)
        db.session.get_one(Posting, page).starts_on = clock.today() - timedelta(days=30)
        [role] = clients.roles_for("TAO")
        role_id, assignment_id = role.id, 0
        if act == "end role":
            roles.give(viewer_of(UNIT_ADMIN), page, role_id, None)
            assignment_id = clients.assignments(page)[0][0].id
        db.session.commit()

        def second() -> None:
            with scene.app_context():
                try:
                    perform(PEER, page, role_id, assignment_id)
                    db.session.commit()
                except Refusal as refusal:
                    outcomes.append(refusal.status)
                    db.session.rollback()

        perform(UNIT_ADMIN, page, role_id, assignment_id)
        late = start_behind(second)
        db.session.commit()
        late.join()
    assert outcomes == [409]
    assert len([to for to, _subject, _body in outbox() if to == CLERK.email]) == (2 if act == "end role" else 1)


@pytest.mark.attack(23)
def test_nobody_helps_herself_whatever_power_she_holds(scene: Flask) -> None:
    with scene.app_context():
        for person in (UNIT_ADMIN, PROVINCIAL, DLA_OFFICER):
            with pytest.raises(Forbidden, match="ตนเอง"):
                operations.unlock(viewer_of(person), posting_of(person))
            db.session.rollback()


@pytest.mark.attack(29)
def test_the_last_admin_who_leaves_is_dealt_with_from_above_and_the_next_office_takes_over(scene: Flask) -> None:
    with scene.app_context():
        for person in (PEER, UNIT_ADMIN):
            with pytest.raises(NotFound):
                operations.end_posting(viewer_of(CLERK), posting_of(person), clock.today(), REASON)
            db.session.rollback()
            page, yesterday = posting_of(person), clock.today() - timedelta(days=1)
            posting = db.session.get_one(Posting, page)
            unit_id, posting.starts_on = posting.unit_id, yesterday
            operations.end_posting(viewer_of(PROVINCIAL), page, yesterday, REASON)
            db.session.commit()
        found = deciders_for(unit_id)
        assert found
        assert {term.account_id for term in found.terms} == {_account(PROVINCIAL).id}
        operations.unlock(viewer_of(PROVINCIAL), posting_of(CLERK))


@pytest.mark.attack(28)
def test_what_was_done_stays_in_the_history_of_who_left(scene: Flask) -> None:
    with scene.app_context():
        page, account_id = posting_of(CLERK), _account(CLERK).id
        operations.suspend(viewer_of(UNIT_ADMIN), page, "อยู่ระหว่างการสอบสวน")
        db.session.commit()
        operations.annul_posting(viewer_of(UNIT_ADMIN), page, "ไม่พบชื่อในทะเบียนบุคลากร")
        db.session.commit()
        told = history.of(account_id).happenings
        assert [each.told for each in told[:2]] == ["หน่วยงานแจ้งว่าไม่เคยทำงานที่นั่น", "ระงับบัญชี"]
        assert all(each.who.endswith("วิไล ดูแลดี") for each in told[:2])
        assert all(each.letter == "สถ 0801/ว 1" for each in told[:2])
        assert told[1].reason == "อยู่ระหว่างการสอบสวน"


@pytest.mark.attack(9)
def test_a_link_mailed_before_everything_was_ended_is_dead(scene: Flask) -> None:
    with scene.app_context():
        recovery.ask(CLERK.email)
        recovery.answer()
        db.session.commit()
        time.sleep(0.01)
        operations.end_sessions(viewer_of(UNIT_ADMIN), posting_of(CLERK), "พบการเข้าใช้จากเครื่องที่ไม่รู้จัก")
        db.session.commit()
    link = next(body for _to, subject, body in read_outbox(scene) if "รหัสผ่านใหม่" in subject)
    secret = link.split("/recovery/")[1].split()[0]
    assert scene.test_client().get(f"/recovery/{secret}").status_code == 410
