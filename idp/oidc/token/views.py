"""/token, /revoke and /introspect, for programs that prove which client they are."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from idp.access.guards import client_authenticated
from idp.oidc import server
from idp.web.application import csrf

blueprint = Blueprint("token", __name__)


@blueprint.post("/token")
@csrf.exempt
@client_authenticated
def token() -> ResponseReturnValue:
    """Redeem a code or a refresh token, or give a system a token in its own name."""
    return server.current().server.create_token_response()


@blueprint.post("/revoke")
@csrf.exempt
@client_authenticated
def revoke() -> ResponseReturnValue:
    """End a token."""
    return server.current().server.create_endpoint_response("revocation")


@blueprint.post("/introspect")
@csrf.exempt
@client_authenticated
def introspect() -> ResponseReturnValue:
    """Tell a system about its token."""
    return server.current().server.create_endpoint_response("introspection")
