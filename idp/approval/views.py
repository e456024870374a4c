"""The queue, the dossier, a page of evidence, the decision."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.approval import operations, queue
from idp.approval.forms import DecisionForm
from idp.approval.operations import Verdict
from idp.approval.rules import Outcome
from idp.audit.operations import record
from idp.database import db, will_write
from idp.evidence import operations as evidence
from idp.evidence.pages import page_response
from idp.notifications.operations import undelivered
from idp.refusal import N_, Conflict, NotFound, Refusal
from idp.registration import attachments, duplicates, summary
from idp.registration import operations as registration
from idp.registration.fields import DOCUMENT, FIELD_NAMES, Field
from idp.registration.models import Registration
from idp.registration.rules import REFUSED, State, read_version
from idp.web.errors import say
from idp.web.requests import page_number

blueprint = Blueprint("approval", __name__, template_folder="templates")


def _case(reference: str) -> Registration:
    """The case, if the viewer may decide it. Raises `Forbidden` or `NotFound`."""
    case = registration.find_by_reference(reference)
    if case is None or case.unit_id is None or case.submitted_at is None:
        raise NotFound(N_("ไม่พบคำขอนี้"))
    # Who took the request back took back the consent to look at her papers; what was closed needs no look.
    if case.state in (State.WITHDRAWN, State.LAPSED):
        raise Conflict(REFUSED[State(case.state)], code=f"registration_{case.state.lower()}")
    operations.authority_over(viewer.required(), case)
    return case


@blueprint.get("/approvals")
@requires(Permission.DECIDE_REGISTRATIONS)
def index() -> ResponseReturnValue:
    """The queue."""
    page = page_number()
    rows, has_more = queue.waiting(viewer.required(), page)
    decided = queue.decided(viewer.required())
    lost = undelivered("registration", [row.case.id for row in [*rows, *decided]])
    return render_template(
        "approval/index.html", rows=rows, has_more=has_more, page=page, decided=decided, undelivered=lost,
        may_open={row.case.id for row in decided if row.case.id in lost and _may_open(row.case)},
    )  # fmt: skip


def _may_open(case: Registration) -> bool:
    try:
        operations.authority_over(viewer.required(), case)
    except Refusal:
        return False
    return True


@blueprint.get("/approvals/<string:reference>")
@requires(Permission.DECIDE_REGISTRATIONS)
def dossier(reference: str) -> ResponseReturnValue:
    """One case on one screen."""
    case = _case(reference)
    form = DecisionForm(seen_version=str(case.version))
    return _dossier(case, form)


def _dossier(case: Registration, form: DecisionForm) -> str:
    documents = [(document, evidence.pages(document.id)) for document in attachments.documents(case.id)]
    form.to_correct.choices = _correctable(case)
    return render_template(
        "approval/dossier.html",
        case=case,
        form=form,
        facts=summary.facts(case),
        differences=summary.differences(case),
        sendings=summary.sendings(case),
        documents=documents,
        elsewhere={document.id: evidence.same_document_elsewhere(document.id) for document, _pages in documents},
        same_person=duplicates.same_person(case),
        undelivered=undelivered("registration", [case.id]).get(case.id),
    )


def _correctable(case: Registration) -> list[tuple[str, str]]:
    fields = operations.correctable_fields(case)
    documents = [
        (f"{DOCUMENT}{each}", _("เอกสาร %(name)s", name=evidence.get(each).filename))
        for each in operations.correctable_documents(case)
    ]
    return [*((field.value, _(FIELD_NAMES[field])) for field in Field if field in fields), *documents]


@blueprint.get("/approvals/<string:reference>/evidence/<int:evidence_id>/<int:page>")
@requires(Permission.DECIDE_REGISTRATIONS)
def evidence_page(reference: str, evidence_id: int, page: int) -> ResponseReturnValue:
    """A page of a document, to whoever may decide the case; that it was opened is noted."""
    case = _case(reference)
    if evidence_id not in attachments.document_ids(case.id):
        raise NotFound(N_("ไม่พบเอกสารนี้ในคำขอ"))
    case_id, unit_id = case.id, case.unit_id
    response = page_response(evidence_id, page)
    will_write()
    record("registration.evidence_viewed", subject=("registration", case_id), unit_id=unit_id,
           registration_id=case_id, evidence_id=evidence_id, page=page)  # fmt: skip
    return response


@blueprint.post("/approvals/<string:reference>/decision")
@requires(Permission.DECIDE_REGISTRATIONS)
def decide(reference: str) -> ResponseReturnValue:
    """Take the decision."""
    case, form = _case(reference), DecisionForm()
    form.to_correct.choices = _correctable(case)
    if form.validate_on_submit():
        version = read_version(str(form.seen_version.data))
        verdict = Verdict(Outcome(form.outcome.data), form.reason.data or "", version, tuple(form.to_correct.data))
        try:
            decided = operations.decide(viewer.required(), case, verdict)
        except Refusal as refusal:
            if refusal.code not in ("reason", "to_correct"):
                raise
            db.session.rollback()
            field = form.reason if refusal.code == "reason" else form.to_correct
            field.errors = [*field.errors, say(refusal)]
        else:
            flash(_("บันทึกผลแล้ว: คำขอ %(reference)s ผู้ขอจะได้รับอีเมล", reference=decided.reference), "success")
            return redirect(url_for("approval.index"), 303)
    return _dossier(case, form), 422
