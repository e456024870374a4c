"""/logout: a client sends somebody to sign out."""

from flask import Blueprint, Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import public
from idp.audit.operations import traffic
from idp.oidc import parameters, server
from idp.oidc.logout.rp_initiated import LogoutRequest, read_logout
from idp.oidc.responses import with_query
from idp.oidc.store import client_cache
from idp.oidc.token.id_token import read_hint
from idp.signin import cookie
from idp.signin.operations import end_session
from idp.web.application import csrf

blueprint = Blueprint("logout", __name__, template_folder="templates")


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
    return render_template("logout/logout.html", client=asked.client, fields=fields)


@blueprint.post("/logout")
@csrf.exempt
@public("a system may post the browser here; nothing happens but a redirect")
def logout_by_post() -> ResponseReturnValue:
    """The same by POST."""
    _logout_request()
    return parameters.back_as_get(".logout")


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
    return read_logout(
        parameters.sent(), lambda text: read_hint(text, provider.issuer, provider.ring), client_cache.find
    )


def _after_logout(asked: LogoutRequest | None) -> Response:
    address = url_for("signin.signed_out")
    if asked and asked.return_to:
        address = with_query(asked.return_to, [("state", asked.state)] if asked.state else [])
    return current_app.make_response(redirect(address, 303))
