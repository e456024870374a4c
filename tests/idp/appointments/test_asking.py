"""A unit asks for an appointment, the office above decides."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.access.rules import Power
from idp.appointments import operations, read_access, requests
from idp.appointments.models import Appointment, AppointmentRequest
from idp.appointments.requests import Verdict
from idp.appointments.rules import FOLLOWS, Action, Party, State
from idp.audit.models import AuditEvent
from idp.database import db
from tests.factories import appoint, open_person, viewer_of
from tests.idp.appointments.conftest import (
    NEIGHBOUR,
    REASON,
    SECOND_OFFICER,
    Outbox,
    a_letter_from_today,
    account_id,
    ask,
    decide,
)
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from tests.waiting import LONGEST
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden, Refusal


def test_asking_gives_no_power_and_the_office_above_is_told(chain: Flask, outbox: Outbox) -> None:
    with chain.app_context():
        sent = ask(CLERK, CLERK)
        assert operations.holdings(account_id(CLERK)) == ()
        assert [each.id for each in requests.waiting_for(viewer_of(PROVINCIAL))] == [sent.id]
        assert requests.waiting_for(viewer_of(UNIT_ADMIN)) == []
        assert requests.waiting_for(viewer_of(DLA_OFFICER)) == []
    recipient, subject, body = outbox()[-1]
    assert recipient == PROVINCIAL.email
    assert "คำขอมอบหมายรอท่านพิจารณา" in subject
    assert "สก 7/2569" in body


def test_an_approval_makes_an_appointment_under_the_deciders_letter(chain: Flask, outbox: Outbox) -> None:
    with chain.app_context():
        before = len(outbox())
        sent = ask(UNIT_ADMIN, CLERK)
        decided = decide(PROVINCIAL, sent)
        made = operations.get(decided.appointment_id or 0)
        held = viewer_of(PROVINCIAL).holdings[0]
        assert decided.decided_under_appointment_id == made.made_under_appointment_id == held.appointment_id
        assert (made.letter_number, made.scan_sha256) == (sent.letter_number, sent.scan_sha256)
        assert [each.power for each in operations.holdings(account_id(CLERK))] == [Power.SSO_ADMIN]
        authority = read_access.authority_behind(
            "appointment.decided", "account", account_id(CLERK), viewer_of(UNIT_ADMIN)
        )
        assert authority
        assert (authority.appointment.id, authority.may_open) == (held.appointment_id, True)
        names = [event.name for event in db.session.query(AuditEvent).order_by(AuditEvent.id)][-4:]
        assert names == ["evidence.kept", "appointment.asked", "appointment.decided", "appointment.made"]
    told = [(to, subject) for to, subject, _body in outbox()[before:]]
    assert [to for to, _subject in told] == [PROVINCIAL.email, UNIT_ADMIN.email, CLERK.email]


@pytest.mark.parametrize("outcome", [Action.RETURN, Action.REFUSE])
def test_a_no_says_why_and_mails_it_once(chain: Flask, outbox: Outbox, outcome: Action) -> None:
    with chain.app_context():
        sent = ask(CLERK, CLERK)
        with pytest.raises(Refusal, match="เหตุผล"):
            requests.decide(viewer_of(PROVINCIAL), sent.id, Verdict(outcome, "ไม่", sent.version))
        db.session.rollback()
        text = f"เลข {CLERK.national_id} ไม่ตรงกับหนังสือ"
        with pytest.raises(Refusal, match="เลขประจำตัวประชาชน"):
            requests.decide(viewer_of(PROVINCIAL), sent.id, Verdict(outcome, text, sent.version))
        db.session.rollback()
        decide(PROVINCIAL, sent, outcome)
        assert operations.holdings(account_id(CLERK)) == ()
    mails = [(to, body) for to, _subject, body in outbox() if REASON in body]
    assert [to for to, _body in mails] == [CLERK.email], "she asked for herself: one mail, not two"


def test_a_returned_request_is_corrected_and_decided_again(chain: Flask) -> None:
    with chain.app_context():
        sent = ask(CLERK, CLERK)
        decide(PROVINCIAL, sent, Action.RETURN)
        with pytest.raises(Conflict):
            decide(PROVINCIAL, sent)
        db.session.rollback()
        letter = a_letter_from_today(200, number="สก 8/2569")
        requests.correct(viewer_of(CLERK), sent.id, letter, None, sent.version)
        db.session.commit()
        made = operations.get(decide(PROVINCIAL, sent).appointment_id or 0)
        assert (made.letter_number, made.ends_on) == ("สก 8/2569", letter.ends_on)


def test_a_request_is_taken_back_by_who_asked_and_stays_in_the_record(chain: Flask) -> None:
    with chain.app_context():
        sent = ask(CLERK, CLERK)
        requests.withdraw(viewer_of(CLERK), sent.id, sent.version)
        db.session.commit()
        with pytest.raises(Conflict, match="ถอนคำขอ"):
            decide(PROVINCIAL, sent)
        db.session.rollback()
        assert ask(CLERK, CLERK).id != sent.id, "another can be sent then"
        assert requests.get(sent.id).state == State.WITHDRAWN


def test_two_clicks_send_one_request_and_another_letter_waits_for_the_first(chain: Flask) -> None:
    with chain.app_context():
        sent = ask(CLERK, CLERK)
        assert ask(CLERK, CLERK).id == sent.id
        with pytest.raises(Conflict):
            ask(UNIT_ADMIN, CLERK)
        db.session.rollback()
        assert ask(CLERK, CLERK, Power.AUDITOR).id != sent.id


def test_only_people_of_the_unit_ask_and_only_for_their_own(chain: Flask) -> None:
    with chain.app_context():
        open_person(NEIGHBOUR)
        with pytest.raises(Forbidden):
            ask(NEIGHBOUR, CLERK)
        db.session.rollback()
        with pytest.raises(Conflict):
            requests.ask(
                viewer_of(CLERK),
                viewer_of(CLERK).unit_id or 0,
                requests.Wanted(account_id(NEIGHBOUR), Power.SSO_ADMIN),
                a_letter_from_today(),
                _scan(),
            )


def _scan() -> object:
    from idp.evidence import operations as evidence
    from tests.factories import letter_image

    return evidence.prepare(letter_image(), "a.png")


@pytest.mark.attack(23)
def test_nobody_decides_what_she_asked_for_or_is_in(chain: Flask) -> None:
    """The provincial officer is posted in the unit too and asks there: DLA decides, not she."""
    from idp.accounts import operations as accounts
    from idp.units import operations as units

    with chain.app_context():
        unit = units.find(CLERK.unit_code)
        assert unit
        accounts.begin_posting(accounts.get(account_id(PROVINCIAL)), unit.id, "นักวิชาการ", clock.today())
        db.session.commit()
        at_unit = replace(PROVINCIAL, unit_code=CLERK.unit_code)
        for for_whom in (at_unit, CLERK):
            sent = ask(PROVINCIAL, for_whom)
            with pytest.raises(Forbidden):
                decide(PROVINCIAL, sent)
            db.session.rollback()
            assert requests.waiting_for(viewer_of(PROVINCIAL)) == []
            assert [each.id for each in requests.waiting_for(viewer_of(DLA_OFFICER))] == [sent.id]
            decide(DLA_OFFICER, sent)


@pytest.mark.attack(23)
def test_who_owes_her_authority_to_somebody_does_not_renew_his(chain: Flask) -> None:
    with chain.app_context():
        open_person(SECOND_OFFICER)
        appoint(SECOND_OFFICER, by=DLA_OFFICER)
        first = viewer_of(DLA_OFFICER).holdings[0].appointment_id
        sent = ask(SECOND_OFFICER, DLA_OFFICER, Power.DLA_OFFICER, continues=first)
        with pytest.raises(Forbidden):
            decide(SECOND_OFFICER, sent)
        db.session.rollback()
        with pytest.raises(Forbidden, match="มาจากการพิจารณาของผู้นี้"):
            operations.end(viewer_of(SECOND_OFFICER), first, "ยึดอำนาจ")


PARTIES: dict[Party, Invented] = {
    Party.UNIT: CLERK,
    Party.DECIDER: PROVINCIAL,
    Party.READER: UNIT_ADMIN,
    Party.OTHER: NEIGHBOUR,
}


@pytest.mark.attack(22)
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("party", list(PARTIES))
def test_the_matrix_of_state_actor_and_action(sqlite_chain: Flask, state: State, party: Party) -> None:
    with sqlite_chain.app_context():
        open_person(NEIGHBOUR)
        sent = ask(CLERK, CLERK)
        viewer = viewer_of(PARTIES[party])
        assert requests.party(viewer, sent) == party
        for action in Action:
            request = db.session.get_one(AppointmentRequest, sent.id)
            request.state, request.appointment_id, request.decided_at = state, None, None
            db.session.flush()
            try:
                _act(viewer, request, action)
            except (Forbidden, Conflict):
                assert (state, action, party) not in FOLLOWS
            else:
                assert FOLLOWS.get((state, action, party)) == request.state
            db.session.rollback()


def _act(viewer: object, request: AppointmentRequest, action: Action) -> None:
    if action == Action.WITHDRAW:
        requests.withdraw(viewer, request.id, request.version)  # type: ignore[arg-type]
    elif action == Action.CORRECT:
        requests.correct(viewer, request.id, a_letter_from_today(), None, request.version)  # type: ignore[arg-type]
    else:
        requests.decide(viewer, request.id, Verdict(action, REASON, request.version))  # type: ignore[arg-type]


def test_of_two_who_decide_at_once_one_wins_and_one_mail_goes_out(chain: Flask, outbox: Outbox) -> None:
    with chain.app_context():
        second = replace(PROVINCIAL, key="second_province", email="second@phetchabun.example.go.th", number=93)
        open_person(second)
        appoint(second, by=DLA_OFFICER)
        sent = ask(CLERK, CLERK)
        request_id, version = sent.id, sent.version
        db.session.remove()
    before, at_once, results = len(outbox()), threading.Barrier(2), []

    def act(by: Invented, outcome: Action) -> None:
        with chain.app_context():
            viewer = viewer_of(by)
            db.session.rollback()
            at_once.wait(LONGEST)
            try:
                requests.decide(viewer, request_id, Verdict(outcome, REASON, version))
                db.session.commit()
                results.append("decided")
            except Conflict as conflict:
                db.session.rollback()
                results.append(str(conflict.status))

    threads = [
        threading.Thread(target=act, args=(PROVINCIAL, Action.APPROVE)),
        threading.Thread(target=act, args=(second, Action.REFUSE)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["409", "decided"]
    assert len(outbox()) == before + 1
    with chain.app_context():
        made = db.session.query(Appointment).filter_by(account_id=account_id(CLERK)).count()
        assert made == (1 if requests.get(request_id).state == State.APPROVED else 0)


@pytest.mark.attack(22, 30)
def test_a_page_opened_before_midnight_and_posted_after_brings_no_authority_along(chain: Flask) -> None:
    with chain.app_context():
        today = clock.today()
        held = operations.get(viewer_of(PROVINCIAL).holdings[0].appointment_id)
        held.ends_on = today
        sent = ask(CLERK, CLERK)
        with time_machine.travel(f"{today.isoformat()}T16:59:59+00:00", tick=False):
            stale = viewer_of(PROVINCIAL)
            assert operations.may_appoint(stale, sent.unit_id)
        with time_machine.travel(f"{today.isoformat()}T17:00:01+00:00", tick=False):
            with pytest.raises(Forbidden):
                requests.decide(stale, sent.id, Verdict(Action.APPROVE, "", sent.version))
            db.session.rollback()
            assert [each.id for each in requests.waiting_for(viewer_of(DLA_OFFICER))] == [sent.id]


def test_days_that_went_by_while_it_waited_are_said_beside_the_reason(chain: Flask) -> None:
    with chain.app_context():
        sent = ask(CLERK, CLERK, letter=a_letter_from_today(3))
        with time_machine.travel(clock.now() + timedelta(days=5)), pytest.raises(Refusal) as refused:
            decide(PROVINCIAL, sent)
        assert refused.value.code == "reason"


def test_an_extension_is_a_new_term_under_a_new_letter_linked_to_the_old(chain: Flask) -> None:
    with chain.app_context():
        held = viewer_of(UNIT_ADMIN).holdings[0].appointment_id
        letter = a_letter_from_today(1000)
        made = operations.get(
            decide(PROVINCIAL, ask(UNIT_ADMIN, UNIT_ADMIN, letter=letter, continues=held)).appointment_id or 0
        )
        assert made.continues_id == held
        assert operations.get(held).ended_at is None
        assert made.ends_on > operations.get(held).ends_on
