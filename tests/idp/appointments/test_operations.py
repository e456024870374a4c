"""Authority as a dated act."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from idp.accounts import operations as accounts
from idp.appointments import operations as appointments
from idp.audit.models import AuditEvent
from idp.database import db
from idp.evidence import operations as evidence
from idp.units import operations as units
from tests.factories import a_letter, appoint, letter_image
from tests.people import CLERK, DLA_OFFICER, PROVINCIAL, UNIT_ADMIN
from thai_web import clock
from thai_web.refusal import Conflict, Forbidden


def _deciding_unit(code: str) -> str:
    unit = units.find(code)
    assert unit
    found = appointments.deciders_for(unit.id)
    assert found
    return units.get(found.unit_id).code


def test_each_authority_is_decided_one_level_up_and_the_first_by_a_command(chain: Flask) -> None:
    with chain.app_context():
        assert _deciding_unit("670603") == "670603"
        assert _deciding_unit("670604") == "P67", "no admin in the unit nor in its district: the province decides"
        assert _deciding_unit("D6706") == "P67"
        assert _deciding_unit("P67") == "P67"
        assert _deciding_unit("DLA") == "DLA"


def test_the_first_officer_is_made_once(chain: Flask) -> None:
    with chain.app_context():
        account, dla = accounts.find_by_username(CLERK.username), units.find("DLA")
        assert account
        assert dla
        with pytest.raises(Conflict):
            appointments.appoint_first_officer(account, dla.id, a_letter(), evidence.prepare(letter_image(), "a.png"))


def test_nobody_appoints_himself_nor_outside_his_reach(chain: Flask) -> None:
    with chain.app_context():
        with pytest.raises(Forbidden):
            appoint(UNIT_ADMIN, by=UNIT_ADMIN)
        with pytest.raises(Forbidden):
            appoint(CLERK, by=UNIT_ADMIN)
        with pytest.raises(Forbidden):
            appoint(CLERK, by=DLA_OFFICER)  # the province has an officer, so it is hers to decide


@pytest.mark.attack(29, 30)
def test_a_power_ends_with_its_last_day_in_bangkok_and_the_next_office_decides(chain: Flask) -> None:
    with chain.app_context():
        last = (clock.today() + timedelta(days=700)).isoformat()
        with time_machine.travel(f"{last}T16:59:59+00:00", tick=False):
            assert _deciding_unit("670603") == "670603"
        with time_machine.travel(f"{last}T17:00:01+00:00", tick=False):
            found = appointments.deciders_for(units.find("670603").id)  # type: ignore[union-attr]
            assert found is None, "every letter of this scene ended that day"


@pytest.mark.attack(29)
def test_suspension_takes_the_power_away_at_once(chain: Flask) -> None:
    with chain.app_context():
        account = accounts.find_by_username(UNIT_ADMIN.username)
        assert account
        accounts.suspend(account, "สอบสวน")
        assert _deciding_unit("670603") == "P67"
        db.session.rollback()


@pytest.mark.attack(29)
def test_leaving_the_unit_takes_the_power_along(chain: Flask) -> None:
    with chain.app_context():
        account = accounts.find_by_username(UNIT_ADMIN.username)
        assert account
        accounts.postings(account.id, clock.today())[0].ends_on = clock.today() - timedelta(days=1)
        assert _deciding_unit("670603") == "P67"
        db.session.rollback()


def test_an_appointment_ends_early_with_a_reason_and_never_twice(chain: Flask) -> None:
    from tests.factories import viewer_of

    with chain.app_context():
        mine = viewer_of(UNIT_ADMIN).holdings[0].appointment_id
        appointments.end(viewer_of(PROVINCIAL), mine, "เกษียณอายุราชการ")
        assert _deciding_unit("670603") == "P67"
        with pytest.raises(Conflict):
            appointments.end(viewer_of(PROVINCIAL), mine, "อีกครั้ง")


def test_every_appointment_is_an_event_with_its_letter_and_the_authority_behind_it(chain: Flask) -> None:
    with chain.app_context():
        events = db.session.query(AuditEvent).filter_by(name="appointment.made").order_by(AuditEvent.id).all()
        assert [event.actor_kind for event in events] == ["command", "account", "account"]
        assert events[2].facts["letter_number"] == "สถ 0801/ว 1"
        made = appointments.get(int(events[2].facts["appointment_id"]))
        assert made.made_under_appointment_id == events[1].facts["appointment_id"]
        assert all(appointments.get(event.facts["appointment_id"]).evidence_id for event in events)
