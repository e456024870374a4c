"""What is done to a report; each verb asks the table first and leaves a line in the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from relying_party_example.database import db
from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports import rules
from relying_party_example.reports.dossier import Dossier, last_return, look_up
from relying_party_example.reports.figures import is_nil
from relying_party_example.reports.models import Report, ReportVersion, Transition
from relying_party_example.reports.rules import Action, State
from relying_party_example.signin.rules import Person
from thai_web.refusal import N_, Conflict, Incomplete


class Stale(Conflict):
    """The report changed since the page was opened; carries the report as it stands now."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(
            N_("รายงานนี้เปลี่ยนไปแล้วหลังจากท่านเปิดหน้านี้ ขณะนี้อยู่ในสถานะ “%(state)s”"),
            next_step=N_("โปรดเปิดหน้ารายงานใหม่เพื่อดูข้อมูลล่าสุด แล้วทำรายการอีกครั้ง"),
            state=rules.STATE_NAMES[dossier.state],
        )
        self.dossier = dossier


def start(key: PeriodKey, person: Person, now: datetime) -> Report:
    """Begin the report of the person's own unit; a second click finds the first one's."""
    periods.freeze_opened(now)
    dossier = look_up(key, person.office.code if person.office else "", person, now, lock=True)
    if dossier.state is State.DRAFT and dossier.report:
        return dossier.report
    dossier.must(Action.START)
    if dossier.report is not None:
        report = dossier.report
    else:
        report = _new(dossier)
        try:
            with db.session.begin_nested():
                db.session.add(report)
        except IntegrityError:  # the other of two clicks at once was quicker
            return look_up(key, dossier.unit.unit_code, person, now, lock=True).begun()
    _move(dossier, report, Action.START)
    return report


def _new(dossier: Dossier) -> Report:
    return Report(
        period_id=dossier.period.id,
        unit_code=dossier.unit.unit_code,
        form_version=dossier.definition.version,
        state=State.NOT_STARTED,
        token=0,
        answers={},
        touched_blocks=[],
    )


def save(dossier: Dossier, block: str, answers: Mapping[str, Any], token: int) -> None:
    """Keep one page of the draft. Raises `Stale` where somebody else saved meanwhile."""
    report = dossier.begun()
    _fresh(dossier, token)
    dossier.must(Action.SAVE)
    report.answers = report.answers | dict(answers)
    report.touched_blocks = sorted({*report.touched_blocks, block})
    report.edited_by, report.edited_by_name = dossier.person.sub, dossier.person.name
    report.edited_at = dossier.situation.now
    _move(dossier, report, Action.SAVE)


def discard(dossier: Dossier, token: int) -> None:
    """Throw a draft away that was never submitted; the log stays."""
    report = dossier.begun()
    _fresh(dossier, token)
    dossier.must(Action.DISCARD)
    report.answers, report.touched_blocks = {}, []
    _move(dossier, report, Action.DISCARD)


def submit(dossier: Dossier, explanations: Mapping[str, str], replies: Mapping[str, str], token: int) -> ReportVersion:
    """Hand the report in as a new version.

    `explanations` answer warnings by their code, `replies` the flagged parts of a returned report by their block.
    Raises `Incomplete` with errors left, an unexplained warning or an unanswered part.
    """
    report = dossier.begun()
    _fresh(dossier, token)
    returned = last_return(report)
    action = Action.RESUBMIT if dossier.state is State.RETURNED else Action.SUBMIT
    dossier.must(action)
    issues = dossier.issues()
    if any(issue.is_error for issue in issues):
        raise Incomplete(N_("รายงานยังมีข้อที่ต้องแก้ไขก่อนส่ง"))
    if not all(explanations.get(issue.code) for issue in issues):
        raise Incomplete(N_("โปรดชี้แจงข้อสังเกตให้ครบทุกข้อก่อนส่ง"))
    if returned and not all(replies.get(block) for block in returned.flagged):
        raise Incomplete(N_("โปรดตอบทุกส่วนที่จังหวัดขอให้แก้ไขก่อนส่ง"))
    warnings = [issue.stored() | {"explanation": explanations[issue.code]} for issue in issues]
    version = _snapshot(dossier, warnings, replies)
    if action is Action.SUBMIT:
        report.timeliness = rules.timeliness(dossier.situation.phase)
    report.first_submitted_at = report.first_submitted_at or dossier.situation.now
    _move(dossier, report, action, version=version.number)
    return version


