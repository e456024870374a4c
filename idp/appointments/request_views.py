"""Requests for appointments: the unit asks and corrects, the office above decides."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires, signed_in
from idp.access.rules import Permission, Power
from idp.accounts.operations import get as get_account
from idp.appointments import operations, read_access, requests
from idp.appointments.forms import AppointmentForm, CorrectionForm, DecisionForm, LetterForm, VersionForm
from idp.appointments.models import Appointment, AppointmentRequest
from idp.appointments.requests import Verdict, Wanted
from idp.appointments.rules import Action, Party, State
from idp.appointments.view_parts import may_open, named_requests, note, offer, readable_unit, received
from idp.audit.operations import record
from idp.database import will_write
from idp.evidence import operations as evidence
from idp.evidence.page_images import page_response
from idp.units import operations as units
from idp.units.models import Unit
from thai_web.refusal import N_, NotFound

blueprint = Blueprint("asking", __name__, template_folder="templates")


def _continued() -> Appointment | None:
    """The appointment in the address that is to be extended, or whose letter is brought."""
    wanted = request.args.get("continues", type=int)
    if wanted is None:
        return None
    found = operations.get(min(max(wanted, 0), 2**31 - 1))
    if not read_access.may_read(viewer.required(), found) and found.unit_id != viewer.required().unit_id:
        raise NotFound(N_("ไม่พบการมอบหมายนี้"))
    return found


def _form(unit: Unit, continued: Appointment | None) -> LetterForm:
    if continued:
        return LetterForm()
    form = AppointmentForm()
    offer(form, unit)
    return form


def _asked(form: LetterForm, unit: Unit, continued: Appointment | None) -> str:
    return render_template(
        "appointments/ask.html",
        form=form,
        unit=unit,
        continued=continued,
        person=get_account(continued.account_id) if continued else None,
        above=operations.appointers_for(unit.id),
    )


@blueprint.get("/appointments/units/<string:code>/ask")
@signed_in
def new(code: str) -> ResponseReturnValue:
    """The letter, the person, the power."""
    unit, continued = readable_unit(code), _continued()
    requests.check_posted(viewer.required(), unit.id)
    return _asked(_form(unit, continued), unit, continued)


@blueprint.post("/appointments/units/<string:code>/ask")
@signed_in
def send(code: str) -> ResponseReturnValue:
    """Send the request to the office above."""
    unit, continued = readable_unit(code), _continued()
    requests.check_posted(viewer.required(), unit.id)
    form = _form(unit, continued)
    if form.validate_on_submit():
        with form.showing_refusals("scan"):
            sent = _send(form, unit, continued)
            flash(_("ส่งคำขอแล้ว หน่วยงานที่กำกับจะแจ้งผลทางอีเมล"), "success")
            return redirect(url_for("asking.show", request_id=sent.id), 303)
    return _asked(form, unit, continued), 422


def _send(form: LetterForm, unit: Unit, continued: Appointment | None) -> AppointmentRequest:
    if isinstance(form, AppointmentForm):
        wanted = Wanted(form.account.data, Power(form.power.data))
    else:
        assert continued is not None
        wanted = Wanted(continued.account_id, Power(continued.power), continued.id)
    with received(form) as scan:
        assert scan is not None  # the form required it
        return requests.ask(viewer.required(), unit.id, wanted, form.letter, scan)


def _readable(request_id: int) -> AppointmentRequest:
    found = requests.get(request_id)
    if not read_access.may_read_request(viewer.required(), found):
        raise NotFound(N_("ไม่พบคำขอมอบหมายนี้"))
    return found


@blueprint.get("/appointment-requests/<int:request_id>")
@signed_in
def show(request_id: int) -> ResponseReturnValue:
    """One request: what was asked, its letter, its outcome, what the viewer can do."""
    found = _readable(request_id)
    note(found.unit_id, f"appointment-requests/{found.id}")
    return _shown(found, DecisionForm(seen_version=str(found.version)))


def _shown(found: AppointmentRequest, form: DecisionForm) -> str:
    person = viewer.required()
    party, state = requests.party(person, found), State(found.state)
    deciders = operations.appointers_for(found.unit_id, about=requests.about(found))
    return render_template(
        "appointments/request.html",
        **named_requests([found])[0],
        form=form,
        asker=get_account(found.asked_by_account_id),
        pages=evidence.pages(found.evidence_id or 0),
        authority=read_access.authority(found.decided_under_appointment_id, person),
        deciders=deciders,
        deciding_unit=units.get(deciders.unit_id) if deciders else None,
        continued=operations.get(found.continues_id) if found.continues_id else None,
        made=operations.get(found.appointment_id) if found.appointment_id else None,
        may_open=may_open,
        may_decide=party == Party.DECIDER and state == State.WAITING,
        may_correct=party == Party.UNIT and state == State.RETURNED,
        may_withdraw=party == Party.UNIT and state in (State.WAITING, State.RETURNED),
        withdrawal=VersionForm(seen_version=str(found.version), formdata=None),
    )


@blueprint.get("/appointment-requests/<int:request_id>/letter/<int:page>")
@signed_in
def letter(request_id: int, page: int) -> ResponseReturnValue:
    """A page of the letter's scan; that it was opened is noted."""
    found = _readable(request_id)
    response = page_response(found.evidence_id or 0, page)
    will_write()
    record(
        "appointment.request_letter_viewed",
        subject=("appointment_request", request_id),
        unit_id=found.unit_id,
        request_id=request_id,
        page=page,
    )
    return response


