"""The page on which a person with several postings says in which of them they act."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import signed_in
from idp.signin import cookie, postings
from idp.signin.forms import PostingForm
from idp.units.rules import full_name
from thai_web import language
from thai_web.local_paths import local_path

blueprint = Blueprint("posting", __name__, template_folder="templates")


def _form() -> PostingForm:
    person = viewer.required()
    form = PostingForm(posting=str(person.posting_id or ""), next=request.args.get("next"))
    form.posting.choices = [
        (str(posting.id), f"{posting.position} · {full_name(unit, language.current())}")
        for posting, unit in postings.offered(person.account_id)
    ]
    return form


@blueprint.get("/signin/posting")
@signed_in
def start() -> ResponseReturnValue:
    """In which posting do you act?"""
    return render_template("signin/posting.html", form=_form())


@blueprint.post("/signin/posting")
@signed_in
def choose() -> ResponseReturnValue:
    """Act in it, and go where the person wanted to go."""
    form = _form()
    if not form.validate_on_submit():
        return render_template("signin/posting.html", form=form), 422
    secret = postings.choose(viewer.required(), int(form.posting.data), request.remote_addr)
    response = current_app.make_response(redirect(local_path(form.next.data, url_for("portal.home")), 303))
    return cookie.hand_out(response, secret) if secret else response
