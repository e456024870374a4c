"""Marking days of absence, on the page of the appointment."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import signed_in
from idp.appointments import absences
from idp.appointments.forms import AbsenceForm
from idp.appointments.views import readable, shown

blueprint = Blueprint("absences", __name__)


@blueprint.post("/appointments/<int:appointment_id>/absences")
@signed_in
def mark(appointment_id: int) -> ResponseReturnValue:
    """Mark the days; who stands in is told."""
    appointment, form = readable(appointment_id), AbsenceForm()
    form.term_ends_on = appointment.ends_on
    if form.validate_on_submit():
        starts_on, ends_on = form.starts_on.data, form.ends_on.data
        assert starts_on is not None  # the form required both
        assert ends_on is not None
        with form.showing_refusals():
            absences.mark(viewer.required(), appointment_id, starts_on, ends_on)
            flash(_("บันทึกวันที่ไม่อยู่แล้ว"), "success")
            return redirect(url_for("appointments.show", appointment_id=appointment_id), 303)
    return shown(appointment, absence=form), 422


@blueprint.post("/appointments/<int:appointment_id>/absences/<int:absence_id>/cancel")
@signed_in
def cancel(appointment_id: int, absence_id: int) -> ResponseReturnValue:
    """They are back."""
    readable(appointment_id)
    absences.cancel(viewer.required(), appointment_id, absence_id)
    flash(_("ยกเลิกวันที่ไม่อยู่แล้ว"), "success")
    return redirect(url_for("appointments.show", appointment_id=appointment_id), 303)
