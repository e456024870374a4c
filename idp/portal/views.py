"""The front page and the signed-in home."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import public, signed_in
from idp.access.rules import POWER_NAMES, Permission
from idp.accounts import operations as accounts
from idp.appointments import requests
from idp.approval import queue
from idp.clients import operations as clients
from idp.registration import operations as registration
from idp.signin import credentials
from idp.signin import operations as signin
from idp.staff import mailboxes
from idp.units import operations as units
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
    """The systems one may enter, what waits for one, and one's own data."""
    person = viewer.required()
    postings = accounts.postings(person.account_id, clock.today())
    if postings and person.posting_id is None:
        return redirect(url_for("posting.start"), 303)
    may_decide = person.may(Permission.DECIDE_REGISTRATIONS)
    rows, has_more = queue.waiting(person) if may_decide else ([], False)
    return render_template(
        "portal/home.html",
        systems=clients.visible_to(person.posting_id) if person.posting_id else [],
        waiting=len(rows),
        waiting_more=has_more,
        may_decide=may_decide,
        has_password=signin.has_password(person.account_id),
        may_set_password=credentials.is_fresh_by_thaid(person),
        account=accounts.get(person.account_id),
        appointments_waiting=len(requests.waiting_for(person)) if person.may(Permission.APPOINT) else 0,
        mailbox_change=mailboxes.pending(person.account_id),
        requests=registration.requests_of(person.account_id),
        postings=[(posting, units.get(posting.unit_id)) for posting in postings],
        powers=[(POWER_NAMES[held.power], units.get(held.unit_id), held) for held in person.holdings],
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
