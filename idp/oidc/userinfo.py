"""/userinfo: the claims of an access token's person (OpenID Connect Core 1.0, section 5.3; RFC 6750)."""

import json

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from idp.access.guards import bearer
from idp.oidc import parameters, server
from idp.oidc.claims import Claims, Person, claims_for
from idp.oidc.consent import operations
from idp.oidc.rules import scopes_of
from idp.oidc.store import statements
from idp.oidc.store.rows import IssuedToken
from idp.secrets_at_rest import digest
from idp.web.application import csrf
from thai_web import clock

blueprint = Blueprint("userinfo", __name__)


@blueprint.route("/userinfo", methods=["GET", "POST"])
@csrf.exempt
@bearer
def userinfo() -> ResponseReturnValue:
    """The claims of an access token's person."""
    kind, _, in_header = request.headers.get("Authorization", "").partition(" ")
    in_header = in_header.strip() if kind.lower() == "bearer" else ""
    posted = parameters.posted()
    in_body = posted.get("access_token", "")
    if (in_header and in_body) or parameters.is_repeated(posted):
        return _shown_twice()
    text = in_header or in_body
    living = _living(text) if text else None
    if living is None:
        return _refused(text)
    found, person = living
    told = operations.with_national_id(person, found)
    claims = claims_for(told, {"openid", *scopes_of(found.scope)}, found.grant.claims.userinfo)
    if found.userinfo_signed_response_alg is None:
        return Response(json.dumps(claims), mimetype="application/json")
    return _signed(claims, found.client_id, found.userinfo_signed_response_alg)


def _living(text: str) -> tuple[IssuedToken, Person] | None:
    """The access token of this text with its person, if it is good."""
    found = statements.token_and_person(text)
    return found if found and found[0].kind == "access" and found[0].is_alive() else None


def _signed(claims: Claims, client_id: str, alg: str) -> Response:
    """Core, section 5.3.2: with `iss` and `aud`, so that it cannot be told to another system."""
    provider = server.current()
    text = provider.ring.sign({**claims, "iss": provider.issuer, "aud": client_id}, alg, clock.now())
    return Response(text, mimetype="application/jwt")


def _shown_twice() -> ResponseReturnValue:
    """RFC 6750, section 2: one way a request. Two may be two tokens, and two programs may each look at another."""
    body = jsonify(error="invalid_request", error_description="the access token may be shown in one way only")
    return body, 400, {"WWW-Authenticate": 'Bearer error="invalid_request"'}


def _refused(text: str) -> ResponseReturnValue:
    """RFC 6750, section 3: no error code for a caller who showed no token at all; a system's token in its own name is
    good, but there is no person behind it."""
    of_system = statements.system_token(digest(text)) if text else None
    if of_system and of_system.is_alive():
        body = jsonify(error="insufficient_scope", error_description="the token stands for no person")
        return body, 403, {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="openid"'}
    error = "invalid_token" if text else ""
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    body = jsonify(error=error or "invalid_request", error_description="a valid access token is required")
    return body, 401, {"WWW-Authenticate": challenge}
