"""/authorize: an authorization request, to the next step of it."""

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.oidc import parameters, server
from idp.oidc.authorize import flow
from idp.oidc.authorize.request import check_addressee
from idp.oidc.protocol_request import ProtocolRequest
from idp.web.application import csrf

blueprint = Blueprint("authorize", __name__, template_folder="templates")


@blueprint.route("/authorize", methods=["GET", "POST"])
@csrf.exempt
@public("a system sends a browser here; who sits at it is found out on the way")
def authorize() -> ResponseReturnValue:
    """Answer an authorization request, or ask the person for what is missing."""
    if request.method == "POST":
        check_addressee(ProtocolRequest())
        return parameters.back_as_get(".authorize")
    try:
        grant = flow.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    return flow.go_on(grant, parameters.in_address())
