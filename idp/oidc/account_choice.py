"""The page on which a person says as whom she goes on to a system (prompt=select_account)."""

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import signed_in
from idp.oidc import authorizing, markers, server
from idp.oidc.answers import with_query

blueprint = Blueprint("account_choice", __name__, template_folder="templates")


@blueprint.get("/select-account")
@signed_in
def start() -> ResponseReturnValue:
    """As yourself, or as somebody else?"""
    try:
        grant = authorizing.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    action = authorizing.shown_to(url_for(".choose"), viewer.required().account_id)
    return render_template("oidc/select_account.html", client=grant.client, action=action)


@blueprint.post("/select-account")
@signed_in
def choose() -> ResponseReturnValue:
    """Go on with the request, by the account that was on the page, or by way of the sign-in page."""
    account_id = viewer.required().account_id
    try:
        grant = authorizing.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    asked = list(request.args.items(multi=True))
    if request.form.get("decision") != "continue":
        return authorizing.to_sign_in(grant, asked, again=True)
    if not authorizing.was_shown_to(asked, account_id):
        return redirect(with_query(url_for(".start"), asked), 303)
    return redirect(with_query(url_for("oidc.authorize"), markers.mark(markers.SELECTED, asked, str(account_id))), 303)
