"""Attaching documents, looking at them, changing them, taking them back."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.database import db
from idp.evidence import operations as vault
from idp.evidence.pages import page_response
from idp.registration import answers, attachments, browser, holder, operations, rules
from idp.registration.fields import Purpose
from idp.registration.forms import DocumentForm, ReplacementForm
from idp.registration.models import Registration
from idp.registration.pages import WHY_PUBLIC, beside, blueprint, question
from idp.registration.rules import Step
from idp.requirements import operations as requirements
from idp.throttle import operations as throttle


def _form() -> DocumentForm:
    form = DocumentForm()
    form.kind.choices = [(kind.code, requirements.name(kind)) for kind in requirements.kinds()]
    return form


@blueprint.get("/register/evidence")
@public(WHY_PUBLIC)
def evidence() -> ResponseReturnValue:
    """Which documents show it?"""
    return _documents(browser.editable(Step.EVIDENCE), _form())


def _documents(registration: Registration, form: DocumentForm) -> ResponseReturnValue:
    attached = [
        (each, vault.pages(each.id), operations.may_remove(registration, each.id))
        for each in attachments.documents(registration.id)
    ]
    asked = attachments.asked(registration, operations.requested_role_ids(registration.id))
    return question(
        "registration/evidence.html", registration, form, documents=attached, most=rules.MOST_DOCUMENTS, asked=asked,
        examples={kind.code for each in asked for kind in each.kinds if requirements.has_example(kind)},
        by_hand=registration.purpose == Purpose.NEW and not registration.is_known,
    )  # fmt: skip


@blueprint.post("/register/evidence")
@public(WHY_PUBLIC)
def upload() -> ResponseReturnValue:
    """Attach one document. It is opened before a transaction begins, but only for a holder."""
    if not holder.holds_any(browser.secret()):
        return redirect(url_for("registration.lost"), 303)
    throttle.admit("upload.address", request.remote_addr)
    form = _form()
    if form.validate_on_submit():
        with beside(form.document):
            document = _opened(form)
            answers.attach(browser.editable(Step.EVIDENCE).id, document, form.kind.data)
            return redirect(url_for("registration.evidence"), 303)
    return _documents(browser.editable(Step.EVIDENCE), form)


def _opened(form: DocumentForm | ReplacementForm) -> vault.Prepared:
    db.session.rollback()  # nothing was changed yet, and no transaction stays open while it is repainted
    return vault.prepare(form.document.data.read(), form.document.data.filename or "")


@blueprint.get("/register/evidence/<int:evidence_id>/replace")
@public(WHY_PUBLIC)
def replacement(evidence_id: int) -> ResponseReturnValue:
    """Another file in its place?"""
    return _replacement(evidence_id, ReplacementForm())


def _replacement(evidence_id: int, form: ReplacementForm) -> ResponseReturnValue:
    registration = browser.editable(Step.EVIDENCE)
    document = answers.own_document(registration, evidence_id)
    return question("registration/replace.html", registration, form, document=document)


@blueprint.post("/register/evidence/<int:evidence_id>/replace")
@public(WHY_PUBLIC)
def replace(evidence_id: int) -> ResponseReturnValue:
    """Put it there."""
    if not holder.holds_any(browser.secret()):
        return redirect(url_for("registration.lost"), 303)
    throttle.admit("upload.address", request.remote_addr)
    form = ReplacementForm()
    if form.validate_on_submit():
        with beside(form.document):
            document = _opened(form)
            answers.replace(browser.editable(Step.EVIDENCE).id, evidence_id, document)
            return redirect(url_for("registration.evidence"), 303)
    return _replacement(evidence_id, form)


@blueprint.post("/register/evidence/<int:evidence_id>/remove")
@public(WHY_PUBLIC)
def remove(evidence_id: int) -> ResponseReturnValue:
    """Take a document back."""
    answers.remove(browser.editable(Step.EVIDENCE).id, evidence_id)
    return redirect(url_for("registration.evidence"), 303)


@blueprint.get("/register/evidence/<int:evidence_id>/<int:page>")
@public(WHY_PUBLIC)
def evidence_page(evidence_id: int, page: int) -> ResponseReturnValue:
    """A page of one's own document, as the reviewer will see it."""
    answers.own_document(browser.own(), evidence_id)
    return page_response(evidence_id, page)
