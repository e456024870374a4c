"""What the reviewer's pages share: their blueprint, a case that the viewer may open, the page of one case."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from idp.access import viewer
from idp.appointments.rules import Term
from idp.approval import canned_replies, dossier, operations
from idp.approval import filters as addresses
from idp.approval.forms import DecisionForm, ReopenForm
from idp.approval.reasons import OUTCOME_NAMES, REASON_NAMES, Outcome, Reason
from idp.notifications.operations import undelivered
from idp.registration import attached_documents
from idp.registration import operations as registration
from idp.registration.fields import DOCUMENT, FIELD_NAMES, Field
from idp.registration.models import Registration
from idp.registration.rules import REFUSED, State
from idp.units import operations as units
from thai_web.refusal import N_, Conflict, NotFound

blueprint = Blueprint("approval", __name__, template_folder="templates")


@blueprint.app_template_filter("outcome_name")
def outcome_name(outcome: str) -> str:
    """How a case ended, in the reader's language."""
    return _(OUTCOME_NAMES[Outcome(outcome)])


@blueprint.app_template_filter("reason_name")
def reason_name(code: str) -> str:
    """A reason's code in words; nothing for decisions that had none."""
    return _(REASON_NAMES[Reason(code)]) if code else ""


def case_of(reference: str) -> Registration:
    """The case, if the viewer may decide it. Raises `Forbidden` or `NotFound`."""
    return case_under(reference)[0]


def case_under(reference: str) -> tuple[Registration, Term]:
    """The case, and the appointment under which the viewer may decide it. Raises `Forbidden` or `NotFound`."""
    case = registration.find_by_reference(reference)
    if case is None or case.unit_id is None or case.submitted_at is None:
        raise NotFound(N_("ไม่พบคำขอนี้"))
    # Who took the request back took back the consent to look at their papers; what was closed needs no look.
    if case.state in (State.WITHDRAWN, State.LAPSED):
        raise Conflict(REFUSED[State(case.state)], code=f"registration_{case.state.lower()}")
    return case, operations.authority_over(viewer.required(), case)


def back() -> str:
    """To the list from which the case was opened: its filters travel in the address."""
    return url_for("approval.index", **addresses.parse(request.args).query())


def decision_form(case: Registration, authority: Term, **shown: str) -> DecisionForm:
    """The form of a decision: it offers what of this case may be sent back, and the ready answers of the office for
    which the viewer decides."""
    form = DecisionForm(**shown)
    form.to_correct.choices = _correctable(case)
    form.answer.choices = [("", _("ไม่ใช้"))] + [
        (each.key, f"{_(OUTCOME_NAMES[Outcome(each.outcome)])}: {each.name}")
        for each in canned_replies.offered(authority.unit_id)
    ]
    return form


def _correctable(case: Registration) -> list[tuple[str, str]]:
    fields = operations.correctable_fields(case)
    documents = [
        (f"{DOCUMENT}{each.id}", _("เอกสาร %(name)s", name=each.filename))
        for each in attached_documents.documents(case.id)
    ]
    return [*((field.value, _(FIELD_NAMES[field])) for field in Field if field in fields), *documents]


def dossier_page(case: Registration, form: DecisionForm | ReopenForm, *, is_filled: bool = False) -> str:
    """The case on one screen, with the form that its state asks for."""
    return render_template(
        "approval/dossier.html",
        case=case,
        form=form,
        dossier=dossier.gather(case),
        back=back(),
        is_filled=is_filled,
        undelivered=undelivered("registration", [case.id]).get(case.id),
        unit=units.get(case.unit_id or 0),
    )
