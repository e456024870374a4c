"""An admin is away: who stands in decides, and her own queue still shows what was routed past it."""

from collections.abc import Callable

import pytest
from flask import Flask, g

from idp.access.rules import Power
from idp.appointments import absences, jobs
from idp.appointments import operations as appointments
from idp.approval import dossier, operations, queue
from idp.approval import filters as addresses
from idp.approval.filters import OTHERS
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.audit.models import AuditEvent
from idp.database import db
from idp.registration import operations as registration
from tests.browsing import text_of
from tests.factories import appoint, open_person, sign_in, viewer_of
from tests.people import CLERK, PROVINCIAL, UNIT_ADMIN, Invented
from thai_web import clock
from thai_web.refusal import Forbidden

Send = Callable[..., str]


def _be_away() -> None:
    held, today = viewer_of(UNIT_ADMIN).holdings[0].appointment_id, clock.today()
    absences.mark(viewer_of(UNIT_ADMIN), held, today, today)
    db.session.commit()


def _waiting(person: Invented) -> list[str]:
    return [row.case.reference for row in queue.waiting(viewer_of(person))[0]]


def _decide(reference: str, by: Invented) -> None:
    case = registration.find_by_reference(reference)
    assert case
    operations.decide(viewer_of(by), case, Verdict(Outcome.APPROVED, "", case.version))
    db.session.commit()


def test_without_a_deputy_the_province_decides_and_the_first_queue_still_sees(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        _be_away()
        assert (_waiting(UNIT_ADMIN), _waiting(PROVINCIAL)) == ([], [reference])
        desk = queue.Desk(viewer_of(UNIT_ADMIN))
        assert [row.case.reference for row in queue.listed(desk, addresses.parse({"show": OTHERS}))[0]] == [reference]
        with pytest.raises(Forbidden):
            _decide(reference, UNIT_ADMIN)
        db.session.rollback()
        _decide(reference, PROVINCIAL)


def test_a_deputy_decides_under_her_own_letter_on_these_days_alone(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        open_person(CLERK)
        deputy = appoint(CLERK, by=PROVINCIAL, power=Power.DEPUTY).id
        assert _waiting(CLERK) == []
        with pytest.raises(Forbidden):
            _decide(reference, CLERK)
        db.session.rollback()
        _be_away()
        assert (_waiting(UNIT_ADMIN), _waiting(PROVINCIAL), _waiting(CLERK)) == ([], [], [reference])
        _decide(reference, CLERK)
        decided = db.session.query(AuditEvent).filter_by(name="registration.decided").one()
        assert decided.appointment_id == deputy


def test_a_deputy_who_does_not_stand_in_today_is_told_when_they_do(scene: Flask) -> None:
    with scene.app_context():
        open_person(CLERK)
        appoint(CLERK, by=PROVINCIAL, power=Power.DEPUTY)
    deputy = scene.test_client()
    sign_in(deputy, CLERK)
    for path in ("/approvals", "/staff"):
        refused = deputy.get(path)
        assert refused.status_code == 403
        assert "เฉพาะวันที่ผู้ดูแล SSO ทุกคนของหน่วยงานไม่อยู่" in text_of(refused)
        assert "หากได้รับหนังสือมอบหมายแล้ว" not in text_of(refused), "it is recorded"
    assert "เฉพาะเจ้าหน้าที่ส่วนกลาง สถ." in text_of(deputy.get("/mails")), "which no deputy opens on any day"
    with scene.app_context():
        _be_away()
    assert deputy.get("/approvals").status_code == 200


@pytest.mark.attack(22, 29)
def test_an_auditor_of_the_unit_decides_nothing(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        open_person(CLERK)
        appoint(CLERK, by=PROVINCIAL, power=Power.AUDITOR)
        appointments.end(viewer_of(PROVINCIAL), viewer_of(UNIT_ADMIN).holdings[0].appointment_id, "ลาออก")
        db.session.commit()
        assert jobs.tell_vacancies() == 1, "an auditor fills no vacancy"
        db.session.rollback()
        assert (_waiting(CLERK), _waiting(PROVINCIAL)) == ([], [reference])
        with pytest.raises(Forbidden):
            _decide(reference, CLERK)


@pytest.mark.attack(29)
def test_the_move_of_a_units_last_admin_is_shown_to_whoever_decides_it(scene: Flask, send: Send) -> None:
    reference = send(unit_code="670604")
    with scene.test_request_context(method="POST"):
        admin, case = viewer_of(UNIT_ADMIN), registration.find_by_reference(reference)
        assert case
        case.purpose, case.applicant_id, case.posting_id = "MOVE", admin.account_id, admin.posting_id
        db.session.flush()
        g.viewer = viewer_of(PROVINCIAL)
        [told] = [each for each in dossier.gather(case).warnings if "คนสุดท้าย" in each]
        assert "อบต.สระกรวด" in told
        assert "สถจ.เพชรบูรณ์" in told
