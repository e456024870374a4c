"""The ready answers of one's office: reading, adding, changing, deleting."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.approval import canned_replies
from idp.approval.forms import AnswerForm
from idp.approval.queue import Desk
from idp.approval.reasons import ReplyText
from idp.approval.view_parts import blueprint
from idp.units import operations as units
from idp.units.models import Unit
from thai_web.refusal import N_, NotFound


def _offices() -> list[Unit]:
    return [units.get(unit_id) for unit_id in sorted(Desk(viewer.required()).own)]


def _office(code: str) -> Unit:
    """One of the viewer's own offices. Raises `NotFound`: another office's answers are not theirs to read."""
    found = next((unit for unit in _offices() if unit.code == code), None)
    if found is None:
        raise NotFound(N_("ไม่พบหน่วยงานนี้ในความดูแลของท่าน"))
    return found


@blueprint.get("/approvals/answers")
@requires(Permission.DECIDE_REGISTRATIONS)
def own_answers() -> ResponseReturnValue:
    """To those of one's first office."""
    return redirect(url_for("approval.office_answers", code=_offices()[0].code), 303)


@blueprint.get("/approvals/answers/<string:code>")
@requires(Permission.DECIDE_REGISTRATIONS)
def office_answers(code: str) -> ResponseReturnValue:
    """An office's own and the standard ones; a form for another one."""
    return _page(_office(code), AnswerForm())


def _page(office: Unit, form: AnswerForm, answer_id: int | None = None) -> str:
    return render_template(
        "approval/answers.html",
        office=office,
        offices=_offices(),
        form=form,
        answer_id=answer_id,
        offered=canned_replies.offered(office.id),
    )


@blueprint.post("/approvals/answers/<string:code>")
@requires(Permission.DECIDE_REGISTRATIONS)
def add_answer(code: str) -> ResponseReturnValue:
    """Keep another one."""
    return _save(_office(code), None)


@blueprint.get("/approvals/answers/<string:code>/<int:answer_id>")
@requires(Permission.DECIDE_REGISTRATIONS)
def edit_answer(code: str, answer_id: int) -> ResponseReturnValue:
    """One of the office's own, to be changed."""
    office = _office(code)
    return _page(office, AnswerForm(obj=canned_replies.own(office.id, answer_id)), answer_id)


@blueprint.post("/approvals/answers/<string:code>/<int:answer_id>")
@requires(Permission.DECIDE_REGISTRATIONS)
def change_answer(code: str, answer_id: int) -> ResponseReturnValue:
    """Keep the change."""
    return _save(_office(code), answer_id)


def _save(office: Unit, answer_id: int | None) -> ResponseReturnValue:
    form = AnswerForm()
    if form.validate_on_submit():
        answer = ReplyText(
            str(form.name.data),
            form.outcome.data,
            form.reason_code.data,
            form.reason.data or "",
            form.mail_text.data or "",
        )
        faults = canned_replies.faults(office.id, answer, answer_id)
        form.blame(faults)
        if not faults:
            canned_replies.save(office.id, answer, answer_id)
            flash(_("บันทึกคำตอบสำเร็จรูปแล้ว"), "success")
            return redirect(url_for("approval.office_answers", code=office.code), 303)
    return _page(office, form, answer_id), 422


@blueprint.post("/approvals/answers/<string:code>/<int:answer_id>/remove")
@requires(Permission.DECIDE_REGISTRATIONS)
def remove_answer(code: str, answer_id: int) -> ResponseReturnValue:
    """Delete one of the office's own."""
    office = _office(code)
    canned_replies.remove(office.id, answer_id)
    flash(_("ลบคำตอบสำเร็จรูปแล้ว"), "success")
    return redirect(url_for("approval.office_answers", code=office.code), 303)
