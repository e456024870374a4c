"""Server time of INFO's pages with every local government's reports of eight quarters, the last of them open."""

import gc
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, case, func, insert, literal, select, text, update

from benchmarks.budgets import Report as Figures
from benchmarks.pages import server_time
from relying_party_example import create_app
from relying_party_example.commands import upgrade
from relying_party_example.config import Settings
from relying_party_example.database import db, job
from relying_party_example.periods import operations as periods
from relying_party_example.periods.models import ExpectedUnit, Period
from relying_party_example.periods.rules import PeriodKey, default_window
from relying_party_example.reports.models import Report, ReportVersion
from relying_party_example.signin import operations as signin
from relying_party_example.signin.provider import Tokens
from relying_party_example.units import feed
from relying_party_example.units import operations as units
from tests.relying_party_example.answers import DEFINITION, complete
from tests.relying_party_example.people import CLERK, DLA_OFFICER, SA_KRUAT, Claims
from thai_web import clock

QUARTERS = 8
LARGEST_PROVINCE = "30"  # Nakhon Ratchasima, 334 local governments


def measure(figures: Figures, database_url: str, issuer: str) -> None:
    """`issuer` is a running provider, whose register of the whole country INFO takes over."""
    settings = Settings(database_url=database_url, issuer=issuer, base_url="http://localhost", client_secret="-" * 32)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        job(lambda: _fill(issuer))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # as its autovacuum does by itself, a minute later
    gc.collect()
    gc.freeze()  # as `gunicorn.conf.py` does
    current = PeriodKey.of(clock.today())
    clerk, officer = _signed_in(app, CLERK), _signed_in(app, DLA_OFFICER)
    report = f"/reports/{current}/{SA_KRUAT['code']}/parts"
    parts = [f"{report}/{block.code}" for block in DEFINITION.blocks]
    figures.add("info-form", max(server_time(clerk, part) for part in parts), "the slowest part")
    figures.add("info-province", server_time(officer, f"/dashboards/{current}/{LARGEST_PROVINCE}"))
    figures.add("info-country", server_time(officer, f"/dashboards/{current}/"))
    figures.add("info-excel", None, "INFO exports nothing yet")


def _fill(issuer: str) -> None:
    now = clock.now()
    register = feed.read(issuer, None)
    assert register is not None
    units.synchronise(register, now)
    for key in _quarters(PeriodKey.of(clock.today())):
        window = default_window(key)
        opens_on = min(window.opens_on, clock.today())  # the last one is open today
        period = Period(fiscal_year=key.fiscal_year, quarter=key.quarter)
        period.opens_on, period.due_on, period.closes_on = opens_on, window.due_on, window.closes_on
        db.session.add(period)
        db.session.flush()
        periods.freeze(period, now)
    _report_everything(newest=period.id)
    draft = {"state": "DRAFT", "current_version": None, "certified_version": None}
    db.session.execute(
        update(Report).where(Report.unit_code == SA_KRUAT["code"], Report.period_id == period.id).values(draft)
    )


def _quarters(last: PeriodKey) -> Iterator[PeriodKey]:
    """The last eight, the oldest first."""
    key = PeriodKey(last.fiscal_year - QUARTERS // 4, last.quarter)
    while key != last:
        key = key.next
        yield key


def _report_everything(newest: int) -> None:
    """A report of every unit and quarter, as long as a real one; of the newest quarter in every state."""
    now, answers = clock.now(), literal(complete(), Report.answers.type)
    digit = func.right(ExpectedUnit.unit_code, 1)
    state = case(
        (ExpectedUnit.period_id < newest, literal("CERTIFIED")),
        (digit.in_(["0", "1"]), literal("DRAFT")),
        (digit.in_(["2", "3", "4"]), literal("SUBMITTED")),
        (digit == "5", literal("RETURNED")),
        else_=literal("CERTIFIED"),
    )
    report = {
        "period_id": ExpectedUnit.period_id,
        "unit_code": ExpectedUnit.unit_code,
        "form_version": literal(DEFINITION.version),
        "state": state,
        "token": literal(6),
        "answers": answers,
        "touched_blocks": literal([], JSON()),
        "timeliness": literal("ON_TIME"),
        "current_version": literal(1),
        "certified_version": case((state == "CERTIFIED", literal(1))),
    }
    db.session.execute(insert(Report).from_select(list(report), select(*report.values())))
    version = {
        "report_id": Report.id,
        "number": literal(1),
        "at": literal(now, ReportVersion.at.type),
        "answers": answers,
        "warnings": literal([], JSON()),
        "replies": literal({}, JSON()),
        "is_nil": literal(False),
        "recipients": literal(200),
        "respondents": literal(20),
        "score_total": literal(1800),
        "score_count": literal(400),
        "submitted_by": literal("clerk"),
        "submitter_name": literal("กานดา ตั้งใจจริง"),
        "submitter_position": literal("เจ้าพนักงานธุรการ"),
    }
    db.session.execute(insert(ReportVersion).from_select(list(version), select(*version.values())))


def _signed_in(app: Flask, claims: Claims) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        secret = job(lambda: signin.open_session(claims, Tokens("access", 600), hours=8, now=clock.now()))
    client.set_cookie("info_sid", secret, domain="localhost")
    return client
