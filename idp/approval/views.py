"""The dossier, a page of evidence, the decision."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.approval import filters as addresses
from idp.approval import operations
from idp.approval import queue_pages as queue_pages  # its pages hang on the same blueprint
from idp.approval.forms import DecisionForm
from idp.approval.operations import Verdict
from idp.approval.pages import blueprint, case_of
from idp.approval.rules import Outcome
from idp.audit.operations import record
from idp.database import db, will_write
from idp.evidence import operations as evidence
from idp.evidence.pages import page_response
from idp.notifications.operations import undelivered
from idp.refusal import N_, NotFound, Refusal
from idp.registration import attachments, duplicates, summary
from idp.registration.fields import DOCUMENT, FIELD_NAMES, Field
from idp.registration.models import Registration
from idp.registration.rules import read_version
from idp.web.errors import say


@blueprint.get("/approvals/<string:reference>")
@requires(Permission.DECIDE_REGISTRATIONS)
def dossier(reference: str) -> ResponseReturnValue:
    """One case on one screen."""
    case = case_of(reference)
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
        back=_back(),
        documents=documents,
        elsewhere={document.id: evidence.same_document_elsewhere(document.id) for document, _pages in documents},
        same_person=duplicates.same_person(case),
        undelivered=undelivered("registration", [case.id]).get(case.id),
    )


def _back() -> str:
    """To the list from which the case was opened: its filters travel in the address."""
    return url_for("approval.index", **addresses.parse(request.args).query())


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
    case = case_of(reference)
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
    case, form = case_of(reference), DecisionForm()
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
            return redirect(_back(), 303)
    return _dossier(case, form), 422
