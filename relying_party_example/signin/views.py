"""To the provider and back."""

import logging
import secrets

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from relying_party_example import clock, database
from relying_party_example.outbound import OutboundError
from relying_party_example.signin import operations, provider
from relying_party_example.signin.provider import ProviderError
from relying_party_example.web.application import csrf, settings
from relying_party_example.web.guards import public

log = logging.getLogger("info.signin")
blueprint = Blueprint("signin", __name__, url_prefix="/signin", template_folder="templates")
BROWSER_SECONDS = 3600


@blueprint.get("/start")
@public("leads to the provider's sign-in page")
def start() -> ResponseReturnValue:
    database.will_write()
    # One cookie for all tabs of a browser, one row for each tab: two sign-ins at once both come back.
    browser = request.cookies.get(settings().cookie_name("login")) or secrets.token_urlsafe(32)
    departure = database.claim(lambda: operations.begin_login(browser, request.args.get("next"), clock.now()))
    try:
        target = provider.current().authorization_url(departure.state, departure.nonce, departure.code_verifier)
    except (OutboundError, ProviderError) as error:
        return _failed("unreachable", error)
    response = redirect(target, 303)
    _keep(response, "login", browser, BROWSER_SECONDS)
    return response


@blueprint.get("/callback")
@public("the provider sends the browser here; the state decides whether it is expected")
def callback() -> ResponseReturnValue:
    database.will_write()
    browser = request.cookies.get(settings().cookie_name("login"), "")
    login = database.claim(lambda: operations.spend_login(request.args.get("state", ""), browser, clock.now()))
    if "error" in request.args or request.args.get("iss", settings().issuer) != settings().issuer:
        return _failed(request.args.get("error", "another issuer"))
    try:
        tokens = provider.current().redeem_code(request.args.get("code", ""), login.code_verifier)
        verified = provider.current().verify_id_token(tokens["id_token"], login.nonce)
        claims = provider.current().userinfo(tokens["access_token"], verified["sub"])
        return _signed_in(claims, tokens["id_token"], verified.get("sid"), login.return_to)
    except OutboundError as error:
        return _failed("unreachable", error)
    except (ProviderError, KeyError, ValueError) as error:
        return _failed("invalid", error)


def _signed_in(claims: dict[str, object], id_token: str, sid: str | None, return_to: str) -> Response:
    operations.close_session(request.cookies.get(settings().cookie_name("sid"), ""))
    hours = settings().session_hours
    secret = operations.open_session(claims, id_token, hours=hours, now=clock.now(), sid=sid)
    response = redirect(return_to, 303)
    _keep(response, "sid", secret, None)
    return response


@blueprint.post("/sign-out")
@public("ends whatever session there is; harmless without one")
def sign_out() -> ResponseReturnValue:
    name = settings().cookie_name("sid")
    id_token = operations.close_session(request.cookies.get(name, ""))
    session.clear()
    flash(_("ออกจากระบบ INFO แล้ว"), "success")
    target = _end_session_url(id_token) if id_token else None
    response = redirect(target or "/", 303)
    response.delete_cookie(name, path="/", secure=settings().is_https, httponly=True, samesite="Lax")
    return response


@blueprint.post("/backchannel-logout")
@csrf.exempt
@public("the provider calls; its signature on the logout token is the proof")
def backchannel_logout() -> ResponseReturnValue:
    """A sign-in ended at the provider: signed out, stopped, run out, or switched to another office."""
    try:
        sub, sid = provider.current().verify_logout_token(request.form.get("logout_token", ""))
    except (OutboundError, ProviderError) as error:
        log.warning("a logout token is not accepted: %s", error)
        body, status = {"error": "invalid_request"}, 400
    else:
        operations.end_sessions(sub, sid)
        body, status = {}, 200
    return body, status, {"Cache-Control": "no-store"}


def _end_session_url(id_token: str) -> str | None:
    try:
        return provider.current().end_session_url(id_token, f"{settings().base_url}/")
    except (OutboundError, ProviderError) as error:
        log.warning("signed out here only: %s", error)  # the person is out of INFO in any case
        return None


def _keep(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        settings().cookie_name(name), value, max_age=seconds, path="/",
        secure=settings().is_https, httponly=True, samesite="Lax",
    )  # fmt: skip


def _failed(why: str, error: Exception | None = None) -> ResponseReturnValue:
    log.warning("sign-in failed (%s): %s", why, error)
    status = 503 if why == "unreachable" else 400
    return render_template("signin/failed.html", why=why), status
