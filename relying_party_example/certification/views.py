"""The provincial office's queue and its decisions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from relying_party_example.certification import forms
from relying_party_example.certification.forms import ReasonForm, VersionForm
from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import PeriodKey
from relying_party_example.reports import dossier as dossiers
from relying_party_example.reports import operations as reports
from relying_party_example.reports import overview, rules
from relying_party_example.reports.dossier import Dossier
from relying_party_example.reports.overview import Area
from relying_party_example.reports.rules import Action, State
from relying_party_example.signin.guards import person, requires
from relying_party_example.signin.rules import Role
from thai_web import clock

blueprint = Blueprint("certification", __name__, url_prefix="/certification", template_folder="templates")


def _province() -> str:
    office = person().office
    return (office.province_code or "") if office else ""


@blueprint.get("/")
@requires(Role.CERTIFIER)
def current() -> ResponseReturnValue:
    period = periods.current(clock.now())
    if period is None:
        return redirect(url_for("periods.index"), 303)
    return redirect(url_for(".queue", key=period.key, state=State.SUBMITTED), 303)


@blueprint.get("/<period:key>/")
@requires(Role.CERTIFIER)
def queue(key: PeriodKey) -> ResponseReturnValue:
    period = periods.find(key)
    state = request.args.get("state", "")
    chosen = state if state in list(State) else None
    area = Area(_province(), request.args.get("district") or None)
    return render_template(
        "certification/queue.html",
        period=period,
        page=overview.page_of_units(period, area, chosen),
        counts=overview.counts_by_state(period, area),
        districts=overview.districts(period, _province()),
        chosen_state=chosen,
        chosen_district=area.district,
    )


@blueprint.get("/<period:key>/<unit>")
@requires(Role.CERTIFIER)
def review(key: PeriodKey, unit: str) -> ResponseReturnValue:
    dossier = _dossier(key, unit)
    report = dossier.begun()
    return render_template(
        "certification/review.html",
        dossier=dossier,
        shown=dossiers.shown(dossier),
        history=dossiers.history(report),
        form=VersionForm(data={"version": report.current_version}),
        objection=rules.objection(Action.CERTIFY, dossier.person, dossier.situation),
    )


@blueprint.post("/<period:key>/<unit>/certify")
@requires(Role.CERTIFIER)
def certify(key: PeriodKey, unit: str) -> ResponseReturnValue:
    reports.certify(_dossier(key, unit), VersionForm().version.data or 0)
    flash(_("รับรองรายงานแล้ว"), "success")
    return redirect(url_for(".review", key=key, unit=unit), 303)


@blueprint.route("/<period:key>/<unit>/return", methods=["GET", "POST"])
@requires(Role.CERTIFIER)
def send_back(key: PeriodKey, unit: str) -> ResponseReturnValue:
    dossier = _dossier(key, unit)
    dossier.must(Action.REVOKE_AND_RETURN if dossier.state is State.CERTIFIED else Action.RETURN)
    form = forms.return_form(dossier.definition, dossier.begun().current_version or 0)
    if form.validate_on_submit():
        reports.send_back(dossier, form.reason.data, form.flagged.data, form.version.data or 0)
        flash(_("ส่งรายงานกลับให้หน่วยงานแก้ไขแล้ว"), "success")
        return redirect(url_for(".review", key=key, unit=unit), 303)
    return render_template("certification/return.html", dossier=dossier, form=form), _status(form)


@blueprint.route("/<period:key>/<unit>/revoke", methods=["GET", "POST"])
@requires(Role.CERTIFIER)
def revoke(key: PeriodKey, unit: str) -> ResponseReturnValue:
    dossier = _dossier(key, unit)
    dossier.must(Action.REVOKE)
    form = ReasonForm(data={"version": dossier.begun().current_version})
    if form.validate_on_submit():
        reports.revoke(dossier, form.reason.data, form.version.data or 0)
        flash(_("เพิกถอนการรับรองแล้ว รายงานกลับมารอตรวจ"), "success")
        return redirect(url_for(".review", key=key, unit=unit), 303)
    return render_template("certification/revoke.html", dossier=dossier, form=form), _status(form)


def _dossier(key: PeriodKey, unit: str) -> Dossier:
    return dossiers.look_up(key, unit, person(), clock.now(), lock=request.method == "POST")


def _status(form: VersionForm) -> int:
    return 422 if form.errors else 200
