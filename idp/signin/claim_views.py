"""The page behind the link that is mailed about an imported account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import public
from idp.database import db
from idp.signin import claiming, credentials
from idp.signin.forms import ActivationForm
from idp.throttle import operations as throttle
from idp.throttle.links import guessed_link

blueprint = Blueprint("claiming", __name__, template_folder="templates")
WHY_PUBLIC = "who was imported cannot sign in yet; a mailed link and the national ID prove the person"


@blueprint.get("/claim/<string:secret>")
@public(WHY_PUBLIC)
def claim(secret: str) -> ResponseReturnValue:
    """The form; opening it spends nothing."""
    throttle.check("link.address", request.remote_addr)
    return render_template("signin/claim.html", form=ActivationForm(), account=claiming.owner(secret))


@blueprint.post("/claim/<string:secret>")
@public(WHY_PUBLIC)
@guessed_link()
def finish(secret: str) -> ResponseReturnValue:
    """Take the account over."""
    form = ActivationForm()
    with form.showing_refusals("password", passing=(410, 429)):
        form.about = credentials.names_of(claiming.owner(secret))
        db.session.rollback()  # no transaction stays open while the password is hashed
        if form.validate_on_submit():
            return _claimed(secret, form)
    return render_template("signin/claim.html", form=form, account=claiming.owner(secret)), 422


def _claimed(secret: str, form: ActivationForm) -> ResponseReturnValue:
    number, username, password = (str(field.data) for field in (form.national_id, form.username, form.password))
    account = claiming.claim(secret, number, username, password)
    flash(_("บัญชีพร้อมใช้แล้ว ชื่อผู้ใช้ของท่านคือ %(name)s", name=account.username), "success")
    return redirect(url_for("signin.start", username=account.username), 303)
