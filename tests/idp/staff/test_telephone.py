"""The office telephone of a unit: kept by its own admin, told to whoever waits."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.audit.models import AuditEvent
from idp.database import db
from idp.units import operations as units
from tests.browsing import submit, text_of
from tests.idp.staff.conftest import NEIGHBOUR, browser_of
from tests.people import PROVINCIAL, UNIT_ADMIN, Invented

UNIT = f"/staff/units/{UNIT_ADMIN.unit_code}"


@pytest.fixture
def admin(scene: Flask) -> FlaskClient:
    return browser_of(scene, UNIT_ADMIN)


def change(browser: FlaskClient, telephone: str):
    return submit(browser, browser.get(f"{UNIT}/telephone"), {"telephone": telephone})


def stored(app: Flask) -> str | None:
    with app.app_context():
        unit = units.find(UNIT_ADMIN.unit_code)
        assert unit
        return unit.telephone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("056-711-234 ต่อ 12", "056711234 ต่อ 12"),
        ("๐๕๖ ๗๑๑ ๒๓๔", "056711234"),
        ("+66 56 711 234", "056711234"),
        ("", None),
    ],
)
def test_the_units_admin_writes_it_as_they_like(scene: Flask, admin: FlaskClient, typed: str, kept: str | None) -> None:
    assert change(admin, "0891234567").location == UNIT
    assert change(admin, typed).location == UNIT
    assert stored(scene) == kept
    assert (kept or "ยังไม่ได้กรอก") in text_of(admin.get(UNIT))
    with scene.app_context():
        told = db.session.query(AuditEvent).filter_by(name="units.telephone_changed")
        assert [each.facts["telephone"] for each in told.order_by(AuditEvent.id)] == ["0891234567", kept or ""]


def test_what_is_no_number_is_refused_and_stays_in_the_field(scene: Flask, admin: FlaskClient) -> None:
    refused = change(admin, "โทรหาปลัด")
    assert refused.status_code == 422
    assert "กรอกหมายเลขโทรศัพท์ไทยหมายเลขเดียว" in text_of(refused)
    assert 'value="โทรหาปลัด"' in refused.get_data(as_text=True)
    assert stored(scene) is None


@pytest.mark.parametrize(("who", "status"), [(NEIGHBOUR, 404), (PROVINCIAL, 403)])
def test_nobody_else_changes_it(scene: Flask, who: Invented, status: int) -> None:
    other = browser_of(scene, who)
    assert other.get(f"{UNIT}/telephone").status_code == status
    form = other.get(f"/staff/units/{who.unit_code}/telephone").get_data(as_text=True)
    marks = dict(re.findall(r'name="(csrf_token|signed_in_as)"[^>]* value="([^"]*)"', form))
    assert len(marks) == 2
    assert other.post(f"{UNIT}/telephone", data={**marks, "telephone": "0891234567"}).status_code == status
    assert stored(scene) is None


def test_an_import_of_the_register_leaves_it(scene: Flask, admin: FlaskClient) -> None:
    change(admin, "056711234")
    with scene.app_context():
        units.import_register(province_codes=["67"])
        db.session.commit()
    assert stored(scene) == "056711234"
