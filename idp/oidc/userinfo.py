"""/userinfo: the claims of an access token's person (OpenID Connect Core 1.0, section 5.3; RFC 6750)."""

import json
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from idp import clock
from idp.access.guards import bearer
from idp.oidc import parameters, server
from idp.oidc.claims import Person, claims_for
from idp.oidc.consent import operations
from idp.oidc.rules import scopes_of
from idp.oidc.store import statements
from idp.oidc.store.rows import IssuedToken
from idp.secrets_at_rest import digest
from idp.web.application import Application, StaticResponse, csrf

blueprint = Blueprint("userinfo", __name__)
JSON = [("Content-Type", "application/json")]


def _userinfo_at_the_door(app: Application, environ: dict[str, Any]) -> StaticResponse | None:
    """The claims for a good token in the header; what has to be signed, or recorded as told, is the view's."""
    kind, _, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    text = text.strip()
    if kind.lower() != "bearer" or not text:
        return None
    try:
        with app.app_context():
            found = _living(text)
    except SQLAlchemyError:
        return None  # the view meets it too, and tells it as every other page does
    if found is None or found[0].userinfo_signed_response_alg or operations.asks_for_national_id(found[0]):
        return None
    return JSON, _as_json(_claims(*found))


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
    claims = _claims(found, operations.with_national_id(person, found))
    if found.userinfo_signed_response_alg is None:
        return Response(_as_json(claims), headers=JSON)
    return _signed(claims, found.client_id, found.userinfo_signed_response_alg)


def _living(text: str) -> tuple[IssuedToken, Person] | None:
    """The access token of this text with its person, if it is good."""
    found = statements.token_and_person(text)
    return found if found and found[0].kind == "access" and found[0].is_alive() else None


def _claims(token: IssuedToken, person: Person) -> dict[str, Any]:
    return claims_for(person, {"openid", *scopes_of(token.scope)}, token.grant.claims.userinfo)


def _as_json(claims: dict[str, Any]) -> bytes:
    return json.dumps(claims).encode()


def _signed(claims: dict[str, Any], client_id: str, alg: str) -> Response:
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


def begin(app: Application) -> None:
    """Answer the common case before Flask makes a request of it."""
    for rule in app.url_map.iter_rules("userinfo.userinfo"):
        app.doors[rule.rule] = partial(_userinfo_at_the_door, app)
