"""Attaching documents, looking at them, taking them back."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import public
from idp.evidence import operations as vault
from idp.evidence.pages import page_response
from idp.registration import answers, browser, holder, operations, rules
from idp.registration.forms import DocumentForm
from idp.registration.models import Registration
from idp.registration.pages import WHY_PUBLIC, beside, blueprint, question
from idp.registration.rules import DocumentKind, Step
from idp.throttle import operations as throttle


@blueprint.app_template_filter("evidence_kind")
def evidence_kind(kind: str) -> str:
    """What a document is said to be, in the reader's language."""
    return _(rules.DOCUMENT_NAMES[DocumentKind(kind)])


@blueprint.get("/register/evidence")
@public(WHY_PUBLIC)
def evidence() -> ResponseReturnValue:
    """Which documents show it?"""
    return _documents(browser.editable(Step.EVIDENCE), DocumentForm())


def _documents(registration: Registration, form: DocumentForm) -> ResponseReturnValue:
    attached = [
        (each, vault.pages(each.id), operations.may_remove(registration, each.id))
        for each in operations.documents(registration.id)
    ]
    return question("registration/evidence.html", registration, form, documents=attached, most=rules.MOST_DOCUMENTS)


@blueprint.post("/register/evidence")
@public(WHY_PUBLIC)
def upload() -> ResponseReturnValue:
    """Attach one document. It is opened before the database is touched, but only for a holder."""
    form = DocumentForm()
    if not holder.holds_any(browser.secret()):
        return redirect(url_for("registration.lost"), 303)
    throttle.admit("upload.address", request.remote_addr)
    if form.validate_on_submit():
        with beside(form.document):
            document = vault.prepare(form.document.data.read(), form.document.data.filename or "")
            answers.attach(browser.editable(Step.EVIDENCE).id, document, DocumentKind(form.kind.data))
            return redirect(url_for("registration.evidence"), 303)
    return _documents(browser.editable(Step.EVIDENCE), form)


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
