"""DOPA's endpoints, with its paths, its answers and its refusals."""

import base64
import os
import time
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Request, abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import RequestRedirect

from demo.thaid_simulator import control, pages, tokens
from demo.thaid_simulator.switches import ERRORS
from demo.thaid_simulator.world import ANY_REDIRECT, SCOPES, Client, World


class RefusedToStart(RuntimeError):
    """A simulator lets anybody be anybody."""


def create_app(world: World) -> Flask:
    """The simulator as an application. Raises `RefusedToStart` in production."""
    if "production" in (os.environ.get("IDP_ENVIRONMENT"), os.environ.get("THAID_SIMULATOR_ENVIRONMENT")):
        raise RefusedToStart("the ThaID simulator does not run in production")
    app = Flask(__name__)
    app.extensions["world"] = world
    app.before_request(lambda: _misbehave(world))
    _documents(app, world)
    _authorization(app, world)
    _tokens(app, world)
    pages.add(app, world)
    control.add(app, world)
    return app


def _misbehave(world: World) -> ResponseReturnValue | None:
    """Everything that goes wrong before an endpoint is reached; the control page always works."""
    endpoint, switches = request.endpoint or "", world.switches
    if endpoint.startswith("control") or endpoint in ("static", "font"):
        return None
    world.calls[endpoint] += 1
    if isinstance(request.routing_exception, RequestRedirect) and switches.without_slash == "not_found":
        abort(404)
    if switches.firewall and "HeadlessChrome" in request.user_agent.string:
        return "<h1>Web Page Blocked!</h1>", 403
    if switches.error in ERRORS and endpoint == switches.error_at:
        return _error(ERRORS[switches.error], switches.error, "switched on at the control page")
    if switches.outage == "none" or switches.outage_at not in ("everywhere", endpoint):
        return None
    if switches.outage == "slow":
        world.hurry.wait(switches.slow_seconds)
        return None
    answers: dict[str, ResponseReturnValue] = {
        "down": ("", 503),
        "not_json": "<h1>Web Page Blocked!</h1>",
        "too_many": ("", 429),
    }
    return answers[switches.outage]


def _documents(app: Flask, world: World) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        form, base = world.switches.discovery, f"{world.issuer}/api/v2/oauth2"
        if form == "absent":
            abort(404)
        end = "" if form == "without_slashes" else "/"
        return jsonify(
            issuer="https://imauth.example.com" if form == "wrong_issuer" else world.issuer,
            authorization_endpoint=f"{base}/auth{end}",
            token_endpoint=f"{base}/token{end}",
            userinfo_endpoint=f"{base}/userinfo{end}",
            revocation_endpoint=f"{base}/revoke{end}",
            jwks_uri=f"{world.issuer}/jwks{end}",
            grant_types_supported=["authorization_code", "refresh_token"],
            response_types_supported=["code"],
            subject_type_supported=["public"],  # DOPA's own spelling of subject_types_supported
            id_token_signing_alg_values_supported=["ES256"],
            token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
            scopes_supported=list(SCOPES),
        )

    @app.get("/jwks/")
    def jwks() -> ResponseReturnValue:
        return jsonify(keys=[key.jwk() for key in world.keys])


def _authorization(app: Flask, world: World) -> None:
    @app.get("/api/v2/oauth2/auth/")
    def authorize() -> ResponseReturnValue:
        asked = request.args.to_dict()
        client = world.clients.get(asked.get("client_id", ""))
        if client is None:
            return _error(401, "unauthorized_client", "client is not authorized")
        problem = _problem(client, asked)
        if problem:
            return _error(400, *problem)
        transaction = world.begin(client, asked)
        if world.switches.approves_at_once:
            world.approve(transaction, world.persona(world.switches.approves_at_once))
            return redirect(transaction.redirect)
        page = "sandbox" if world.switches.screen == "sandbox" else "qr"
        query = {"qrcode": f"AUTHEN-{transaction.id}", "refCode": transaction.reference, "txID": transaction.id}
        return redirect(f"{world.issuer}/{page}/?{urlencode(query)}")

    @app.get("/api/v2/oauth2/public/transactions/<id>/")
    def poll(id: str) -> ResponseReturnValue:
        transaction = world.transactions.get(id)
        if transaction is None or (not transaction.outcome and time.time() > transaction.expires_at):
            return _error(404, "not found", "data not found")
        data: dict[str, Any] = {"isScan": transaction.is_scanned}
        if transaction.redirect:
            return jsonify(data=data | {"redirectUri": transaction.redirect}), 201
        return jsonify(data=data)


