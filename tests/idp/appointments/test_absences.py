"""Days of absence: a deputy stands in, else the office above."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from idp.access.rules import Permission, Power
from idp.appointments import absences, operations
from idp.appointments.rules import Standing
from idp.database import db
from idp.units import operations as units
from tests.browsing import submit, text_of
from tests.factories import appoint, open_person, sign_in, viewer_of
from tests.idp.appointments.conftest import Outbox, account_id
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden, Refusal


def _held() -> int:
    return next(
        each for each in operations.holdings(account_id(UNIT_ADMIN)) if each.power == Power.SSO_ADMIN
    ).appointment_id


def _standing(day: date | None = None) -> tuple[str, Standing, list[int]]:
    unit = units.find(UNIT_ADMIN.unit_code)
    assert unit
    found = operations.deciders_for(unit.id, day)
    assert found
    return units.get(found.unit_id).code, found.standing, [term.account_id for term in found.terms]


def test_without_a_deputy_the_office_above_decides_for_these_days_and_is_told(chain: Flask, outbox: Outbox) -> None:
    with chain.app_context():
        today = clock.today()
        absences.mark(viewer_of(UNIT_ADMIN), _held(), today, today + timedelta(days=2))
        db.session.commit()
        assert _standing() == ("P67", Standing.AWAY, [account_id(PROVINCIAL)])
        unit = units.find(UNIT_ADMIN.unit_code)
        assert unit
        found = operations.deciders_for(unit.id)
        assert found
        assert [term.account_id for term in found.away] == [account_id(UNIT_ADMIN)], "her queue still shows it"
        assert _standing(today + timedelta(days=3)) == ("670603", Standing.OWN, [account_id(UNIT_ADMIN)])
    recipient, subject, _body = outbox()[-1]
    assert (recipient, "พิจารณาคำขอแทน" in subject) == (PROVINCIAL.email, True)


def test_a_deputy_stands_in_and_holds_the_power_on_these_days_alone(chain: Flask) -> None:
    with chain.app_context():
        appoint(CLERK, by=PROVINCIAL, power=Power.DEPUTY)
        assert not viewer_of(CLERK).may(Permission.DECIDE_REGISTRATIONS)
        assert viewer_of(CLERK).may(Permission.READ_APPOINTMENTS)
        today = clock.today()
        absences.mark(viewer_of(UNIT_ADMIN), _held(), today, today)
        db.session.commit()
        assert _standing() == ("670603", Standing.DEPUTY, [account_id(CLERK)])
        assert viewer_of(CLERK).may(Permission.DECIDE_REGISTRATIONS)
        with time_machine.travel(f"{today.isoformat()}T16:59:59+00:00", tick=False):
            assert viewer_of(CLERK).may(Permission.DECIDE_REGISTRATIONS)
        with time_machine.travel(f"{today.isoformat()}T17:00:01+00:00", tick=False):
            assert not viewer_of(CLERK).may(Permission.DECIDE_REGISTRATIONS)


@pytest.mark.attack(29)
def test_a_deputys_power_ends_with_the_letter_she_stands_in_for(chain: Flask) -> None:
    with chain.app_context():
        appoint(CLERK, by=PROVINCIAL, power=Power.DEPUTY)
        absences.mark(viewer_of(UNIT_ADMIN), _held(), clock.today(), clock.today())
        operations.end(viewer_of(PROVINCIAL), _held(), "ลาออก")
        assert _standing() == ("P67", Standing.VACANT, [account_id(PROVINCIAL)])
        assert not viewer_of(CLERK).may(Permission.APPOINT)


def test_a_colleague_who_is_there_decides_alone(chain: Flask) -> None:
    with chain.app_context():
        appoint(CLERK, by=PROVINCIAL)
        absences.mark(viewer_of(UNIT_ADMIN), _held(), clock.today(), clock.today())
        assert _standing() == ("670603", Standing.OWN, [account_id(CLERK)])


def test_who_is_back_early_takes_the_power_back_at_once(chain: Flask) -> None:
    with chain.app_context():
        absence = absences.mark(viewer_of(UNIT_ADMIN), _held(), clock.today(), clock.today() + timedelta(days=9))
        absences.cancel(viewer_of(UNIT_ADMIN), _held(), absence.id)
        assert _standing() == ("670603", Standing.OWN, [account_id(UNIT_ADMIN)])
        with pytest.raises(Conflict):
            absences.cancel(viewer_of(UNIT_ADMIN), _held(), absence.id)


def test_the_office_above_marks_for_somebody_who_fell_ill_and_others_do_not(chain: Flask) -> None:
    with chain.app_context():
        today, held = clock.today(), _held()
        for person in (CLERK, DLA_OFFICER):
            with pytest.raises(Forbidden):
                absences.mark(viewer_of(person), held, today, today)
        absences.mark(viewer_of(PROVINCIAL), held, today, today)
        with pytest.raises(Refusal) as refused:
            absences.mark(viewer_of(PROVINCIAL), held, today, today)
        assert refused.value.code == "starts_on"


@pytest.mark.parametrize(
    ("first", "last", "field"), [(-1, 0, "starts_on"), (3, 2, "ends_on"), (0, 120, "ends_on"), (600, 701, "ends_on")]
)
def test_days_that_cannot_be_are_refused_at_their_field(sqlite_chain: Flask, first: int, last: int, field: str) -> None:
    with sqlite_chain.app_context():
        today = clock.today()
        with pytest.raises(Refusal) as refused:
            absences.mark(viewer_of(UNIT_ADMIN), _held(), today + timedelta(days=first), today + timedelta(days=last))
        assert refused.value.code == field


def test_an_admin_marks_days_and_takes_them_back_on_the_page(sqlite_chain: Flask) -> None:
    client = sqlite_chain.test_client()
    sign_in(client, UNIT_ADMIN)
    with sqlite_chain.app_context():
        path, today = f"/appointments/{_held()}", clock.today()
    day = {"day": str(today.day), "month": str(today.month), "year": str(today.year + 543)}
    days = {f"{name}-{part}": value for name in ("starts_on", "ends_on") for part, value in day.items()}
    wrong = submit(client, client.get(path), {**days, "ends_on-year": str(today.year)}, action="/absences")
    assert wrong.status_code == 422
    assert "พ.ศ." in text_of(wrong)
    assert submit(client, client.get(path), days, action="/absences").status_code == 303
    assert "คำขอจะไปที่ สถจ.เพชรบูรณ์" in text_of(client.get(f"/appointments/units/{UNIT_ADMIN.unit_code}"))
    assert submit(client, client.get(path), {}, action="/cancel").status_code == 303
    assert "พิจารณาคำขอเอง" in text_of(client.get(f"/appointments/units/{UNIT_ADMIN.unit_code}"))


def test_both_days_of_an_absence_that_cannot_be_are_told_at_once(sqlite_chain: Flask) -> None:
    client = sqlite_chain.test_client()
    sign_in(client, UNIT_ADMIN)
    with sqlite_chain.app_context():
        path, today = f"/appointments/{_held()}", clock.today()
    days = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=2000)}
    typed = {
        f"{name}-{part}": str(value)
        for name, day in days.items()
        for part, value in (("day", day.day), ("month", day.month), ("year", day.year + 543))
    }
    refused = text_of(submit(client, client.get(path), typed, action="/absences"))
    assert "วันแรกที่ไม่อยู่ต้องเป็นวันนี้หรือหลังจากนี้" in refused
    assert "ต้องไม่เกินวันสิ้นสุดของการมอบหมาย" in refused


def test_a_second_deputy_who_is_away_herself_does_not_stand_in(chain: Flask) -> None:
    with chain.app_context():
        other = replace(CLERK, key="other_deputy", email="o@example.go.th", number=95)
        open_person(other)
        for person in (CLERK, other):
            appoint(person, by=PROVINCIAL, power=Power.DEPUTY)
        today = clock.today()
        absences.mark(viewer_of(UNIT_ADMIN), _held(), today, today)
        own = viewer_of(CLERK).holdings[0].appointment_id
        absences.mark(viewer_of(CLERK), own, today, today)
        assert _standing() == ("670603", Standing.DEPUTY, [account_id(other)])
        assert not viewer_of(CLERK).may(Permission.DECIDE_REGISTRATIONS)
