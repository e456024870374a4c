"""Find a report for a person: the one place that decides whether they may see it and what they may do with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from relying_party_example.database import db
from relying_party_example.periods import operations as periods
from relying_party_example.periods.models import ExpectedUnit, Period
from relying_party_example.periods.rules import PeriodKey, Window
from relying_party_example.reports import checks, definition, rules
from relying_party_example.reports.checks import Issue, Subject
from relying_party_example.reports.definition import Definition
from relying_party_example.reports.figures import Figures, is_nil
from relying_party_example.reports.models import Report, ReportVersion, Transition
from relying_party_example.reports.rules import Action, Situation, State
from relying_party_example.signin.rules import Person
from relying_party_example.units import operations as units
from thai_web.clock import day_in_bangkok
from thai_web.refusal import N_, NotFound

EARLIER_QUARTERS = 8


@dataclass(frozen=True)
class Dossier:
    """A unit in a period, with its report if it began one, and what this person may do now."""

    period: Period
    unit: ExpectedUnit
    report: Report | None
    definition: Definition
    person: Person
    situation: Situation
    allowed: frozenset[Action]

    @property
    def state(self) -> State:
        return self.situation.state

    @property
    def window(self) -> Window:
        return self.situation.window

    def must(self, action: Action) -> None:
        """Raise the objection to an action, if there is one."""
        refusal = rules.objection(action, self.person, self.situation)
        if refusal is not None:
            raise refusal

    def begun(self) -> Report:
        """The report. Raises `NotFound` before it was begun."""
        if self.report is None or self.state is State.NOT_STARTED:
            raise NotFound(N_("หน่วยงานนี้ยังไม่เริ่มบันทึกรายงานของงวดนี้"))
        return self.report

    @property
    def is_nil(self) -> bool:
        """Whether the working copy says that there is no open centre."""
        return is_nil(self.begun().answers)

    def subject(self) -> Subject:
        """The working copy, ready to be examined."""
        return Subject(
            self.begun().answers,
            self.definition,
            self.period.key,
            day_in_bangkok(self.situation.now),
            earlier_answers(self.unit.unit_code, self.period.key),
        )

    def issues(self) -> list[Issue]:
        """What the form finds in the working copy."""
        return checks.examine(self.subject())

    def figures(self) -> Figures:
        """Computed of the working copy."""
        return Figures.of(self.begun().answers, self.definition)


def look_up(key: PeriodKey, unit_code: str, person: Person, now: datetime, *, lock: bool = False) -> Dossier:
    """The dossier. `lock` holds the report's row until the commit, so that two decisions come one after the other.

    Raises `NotFound` for a unit that the person may not know of, as for one that does not exist.
    """
    period = periods.find(key)
    unit = periods.expected(period, unit_code) or _not_frozen(period, unit_code)
    if unit is None or not rules.may_read(
        person,
        unit_code=unit.unit_code,
        kind=unit.kind,
        province=unit.province_code,
        district=unit.district_code,
    ):
        raise NotFound(N_("ไม่พบรายงานของหน่วยงานนี้ในงวดนี้"))
    report = _report(period, unit_code, lock=lock)
    situation = _situation(period, unit, report, now)
    form = definition.by_version(report.form_version) if report else definition.for_fiscal_year(key.fiscal_year)
    return Dossier(period, unit, report, form, person, situation, rules.allowed(person, situation))


def _not_frozen(period: Period, unit_code: str) -> ExpectedUnit | None:
    """Before the window opens nobody is fixed yet: the unit as the register knows it, not stored."""
    unit = units.find(unit_code) if period.frozen_at is None else None
    if unit is None:
        return None
    shared = ("kind", "name_th", "name_en", "province_code", "province_th", "district_code", "district_th")
    return ExpectedUnit(unit_code=unit.code, **{name: getattr(unit, name) for name in shared})


def _report(period: Period, unit_code: str, *, lock: bool) -> Report | None:
    query = select(Report).where(Report.period_id == period.id, Report.unit_code == unit_code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def _situation(period: Period, unit: ExpectedUnit, report: Report | None, now: datetime) -> Situation:
    submitted = version(report, report.current_version) if report and report.current_version else None
    return Situation(
        state=State(report.state) if report else State.NOT_STARTED,
        window=period.window(periods.extension_for(period, unit)),
        now=now,
        unit_code=unit.unit_code,
        province_code=unit.province_code,
        ever_submitted=bool(report and report.first_submitted_at),
        submitter=submitted.submitted_by if submitted else None,
        editor=report.edited_by if report else None,
    )


def version(report: Report, number: int) -> ReportVersion:
    """A submitted version."""
    found = db.session.get(ReportVersion, (report.id, number))
    if found is None:
        raise LookupError(f"report {report.id} has no version {number}")
    return found


def history(report: Report) -> list[Transition]:
    """What was done to the report, the newest first; saving drafts is no news."""
    query = (
        select(Transition)
        .where(Transition.report_id == report.id, Transition.action != Action.SAVE)
        .order_by(Transition.id.desc())
    )
    return list(db.session.scalars(query))


def last_return(report: Report) -> Transition | None:
    """The return that waits for an answer."""
    if report.state != State.RETURNED:
        return None
    return next(each for each in history(report) if each.state_after == State.RETURNED)


def earlier_answers(unit_code: str, key: PeriodKey) -> list[dict[str, object]]:
    """What the unit last submitted in the quarters before, the newest first."""
    before = (Period.fiscal_year < key.fiscal_year) | (
        (Period.fiscal_year == key.fiscal_year) & (Period.quarter < key.quarter)
    )
    query = (
        select(ReportVersion.answers)
        .join(Report, (Report.id == ReportVersion.report_id) & (Report.current_version == ReportVersion.number))
        .join(Period, Period.id == Report.period_id)
        .where(Report.unit_code == unit_code, before)
        .order_by(Period.fiscal_year.desc(), Period.quarter.desc())
        .limit(EARLIER_QUARTERS)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Shown:
    """The report as this person reads it: the unit its working copy, everybody else what was submitted."""

    answers: dict[str, object]
    figures: Figures
    version: ReportVersion | None
    warnings: list[tuple[Issue, str]]

    @property
    def is_nil(self) -> bool:
        return is_nil(self.answers)


def shown(dossier: Dossier) -> Shown | None:
    """What there is to read, if anything."""
    report = dossier.report
    if report is None or dossier.state is State.NOT_STARTED:
        return None
    is_own = dossier.person.office is not None and dossier.person.office.code == report.unit_code
    submitted = version(report, report.current_version) if report.current_version else None
    if is_own and dossier.state in (State.DRAFT, State.RETURNED):
        answers, warnings = report.answers, []
    elif submitted and dossier.state in rules.REPORTED:
        answers = submitted.answers
        warnings = [(Issue.restored(each), each["explanation"]) for each in submitted.warnings]
    else:
        return None  # a draft is nobody else's business, also one that was recalled
    return Shown(answers, Figures.of(answers, dossier.definition), submitted, warnings)


def known_explanations(dossier: Dossier) -> dict[str, str]:
    """What the unit wrote about each warning the last time it submitted."""
    report = dossier.begun()
    if not report.current_version:
        return {}
    return {each["code"]: each["explanation"] for each in version(report, report.current_version).warnings}