def _problem(client: Client, asked: dict[str, str]) -> tuple[str, str] | None:
    """DOPA answers these itself: the relying party never hears of them. Unknown parameters, PKCE among them, pass."""
    if asked.get("redirect_uri") not in client.redirect_uris and ANY_REDIRECT not in client.redirect_uris:
        return "invalid_request", "redirect uri mismatch"
    if not asked.get("redirect_uri") or not asked.get("state"):
        return "invalid_request", "missing parameter"
    if asked.get("response_type") != "code":
        return "unsupported_response_type", "response type is not supported"
    scopes = asked.get("scope", "").split()
    if not scopes or not set(scopes) <= set(client.scopes):
        return "invalid_scope", "scope is invalid or not granted"
    return None


def _tokens(app: Flask, world: World) -> None:
    @app.post("/api/v2/oauth2/token/")
    def token() -> ResponseReturnValue:
        client = _client(world, request)
        if client is None:
            return _error(401, "invalid_client", "client id not found")
        if request.mimetype != "application/x-www-form-urlencoded":
            return _error(400, "invalid_request", "content type")
        grant = request.form.get("grant_type")
        with world.lock:
            if grant == "refresh_token":
                held = world.tokens.pop(request.form.get("refresh_token", ""), None)
                if held is None or held.client is not client:
                    return _error(401, "invalid_refresh_token", "cannot refresh")
                return jsonify(tokens.answer(world, held))
            if grant != "authorization_code":
                return _error(400, "unsupported_grant_type", "grant type is not supported")
            found = world.codes.pop(request.form.get("code", ""), None)
            if found is None or found.client is not client or time.time() > found.code_expires_at:
                return _error(400, "invalid_request", "Invalid Authorization Code")
            if request.form.get("redirect_uri") != found.request["redirect_uri"]:
                return _error(400, "invalid_request", "redirect uri mismatch")
            return jsonify(tokens.answer(world, found))

    @app.post("/api/v2/oauth2/introspect/")
    def introspect() -> ResponseReturnValue:
        if _client(world, request) is None:
            return _error(401, "invalid_client", "client id not found")
        if not request.form.get("token"):
            return _error(400, "invalid_request", "missing parameter")
        found = world.tokens.get(request.form["token"].removeprefix("Bearer "))
        if found is None or found.persona is None or world.now() > found.issued_at + world.switches.token_seconds:
            return jsonify(active=False, sub=None, scope=None)
        return jsonify(active=True, sub=found.persona.national_id, scope=found.request["scope"])

    @app.post("/api/v2/oauth2/revoke/")
    def revoke() -> ResponseReturnValue:
        if _client(world, request) is None:
            return _error(401, "invalid_client", "client id not found")
        text = request.form.get("token", "")
        form = "bearer" if text.startswith("Bearer ") else "bare"
        if not text or world.switches.revocation_wants not in ("either", form):
            return _error(400, "unsupported_token_type", "token type is not supported")
        token = text.removeprefix("Bearer ")
        if world.tokens.pop(token, None):
            world.revoked.append(token)
        return jsonify(status="OK", message="revoked")

    @app.get("/api/v2/oauth2/userinfo/")
    def userinfo() -> ResponseReturnValue:
        found = world.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if found is None or found.persona is None:
            return _error(401, "access_denied", "not allowed")
        scopes = found.request["scope"].split()
        return jsonify({"sub": found.persona.national_id} | tokens.attributes_of(world, found.persona, scopes))


def _client(world: World, asked: Request) -> Client | None:
    """By Basic (plain base64, no percent-encoding) or by the form."""
    client_id, secret = asked.form.get("client_id", ""), asked.form.get("client_secret", "")
    scheme, _space, credentials = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _colon, secret = base64.b64decode(credentials).decode().partition(":")
        except ValueError:
            return None
    client = world.clients.get(client_id)
    return client if client and client.client_secret == secret else None


def _error(status: int, error: str, description: str) -> ResponseReturnValue:
    return jsonify(error=error, error_description=description), status
