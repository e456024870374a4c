"""What the reviewer's pages share: their blueprint, a case that the viewer may open, the page of one case."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from idp.access import viewer
from idp.appointments.rules import Term
from idp.approval import canned_replies, dossier, operations, reasons
from idp.approval import filters as addresses
from idp.approval.canned_replies import Offered
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


def decision_form(case: Registration, authority: Term) -> DecisionForm:
    """The form of a decision as it was sent: it offers what of this case may be sent back, and the ready answers of the
    office for which the viewer decides."""
    return _offering(DecisionForm(), _correctable(case), canned_replies.offered(authority.unit_id))


def _offering(form: DecisionForm, items: list[tuple[str, str]], answers: list[Offered]) -> DecisionForm:
    form.to_correct.choices = items
    form.answer.choices = [("", ""), *((each.key, each.name) for each in answers)]
    return form


def _correctable(case: Registration) -> list[tuple[str, str]]:
    fields = operations.correctable_fields(case)
    documents = [
        (f"{DOCUMENT}{each.id}", _("เอกสาร %(name)s", name=each.filename))
        for each in attached_documents.documents(case.id)
    ]
    return [*((field.value, _(FIELD_NAMES[field])) for field in Field if field in fields), *documents]


@dataclass(frozen=True)
class Panel:
    """One outcome on the page of a case: its form, and each ready answer with what it sends back of this case."""

    form: DecisionForm
    answers: list[tuple[Offered, list[str]]]
    is_open: bool


def _panels(case: Registration, authority: Term, typed: DecisionForm | None) -> dict[str, Panel]:
    """A form for each outcome; what was typed into one of them stands there again."""
    seen = str(typed.seen_version.data) if typed else str(case.version)
    items, offered = _correctable(case), canned_replies.offered(authority.unit_id)
    names = [name for name, _text in items]
    found = {}
    for outcome in Outcome:
        is_typed = typed is not None and typed.outcome.data == outcome
        blank = _offering(DecisionForm(formdata=None, seen_version=seen), items, offered)
        form = typed if typed and is_typed else blank
        form.belong_to(outcome)
        answers = [(each, reasons.usual_items(each.reason_code, names)) for each in offered if each.outcome == outcome]
        found[outcome.value] = Panel(form, answers, is_typed)
    return found


def dossier_page(
    case: Registration, authority: Term, form: DecisionForm | ReopenForm | None = None, *, is_filled: bool = False
) -> str:
    """The case on one screen, with the forms that its state asks for."""
    typed = form if isinstance(form, DecisionForm) else None
    return render_template(
        "approval/dossier.html",
        case=case,
        form=form,
        panels=_panels(case, authority, typed) if case.state == State.SUBMITTED else {},
        dossier=dossier.gather(case),
        back=back(),
        is_filled=is_filled,
        undelivered=undelivered("registration", [case.id]).get(case.id),
        unit=units.get(case.unit_id or 0),
    )
