"""The demo's two years of reports: played by INFO's own operations, and they hold together."""

from collections import Counter

from flask import Flask
from sqlalchemy import select

from demo.province import reports as demo
from relying_party_example.database import db
from relying_party_example.periods import operations as periods
from relying_party_example.periods.models import Period
from relying_party_example.reports.models import Report
from tests.relying_party_example import people
from thai_web import clock

REPORTER, SECOND = "reporter-of-670603", "reporter-of-670604"


def _told(sub: str, unit: str, role: str) -> dict[str, object]:
    return {"sub": sub, "name": "ผู้รายงาน สมมุติ", "position": "เจ้าพนักงานธุรการ", "unit_code": unit, "roles": [role]}


TOLD = [
    _told("certifier", "P67", "certifier"),
    _told(REPORTER, people.SA_KRUAT["code"], "reporter"),
    _told(SECOND, people.KHLONG_KRACHANG["code"], "reporter"),
]


def test_eight_quarters_are_certified_and_the_running_one_has_begun(app: Flask) -> None:
    with app.app_context():
        periods.create_wanted(clock.now())
        periods.ensure_open("เปิดให้ทดลองใช้", demo.Person(sub="test", name="ทดสอบ"), clock.now())
        db.session.commit()
        assert demo.play(TOLD) >= 15
        states = Counter(
            db.session.execute(select(Period.fiscal_year, Period.quarter, Report.state).join_from(Period, Report))
        )
        running = max((year, quarter) for year, quarter, _state in states)
        earlier = {row: many for row, many in states.items() if row[:2] != running}
        assert len({row[:2] for row in earlier}) == demo.QUARTERS
        assert {state for _year, _quarter, state in earlier} == {"CERTIFIED"}


def test_the_casts_unit_has_a_draft_that_lacks_nothing(app: Flask) -> None:
    with app.app_context():
        periods.create_wanted(clock.now())
        periods.ensure_open("เปิดให้ทดลองใช้", demo.Person(sub="test", name="ทดสอบ"), clock.now())
        demo.play(TOLD)
        reporters, _certifier = demo._people(TOLD)
        running = next(each for each in periods.opened(clock.now()) if each.window().phase(clock.now()).is_open)
        found = demo.look_up(running.key, "670603", reporters["670603"], clock.now())
        assert found.state == "DRAFT"
        assert not [issue for issue in found.issues() if issue.is_error]
