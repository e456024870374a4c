"""The pages on which one proves or changes the own e-mail address."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import signed_in
from idp.notifications.forms import CodeForm
from idp.notifications.rules import normalise_address
from idp.signin import own_email
from idp.signin.forms import OwnEmailForm
from idp.throttle.mails import admit_mail

blueprint = Blueprint("own_email", __name__, template_folder="templates")


@blueprint.get("/home/email")
@signed_in
def email() -> ResponseReturnValue:
    """Which address?"""
    account = own_email.may_change(viewer.required())
    return render_template("signin/own_email.html", form=OwnEmailForm(obj=account), account=account)


@blueprint.post("/home/email")
@signed_in
def send_code() -> ResponseReturnValue:
    """Mail a code to it."""
    person, form = viewer.required(), OwnEmailForm()
    if form.validate_on_submit():
        address = normalise_address(str(form.email.data))
        with form.showing_refusals("email", passing=(403,)):
            admit_mail("email", address, request.remote_addr)
            own_email.send_code(person, address)
            session["own_email"] = address
            return redirect(url_for("own_email.code"), 303)
    return render_template("signin/own_email.html", form=form, account=own_email.may_change(person)), 422


@blueprint.get("/home/email/code")
@signed_in
def code() -> ResponseReturnValue:
    """What does the mail say?"""
    if "own_email" not in session:
        return redirect(url_for("own_email.email"), 303)
    return render_template("signin/own_email_code.html", form=CodeForm(), email=session["own_email"])


@blueprint.post("/home/email/code")
@signed_in
def prove() -> ResponseReturnValue:
    """Take the code back."""
    if "own_email" not in session:
        return redirect(url_for("own_email.email"), 303)
    form, address = CodeForm(), session["own_email"]
    if form.validate_on_submit():
        with form.showing_refusals("code", passing=(403,)):
            own_email.prove(viewer.required(), address, str(form.code.data))
            session.pop("own_email")
            flash(_("ยืนยันอีเมลแล้ว"), "success")
            return redirect(url_for("account.index"), 303)
    return render_template("signin/own_email_code.html", form=form, email=address), 422
