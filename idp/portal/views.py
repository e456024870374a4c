"""The front page and the signed-in home."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import public, signed_in
from idp.accounts import operations as accounts
from idp.clients import operations as clients
from idp.clients.names import Named
from idp.portal import waiting
from idp.registration import operations as registration
from idp.web import ui_locales
from idp.web.application import settings
from thai_web import clock, language, parts

blueprint = Blueprint("portal", __name__, template_folder="templates")


@blueprint.get("/")
@public("where everybody arrives")
def front() -> ResponseReturnValue:
    """What this is, and the two ways in."""
    if viewer.current():
        return redirect(url_for("portal.home"), 303)
    return render_template("portal/front.html")


@blueprint.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """What waits for one, and the systems one may enter."""
    person = viewer.required()
    postings = accounts.postings(person.account_id, clock.today())
    if postings and person.posting_id is None:
        return redirect(url_for("posting.start"), 303)
    systems = clients.visible_to(person.posting_id) if person.posting_id else []
    return render_template(
        "portal/home.html",
        systems=[(system, Named(system.name_th, system.name_en).sign) for system in systems],
        waiting=waiting.for_person(
            person, accounts.get(person.account_id), registration.requests_of(person.account_id)
        ),
        has_choice=len(postings) > 1,
    )


@blueprint.get("/accessibility")
@public("who cannot use a page may read here what to do")
def accessibility() -> ResponseReturnValue:
    """What everybody can use, what is not there yet, whom to tell."""
    return render_template("thai_web/accessibility.html")


@blueprint.get("/development/parts")
@public("shows invented examples, and in development only")
def development_parts() -> ResponseReturnValue:
    """Every part of a page in every state; not there in production."""
    if settings().is_production:
        abort(404)
    return parts.page()


@blueprint.post("/language")
@public("choosing a language changes only how pages read")
def switch_language() -> ResponseReturnValue:
    """Store the chosen language and go back."""
    return language.switch(ui_locales.without(request.form.get(ui_locales.NEXT, "")))
