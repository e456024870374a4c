"""The protocol's endpoints, and the pages on which it needs a person."""

import json
from functools import partial
from typing import Any, cast

from authlib.oauth2.rfc6749 import AccessDeniedError, OAuth2Error
from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from idp import clock
from idp.access import viewer
from idp.access.guards import bearer, client_authenticated, public, signed_in
from idp.audit.operations import traffic
from idp.oidc import (
    authorizing,
    cross_origin,
    operations,
    parameters,
    popups,
    posted_requests,
    registry,
    server,
    statements,
    told,
)
from idp.oidc.answers import with_query
from idp.oidc.claims import Person, claims_for
from idp.oidc.discovery import describe
from idp.oidc.id_token import read_hint
from idp.oidc.logout import LogoutRequest, read_logout
from idp.oidc.records import IssuedToken
from idp.oidc.rules import scopes_of
from idp.secrets_at_rest import digest
from idp.signin import cookie
from idp.signin.operations import end_session
from idp.signing_keys.schedule import JWKS_MAX_AGE
from idp.throttle import operations as throttle
from idp.units import operations as units
from idp.web.application import Answer, Application, csrf

blueprint = Blueprint("oidc", __name__, template_folder="templates")
JSON = [("Content-Type", "application/json")]
CACHED = [
    *JSON,
    ("Cache-Control", f"public, max-age={int(JWKS_MAX_AGE.total_seconds())}"),
]


def begin(app: Application) -> None:
    """Give the application its provider. Raises `KeyFileError` where no key signs."""
    addresses = app.url_map.bind("localhost")
    server.begin(app, describe(app.config["SETTINGS"].issuer, addresses.build))
    provider: server.Provider = app.extensions["oidc"]
    for rule in app.url_map.iter_rules("oidc.configuration"):
        app.doors[rule.rule] = lambda _environ: (CACHED, provider.discovery)
    app.doors[addresses.build("oidc.jwks")] = lambda _environ: (CACHED, provider.ring.jwks(clock.now()))
    app.doors[addresses.build("oidc.userinfo")] = partial(_userinfo_at_the_door, app)
    cross_origin.begin(app)
    popups.begin(app)


@blueprint.get("/.well-known/openid-configuration")
@blueprint.get("/.well-known/oauth-authorization-server")
@public("metadata for every program")
def configuration() -> ResponseReturnValue:
    """The provider's description of itself."""
    return _document()


@blueprint.get("/jwks")
@public("public keys for every program")
def jwks() -> ResponseReturnValue:
    """The keys that check our signatures."""
    return _document()


def _document() -> Response:
    """To all but GET, which is answered before it comes here."""
    answer = cast(Application, current_app).doors[request.path](request.environ)
    assert answer is not None
    headers, body = answer
    return Response(body, headers=headers)


@blueprint.route("/authorize", methods=["GET", "POST"])
@csrf.exempt
@public("a system sends a browser here; who sits at it is found out on the way")
def authorize() -> ResponseReturnValue:
    """Answer an authorization request, or ask the person for what is missing."""
    if request.method == "POST":
        server.check_addressee(server.ProtocolRequest(request))
        return _back_as_get(".authorize")
    try:
        grant = authorizing.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    return authorizing.go_on(grant, parameters.in_address())


def _back_as_get(endpoint: str) -> ResponseReturnValue:
    """To the same by GET, with the sign-in cookie, and without what was posted in the address."""
    throttle.admit("request.posted", request.remote_addr)
    kept = posted_requests.keep(parameters.sent().items(multi=True))
    return redirect(with_query(url_for(endpoint), kept), 303)


@blueprint.get("/consent")
@signed_in
def consent() -> ResponseReturnValue:
    """Ask whether a system may be told."""
    try:
        grant = authorizing.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    person, scopes = viewer.required(), authorizing.scopes_to_agree(grant)
    rows, unknown = told.lines(scopes, told.facts(grant.client.id, person.account_id, person.posting_id))
    return render_template(
        "oidc/consent.html",
        client=grant.client,
        owner=units.get(grant.client.owner_unit_id),
        rows=rows,
        unknown=unknown,
        offline="offline_access" in scopes,
        action=authorizing.shown_to(url_for(".decide"), person.account_id),
    )


@blueprint.post("/consent")
@signed_in
def decide() -> ResponseReturnValue:
    """Keep a yes together with what it allows, in one transaction; take a no to the system.

    The yes counts for this call alone: the same address asks again once it was taken back.
    """
    person = viewer.required()
    try:
        grant = authorizing.validated()
    except OAuth2Error as error:
        return server.current().server.handle_error_response(None, error)
    if request.form.get("decision") != "allow":
        return authorizing.refuse(grant, AccessDeniedError())
    asked = list(request.args.items(multi=True))
    if not authorizing.was_shown_to(asked, person.account_id):
        return redirect(with_query(url_for(".consent"), asked), 303)
    operations.remember_consent(person.account_id, grant.client, authorizing.scopes_to_agree(grant))
    return authorizing.go_on(grant, asked, agreed=True)


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


def _userinfo_at_the_door(app: Application, environ: dict[str, Any]) -> Answer | None:
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


@blueprint.get("/logout")
@public("a system sends a browser here, whose sign-in may have ended already")
def logout() -> ResponseReturnValue:
    """Ask before signing out; somebody who is signed out already goes straight on."""
    asked = _logout_request()
    if viewer.current() is None:
        return _after_logout(asked if asked.is_proven else None)
    names = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")
    given = parameters.sent()
    fields = [(name, given[name]) for name in names if name in given]
    return render_template("oidc/logout.html", client=asked.client, fields=fields)


@blueprint.post("/logout")
@csrf.exempt
@public("a system may post the browser here; nothing happens but a redirect")
def logout_by_post() -> ResponseReturnValue:
    """The same by POST."""
    _logout_request()
    return _back_as_get(".logout")


@blueprint.post("/logout/confirm")
@public("the sign-in may have ended while the page was open")
def confirm_logout() -> ResponseReturnValue:
    """Sign out, or stay."""
    if request.form.get("decision") != "confirm":
        return redirect(url_for("portal.front"), 303)
    asked = _logout_request()
    person = viewer.current()
    if person:
        end_session(person.session_id, "rp_logout")
        traffic("signin.ended", person.account_id, request.remote_addr, reason="rp_logout")
    session.clear()
    return cookie.drop(_after_logout(asked))


def _logout_request() -> LogoutRequest:
    provider = server.current()
    return read_logout(parameters.sent(), lambda text: read_hint(text, provider.issuer, provider.ring), registry.find)


def _after_logout(asked: LogoutRequest | None) -> Response:
    address = url_for("signin.signed_out")
    if asked and asked.return_to:
        address = with_query(asked.return_to, [("state", asked.state)] if asked.state else [])
    return current_app.make_response(redirect(address, 303))
