"""The queue's scene: DLA, a province, a unit with an admin; and a district office's auditor."""

from dataclasses import replace

import pytest
from flask import Flask

from idp.access.rules import Power
from idp.accounts import operations as accounts
from idp.appointments import operations as appointments
from idp.database import db
from idp.evidence import operations as evidence
from idp.units import operations as units
from tests.factories import a_letter, letter_image, open_person, viewer_of
from tests.idp.approval.conftest import scene as scene
from tests.idp.approval.conftest import send as send
from tests.people import DLA_OFFICER, PROVINCIAL

AUDITOR = replace(PROVINCIAL, key="anong_auditor", given_name="อนงค์", email="anong@phetchabun.example.go.th", number=31)


@pytest.fixture
def auditor(scene: Flask) -> Flask:
    """The scene with an auditor at the province, appointed by DLA."""
    with scene.app_context():
        open_person(AUDITOR)
        account, unit = accounts.find_by_username(AUDITOR.username), units.find(AUDITOR.unit_code)
        assert account
        assert unit
        scan = evidence.prepare(letter_image(), "คำสั่ง.png")
        appointments.appoint(viewer_of(DLA_OFFICER), account.id, unit.id, a_letter(), scan, Power.AUDITOR)
        db.session.commit()
    return scene
