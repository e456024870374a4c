"""To the provider and back."""

import logging

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from relying_party_example import database
from relying_party_example.outbound import OutboundError
from relying_party_example.signin import departure, operations, provider
from relying_party_example.signin.departure import Proof
from relying_party_example.signin.guards import viewer
from relying_party_example.signin.provider import GrantOver, ProviderError
from relying_party_example.web.application import csrf, settings
from relying_party_example.web.guards import public
from thai_web import clock

log = logging.getLogger("info.signin")
blueprint = Blueprint("signin", __name__, url_prefix="/signin", template_folder="templates")

OBSTACLES = ("unreachable", "invalid", "no_cookies")
# RFC 6749, section 4.1.2.1, and OpenID Connect Core, section 3.1.2.6. The callback's address may say anything: what is
# not of this list is neither logged nor shown.
ERRORS = frozenset(
    {
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_request",
        "invalid_request_object",
        "invalid_scope",
        "login_required",
        "request_not_supported",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unmet_authentication_requirements",
        "unsupported_response_type",
    }
)


@blueprint.get("/start")
@public("leads to the provider's sign-in page")
def start() -> ResponseReturnValue:
    return _leave(request.args.get("next"))


def _leave(return_to: str | None, *, is_second_try: bool = False) -> ResponseReturnValue:
    leaving = departure.depart(settings().secret_key, return_to, clock.now(), is_second_try=is_second_try)
    nonce, verifier = leaving.proof.nonce, leaving.proof.code_verifier
    try:
        target = provider.current().authorization_url(leaving.state, nonce, verifier)
    except (OutboundError, ProviderError) as error:
        return _failed("unreachable", error)
    response = redirect(target, 303)
    for name in _under_way()[: 1 - departure.MOST_UNDER_WAY]:
        _forget(response, name)
    _keep(response, _cookie(leaving.key), leaving.cookie, int(departure.LIFETIME.total_seconds()))
    return response


@blueprint.get("/callback")
@public("the provider sends the browser here; state and cookie decide whether it is expected")
def callback() -> ResponseReturnValue:
    """A good answer signs in, an error is told, and one that belongs to no sign-in under way is no answer at all."""
    state = departure.read_state(settings().secret_key, request.args.get("state", ""))
    name = _cookie(state.key) if state else ""
    cookie = request.cookies.get(name, "")
    proof = departure.read_proof(settings().secret_key, state.key, cookie, clock.now()) if state and cookie else None
    if state is None or proof is None:
        return _no_answer(state)
    try:
        response = current_app.make_response(_answered(state, proof))
    except GrantOver:  # reloaded while the first was under way: the code is used up
        response = current_app.make_response(_no_answer(state, circle="invalid"))
    _forget(response, name)
    return response


def _no_answer(state: departure.State | None, *, circle: str = "no_cookies") -> ResponseReturnValue:
    """Back, a reload, a bookmarked sign-in page, or another browser's address. It never signs anybody in; whoever has
    a session goes on to where they wanted, anybody else begins anew, once."""
    return_to = state.return_to if state else "/"
    if viewer() is not None:
        return redirect(return_to, 303)
    if state is not None and state.tried_just_now(clock.now()):
        return _failed(circle)
    database.release()
    return _leave(return_to, is_second_try=True)


def _answered(state: departure.State, proof: Proof) -> ResponseReturnValue:
    sso = provider.current()
    try:
        sso.check_issuer(request.args.get("iss"))
        if "error" in request.args:
            return _failed(request.args["error"])
        tokens = sso.redeem_code(request.args.get("code", ""), proof.code_verifier)
        verified = sso.verify_id_token(tokens.id_token, proof.nonce)
        claims = sso.userinfo(tokens.access_token, verified["sub"])
        database.will_write()
        secret = operations.open_session(
            claims, tokens, hours=settings().session_hours, now=clock.now(), sid=verified.get("sid")
        )
    except GrantOver:
        raise
    except OutboundError as error:
        return _failed("unreachable", error)
    except (ProviderError, ValueError) as error:
        return _failed("invalid", error)
    before = request.cookies.get(settings().cookie_name("sid"), "")
    replaced = operations.held(before, clock.now())
    database.claim(lambda: operations.close_session(before))  # no transaction is open while the provider is called
    if replaced:
        _give_back(replaced.refresh_token)
    response = redirect(state.return_to, 303)
    _keep(response, settings().cookie_name("sid"), secret, None)
    return response


@blueprint.post("/sign-out")
@public("ends whatever session there is; harmless without one")
def sign_out() -> ResponseReturnValue:
    name = settings().cookie_name("sid")
    secret = request.cookies.get(name, "")
    held = operations.held(secret, clock.now())
    database.claim(lambda: operations.close_session(secret))  # out of INFO in any case
    session.clear()
    flash(_("ออกจากระบบ INFO แล้ว"), "success")
    target = _end_at_provider(held.refresh_token) if held else None
    response = redirect(target or "/", 303)
    # Not "cookies": that would take those of the provider and of other systems under the same domain, too.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    _forget(response, name)
    return response


def _end_at_provider(refresh_token: str | None) -> str | None:
    """Give the authorization back; where the browser goes to sign out of the provider as well."""
    _give_back(refresh_token)
    try:
        return provider.current().end_session_url(f"{settings().base_url}/")
    except (OutboundError, ProviderError) as error:
        log.warning("signed out here only: %s", error)
        return None


def _give_back(refresh_token: str | None) -> None:
    """End an authorization that no session of ours uses any more; the provider ends it by itself some days later."""
    try:
        if refresh_token:
            provider.current().revoke(refresh_token)
    except (OutboundError, ProviderError) as error:
        log.warning("an authorization was not given back: %s", error)


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


def _cookie(key: str) -> str:
    return settings().cookie_name(f"login_{key}")


def _under_way() -> list[str]:
    """The cookies of sign-ins under way, the oldest first, as browsers send them (RFC 6265, section 5.4)."""
    return [name for name in request.cookies if name.startswith(_cookie(""))]


def _keep(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=settings().is_https, httponly=True, samesite="Lax"
    )


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=settings().is_https, httponly=True, samesite="Lax")


def _failed(why: str, error: Exception | None = None) -> ResponseReturnValue:
    """To a page under an address without code and state, which may be reloaded and read in the other language."""
    known = why if why in (*ERRORS, *OBSTACLES) else "invalid"
    log.warning("sign-in failed (%s): %s", known, error)
    return redirect(url_for(".failed", why=known), 303)


@blueprint.get("/failed/<why>")
@public("says why somebody is not signed in, and what to do")
def failed(why: str) -> ResponseReturnValue:
    return render_template("signin/failed.html", why=why), 503 if why == "unreachable" else 400
