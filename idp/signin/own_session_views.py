"""The page of one's own sign-ins."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp import remote_address
from idp.access import viewer
from idp.access.guards import public, signed_in
from idp.signin import cookie, own_sessions

blueprint = Blueprint("own_signins", __name__, template_folder="templates")


@blueprint.get("/.well-known/change-password")
@public("password managers lead people here, whoever is signed in (W3C, A Well-Known URL for Changing Passwords)")
def change_password() -> ResponseReturnValue:
    """To where one's own password is changed."""
    return redirect("/home/password", 303)


@blueprint.get("/home/sign-ins")
@signed_in
def index() -> ResponseReturnValue:
    """Where am I signed in, and who tried?"""
    person = viewer.required()
    rows = [(each, remote_address.shortened(each.address)) for each in own_sessions.sessions(person)]
    return render_template(
        "signin/own.html", sessions=rows, attempts=own_sessions.attempts(person), here=person.session_id
    )


@blueprint.post("/home/sign-ins/<int:session_id>/end")
@signed_in
def end(session_id: int) -> ResponseReturnValue:
    """End one of them."""
    own_sessions.end(viewer.required(), session_id, request.remote_addr)
    flash(_("สิ้นสุดการเข้าสู่ระบบนั้นแล้ว"), "success")
    return redirect(url_for("own_signins.index"), 303)


@blueprint.post("/home/sign-ins/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all but this one, on wish with every system."""
    person = viewer.required()
    response = current_app.make_response(redirect(url_for("own_signins.index"), 303))
    if request.form.get("systems") != "all":
        own_sessions.end_others(person, request.remote_addr, cookie.device())
        flash(_("สิ้นสุดการเข้าสู่ระบบที่เครื่องอื่นทั้งหมดแล้ว"), "success")
        return response
    secret = own_sessions.end_everywhere(person, request.remote_addr, cookie.device())
    flash(_("ออกจากระบบที่เครื่องอื่นและระบบที่เชื่อมโยงทั้งหมดแล้ว ที่เครื่องนี้ท่านยังเข้าสู่ระบบยืนยันตัวตนกลางอยู่"), "success")
    return cookie.hand_out(response, secret)
