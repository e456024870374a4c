"""Deciding a case: taking up a ready answer, a look at what would be sent, the decision; claiming and reopening."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.approval import canned_replies, operations, queue, reasons, reviewing
from idp.approval import filters as addresses
from idp.approval.forms import DecisionForm, ReopenForm
from idp.approval.operations import Verdict
from idp.approval.queue import Desk
from idp.approval.reasons import OUTCOME_NAMES, Outcome
from idp.approval.rules import check_waiting
from idp.approval.view_parts import back, blueprint, case_of, case_under, decision_form, dossier_page
from idp.registration.models import Registration
from idp.registration.rules import State, read_version


def _verdict(form: DecisionForm) -> Verdict:
    return Verdict(
        Outcome(form.outcome.data),
        form.reason.data or "",
        read_version(str(form.seen_version.data)),
        tuple(form.to_correct.data or ()),
        form.reason_code.data or "",
        form.mail_text.data or "",
    )


def _verdict_of(form: DecisionForm, case: Registration) -> Verdict | None:
    """What was typed; None, and every fault beside its field, where it says too little or too much."""
    if not form.validate_on_submit():
        return None
    verdict = _verdict(form)
    faults = operations.faults(case, verdict)
    form.blame(faults)
    return None if faults else verdict


@blueprint.post("/approvals/<string:reference>/draft")
@requires(Permission.DECIDE_REGISTRATIONS)
def draft(reference: str) -> ResponseReturnValue:
    """The same page with a ready answer put in; nothing is kept, nothing is sent."""
    case, authority = case_under(reference)
    check_waiting(State(case.state))
    form = decision_form(case, authority)
    found = canned_replies.find(authority.unit_id, str(form.answer.data or ""))
    if found is not None:
        form.outcome.data, form.reason_code.data = found.outcome, found.reason_code
        form.reason.data, form.mail_text.data = found.reason, found.mail_text
        offered = [value for value, _text in form.to_correct.choices]
        form.to_correct.data = reasons.usual_items(found.reason_code, offered) or form.to_correct.data
    return dossier_page(case, authority, form, is_filled=found is not None)


@blueprint.post("/approvals/<string:reference>/preview")
@requires(Permission.DECIDE_REGISTRATIONS)
def preview(reference: str) -> ResponseReturnValue:
    """What the applicant would see and get; nothing is kept, nothing is sent."""
    case, authority = case_under(reference)
    form = decision_form(case, authority)
    verdict = _verdict_of(form, case)
    if verdict is None:
        return dossier_page(case, authority, form), 422
    subject, body = operations.preview(authority, case, verdict)
    named = [text for value, text in form.to_correct.choices if value in verdict.to_correct]
    return render_template("approval/preview.html", case=case, form=form, subject=subject, body=body, named=named)


@blueprint.post("/approvals/<string:reference>/decision")
@requires(Permission.DECIDE_REGISTRATIONS)
def decide(reference: str) -> ResponseReturnValue:
    """Take the decision, and go on to the next case of the list from which this one was opened."""
    case, authority = case_under(reference)
    form = decision_form(case, authority)
    verdict = _verdict_of(form, case)
    if verdict is None:
        return dossier_page(case, authority, form), 422
    decided = operations.decide(viewer.required(), case, verdict)
    flash(_told(decided, verdict.outcome), "success")
    filters = addresses.parse(request.args)
    following = queue.following(Desk(viewer.required()), filters, decided)
    if following is None:
        return redirect(back(), 303)
    # With a fragment of its own: else the browser keeps that of the form, which lies far down on a phone.
    return redirect(url_for("approval.dossier", reference=following, _anchor="main", **filters.query()), 303)


def _told(decided: Registration, outcome: Outcome) -> str:
    return _(
        "บันทึกผลแล้ว: %(outcome)s คำขอของ %(name)s (%(reference)s) ผู้ขอจะได้รับอีเมล",
        outcome=_(OUTCOME_NAMES[outcome]),
        name=decided.name,
        reference=decided.reference,
    )


@blueprint.post("/approvals/<string:reference>/claim")
@requires(Permission.DECIDE_REGISTRATIONS)
def claim(reference: str) -> ResponseReturnValue:
    """Let colleagues see that one looks at it."""
    reviewing.take(viewer.required(), case_of(reference))
    return redirect(url_for("approval.dossier", reference=reference, **addresses.parse(request.args).query()), 303)


@blueprint.post("/approvals/<string:reference>/release")
@requires(Permission.DECIDE_REGISTRATIONS)
def release(reference: str) -> ResponseReturnValue:
    """Leave it to colleagues."""
    reviewing.release(viewer.required(), case_of(reference))
    return redirect(back(), 303)


@blueprint.post("/approvals/<string:reference>/reopen")
@requires(Permission.DECIDE_REGISTRATIONS)
def reopen(reference: str) -> ResponseReturnValue:
    """Take a rejected case up again."""
    (case, authority), form = case_under(reference), ReopenForm()
    if form.validate_on_submit():
        seen = read_version(str(form.seen_version.data))
        with form.showing_refusals():
            operations.reopen(viewer.required(), case, str(form.reason.data), seen)
            flash(_("เปิดคำขอ %(reference)s พิจารณาใหม่แล้ว ผู้ขอจะได้รับอีเมล", reference=reference), "success")
            return redirect(url_for("approval.dossier", reference=reference), 303)
    return dossier_page(case, authority, form), 422
