"""The periods for everybody to read, and the two acts of a period manager."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from relying_party_example.periods import operations
from relying_party_example.periods.forms import ExtendForm, OpenEarlyForm
from relying_party_example.periods.models import Period
from relying_party_example.periods.rules import Act, PeriodKey, Phase, Scope
from relying_party_example.signin.guards import person, requires, signed_in
from relying_party_example.signin.rules import Role
from thai_web import clock
from thai_web.forms import Form
from thai_web.messages import say
from thai_web.refusal import N_, Refusal

blueprint = Blueprint("periods", __name__, url_prefix="/periods", template_folder="templates")

PHASE_NAMES = {
    Phase.NOT_OPEN: (N_("ยังไม่เปิด"), "grey"),
    Phase.ON_TIME: (N_("เปิดรับรายงาน"), "green"),
    Phase.LATE: (N_("พ้นกำหนดส่ง แต่ยังส่งได้"), "yellow"),
    Phase.EXTENDED: (N_("ขยายเวลา"), "blue"),
    Phase.CLOSED: (N_("ปิดงวดแล้ว"), "grey"),
}
ACT_NAMES = {
    Act.OPEN_EARLY: N_("เปิดก่อนกำหนด"),
    Act.EXTEND: N_("เลื่อนวันครบกำหนดส่ง"),
    Act.EXTEND_SOME: N_("ขยายเวลาเฉพาะราย"),
}


@blueprint.get("/")
@signed_in
def index() -> ResponseReturnValue:
    periods = [(period, PHASE_NAMES[period.window().phase(clock.now())]) for period in operations.latest()]
    return render_template("periods/index.html", periods=periods)


@blueprint.get("/<period:key>")
@signed_in
def show(key: PeriodKey) -> ResponseReturnValue:
    period = operations.find(key)
    return render_template(
        "periods/show.html",
        period=period,
        phase=PHASE_NAMES[period.window().phase(clock.now())],
        acts=operations.acts_on(period),
        act_names=ACT_NAMES,
        may_manage=person().has(Role.PERIOD_MANAGER),
        may_open_early=key.starts_on <= clock.today() < period.opens_on,
    )


@blueprint.route("/<period:key>/open-early", methods=["GET", "POST"])
@requires(Role.PERIOD_MANAGER)
def open_early(key: PeriodKey) -> ResponseReturnValue:
    form = OpenEarlyForm()
    if form.validate_on_submit() and _accepted(form, lambda: _open_early(key, form)):
        flash(_("เปิดงวดก่อนกำหนดแล้ว"), "success")
        return redirect(url_for(".show", key=key), 303)
    return _form_page("periods/open_early.html", form, operations.find(key))


def _open_early(key: PeriodKey, form: OpenEarlyForm) -> None:
    operations.open_early(key, form.reason.data, person(), clock.now())


@blueprint.route("/<period:key>/extend", methods=["GET", "POST"])
@requires(Role.PERIOD_MANAGER)
def extend(key: PeriodKey) -> ResponseReturnValue:
    form, period = ExtendForm(), operations.find(key)
    if form.is_submitted() and _is_possible(form, period) and _accepted(form, lambda: _extend(key, form)):
        flash(_("ขยายเวลาแล้ว"), "success")
        return redirect(url_for(".show", key=key), 303)
    return _form_page("periods/extend.html", form, period)


def _is_possible(form: ExtendForm, period: Period) -> bool:
    """Whether it can be sent; everything that speaks against it stands beside its field, at once."""
    form.validate()
    if not form.scope.errors:
        code, until = form.code.data or "", form.until.data
        faults = operations.extension_faults(period, Scope(form.scope.data), code, until, clock.now())
        for name, refusal in faults.items():
            form[name].errors = [*form[name].errors, say(refusal)]
    return not form.errors


def _extend(key: PeriodKey, form: ExtendForm) -> None:
    scope, until, reason = Scope(form.scope.data), form.until.data, form.reason.data
    assert until is not None  # the form requires it
    if scope is Scope.ALL:
        operations.extend(key, until, reason, person(), clock.now())
    else:
        operations.extend_some(key, scope, form.code.data or "", until, reason, person(), clock.now())


def _accepted(form: Form, act: Callable[[], None]) -> bool:
    """Do it; what the rules object to is said on the form, which keeps what was typed."""
    try:
        act()
    except Refusal as refusal:
        form.form_errors.append(say(refusal))
        return False
    return True


def _form_page(template: str, form: Form, period: Period) -> ResponseReturnValue:
    return render_template(template, form=form, period=period), 422 if request.method == "POST" else 200
