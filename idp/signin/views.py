"""Signing in, signing out, activating an account."""

from collections.abc import Iterable

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp import database
from idp.access import viewer
from idp.access.guards import public
from idp.access.rules import Viewer
from idp.accounts.models import Account
from idp.clients import names
from idp.database import db
from idp.fast_sql import Write, write_in
from idp.signin import activation, cookie, credentials, operations
from idp.signin.forms import ActivationForm, SignInForm
from idp.signin.rules import PASSWORD_ACR, SignInAgain, Why, read_ways
from idp.throttle import operations as throttle
from idp.throttle.links import guessed_link
from thai_web.local_paths import local_path
from thai_web.messages import say
from thai_web.refusal import N_, Refusal, TooMany

blueprint = Blueprint("signin", __name__, template_folder="templates")
WHY_PUBLIC = "the holder of a mailed link has no account yet to sign in with; the page asks for the national ID, too"
WANTED = "wanted"  # in the browser's form cookie: where somebody wanted to go before they had an account
# Of the form cookie; all else was begun by whoever sat here before, and the next one must not go on with it. The token
# stays: a form that was open when a session ended is sent after signing in beside it.
KEPT_AT_SIGN_IN = frozenset({"csrf_token", "_flashes"})
CARRIED = ("ways", "client", "why")  # what the page is told besides where to go on
TOO_OFTEN = N_("กรอกรหัสผ่านไม่ถูกต้องหลายครั้ง โปรดรอประมาณ %(minutes)s นาทีแล้วลองใหม่")
LONGEST_WANTED = 1800  # a cookie holds four kilobytes


def remember_wanted(address: str | None) -> str:
    """Go on there once an account was activated in this browser; one that is too long for a cookie is let go.

    Returns the path on this site, or nothing.
    """
    target = local_path(address, "")
    if target and len(target) <= LONGEST_WANTED:
        session[WANTED] = target
    return target


def name_viewer() -> Viewer | None:
    """The person behind the request's cookie, for `access`."""
    secret = cookie.secret()
    return operations.viewer_of(secret) if secret else None


@blueprint.get("/signin")
@public("the door itself")
def start() -> ResponseReturnValue:
    """The sign-in page; somebody who is signed in goes on at once unless a fresh sign-in is asked for."""
    target = local_path(request.args.get("next"), url_for("portal.home"))
    if viewer.current() and not request.args.get("again"):
        return redirect(target, 303)
    form = SignInForm(next=target, **{name: request.args.get(name) for name in CARRIED})
    if cookie.secret() and not viewer.current():
        form.why.data = Why.ENDED  # who signs out hands the cookie back
    form.username.data = request.args.get("username", "")[:80]
    return _page(form)


def _page(form: SignInForm, *, waits: bool = False) -> str:
    system, ways = names.find(form.client.data), read_ways(form.ways.data)
    return render_template("signin/start.html", form=form, ways=ways, system=system, waits=waits)


@blueprint.app_errorhandler(SignInAgain)
def ask_again(refusal: SignInAgain) -> ResponseReturnValue:
    """Lead whoever signed in too long ago to the door, and back."""
    db.session.rollback()
    way = url_for("signin.start", again="1", next=request.path)
    return render_template("signin/again.html", message=say(refusal), way=way), refusal.status


@blueprint.post("/signin")
@public("the door itself")
def sign_in() -> ResponseReturnValue:
    """Check the password and begin a session."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        account_id, also = operations.check_password(
            str(form.username.data), str(form.password.data), request.remote_addr, cookie.device()
        )
    except TooMany as refusal:
        refusal.message = TOO_OFTEN if "minutes" in refusal.values else refusal.message
        form.form_errors.append(say(refusal))
        return _page(form, waits=True), refusal.status
    except Refusal as refusal:
        form.form_errors.append(say(refusal))
        return _page(form), refusal.status
    return enter(account_id, ["pwd"], PASSWORD_ACR, form.next.data, also)


def enter(
    account_id: int, amr: list[str], acr: str, target: str | None, also: Iterable[Write] = ()
) -> ResponseReturnValue:
    """Begin a session for a person whose factors were checked, and go where they wanted to go on this site.

    Committed by itself, together with what is `also` to be written and the end of the session that was here before.
    """
    also = [*also, *operations.ending(cookie.secret(), request.remote_addr, "replaced")]
    for name in set(session) - KEPT_AT_SIGN_IN:
        del session[name]
    begun = operations.begin_session(
        account_id, request.remote_addr, amr, acr, request.user_agent.string, cookie.device(), also
    )
    target = local_path(target, url_for("portal.home"))
    onward = redirect(url_for("posting.start", next=target) if begun.postings > 1 else target, 303)
    response = cookie.let_go_of_what_was_begun(current_app.make_response(onward))
    return cookie.hand_out_device(cookie.hand_out(response, begun.secret), begun.device)


@blueprint.post("/signout")
@public("signing out twice must not be an error")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    write_in(database.request_connection(), *operations.ending(cookie.secret(), request.remote_addr, "signed_out"))
    session.clear()
    response = current_app.make_response(redirect(url_for("signin.signed_out"), 303))
    return cookie.drop(response)


@blueprint.get("/signed-out")
@public("seen after the session ended")
def signed_out() -> ResponseReturnValue:
    """Tell that the session is over."""
    return render_template("signin/signed_out.html")


@blueprint.get("/activate/<string:secret>")
@public(WHY_PUBLIC)
def activate(secret: str) -> ResponseReturnValue:
    """Show the form; opening the link spends nothing, since mail scanners open links too."""
    throttle.check("link.address", request.remote_addr)
    try:
        return _activation(ActivationForm(), activation.account_to_activate(secret))
    except activation.Activated as refusal:
        return to_the_door(refusal)


def _activation(form: ActivationForm, account: Account) -> str:
    return render_template("signin/activate.html", form=form, account=account)


def to_the_door(refusal: Refusal) -> ResponseReturnValue:
    """Who comes back by the old mail, or clicked twice, has an account: they are told so where they can sign in."""
    flash(say(refusal), "info")
    return redirect(url_for("signin.start"), 303)


@blueprint.post("/activate/<string:secret>")
@public(WHY_PUBLIC)
@guessed_link()
def finish_activation(secret: str) -> ResponseReturnValue:
    """Set username and password, spend the link, and begin a session."""
    form = ActivationForm()
    try:
        account = activation.account_to_activate(secret)
        form.about = credentials.names_of(account)
        db.session.rollback()  # no transaction stays open while the password is hashed
        with form.showing_refusals("password", passing=(410, 429)):
            if form.validate_on_submit():
                return _activated(secret, form)
        return _activation(form, activation.account_to_activate(secret)), 422
    except activation.Activated as refusal:
        db.session.rollback()
        return to_the_door(refusal)


def _activated(secret: str, form: ActivationForm) -> ResponseReturnValue:
    number, username, password = (str(field.data) for field in (form.national_id, form.username, form.password))
    # With the link, the number and a password of their own they proved no less than at the door.
    account_id = database.at_once(lambda: activation.activate(secret, number, username, password).id)
    flash(_("ตั้งชื่อผู้ใช้และรหัสผ่านแล้ว ครั้งต่อไปใช้เข้าสู่ระบบได้ทันที"), "success")
    return enter(account_id, ["pwd"], PASSWORD_ACR, session.pop(WANTED, None))
