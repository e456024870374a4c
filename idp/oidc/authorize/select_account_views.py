"""The page on which a person says as whom they go on to a system (prompt=select_account)."""

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import signed_in
from idp.clients.names import Named
from idp.oidc import server
from idp.oidc.authorize import flow, signed_query
from idp.oidc.responses import with_query

blueprint = Blueprint("select_account", __name__, template_folder="templates")


@blueprint.get("/select-account")
@signed_in
def start() -> ResponseReturnValue:
    """As yourself, or as somebody else?"""
    try:
        grant = flow.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    action = with_query(url_for(".choose"), request.args.items(multi=True))
    return render_template(
        "authorize/select_account.html", system=Named(grant.client.name_th, grant.client.name_en), action=action
    )


@blueprint.post("/select-account")
@signed_in
def choose() -> ResponseReturnValue:
    """Go on with the request, by the account that was on the page (the guard sees to that), or by way of the sign-in
    page."""
    try:
        grant = flow.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    asked = list(request.args.items(multi=True))
    if request.form.get("decision") != "continue":
        return flow.to_sign_in(grant, asked, again=True)
    marked = signed_query.mark(signed_query.SELECTED, asked, str(viewer.required().account_id))
    return redirect(with_query(url_for("authorize.authorize"), marked), 303)
