"""The overview of the units below: whose it is, what it says, and what it costs."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select

from idp.appointments.models import Appointment
from idp.approval import operations
from idp.approval.operations import Verdict
from idp.approval.reasons import Outcome
from idp.audit.models import AuditEvent
from idp.database import db
from idp.oversight import overview
from idp.oversight.overview import Territory
from idp.oversight.rules import Filters, parse
from idp.registration import operations as registration
from idp.units import operations as units
from idp.units.models import Unit
from tests.browsing import text_of
from tests.factories import sign_in, viewer_of
from tests.idp.approval.conftest import APPLICANT
from tests.idp.oversight.conftest import AUDITOR
from tests.people import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented
from thai_web import clock

Send = Callable[..., str]


def _territory(code: str) -> Territory:
    top = units.find(code)
    assert top
    return Territory(top)


def _rows(code: str, **given: str) -> dict[str, overview.Row]:
    territory, filters = _territory(code), parse(given)
    return {row.unit.code: row for row in territory.rows(territory.chosen(filters), filters)}


def _browser(app: Flask, person: Invented) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, person).status_code == 303
    return client


def test_each_level_shows_the_next_with_all_that_is_below_it(scene: Flask, send: Send) -> None:
    send()
    with scene.app_context():
        dla, province, district = _rows("DLA"), _rows("P67"), _rows("D6706")
        assert set(dla) == {"DLA", "P67"}
        assert "D6706" in province
        assert {"D6706", "670603"} <= set(district)
        assert dla["P67"].figures.units == len(_territory("P67").figures)
        assert dla["P67"].is_sum
        assert not district["670603"].is_sum
        assert [
            rows[code].figures.waiting for rows, code in ((dla, "P67"), (province, "D6706"), (district, "670603"))
        ] == [1, 1, 1]
        assert _territory("DLA").total().units == dla["DLA"].figures.units + dla["P67"].figures.units


def test_a_unit_without_admin_is_told_with_the_office_that_decides_for_it(scene: Flask) -> None:
    with scene.app_context():
        rows = _rows("D6706", show="no_admin")
        assert "670603" not in rows
        assert rows["670604"].office
        assert rows["670604"].office.code == "P67"
        admin = db.session.scalar(select(Appointment).join(Unit).where(Unit.code == "670603"))
        assert admin
        admin.ended_at = clock.now()
        db.session.commit()
        assert _rows("D6706", show="no_admin")["670603"].has_admin is False


def test_a_unit_that_closed_needs_no_admin_but_what_waits_there_is_still_seen(scene: Flask, send: Send) -> None:
    send(unit_code="670604")
    with scene.app_context():
        before, unit = _territory("P67").total().units, units.find("670604")
        assert unit
        unit.valid_to = clock.today() - timedelta(days=1)
        db.session.commit()
        assert "670604" not in _rows("D6706", show="no_admin")
        assert _rows("D6706")["670604"].figures.waiting == 1
        assert _territory("P67").total().units == before - 1


def test_what_waits_long_is_found_oldest_first(scene: Flask, send: Send) -> None:
    references = [send(), send(replace(APPLICANT, number=81, email="a@example.go.th"), "670604")]
    with scene.app_context():
        assert _rows("P67", show="waiting") == {}
        for reference, days in zip(references, (8, 9), strict=True):
            case = registration.find_by_reference(reference)
            assert case
            assert case.submitted_at
            case.submitted_at -= timedelta(days=days)
        db.session.commit()
        rows = _rows("P67", show="waiting")
        assert list(rows) == ["670604", "670603"]
        assert rows["670604"].figures.oldest


def test_decisions_are_counted_with_the_time_they_took(scene: Flask, send: Send) -> None:
    reference = send()
    with scene.app_context():
        case = registration.find_by_reference(reference)
        assert case
        assert case.submitted_at
        case.submitted_at -= timedelta(days=3, hours=2)
        db.session.commit()
        seen = case.version
        operations.decide(viewer_of(UNIT_ADMIN), case, Verdict(Outcome.REJECTED, "เอกสารไม่ตรงกับชื่อ", seen, (), "OTHER"))
        db.session.commit()
        figures = _rows("D6706")["670603"].figures
        assert (figures.waiting, figures.approved, figures.rejected, figures.usual_days) == (0, 0, 1, 3)
        case.decided_at = clock.now() - timedelta(days=91)
        db.session.commit()
        assert _rows("D6706")["670603"].figures.rejected == 0


def test_appointments_that_end_soon_are_found(scene: Flask) -> None:
    with scene.app_context():
        admin = db.session.scalar(select(Appointment).join(Unit).where(Unit.code == "670603"))
        assert admin
        assert _rows("P67", show="ending") == {}
        admin.ends_on = clock.today() + timedelta(days=60)
        db.session.commit()
        assert _rows("P67", show="ending")["670603"].figures.first_end == admin.ends_on
        admin.ends_on = clock.today() + timedelta(days=61)
        db.session.commit()
        assert _rows("P67", show="ending") == {}


def test_names_and_kinds_narrow_the_list(scene: Flask) -> None:
    with scene.app_context():
        assert set(_rows("P67", q="สระกรวด")) == {"670603"}
        assert "670603" in _rows("P67", kind="TAO")
        assert _rows("P67", q="สระกรวด", kind="PAO") == {}
        assert _rows("P67", q="ๆๆ ...") == {}


@pytest.mark.parametrize(
    ("person", "code", "status"),
    [
        (DLA_OFFICER, "DLA", 200),
        (DLA_OFFICER, "670603", 200),
        (PROVINCIAL, "P67", 200),
        (PROVINCIAL, "D6706", 200),
        (PROVINCIAL, "DLA", 404),
        (PROVINCIAL, "P65", 404),
        (UNIT_ADMIN, "670603", 200),
        (UNIT_ADMIN, "670604", 404),
        (UNIT_ADMIN, "D6706", 404),
        (AUDITOR, "D6706", 200),
        (AUDITOR, "DLA", 404),
    ],
)
def test_everybody_sees_the_own_units_and_those_below(auditor: Flask, person: Invented, code: str, status: int) -> None:
    client = _browser(auditor, person)
    assert client.get(f"/oversight/units/{code}").status_code == status
    assert client.get(f"/oversight/units/{code}/excel").status_code == status
    assert client.get("/oversight").headers["Location"].endswith(person.unit_code)


def test_only_an_auditor_leaves_a_trace_of_looking(auditor: Flask) -> None:
    def events() -> list[str]:
        with auditor.app_context():
            return list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.id)))

    before = events()
    _browser(auditor, PROVINCIAL).get("/oversight/units/P67")
    assert events() == before
    _browser(auditor, AUDITOR).get("/oversight/units/P67")
    assert events() == [*before, "audit.read"]


def test_the_page_says_it_in_words_and_leads_down(scene: Flask) -> None:
    client = _browser(scene, DLA_OFFICER)
    page = client.get("/oversight/units/P67")
    assert "สถจ.เพชรบูรณ์" in text_of(page)
    assert "/oversight/units/D6706" in page.get_data(as_text=True)
    flat = text_of(client.get("/oversight/units/P67?show=no_admin&q=ศรีเทพ"))
    assert "สถจ.เพชรบูรณ์ พิจารณาแทน" in flat


def test_a_day_of_a_unit_below_does_not_read_as_that_of_the_office_above(scene: Flask) -> None:
    client = _browser(scene, PROVINCIAL)

    def told(page: str, row: str) -> str:
        rows = re.findall("<tr>.*?</tr>", client.get(f"/oversight/units/{page}").get_data(as_text=True), flags=re.S)
        [shown] = [each for each in rows if f'/units/{row}">' in each]
        return re.findall("<time [^>]*>([^<]*ถึง) ", shown)[0]

    assert told("P67", "D6706") == "รายแรกถึง"
    assert told("D6706", "670603") == "ถึง"


def test_a_long_list_comes_in_pages_and_the_file_holds_it_all(scene: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.oversight.views.PER_PAGE", 10)
    client = _browser(scene, PROVINCIAL)
    first = client.get("/oversight/units/P67?show=all").get_data(as_text=True)
    assert 'rel="next" href="/oversight/units/P67?page=2&amp;show=all"' in first
    second = text_of(client.get("/oversight/units/P67?show=all&page=2"))
    assert "แสดงรายการที่ 11 ถึง 20" in second
    sheet = load_workbook(BytesIO(client.get("/oversight/units/P67/excel?show=all").data)).active
    assert sheet
    with scene.app_context():
        assert sheet.max_row == 2 + len(_territory("P67").figures)


def test_a_name_that_looks_like_a_formula_stays_a_text_in_the_file(scene: Flask) -> None:
    with scene.app_context():
        unit = units.find("DLA")
        assert unit
        unit.name_th = "=HYPERLINK(1)"
        db.session.commit()
    sheet = load_workbook(BytesIO(_browser(scene, DLA_OFFICER).get("/oversight/units/DLA/excel").data)).active
    assert sheet
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "'=HYPERLINK(1)" in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_the_overview_asks_no_more_statements_for_more_units(scene: Flask) -> None:
    client = _browser(scene, DLA_OFFICER)

    def statements(path: str) -> int:
        seen: list[str] = []

        def note(*call: object) -> None:
            seen.append(str(call[2]))

        with scene.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            assert client.get(path).status_code == 200
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    few = statements("/oversight/units/670603?show=all")
    many = statements("/oversight/units/P67?show=all")
    assert many <= few + 1  # one level less above, more offices in between
    assert many <= 28


def test_filters_without_a_list_go_through_all_units() -> None:
    assert parse({"q": "ศรี"}) == Filters("all", "", "ศรี")
