"""What the rooms above call from their pages: send this browser to ThaID, and receive who came back."""

from flask import Response, current_app, redirect, request, session

from idp import database
from idp.secrets_at_rest import new_secret
from idp.thaid import operations
from idp.thaid.rules import Intent, ThaIDIdentity, ThaIDUnavailable, start_again_path
from idp.web.application import settings
from thai_web.refusal import Refusal

COOKIE_SECONDS = 3600
KEPT = "thaid_kept"  # in the browser's form cookie: under which state an identity waits


def secret() -> str:
    """The cookie's content: one for all tabs of a browser, so that two can be on their way at once."""
    return request.cookies.get(_cookie_name(), "")


def _cookie_name() -> str:
    return settings().cookie_name("thaid")


def depart(intent: Intent, return_path: str, about_id: int | None = None) -> Response:
    """Send this browser to ThaID; call it from a POST, so that no other site can start it.

    `return_path` is the intent's own finishing path (`rules.PLACES`), with the query it will need. Raises
    `ThaIDUnavailable`. What was written before is committed.
    """
    browser = secret() or new_secret()
    try:
        address = operations.begin(intent, return_path, browser, about_id)
    except ThaIDUnavailable as refusal:
        refusal.again = start_again_path(intent, return_path)
        raise
    response = current_app.make_response(redirect(address, 303))
    response.set_cookie(
        _cookie_name(),
        browser,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings().is_https,
        path="/",
    )
    return response


def arrive(intent: Intent, about_id: int | None = None) -> ThaIDIdentity:
    """On the finishing path: who came back, once; taking is committed at once, whatever the page decides then.

    Raises a refusal when nobody did, in another browser, for another intent, account or registration.
    """
    database.will_write()
    return database.at_once(lambda: operations.take(request.args.get("thaid", ""), secret(), intent, about_id))


def keep_for(identity: ThaIDIdentity, intent: Intent) -> None:
    """Let this browser go on with the same proof for another intent: a person is not sent to ThaID twice in a row."""
    session[KEPT] = operations.keep_for(identity, secret(), intent)


def kept_for(intent: Intent) -> ThaIDIdentity | None:
    """What was kept for this browser and intent, once; nothing where that is over."""
    state = session.pop(KEPT, "")
    try:
        return database.at_once(lambda: operations.take(state, secret(), intent)) if state else None
    except Refusal:
        return None
