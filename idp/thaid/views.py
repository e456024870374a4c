"""The one page that ThaID sends browsers to."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp import database
from idp.access import viewer
from idp.access.guards import public
from idp.database import db
from idp.thaid import browser, operations
from idp.thaid.rules import ThaIDUnavailable, start_again_path
from thai_web.messages import say_with_next_step
from thai_web.refusal import Refusal

blueprint = Blueprint("thaid", __name__, template_folder="templates")


@blueprint.get("/thaid/callback")
@public("ThaID sends the browser here; state and cookie decide whether it is expected")
def callback() -> ResponseReturnValue:
    """Claim the state, ask ThaID who it is, and hand over to the page that the person left for."""
    database.will_write()
    try:
        departure = operations.claim(_one("state"), browser.secret())
    except Refusal:
        if viewer.current():  # Back, a reload or a bookmark of somebody who came in by it: they are where they wanted
            return redirect(url_for("portal.home"), 303)
        raise
    try:
        operations.finish(departure, _one("code"), _one("error"), request.remote_addr)
    except Refusal as refusal:
        again = start_again_path(departure.intent, departure.return_path)
        if not _one("error"):
            return _not_finished(refusal, again)
        # ThaID's words stand in the address; the person goes on from one that can be read, reloaded and passed on.
        flash(say_with_next_step(refusal), "warning")
        return redirect(again, 303)
    return redirect(departure.landing, 303)


def _not_finished(refusal: Refusal, again: str) -> ResponseReturnValue:
    return render_template("thaid/not_finished.html", refusal=refusal, again=again), refusal.status


@blueprint.app_errorhandler(ThaIDUnavailable)
def unavailable(refusal: ThaIDUnavailable) -> ResponseReturnValue:
    """A button led to a ThaID that does not answer: it is ThaID that is down, not this system, and the page on which
    they began has the other ways."""
    db.session.rollback()
    return _not_finished(refusal, refusal.again)


def _one(name: str) -> str:
    """A parameter that is there once; what is there twice is somebody's attempt, and counts as missing."""
    found = request.args.getlist(name)
    return found[0] if len(found) == 1 else ""


@blueprint.app_context_processor
def offered() -> dict[str, bool]:
    """Pages of every room show the button only where this installation is registered with ThaID."""
    return {"thaid_offered": operations.is_offered()}
