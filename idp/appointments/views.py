"""Appointments: the units below, one unit, one appointment and its letter."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select

from idp.access import viewer
from idp.access.guards import requires, signed_in
from idp.access.rules import Permission, Power
from idp.accounts.models import Account
from idp.accounts.operations import get as get_account
from idp.appointments import absences, jobs, operations, read_access, requests
from idp.appointments.forms import AbsenceForm, AppointmentForm, EndForm
from idp.appointments.models import Appointment
from idp.appointments.view_parts import may_open, named, named_requests, note, offer, readable_unit, received
from idp.audit.operations import record
from idp.database import db, will_write
from idp.evidence import operations as evidence
from idp.evidence.page_images import page_response
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import full_name
from idp.web.requests import page_number
from thai_web import clock, language
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("appointments", __name__, template_folder="templates")
PER_PAGE = 50


def _all_named(statement: Select[Appointment]) -> list[dict[str, object]]:
    joined = statement.join(Account, Account.id == Appointment.account_id).join(Unit, Unit.id == Appointment.unit_id)
    return [named(*row) for row in db.session.execute(joined.add_columns(Account, Unit))]


@blueprint.get("/appointments")
@requires(Permission.READ_APPOINTMENTS)
def index() -> ResponseReturnValue:
    """What waits for one's decision; search a unit in one's scope; the appointments in force there."""
    scope = operations.visible_units(viewer.required())
    for held in viewer.required().holdings:
        note(held.unit_id, "appointments")
    query, page = request.args.get("q", "")[:100], page_number()
    statement = (
        select(Appointment)
        .where(Appointment.unit_id.in_(scope), Appointment.ended_at.is_(None), Appointment.ends_on >= clock.today())
        .order_by(Appointment.ends_on, Appointment.id)
    )
    rows = _all_named(statement.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))
    found = units.search(query, within=scope)
    return render_template(
        "appointments/index.html",
        query=query,
        found=found,
        rows=rows[:PER_PAGE],
        alternatives=units.alternatives(query, within=scope) if not found else [],
        page=page,
        has_more=len(rows) > PER_PAGE,
        waiting=named_requests(requests.waiting_for(viewer.required())),
        may_open=may_open,
    )


@blueprint.get("/appointments/units/<string:code>")
@signed_in
def unit(code: str) -> ResponseReturnValue:
    """One unit: who decides for it now, its appointments past and present, its requests."""
    found = readable_unit(code)
    note(found.id, f"appointments/units/{found.code}")
    history = select(Appointment).where(Appointment.unit_id == found.id).order_by(Appointment.id.desc())
    deciders = operations.deciders_for(found.id)
    return render_template(
        "appointments/unit.html",
        unit=found,
        rows=_all_named(history),
        requests=named_requests(requests.of_unit(found.id)),
        deciders=deciders,
        deciding_unit=units.get(deciders.unit_id) if deciders else None,
        may_appoint=operations.may_appoint(viewer.required(), found.id),
        may_ask=requests.may_ask(viewer.required(), found.id),
        may_open=may_open,
    )


@blueprint.route("/appointments/units/<string:code>/new", methods=["GET", "POST"])
@requires(Permission.APPOINT)
def new(code: str) -> ResponseReturnValue:
    """Record an appointment with its letter."""
    person, found = viewer.required(), readable_unit(code)
    operations.authority_over(person, found.id)
    form, status = AppointmentForm(), 200
    offer(form, found, without=person.account_id)
    if form.is_submitted():
        status = 422
        if form.validate():
            made = _record(form, found)
            if made:
                flash(_("บันทึกการมอบหมายแล้ว"), "success")
                return redirect(url_for("appointments.show", appointment_id=made.id), 303)
    return render_template("appointments/new.html", form=form, unit=found), status


def _record(form: AppointmentForm, found: Unit) -> Appointment | None:
    with form.showing_refusals("scan"), received(form) as scan:
        assert scan is not None  # the form required it
        return operations.appoint(
            viewer.required(), form.account.data, found.id, form.letter, scan, Power(form.power.data)
        )
    return None


@blueprint.get("/appointments/<int:appointment_id>")
@signed_in
def show(appointment_id: int) -> ResponseReturnValue:
    """One appointment: term, letter, who made it under which authority."""
    found = readable(appointment_id)
    note(found.unit_id, f"appointments/{found.id}")
    return shown(found)


def shown(appointment: Appointment, form: EndForm | None = None, absence: AbsenceForm | None = None) -> str:
    """The page of an appointment, with the form that was refused, if one was."""
    person, unit = viewer.required(), units.get(appointment.unit_id)
    maker = get_account(appointment.made_by_account_id) if appointment.made_by_account_id else None
    may_ask = requests.may_ask(person, appointment.unit_id)
    return render_template(
        "appointments/show.html",
        **named(appointment, get_account(appointment.account_id), unit),
        maker=maker,
        authority=read_access.authority(appointment.made_under_appointment_id, person),
        form=form or EndForm(formdata=None),
        absence=absence or AbsenceForm(formdata=None),
        absences=absences.of(appointment.id),
        may_mark=absences.may_mark(person, appointment),
        vacancy=jobs.left_by(appointment),
        may_open=may_open,
        pages=evidence.pages(appointment.evidence_id) if appointment.evidence_id else [],
        continued=operations.get(appointment.continues_id) if appointment.continues_id else None,
        may_end=appointment.ended_at is None
        and operations.may_appoint(person, appointment.unit_id, (appointment.account_id, None)),
        may_continue=may_ask and appointment.ended_at is None and appointment.ends_on >= clock.today(),
    )


def readable(appointment_id: int) -> Appointment:
    """The appointment of an address, for who may read it. Raises `NotFound`."""
    appointment = operations.get(appointment_id)
    if not read_access.may_read(viewer.required(), appointment):
        raise NotFound(N_("ไม่พบการมอบหมายนี้"))
    return appointment


@blueprint.get("/appointments/<int:appointment_id>/letter/<int:page>")
@signed_in
def letter(appointment_id: int, page: int) -> ResponseReturnValue:
    """A page of the letter's scan; that it was opened is noted."""
    appointment = readable(appointment_id)
    if appointment.evidence_id is None:
        raise NotFound(N_("การมอบหมายนี้ไม่มีไฟล์หนังสือ"))
    response = page_response(appointment.evidence_id, page)
    will_write()
    record(
        "appointment.letter_viewed",
        subject=("appointment", appointment_id),
        unit_id=appointment.unit_id,
        appointment_id=appointment_id,
        page=page,
    )
    return response


@blueprint.post("/appointments/<int:appointment_id>/end")
@requires(Permission.APPOINT)
def end(appointment_id: int) -> ResponseReturnValue:
    """End an appointment early, with a reason."""
    appointment, form = readable(appointment_id), EndForm()
    if form.validate_on_submit():
        with form.showing_refusals(passing=(403, 404)):
            reason, is_confirmed = str(form.reason.data), bool(form.confirmed.data)
            jobs.end_knowingly(viewer.required(), appointment_id, reason, is_confirmed=is_confirmed)
            unit = full_name(units.get(appointment.unit_id), language.current())
            flash(_("ยุติการมอบหมายผู้ดูแล SSO ของ %(unit)s แล้ว มีผลทันที", unit=unit), "success")
            return redirect(url_for("appointments.show", appointment_id=appointment_id), 303)
    return shown(appointment, form), 422