def _snapshot(dossier: Dossier, warnings: list[dict[str, Any]], replies: Mapping[str, str]) -> ReportVersion:
    report, figures = dossier.begun(), dossier.figures()
    report.current_version = (report.current_version or 0) + 1
    version = ReportVersion(
        report_id=report.id,
        number=report.current_version,
        at=dossier.situation.now,
        answers=dict(report.answers),
        warnings=warnings,
        replies=dict(replies),
        is_nil=is_nil(report.answers),
        recipients=figures.recipients,
        respondents=figures.respondents,
        score_total=figures.all_scores.total,
        score_count=figures.all_scores.n,
        submitted_by=dossier.person.sub,
        submitter_name=dossier.person.name,
        submitter_position=dossier.person.position,
    )
    db.session.add(version)
    return version


def recall(dossier: Dossier, token: int) -> None:
    """Take a submitted report back to change it; it counts as on time only when it is sent again in time."""
    report = dossier.begun()
    _fresh(dossier, token)
    dossier.must(Action.RECALL)
    report.timeliness = None
    _move(dossier, report, Action.RECALL)


def certify(dossier: Dossier, reviewed_version: int) -> None:
    """The province's act. Raises `Stale` where the reviewed version is not the current one."""
    report = dossier.begun()
    dossier.must(Action.CERTIFY)
    if report.current_version != reviewed_version:
        raise Stale(dossier)
    report.certified_version, report.certified_at = reviewed_version, dossier.situation.now
    _move(dossier, report, Action.CERTIFY, version=reviewed_version)


def send_back(dossier: Dossier, reason: str, flagged: list[str], reviewed_version: int) -> None:
    """Return a report, certified or not, with the parts to mend. The certified version stays the official figure."""
    report = dossier.begun()
    action = Action.REVOKE_AND_RETURN if dossier.state is State.CERTIFIED else Action.RETURN
    dossier.must(action)
    if report.current_version != reviewed_version:
        raise Stale(dossier)
    if not flagged or not set(flagged) <= {block.code for block in dossier.definition.blocks}:
        raise Incomplete(N_("โปรดเลือกส่วนที่ต้องแก้ไขอย่างน้อยหนึ่งส่วน"))
    _move(dossier, report, action, version=reviewed_version, reason=reason, flagged=flagged)


def revoke(dossier: Dossier, reason: str, reviewed_version: int) -> None:
    """Take a certification back; the report waits for the province again, and the certified version stays the
    official figure until the next one replaces it."""
    report = dossier.begun()
    dossier.must(Action.REVOKE)
    if report.current_version != reviewed_version:
        raise Stale(dossier)
    _move(dossier, report, Action.REVOKE, version=reviewed_version, reason=reason)


def _fresh(dossier: Dossier, token: int) -> None:
    if dossier.begun().token != token:
        raise Stale(dossier)


def _move(
    dossier: Dossier,
    report: Report,
    action: Action,
    *,
    version: int | None = None,
    reason: str = "",
    flagged: list[str] | None = None,
) -> None:
    before = State(report.state)
    report.state = rules.state_after(action, before)
    report.token += 1
    person = dossier.person
    db.session.add(
        Transition(
            report_id=report.id,
            at=dossier.situation.now,
            action=action,
            state_before=before,
            state_after=report.state,
            version=version,
            reason=reason,
            flagged=flagged or [],
            actor_sub=person.sub,
            actor_name=person.name,
            actor_position=person.position,
            actor_unit=person.unit_name,
        )
    )
