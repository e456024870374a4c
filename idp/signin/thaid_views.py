"""To ThaID and back: signing in, and proving oneself again."""

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp import database
from idp.access import viewer
from idp.access.guards import public, signed_in
from idp.accounts import operations as accounts
from idp.signin import thaid
from idp.signin.rules import THAID_ACR, WAYS, read_ways
from idp.signin.views import enter
from idp.thaid import browser
from idp.thaid.rules import Intent
from idp.throttle import operations as throttle
from thai_web.local_paths import local_path
from thai_web.refusal import NotFound, Refusal

blueprint = Blueprint("thaid_signin", __name__, template_folder="templates")


@blueprint.post("/signin/thaid")
@public("the door itself")
def depart() -> ResponseReturnValue:
    """Off to ThaID; the page that the person wanted goes along in the finishing path."""
    throttle.admit("thaid.begun", request.remote_addr)
    target = local_path(request.form.get("next"), url_for("portal.home"))
    back, ways = {"next": target}, read_ways(request.form.get("ways"))
    # Whoever has to start again finds the page as it was: with fewer ways in, or though signed in already.
    if ways != WAYS:
        back["ways"] = " ".join(ways)
    back |= {name: given for name in ("client", "why") if (given := request.form.get(name))}
    if viewer.current():
        back["again"] = "1"
    return browser.depart(Intent.SIGN_IN, f"/signin/thaid?{urlencode(back)}")


@blueprint.get("/signin/thaid")
@public("ThaID's answer waits here for the browser that asked")
def arrive() -> ResponseReturnValue:
    """Back from ThaID: begin a session for the account of whoever it proved."""
    target = request.args.get("next")
    try:
        identity = browser.arrive(Intent.SIGN_IN)
    except Refusal:
        if viewer.current():  # Back, a reload or a bookmark of somebody who came in by it
            return redirect(local_path(target, url_for("portal.home")), 303)
        raise
    try:
        account_id = database.at_once(lambda: thaid.account_of(identity))
    except NotFound:
        browser.keep_for(identity, Intent.REGISTER)
        return render_template("signin/no_account.html"), 404
    return enter(account_id, ["thaid"], THAID_ACR, target)


@blueprint.post("/home/thaid")
@signed_in
def to_renewal() -> ResponseReturnValue:
    """Off to ThaID, to prove the signed-in person again."""
    throttle.admit("thaid.begun", request.remote_addr)
    return browser.depart(Intent.RENEW, "/home/thaid", viewer.required().account_id)


@blueprint.get("/home/thaid")
@signed_in
def renew() -> ResponseReturnValue:
    """Back from ThaID: a fresh session for the same person, or a clear no."""
    account_id = viewer.required().account_id
    identity = browser.arrive(Intent.RENEW, account_id)
    if not database.at_once(lambda: thaid.renew(accounts.get(account_id), identity)):
        return render_template("signin/renewal_refused.html"), 403
    flash(_("ยืนยันตัวตนด้วย ThaID แล้ว"), "success")
    return enter(account_id, ["thaid"], THAID_ACR, None)
