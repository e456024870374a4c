"""The dossier, a page of evidence; the room's other pages hang on the same blueprint."""

from flask import render_template
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.appointments.rules import Term
from idp.approval import dossier as reading
from idp.approval.forms import ReopenForm
from idp.approval.view_parts import back, blueprint, case_of, case_under, dossier_page
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.database import will_write
from idp.evidence import operations as evidence
from idp.evidence.page_images import page_response, turn_asked
from idp.registration import attached_documents, summary
from idp.registration.models import Registration
from idp.registration.rules import State
from thai_web.refusal import N_, NotFound


@blueprint.get("/approvals/<string:reference>")
@requires(Permission.DECIDE_REGISTRATIONS)
def dossier(reference: str) -> ResponseReturnValue:
    """One case on one screen; that it was opened is noted, for it shows a person's data."""
    case, authority = case_under(reference)
    case_id, unit_id, seen = case.id, case.unit_id, str(case.version)
    page = dossier_page(case, authority, ReopenForm(seen_version=seen) if case.state == State.REJECTED else None)
    will_write()
    record(
        "registration.viewed",
        subject=("registration", case_id),
        unit_id=unit_id,
        actor=_under(authority),
        registration_id=case_id,
    )
    return page


def _document(case: Registration, evidence_id: int) -> None:
    if evidence_id not in attached_documents.document_ids(case.id):
        raise NotFound(N_("ไม่พบเอกสารนี้ในคำขอ"))


@blueprint.get("/approvals/<string:reference>/evidence/<int:evidence_id>/<int:page>")
@requires(Permission.DECIDE_REGISTRATIONS)
def evidence_page(reference: str, evidence_id: int, page: int) -> ResponseReturnValue:
    """A page of a document, turned as asked, to whoever may decide the case; that it was opened is noted."""
    case, authority = case_under(reference)
    _document(case, evidence_id)
    case_id, unit_id = case.id, case.unit_id
    response = page_response(evidence_id, page, turn_asked())
    will_write()
    record(
        "registration.evidence_viewed",
        subject=("registration", case_id),
        unit_id=unit_id,
        actor=_under(authority),
        registration_id=case_id,
        evidence_id=evidence_id,
        page=page,
    )
    return response


def _under(authority: Term) -> Actor:
    """The viewer, with the letter by which they may look: an auditor gets from a look to it as from a decision."""
    person = viewer.required()
    return Actor("account", person.account_id, person.unit_id, authority.appointment_id, person.name)


@blueprint.get("/approvals/<string:reference>/evidence/<int:evidence_id>/<int:page>/large")
@requires(Permission.DECIDE_REGISTRATIONS)
def large_page(reference: str, evidence_id: int, page: int) -> ResponseReturnValue:
    """The same page in its full size, with what it must show beside it; works without script."""
    case = case_of(reference)
    _document(case, evidence_id)
    papers = [paper for paper in reading.papers(case, summary.given(case)) if paper.document.id == evidence_id]
    shown, last = evidence.page_of(evidence_id, page)
    return render_template(
        "approval/large.html",
        case=case,
        document=evidence.get(evidence_id),
        shows=papers[0].shows if papers else [],
        page=shown,
        last=last,
        turn=turn_asked(),
        back=back(),
    )
