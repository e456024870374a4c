"""The end of an appointment: announced, never a surprise, and confirmed where it leaves a unit alone."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from idp.accounts import operations as accounts
from idp.appointments import jobs, operations
from idp.appointments.rules import warning_due
from idp.database import db
from tests.browsing import forms_of, submit, text_of
from tests.factories import appoint, sign_in, viewer_of
from tests.idp.appointments.conftest import Outbox, a_letter_from_today, account_id, ask, decide
from tests.idp.workers import overlapping
from tests.people import CLERK, PROVINCIAL, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Refusal


@pytest.mark.parametrize(
    ("left", "warned", "due"),
    [
        (61, None, None),
        (60, None, 60),
        (59, 60, None),
        (30, 60, 30),
        (29, None, 30),
        (7, 30, 7),
        (6, 7, None),
        (0, 30, 7),
        (0, 7, None),
        (-1, 30, None),
        (5, 60, 7),
    ],
)
def test_a_warning_is_due_once_at_sixty_thirty_and_seven_days(left: int, warned: int | None, due: int | None) -> None:
    today = date(2028, 2, 29)
    assert warning_due(today + timedelta(days=left), warned, today) == due


def _held(by: object = UNIT_ADMIN) -> int:
    return operations.holdings(account_id(by))[0].appointment_id  # type: ignore[arg-type]


def test_holder_and_office_are_warned_three_times_each_once(chain: Flask, outbox: Outbox) -> None:
    with chain.app_context():
        held = operations.get(_held())
        held.ends_on = clock.today() + timedelta(days=200)
        db.session.commit()
        for days, mails in ((61, 0), (60, 2), (45, 0), (30, 2), (8, 0), (7, 2), (0, 0)):
            with time_machine.travel(clock.start_of_day(held.ends_on - timedelta(days=days)) + timedelta(hours=9)):
                assert jobs.warn() == mails, days
                db.session.commit()
    told = [(to, subject) for to, subject, _body in outbox() if "จะสิ้นสุดในอีก" in subject]
    assert [to for to, _subject in told] == [UNIT_ADMIN.email, PROVINCIAL.email] * 3
    assert "ในอีก 60 วัน" in told[0][1]


def test_of_two_workers_one_warns(chain: Flask) -> None:
    with chain.app_context():
        held = operations.get(_held())
        held.ends_on = clock.today() + timedelta(days=20)
        db.session.commit()
    assert overlapping(chain, jobs.warn) == 2, "holder and office, once"


def test_who_has_the_next_letter_already_is_not_warned(chain: Flask) -> None:
    with chain.app_context():
        held = operations.get(_held())
        held.ends_on = clock.today() + timedelta(days=20)
        decide(PROVINCIAL, ask(UNIT_ADMIN, UNIT_ADMIN, letter=a_letter_from_today(400), continues=held.id))
        assert jobs.warn() == 0


def test_a_term_that_is_short_from_the_start_is_not_announced_on_its_first_day(chain: Flask) -> None:
    with chain.app_context():
        appoint(CLERK, by=PROVINCIAL, letter=a_letter_from_today(20))
        assert jobs.warn() == 0


@pytest.mark.attack(29)
@pytest.mark.parametrize("cause", ["ended", "suspended", "moved", "letter"])
def test_the_office_above_is_told_once_when_the_last_admin_goes_for_whatever_cause(
    chain: Flask, outbox: Outbox, cause: str
) -> None:
    with chain.app_context():
        person, held = accounts.get(account_id(UNIT_ADMIN)), operations.get(_held())
        if cause == "ended":
            operations.end(viewer_of(PROVINCIAL), held.id, "ลาออก")
        elif cause == "suspended":
            accounts.suspend(person, "สอบสวน")
        elif cause == "moved":
            accounts.end_posting(accounts.postings(person.id, clock.today())[0], clock.today() - timedelta(days=1))
        else:
            held.ends_on = clock.today() - timedelta(days=1)
        db.session.commit()
        assert [jobs.tell_vacancies(), jobs.tell_vacancies()] == [1, 0]
        db.session.commit()
    recipient, subject, body = outbox()[-1]
    assert recipient == PROVINCIAL.email
    assert "ไม่มีผู้ดูแล SSO แล้ว" in subject
    assert "สถจ.เพชรบูรณ์" in body


def test_a_suspension_that_is_lifted_and_comes_again_is_told_again(chain: Flask) -> None:
    with chain.app_context():
        person = accounts.get(account_id(UNIT_ADMIN))
        accounts.suspend(person, "สอบสวน")
        assert jobs.tell_vacancies() == 1
        accounts.reinstate(person, "พ้นข้อกล่าวหา")
        assert jobs.tell_vacancies() == 0
        accounts.suspend(person, "สอบสวนอีกครั้ง")
        assert jobs.tell_vacancies() == 1


def test_where_a_colleague_stays_nothing_is_told(chain: Flask) -> None:
    with chain.app_context():
        appoint(CLERK, by=PROVINCIAL)
        assert jobs.left_by(operations.get(_held())) is None
        operations.end(viewer_of(PROVINCIAL), _held(), "ลาออก")
        assert jobs.tell_vacancies() == 0


@pytest.mark.attack(29)
def test_ending_the_last_admin_is_confirmed_and_says_who_decides_from_then(sqlite_chain: Flask) -> None:
    officer = sqlite_chain.test_client()
    sign_in(officer, PROVINCIAL)
    with sqlite_chain.app_context():
        path = f"/appointments/{_held()}"
        [vacancy] = jobs.left_by_person(account_id(UNIT_ADMIN))
        assert vacancy.deciding_unit
        assert vacancy.deciding_unit.code == "P67"
    page = officer.get(path)
    assert "คนสุดท้ายของหน่วยงาน" in text_of(page)
    assert "คำขอของหน่วยงานจะไปที่ สถจ.เพชรบูรณ์" in text_of(page)
    refused = submit(officer, page, {"reason": "เกษียณอายุราชการ"}, action="/end")
    assert refused.status_code == 422
    assert "เกษียณอายุราชการ" in refused.get_data(as_text=True)
    assert submit(officer, refused, {"confirmed": "y"}, action="/end").status_code == 303
    assert not [form for form in forms_of(officer.get(path)) if form["action"].endswith("/end")]


def test_a_last_admin_is_not_ended_without_that_word_whatever_page_asks(chain: Flask) -> None:
    with chain.app_context():
        held = _held()
        with pytest.raises(Refusal, match="ยืนยัน"):
            jobs.end_knowingly(viewer_of(PROVINCIAL), held, "ลาออก", is_confirmed=False)
        db.session.rollback()
        jobs.end_knowingly(viewer_of(PROVINCIAL), held, "ลาออก", is_confirmed=True)
