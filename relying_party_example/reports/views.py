"""The unit's own pages: begin, fill in part by part, check, submit; and the report as others may read it."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports import dossier as dossiers
from relying_party_example.reports import forms, operations
from relying_party_example.reports.checks import applies
from relying_party_example.reports.definition import Block
from relying_party_example.reports.dossier import Dossier
from relying_party_example.reports.forms import TokenForm
from relying_party_example.reports.rules import Action
from relying_party_example.signin.guards import person, requires, signed_in
from relying_party_example.signin.rules import Role
from thai_web import clock
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("reports", __name__, url_prefix="/reports", template_folder="templates")


def _dossier(key: PeriodKey, unit: str) -> Dossier:
    return dossiers.look_up(key, unit, person(), clock.now(), lock=request.method == "POST")


@blueprint.get("/")
@requires(Role.REPORTER)
def index() -> ResponseReturnValue:
    office = person().office
    own = [
        dossiers.look_up(period.key, office.code, person(), clock.now())
        for period in periods.latest()
        if office and (period.frozen_at is None or periods.expected(period, office.code))
    ]
    return render_template("reports/index.html", dossiers=own)


@blueprint.post("/<period:key>/start")
@requires(Role.REPORTER)
def start(key: PeriodKey) -> ResponseReturnValue:
    report = operations.start(key, person(), clock.now())
    return redirect(url_for(".show", key=key, unit=report.unit_code), 303)


@blueprint.get("/<period:key>/<unit>")
@signed_in
def show(key: PeriodKey, unit: str) -> ResponseReturnValue:
    dossier = _dossier(key, unit)
    begun = dossier.report is not None
    return render_template(
        "reports/show.html",
        dossier=dossier,
        shown=dossiers.shown(dossier),
        history=dossiers.history(dossier.report) if dossier.report else [],
        returned=dossiers.last_return(dossier.report) if dossier.report else None,
        tasks=_tasks(dossier) if Action.SAVE in dossier.allowed else [],
        token_form=TokenForm(data={"token": dossier.report.token if begun and dossier.report else 0}),
    )


def _tasks(dossier: Dossier) -> list[tuple[Block, str, int]]:
    """Each page that is asked, with how far it is and how many errors it has."""
    report = dossier.begun()
    errors = [issue.block for issue in dossier.issues() if issue.is_error]
    return [
        (
            block,
            "todo" if block.code not in report.touched_blocks else "mend" if block.code in errors else "done",
            errors.count(block.code),
        )
        for block in dossier.definition.blocks
        if applies(block, report.answers)
    ]


@blueprint.route("/<period:key>/<unit>/parts/<part>", methods=["GET", "POST"])
@requires(Role.REPORTER)
def edit(key: PeriodKey, unit: str, part: str) -> ResponseReturnValue:
    dossier = _dossier(key, unit)
    report, block = dossier.begun(), _block(dossier, part)
    dossier.must(Action.SAVE)
    form = forms.block_form(block, report.answers, report.token)
    if not form.validate_on_submit():
        return _edit_page(dossier, block, form)
    try:
        operations.save(dossier, block.code, forms.typed_answers(form, block), form.token.data or 0)
    except operations.Stale:
        return _stale_page(dossier, block, form)
    flash(_("บันทึกร่างแล้ว"), "success")
    return redirect(_after_saving(dossier, block), 303)


def _block(dossier: Dossier, part: str) -> Block:
    block = dossier.definition.block(part)
    if block is None:
        raise NotFound(N_("ไม่มีส่วนนี้ในแบบรายงาน"))
    return block


def _edit_page(dossier: Dossier, block: Block, form: TokenForm) -> ResponseReturnValue:
    report = dossier.begun()
    seen = block.code in report.touched_blocks and request.method == "GET"
    issues = [issue for issue in dossier.issues() if issue.block == block.code] if seen else []
    status = 422 if form.errors else 200
    return render_template("reports/edit.html", dossier=dossier, block=block, form=form, issues=issues), status


def _stale_page(dossier: Dossier, block: Block, form: TokenForm) -> ResponseReturnValue:
    """Show what differs, keep what was typed, and let the person decide with the new token."""
    report = dossier.begun()
    typed = forms.typed_answers(form, block)
    changed = [name for name in block.names() if typed[name] != report.answers.get(name)]
    form.token.data, form.token.raw_data = report.token, None
    return render_template(
        "reports/edit.html", dossier=dossier, block=block, form=form, issues=[], changed=changed, typed=typed
    ), 409


def _after_saving(dossier: Dossier, block: Block) -> str:
    """The next page of the form, or the list of parts."""
    key, unit = dossier.period.key, dossier.unit.unit_code
    following = [
        each
        for each in dossier.definition.blocks
        if each.number > block.number and applies(each, dossier.begun().answers)
    ]
    if request.form.get("then") == "next" and following:
        return url_for(".edit", key=key, unit=unit, part=following[0].code)
    return url_for(".show", key=key, unit=unit)


@blueprint.route("/<period:key>/<unit>/check", methods=["GET", "POST"])
@requires(Role.REPORTER)
def check(key: PeriodKey, unit: str) -> ResponseReturnValue:
    dossier = _dossier(key, unit)
    dossier.must(Action.SAVE)
    issues = dossier.issues()
    warnings = [issue for issue in issues if not issue.is_error]
    flagged = _flagged(dossier)
    form = forms.declaration_form(dossier.begun().token, warnings, flagged, dossiers.known_explanations(dossier))
    if form.validate_on_submit():
        explained = forms.explanations(form, warnings)
        operations.submit(dossier, explained, forms.replies(form, flagged), form.token.data or 0)
        flash(_("ส่งรายงานให้จังหวัดแล้ว"), "success")
        return redirect(url_for(".show", key=key, unit=unit), 303)
    status = 422 if form.errors else 200
    return render_template(
        "reports/check.html",
        dossier=dossier,
        form=form,
        issues=issues,
        warnings=warnings,
        flagged=flagged,
        returned=dossiers.last_return(dossier.begun()),
    ), status


def _flagged(dossier: Dossier) -> Sequence[Block]:
    returned = dossiers.last_return(dossier.begun())
    return [block for block in dossier.definition.blocks if returned and block.code in returned.flagged]


@blueprint.post("/<period:key>/<unit>/recall")
@requires(Role.REPORTER)
def recall(key: PeriodKey, unit: str) -> ResponseReturnValue:
    operations.recall(_dossier(key, unit), TokenForm().token.data or 0)
    flash(_("ดึงรายงานกลับมาเป็นร่างแล้ว แก้ไขแล้วต้องส่งใหม่"), "success")
    return redirect(url_for(".show", key=key, unit=unit), 303)


@blueprint.post("/<period:key>/<unit>/discard")
@requires(Role.REPORTER)
def discard(key: PeriodKey, unit: str) -> ResponseReturnValue:
    operations.discard(_dossier(key, unit), TokenForm().token.data or 0)
    flash(_("ลบร่างรายงานแล้ว"), "success")
    return redirect(url_for(".index"), 303)