@blueprint.post("/appointment-requests/<int:request_id>/decision")
@requires(Permission.APPOINT)
def decide(request_id: int) -> ResponseReturnValue:
    """Take the decision."""
    found, form = _readable(request_id), DecisionForm()
    if form.validate_on_submit():
        verdict = Verdict(Action(form.outcome.data), form.reason.data or "", _version(form.seen_version.data))
        with form.showing_refusals():
            requests.decide(viewer.required(), request_id, verdict)
            flash(_("บันทึกผลแล้ว ผู้ได้รับมอบหมายและผู้ยื่นจะได้รับอีเมล"), "success")
            return redirect(url_for("asking.show", request_id=request_id), 303)
    return _shown(found, form), 422


def _version(text: str | None) -> int:
    """The version that was on screen; what is no number counts as stale."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


@blueprint.get("/appointment-requests/<int:request_id>/correct")
@signed_in
def correction(request_id: int) -> ResponseReturnValue:
    """The letter as it was sent, to be put right."""
    found = _readable(request_id)
    form = CorrectionForm(obj=found, seen_version=str(found.version))
    return _corrected(found, form)


def _corrected(found: AppointmentRequest, form: CorrectionForm) -> str:
    return render_template("appointments/correct.html", **named_requests([found])[0], form=form)


@blueprint.post("/appointment-requests/<int:request_id>/correct")
@signed_in
def correct(request_id: int) -> ResponseReturnValue:
    """Send it again."""
    found, form = _readable(request_id), CorrectionForm()
    if form.validate_on_submit():
        with form.showing_refusals("scan"):
            version = _version(form.seen_version.data)
            with received(form) as scan:
                requests.correct(viewer.required(), request_id, form.letter, scan, version)
            flash(_("ส่งคำขออีกครั้งแล้ว"), "success")
            return redirect(url_for("asking.show", request_id=request_id), 303)
    return _corrected(found, form), 422


@blueprint.post("/appointment-requests/<int:request_id>/withdraw")
@signed_in
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take it back."""
    _readable(request_id)
    form = VersionForm()
    requests.withdraw(viewer.required(), request_id, _version(form.seen_version.data))
    flash(_("ถอนคำขอแล้ว"), "success")
    return redirect(url_for("asking.show", request_id=request_id), 303)
