"""Appointments: the units below, one unit, one appointment and its letter."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select

from idp import clock
from idp.access import viewer
from idp.access.guards import requires, signed_in
from idp.access.rules import POWER_NAMES, Permission, Power
from idp.accounts.models import Account
from idp.accounts.operations import get as get_account
from idp.appointments import operations
from idp.appointments.forms import AppointmentForm, EndForm
from idp.appointments.models import Appointment
from idp.appointments.operations import Letter
from idp.audit.operations import record
from idp.database import db, will_write
from idp.evidence import operations as evidence
from idp.evidence.pages import page_response
from idp.refusal import N_, NotFound, Refusal
from idp.units import operations as units
from idp.units.models import Unit
from idp.units.rules import full_name
from idp.web import language
from idp.web.errors import say
from idp.web.requests import page_number

blueprint = Blueprint("appointments", __name__, template_folder="templates")
PER_PAGE = 50


def _named(appointment: Appointment, person: Account, unit: Unit) -> dict[str, Any]:
    return {
        "appointment": appointment,
        "person": person,
        "unit": unit,
        "power": POWER_NAMES[Power(appointment.power)],
        "in_force": appointment.term().in_force(clock.today()),
    }


def _all_named(statement: Select[Appointment]) -> list[dict[str, Any]]:
    joined = statement.join(Account, Account.id == Appointment.account_id).join(Unit, Unit.id == Appointment.unit_id)
    return [_named(*row) for row in db.session.execute(joined.add_columns(Account, Unit))]


def _unit_in_scope(code: str) -> Unit:
    unit, own = units.find(code), {holding.unit_id for holding in viewer.required().holdings}
    if unit is None or own.isdisjoint(office.id for office in units.chain(unit)):
        raise NotFound(N_("ไม่พบหน่วยงานนี้ในความดูแลของท่าน"))
    return unit


@blueprint.get("/appointments")
@requires(Permission.APPOINT)
def index() -> ResponseReturnValue:
    """Search a unit in one's scope; the appointments in force there."""
    scope = operations.visible_units(viewer.required())
    query = request.args.get("q", "")[:100]
    found = units.search(query, within=scope)
    page = page_number()
    statement = (
        select(Appointment)
        .where(Appointment.unit_id.in_(scope), Appointment.ended_at.is_(None), Appointment.ends_on >= clock.today())
        .order_by(Appointment.ends_on, Appointment.id)
    )
    rows = _all_named(statement.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))
    return render_template(
        "appointments/index.html", query=query, found=found, rows=rows[:PER_PAGE], page=page,
        has_more=len(rows) > PER_PAGE,
    )  # fmt: skip


@blueprint.get("/appointments/units/<string:code>")
@requires(Permission.APPOINT)
def unit(code: str) -> ResponseReturnValue:
    """One unit: who decides for it now, its appointments past and present."""
    found = _unit_in_scope(code)
    history = select(Appointment).where(Appointment.unit_id == found.id).order_by(Appointment.id.desc())
    deciders = operations.deciders_for(found.id)
    return render_template(
        "appointments/unit.html",
        unit=found,
        rows=_all_named(history),
        deciding_unit=units.get(deciders.unit_id) if deciders else None,
        may_appoint=_may_appoint(found.id),
    )


def _may_appoint(unit_id: int) -> bool:
    try:
        operations.authority_over(viewer.required(), unit_id)
    except Refusal:
        return False
    return True


@blueprint.route("/appointments/units/<string:code>/new", methods=["GET", "POST"])
@requires(Permission.APPOINT)
def new(code: str) -> ResponseReturnValue:
    """Record an appointment with its letter."""
    person, found = viewer.required(), _unit_in_scope(code)
    operations.authority_over(person, found.id)
    form, people = AppointmentForm(), operations.candidates(found.id)
    form.account.choices = [
        (account.id, f"{account.name} — {posting.position}")
        for account, posting in people
        if account.id != person.account_id
    ]
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            made = _record(form, found)
            if made:
                flash(_("บันทึกการมอบหมายแล้ว"), "success")
                return redirect(url_for("appointments.show", appointment_id=made.id), 303)
    return render_template("appointments/new.html", form=form, unit=found), status


def _record(form: AppointmentForm, found: Unit) -> Appointment | None:
    dated, starts_on, ends_on = form.letter_date.data, form.starts_on.data, form.ends_on.data
    assert dated is not None  # the form required all three
    assert starts_on is not None
    assert ends_on is not None
    letter = Letter(str(form.letter_number.data), dated, str(form.signed_by.data), starts_on, ends_on)
    db.session.rollback()  # nothing was changed yet, and no transaction stays open while the scan is repainted
    try:
        scan = evidence.prepare(form.scan.data.read(), form.scan.data.filename or "")
        return operations.appoint(viewer.required(), form.account.data, found.id, letter, scan)
    except Refusal as refusal:
        if refusal.status in (403, 409):
            raise
        db.session.rollback()
        field = form[refusal.code] if refusal.code in AppointmentForm.DATED else form.scan
        field.errors = [*field.errors, say(refusal)]
        return None


@blueprint.get("/appointments/<int:appointment_id>")
@signed_in
def show(appointment_id: int) -> ResponseReturnValue:
    """One appointment: term, letter, who made it under which authority."""
    return _shown(_readable(appointment_id), EndForm())


def _shown(appointment: Appointment, form: EndForm) -> str:
    maker = get_account(appointment.made_by_account_id) if appointment.made_by_account_id else None
    pages = evidence.pages(appointment.evidence_id) if appointment.evidence_id else []
    named = _named(appointment, get_account(appointment.account_id), units.get(appointment.unit_id))
    return render_template(
        "appointments/show.html", **named, maker=maker, pages=pages, form=form,
        may_end=appointment.ended_at is None and _may_appoint(appointment.unit_id),
    )  # fmt: skip


def _readable(appointment_id: int) -> Appointment:
    appointment = operations.get(appointment_id)
    if not operations.may_read(viewer.required(), appointment):
        raise NotFound(N_("ไม่พบการมอบหมายนี้"))
    return appointment


@blueprint.get("/appointments/<int:appointment_id>/letter/<int:page>")
@signed_in
def letter(appointment_id: int, page: int) -> ResponseReturnValue:
    """A page of the letter's scan; that it was opened is noted."""
    appointment = _readable(appointment_id)
    if appointment.evidence_id is None:
        raise NotFound(N_("การมอบหมายนี้ไม่มีไฟล์หนังสือ"))
    response = page_response(appointment.evidence_id, page)
    will_write()
    record("appointment.letter_viewed", subject=("appointment", appointment_id), unit_id=appointment.unit_id,
           appointment_id=appointment_id, page=page)  # fmt: skip
    return response


@blueprint.post("/appointments/<int:appointment_id>/end")
@requires(Permission.APPOINT)
def end(appointment_id: int) -> ResponseReturnValue:
    """End an appointment early, with a reason."""
    appointment, form = _readable(appointment_id), EndForm()
    if not form.validate_on_submit():
        return _shown(appointment, form), 422
    operations.end(viewer.required(), appointment_id, str(form.reason.data))
    flash(
        _(
            "ยุติการมอบหมายผู้ดูแล SSO ของ %(unit)s แล้ว มีผลทันที",
            unit=full_name(units.get(appointment.unit_id), language.current()),
        ),
        "success",
    )
    return redirect(url_for("appointments.show", appointment_id=appointment_id), 303)
