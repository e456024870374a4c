"""The pages on which one sets or changes the own password."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import signed_in
from idp.accounts.models import Account
from idp.database import db
from idp.signin import cookie, credentials, operations
from idp.signin.forms import ChangePasswordForm, CredentialsForm

blueprint = Blueprint("own_password", __name__, template_folder="templates")


@blueprint.get("/home/password")
@signed_in
def start() -> ResponseReturnValue:
    """Choose username and password, or new ones, right after a sign-in by ThaID; else change the one that is known."""
    person = viewer.required()
    if operations.has_password(person.account_id) and not credentials.is_fresh_by_thaid(person):
        return redirect(url_for("own_password.change"), 303)
    account = credentials.may_set_password(person)
    return _choice(CredentialsForm(obj=account), account)


def _choice(form: CredentialsForm, account: Account) -> str:
    return render_template("signin/activate.html", form=form, account=account)


@blueprint.post("/home/password")
@signed_in
def choose() -> ResponseReturnValue:
    """Set them."""
    person, form = viewer.required(), CredentialsForm()
    form.about = credentials.names_of(credentials.may_set_password(person))
    db.session.rollback()  # no transaction stays open while the password is hashed
    if form.validate_on_submit():
        with form.showing_refusals("password", passing=(403,)):
            secret = credentials.set_password(person, str(form.username.data), str(form.password.data), cookie.device())
            flash(_("ตั้งชื่อผู้ใช้และรหัสผ่านแล้ว การเข้าสู่ระบบที่เครื่องอื่นสิ้นสุดแล้ว"), "success")
            return _go_on(secret)
    return _choice(form, credentials.may_set_password(person)), 422


def _go_on(secret: str) -> ResponseReturnValue:
    return cookie.hand_out(current_app.make_response(redirect(url_for("account.index"), 303)), secret)


@blueprint.get("/home/password/change")
@signed_in
def change() -> ResponseReturnValue:
    """The present password and another one."""
    return _change(ChangePasswordForm(), credentials.may_change_password(viewer.required()))


def _change(form: ChangePasswordForm, account: Account) -> str:
    form.password.label.text, form.password_again.label.text = _("รหัสผ่านใหม่"), _("กรอกรหัสผ่านใหม่อีกครั้ง")
    return render_template("signin/change_password.html", form=form, account=account)


@blueprint.post("/home/password/change")
@signed_in
def replace() -> ResponseReturnValue:
    """Change it."""
    person, form = viewer.required(), ChangePasswordForm()
    account = credentials.may_change_password(person)
    form.about = (*credentials.names_of(account), account.username or "")
    if form.validate_on_submit():
        with form.showing_refusals("password", passing=(429,)):
            secret = credentials.change_password(
                person, str(form.present.data), str(form.password.data), request.remote_addr, cookie.device()
            )
            flash(_("เปลี่ยนรหัสผ่านแล้ว การเข้าสู่ระบบที่เครื่องอื่นสิ้นสุดแล้ว"), "success")
            return _go_on(secret)
    return _change(form, credentials.may_change_password(person)), 422
