"""Attaching documents, looking at them, changing them, taking them back."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.evidence import operations as vault
from idp.evidence.operations import Prepared
from idp.evidence.page_images import page_response, turn_asked
from idp.evidence.uploads import digest, received
from idp.registration import answers, applicant_cookie, attached_documents, operations, rules, versions
from idp.registration.answers import Attachment
from idp.registration.attached_documents import Asked
from idp.registration.fields import Field, Purpose
from idp.registration.forms import DocumentForm
from idp.registration.models import Registration
from idp.registration.rules import Step
from idp.registration.view_parts import PASSING, WHY_PUBLIC, blueprint, question
from idp.requirements import operations as requirements
from idp.requirements.models import EvidenceKind


@dataclass(frozen=True)
class Slot:
    """Something that the documents must show, and those attached that show it."""

    asked: Asked
    attached: list[Attachment]


@blueprint.get("/register/evidence")
@public(WHY_PUBLIC)
def evidence() -> ResponseReturnValue:
    """Which documents show it?"""
    registration = applicant_cookie.editable(Step.EVIDENCE)
    if registration.national_id_index is None:  # what names nobody cannot be opened again elsewhere
        return redirect(url_for("registration.person"), 303)
    return _documents(registration, DocumentForm())


def _wants_more(registration: Registration) -> bool:
    """Whether a reviewer asked for more documents, and none came since."""
    if registration.state != rules.State.RETURNED or Field.DOCUMENTS not in registration.to_correct:
        return False
    sent = versions.document_ids(versions.history(registration.id)[-1])
    return len(attached_documents.documents(registration.id)) <= len(sent)


def _documents(registration: Registration, form: DocumentForm, refused_at: str = "") -> ResponseReturnValue:
    """`refused_at`: the place of the file that was refused: one of a kind, or one in a document's place."""
    attached = [answers.attachment(registration, each) for each in attached_documents.documents(registration.id)]
    asked = attached_documents.asked(registration, operations.requested_role_ids(registration.id))
    slots, beside = _in_slots(asked, attached)
    form.document.id = _field_of(refused_at, slots)
    wanted = {kind.code for each in asked for kind in each.kinds}
    return question(
        "registration/evidence.html",
        registration,
        form,
        slots=slots,
        beside=beside,
        further=[kind for kind in requirements.kinds() if kind.code not in wanted],
        room=len(attached) < rules.MOST_DOCUMENTS,
        examples={kind.code for kind in requirements.kinds() if requirements.has_example(kind)},
        by_hand=registration.purpose == Purpose.NEW and not registration.is_known,
        to_replace=operations.editable(registration)[1],
        wants_more=_wants_more(registration),
    )


def _in_slots(asked: list[Asked], attached: list[Attachment]) -> tuple[list[Slot], list[Attachment]]:
    """Each document in the first slot that it fills, and those that fill none."""
    slots, rest = [], attached
    for each in asked:
        codes = {kind.code for kind in each.kinds}
        slots.append(Slot(each, [one for one in rest if one.document.kind in codes]))
        rest = [one for one in rest if one.document.kind not in codes]
    return slots, rest


def _field_of(refused_at: str, slots: list[Slot]) -> str:
    """The id of the field beside which a refusal is shown."""
    if refused_at.isdecimal():
        return f"replacing-{refused_at}"
    places = (place for place, slot in enumerate(slots, 1) if refused_at in {kind.code for kind in slot.asked.kinds})
    return f"document-{next(places, 0)}-{refused_at}"


@blueprint.post("/register/evidence")
@public(WHY_PUBLIC)
def upload() -> ResponseReturnValue:
    """Attach one document; whether there is room for it is asked before it is opened. Who holds the request is asked
    again afterwards: while the document is painted no transaction is open."""
    draft, form = applicant_cookie.editable(Step.EVIDENCE), DocumentForm()
    code = requirements.kind(request.form.get("kind", "")).code
    if form.validate_on_submit():
        with form.showing_refusals("document", passing=PASSING):
            kind = answers.check_room(draft, code, digest(form.document.data))
            with _received(form, draft, kind) as document:
                answers.attach(applicant_cookie.editable(Step.EVIDENCE).id, document, code)
            return redirect(url_for("registration.evidence"), 303)
    return _documents(applicant_cookie.editable(Step.EVIDENCE), form, code)


def _received(form: DocumentForm, draft: Registration, kind: EvidenceKind) -> AbstractContextManager[Prepared]:
    owner = rules.owner(draft.id)
    return received(form.document.data, owner, most_pages=kind.most_pages, may_be_blank=True)


@blueprint.post("/register/evidence/<int:evidence_id>/replace")
@public(WHY_PUBLIC)
def replace(evidence_id: int) -> ResponseReturnValue:
    """Put another file in its place."""
    draft, form = applicant_cookie.editable(Step.EVIDENCE), DocumentForm()
    kind = requirements.kind(answers.own_document(draft, evidence_id).kind)
    if form.validate_on_submit():
        with form.showing_refusals("document", passing=PASSING):
            with _received(form, draft, kind) as document:
                answers.replace(applicant_cookie.editable(Step.EVIDENCE).id, evidence_id, document)
            return redirect(url_for("registration.evidence"), 303)
    return _documents(applicant_cookie.editable(Step.EVIDENCE), form, str(evidence_id))


@blueprint.post("/register/evidence/<int:evidence_id>/blank")
@public(WHY_PUBLIC)
def confirm_blank(evidence_id: int) -> ResponseReturnValue:
    """The pages on which nothing is to be seen are meant to be so."""
    answers.confirm_blank(applicant_cookie.editable(Step.EVIDENCE).id, evidence_id)
    return redirect(url_for("registration.evidence"), 303)


@blueprint.post("/register/evidence/<int:evidence_id>/remove")
@public(WHY_PUBLIC)
def remove(evidence_id: int) -> ResponseReturnValue:
    """Take a document back."""
    answers.remove(applicant_cookie.editable(Step.EVIDENCE).id, evidence_id)
    return redirect(url_for("registration.evidence"), 303)


@blueprint.get("/register/evidence/<int:evidence_id>/<int:page>")
@public(WHY_PUBLIC)
def evidence_page(evidence_id: int, page: int) -> ResponseReturnValue:
    """A page of one's own document, as the reviewer will see it, until it is sent."""
    answers.document_not_sent(applicant_cookie.own(), evidence_id)
    return page_response(evidence_id, page, turn_asked(), small="small" in request.args)


@blueprint.get("/register/evidence/<int:evidence_id>/<int:page>/large")
@public(WHY_PUBLIC)
def large_page(evidence_id: int, page: int) -> ResponseReturnValue:
    """The same page within ours: turned, large, and with the way back."""
    document = answers.document_not_sent(applicant_cookie.own(), evidence_id)
    shown, last = vault.page_of(evidence_id, page)
    return render_template(
        "registration/large.html",
        document=document,
        page=shown,
        last=last,
        turn=turn_asked(),
        zoom="1" if request.args.get("zoom") == "1" else "",
    )
