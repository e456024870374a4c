"""What waits too long climbs to the office above, the first queue keeping it; and who must not decide at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from idp.access.rules import Power
from idp.accounts import operations as accounts
from idp.appointments.models import Appointment
from idp.appointments.rules import Term
from idp.approval import filters as addresses
from idp.approval import offices, operations, queue, reminders, rules
from idp.approval.offices import Offices
from idp.approval.operations import Verdict
from idp.approval.queue import Desk
from idp.approval.reasons import Outcome
from idp.approval.rules import Bars
from idp.audit.models import AuditEvent
from idp.database import db
from idp.registration import operations as registration
from idp.registration import summary
from idp.registration.models import Registration
from idp.units.models import Unit
from tests.browsing import text_of
from tests.factories import appoint, sign_in, viewer_of
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from thai_web import clock
from thai_web.refusal import Forbidden

Send = Callable[..., str]
Outbox = Callable[[], list[tuple[str, str, str]]]
DAY = date(2026, 11, 25)
UNIT, DISTRICT, PROVINCE, DLA = CHAIN = (4, 3, 2, 1)


def _term(account_id: int, unit_id: int) -> Term:
    power = Power.DLA_OFFICER if unit_id == DLA else Power.SSO_ADMIN
    return Term(account_id * 10, account_id, unit_id, power, DAY, DAY)


TERMS = [_term(11, UNIT), _term(12, UNIT), _term(21, PROVINCE), _term(31, DLA)]


@pytest.mark.parametrize(
    ("bars", "found"),
    [
        (Bars(), [UNIT, PROVINCE, DLA]),
        (Bars(own=frozenset({11})), [UNIT, PROVINCE, DLA]),
        (Bars(own=frozenset({11}), mutual=frozenset({12})), [PROVINCE, DLA]),
        (Bars(own=frozenset({11, 12, 21, 31})), []),
        (Bars(superior_at=frozenset({DISTRICT})), [PROVINCE, DLA]),
        (Bars(own=frozenset({21}), superior_at=frozenset({PROVINCE})), [DLA]),
        (Bars(superior_at=frozenset({DLA})), [DLA]),
        (Bars(superior_at=frozenset({UNIT})), [UNIT, PROVINCE, DLA]),
        (Bars(superior_at=frozenset({99})), [UNIT, PROVINCE, DLA]),
    ],
)
def test_the_offices_that_can_decide_nearest_first(bars: Bars, found: list[int]) -> None:
    assert [each.unit_id for each in rules.offices(CHAIN, TERMS, DAY, bars)] == found


@pytest.mark.parametrize(("waited", "number"), [(0, 1), (4, 1), (5, 2), (9, 2), (10, 3), (500, 3)])
def test_one_office_more_for_every_delay(waited: int, number: int) -> None:
    found = rules.offices(CHAIN, TERMS, DAY)
    assert rules.reached(found, waited, 5) == found[:number]


def _age(reference: str, days: int) -> None:
    """As if it had been sent so many calendar days ago, in the morning."""
    at = datetime.combine(clock.today() - timedelta(days=days), time(9), clock.BANGKOK).astimezone(UTC)
    db.session.execute(update(Registration).where(Registration.reference == reference).values(submitted_at=at))
    db.session.commit()


def _waits_for(*people: Invented) -> list[list[str]]:
    return [[row.case.reference for row in queue.waiting(viewer_of(person))[0]] for person in people]


def _decide(reference: str, by: Invented, outcome: Outcome = Outcome.APPROVED) -> None:
    case = registration.find_by_reference(reference)
    assert case
    code = "" if outcome == Outcome.APPROVED else "OTHER"
    operations.decide(viewer_of(by), case, Verdict(outcome, "เอกสารไม่ตรงกับชื่อ", case.version, (), code))
    db.session.commit()


def test_an_old_case_is_decided_by_the_office_above_too_and_step_by_step(scene: Flask, send: Send) -> None:
    reference = send()
    people = UNIT_ADMIN, PROVINCIAL, DLA_OFFICER
    with scene.app_context():
        assert _waits_for(*people) == [[reference], [], []]
        with pytest.raises(Forbidden):
            _decide(reference, PROVINCIAL)
        db.session.rollback()
        _age(reference, 8)  # five working days at least, whatever the day, unless three of them are holidays
        unit = registration.find_by_reference(reference)
        assert unit
        assert unit.unit_id
        days = 8
        while len(offices.deciding(unit)[0]) < 2:
            days += 1
            _age(reference, days)
        assert _waits_for(*people) == [[reference], [reference], []]
        [row] = queue.waiting(viewer_of(UNIT_ADMIN))[0]
        assert len(row.deciders) == 2
        while len(offices.deciding(unit)[0]) < 3:
            days += 1
            _age(reference, days)
        assert _waits_for(*people) == [[reference], [reference], [reference]]
        shown = {
            name: queue.counts(Desk(viewer_of(person)), addresses.parse({})).by_choice["show", "mine"]
            for name, person in (("unit", UNIT_ADMIN), ("province", PROVINCIAL))
        }
        assert shown == {"unit": 1, "province": 1}
        _decide(reference, PROVINCIAL, Outcome.REJECTED)
        case = registration.find_by_reference(reference)
        assert case
        _age(reference, 400)
        case.decided_at = case.submitted_at
        db.session.commit()
        assert len(offices.deciding(case)[0]) == 1, "what is decided climbs no further"


def test_the_applicant_is_told_every_office_that_may_decide_by_now(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.test_request_context():
        case = registration.find_by_reference(reference)
        assert case
        told = summary.waiting(case)
        assert told
        assert (told.also, told.people) == ([], [viewer_of(UNIT_ADMIN).name])
        days = 8
        while len(offices.may_decide(case)) < 2:
            days += 1
            _age(reference, days)
        told = summary.waiting(case)
        assert told
        assert "สระกรวด" in told.office
        assert [office for office in told.also if "เพชรบูรณ์" in office]
        assert told.people == sorted(viewer_of(person).name for person in (UNIT_ADMIN, PROVINCIAL))


def test_a_desk_counts_the_steps_as_the_offices_are_listed(scene: Flask) -> None:
    with scene.app_context():
        unit_ids = list(db.session.scalars(select(Unit.id)))
        found = Offices(unit_ids)
        for person in (UNIT_ADMIN, PROVINCIAL, DLA_OFFICER):
            account_id = viewer_of(person).account_id
            for unit_id, step in found.steps(account_id).items():
                hers = [n for n, office in enumerate(found.of(unit_id), 1) if account_id in office.accounts]
                assert step == next(iter(hers), 0)


def test_the_list_says_that_it_is_overdue_and_whom_it_waits_for(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        _age(reference, 30)
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN)
    told = text_of(client.get("/approvals"))
    assert "รอ อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์ พิจารณา" in told
    assert "เกินกำหนด สถจ.เพชรบูรณ์ พิจารณาได้ด้วย" in told


def _reminded(outbox: Outbox) -> set[str]:
    return {recipient for recipient, subject, _body in outbox() if "รอท่านพิจารณา" in subject}


@pytest.mark.pinned
def test_the_office_above_is_reminded_once_it_may_decide(scene: Flask, send: Send, outbox: Outbox) -> None:
    reference = send()
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=clock.BANGKOK), tick=False), scene.app_context():
        _age(reference, 4)
        reminders.remind()
        db.session.commit()
        assert _reminded(outbox) == {UNIT_ADMIN.email}
        _age(reference, 30)
        reminders.remind()
        db.session.commit()
        assert _reminded(outbox) >= {UNIT_ADMIN.email, PROVINCIAL.email}


@pytest.mark.pinned
def test_nobody_is_reminded_on_a_holiday(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        _age(reference, 30)
        with time_machine.travel(datetime(2026, 12, 10, 10, tzinfo=clock.BANGKOK), tick=False):
            assert reminders.remind() == 0
        with time_machine.travel(datetime(2026, 12, 11, 10, tzinfo=clock.BANGKOK), tick=False):
            assert reminders.remind() > 0


COLLEAGUE = replace(CLERK, position="ปลัด อบต.")


@pytest.mark.attack(23)
def test_nobody_decides_on_the_one_who_decided_on_him(scene: Flask, send: Send) -> None:
    first = send(COLLEAGUE)
    with scene.app_context():
        _decide(first, UNIT_ADMIN)  # the admin let her in
        account = next(a for a in accounts.with_national_id(accounts.national_id_index(COLLEAGUE.national_id)))
        account.username = COLLEAGUE.username
        db.session.commit()
        appoint(COLLEAGUE, by=PROVINCIAL)
    second = send(replace(UNIT_ADMIN, email="wilai.again@sakruat.example.go.th"))
    with scene.app_context():
        assert _waits_for(COLLEAGUE, UNIT_ADMIN, PROVINCIAL) == [[], [], [second]]
        with pytest.raises(Forbidden) as refused:
            _decide(second, COLLEAGUE)
        assert (refused.value.code, refused.value.audit) == ("mutual", "refused.decision")
        db.session.rollback()
        with time_machine.travel(clock.now() + timedelta(days=366)):
            assert _waits_for(COLLEAGUE)[0] == [second]


@pytest.mark.attack(23)
def test_nobody_decides_on_his_own_superior(scene: Flask, send: Send) -> None:
    reference = send(replace(PROVINCIAL, email="prasit.again@sakruat.example.go.th"))
    client = scene.test_client()
    sign_in(client, UNIT_ADMIN)
    with scene.app_context():
        old = clock.now() - timedelta(days=400)
        db.session.execute(update(Appointment).values(created_at=old))  # the appointment itself bars no more
        db.session.commit()
        assert _waits_for(UNIT_ADMIN, PROVINCIAL, DLA_OFFICER) == [[], [], [reference]]
        with pytest.raises(Forbidden) as refused:
            _decide(reference, UNIT_ADMIN)
        assert refused.value.code == "superior"
        db.session.rollback()
    assert client.get(f"/approvals/{reference}").status_code == 403
    with scene.app_context():
        assert db.session.query(AuditEvent).filter_by(name="refused.decision").one().facts["why"] == "superior"
        _decide(reference, DLA_OFFICER, Outcome.REJECTED)


@pytest.mark.attack(23)
def test_whoever_was_appointed_by_the_applicant_does_not_decide_on_him(scene: Flask, send: Send) -> None:
    reference = send(replace(PROVINCIAL, email="prasit.again@sakruat.example.go.th"))
    with scene.app_context(), pytest.raises(Forbidden) as refused:
        _decide(reference, UNIT_ADMIN)
    assert refused.value.code == "mutual"


@pytest.mark.attack(22, 30)
def test_a_page_opened_before_midnight_decides_nothing_after_the_last_day(sqlite_app: Flask) -> None:
    """Played with the clock of Bangkok: 23:59:59 and 00:00:01."""
    from tests.idp.approval.matrix import a_case, offices_of

    offices_of(sqlite_app)
    with sqlite_app.app_context():
        reference = a_case("SUBMITTED")
        last = clock.today() + timedelta(days=3)
        account = accounts.find_by_username(UNIT_ADMIN.username)
        assert account
        db.session.execute(update(Appointment).where(Appointment.account_id == account.id).values(ends_on=last))
        db.session.commit()
    client = sqlite_app.test_client()
    midnight = clock.start_of_day(last + timedelta(days=1))
    from tests.browsing import submit

    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        sign_in(client, UNIT_ADMIN)
        page = client.get(f"/approvals/{reference}")
        assert page.status_code == 200
    with time_machine.travel(midnight + timedelta(seconds=1), tick=False):
        assert submit(client, page, {"outcome": "APPROVED"}, action="/decision").status_code == 403
    with sqlite_app.app_context():
        case = registration.find_by_reference(reference)
        assert case
        assert case.state == "SUBMITTED"
