"""The office telephone of a unit, told to whoever waits for its decision."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.staff import authority
from idp.staff.forms import TelephoneForm
from idp.staff.view_parts import blueprint
from idp.units import operations as units
from idp.units.models import Unit


def _own_unit(code: str) -> Unit:
    found = authority.unit_in_scope(viewer.required(), code)
    authority.check_decides_for(viewer.required(), found)
    return found


@blueprint.get("/staff/units/<string:code>/telephone")
@requires(Permission.HELP_PEOPLE)
def ask_telephone(code: str) -> ResponseReturnValue:
    """Returns the form."""
    unit = _own_unit(code)
    return render_template("staff/telephone.html", unit=unit, form=TelephoneForm(data={"telephone": unit.telephone}))


@blueprint.post("/staff/units/<string:code>/telephone")
@requires(Permission.HELP_PEOPLE)
def change_telephone(code: str) -> ResponseReturnValue:
    """Returns the way back to the unit's people, or the form with what was wrong."""
    unit, form = _own_unit(code), TelephoneForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            units.change_telephone(unit, form.stored())
            flash(_("บันทึกโทรศัพท์ของหน่วยงานแล้ว"), "success")
            return redirect(url_for("staff.unit", code=unit.code), 303)
    return render_template("staff/telephone.html", unit=unit, form=form), 422
