"""The calendar of offices, for DLA."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import requires
from idp.access.rules import Permission
from idp.workdays import operations
from idp.workdays.forms import HolidayForm
from thai_web import clock
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("workdays", __name__, template_folder="templates")
SHOWN_SINCE = timedelta(days=60)


@blueprint.get("/holidays")
@requires(Permission.MANAGE_HOLIDAYS)
def index() -> ResponseReturnValue:
    """The holidays ahead, and a form for another one."""
    return _index(HolidayForm())


def _index(form: HolidayForm) -> str:
    since = clock.today() - SHOWN_SINCE
    holidays = operations.every()
    return render_template(
        "workdays/index.html",
        form=form,
        holidays=[each for each in holidays if each.day >= since],
        last=max(each.day for each in operations.shipped()),
        complete_until=operations.COMPLETE_UNTIL,
    )


@blueprint.post("/holidays")
@requires(Permission.MANAGE_HOLIDAYS)
def declare() -> ResponseReturnValue:
    """Add one."""
    form = HolidayForm()
    if form.validate_on_submit():
        assert form.day.data is not None  # required
        with form.showing_refusals("day"):
            operations.declare(form.day.data, str(form.name.data), str(form.source.data))
            flash(_("เพิ่มวันหยุดแล้ว"), "success")
            return redirect(url_for("workdays.index"), 303)
    return _index(form), 422


@blueprint.post("/holidays/<string:day>/withdraw")
@requires(Permission.MANAGE_HOLIDAYS)
def withdraw(day: str) -> ResponseReturnValue:
    """Take a declared one back."""
    try:
        operations.withdraw(date.fromisoformat(day))
    except ValueError as error:
        raise NotFound(N_("ไม่พบวันหยุดนี้")) from error
    flash(_("ลบวันหยุดแล้ว"), "success")
    return redirect(url_for("workdays.index"), 303)
