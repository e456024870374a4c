"""The pages of recovery. The answer to an address is the same whether or not anybody has it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import public
from idp.accounts.models import Account
from idp.database import db
from idp.notifications.rules import normalise_address
from idp.signin import credentials, recovery
from idp.signin.forms import RecoveryForm, RenewForm
from idp.throttle import operations as throttle
from idp.throttle.links import guessed_link
from idp.throttle.mails import admit_mail
from idp.web.requests import answer_in_level_time

blueprint = Blueprint("recovery", __name__, template_folder="templates")
WHY_PUBLIC = "who forgot the password cannot sign in; a mailed link and the national ID prove the person"


@blueprint.get("/recovery")
@public(WHY_PUBLIC)
def start() -> ResponseReturnValue:
    """Ask for the e-mail address."""
    return render_template("recovery/start.html", form=RecoveryForm())


@blueprint.post("/recovery")
@public(WHY_PUBLIC)
def send() -> ResponseReturnValue:
    """Mail the links, if there is anybody to mail to."""
    form = RecoveryForm()
    if not form.validate_on_submit():
        return render_template("recovery/start.html", form=form), 422
    email = normalise_address(str(form.email.data))
    answer_in_level_time()
    admit_mail("recovery", email, request.remote_addr)
    recovery.ask(email)
    return redirect(url_for("recovery.sent"), 303)


@blueprint.get("/recovery/sent")
@public(WHY_PUBLIC)
def sent() -> ResponseReturnValue:
    """What happens next."""
    return render_template("recovery/sent.html")


@blueprint.get("/recovery/<string:secret>")
@public(WHY_PUBLIC)
def renew(secret: str) -> ResponseReturnValue:
    """The form behind the link; opening it spends nothing, since mail scanners open links too."""
    throttle.check("link.address", request.remote_addr)
    return _renewal(RenewForm(), recovery.owner(secret))


def _renewal(form: RenewForm, account: Account) -> str:
    form.password.label.text = _("รหัสผ่านใหม่")
    return render_template("recovery/renew.html", form=form, account=account)


@blueprint.post("/recovery/<string:secret>")
@public(WHY_PUBLIC)
@guessed_link()
def finish(secret: str) -> ResponseReturnValue:
    """Prove the person a second time and set the password."""
    form = RenewForm()
    with form.showing_refusals("password", passing=(410, 429)):
        account = recovery.owner(secret)
        form.about = (*credentials.names_of(account), account.username or "")
        db.session.rollback()  # no transaction stays open while the password is hashed
        if form.validate_on_submit():
            return _renewed(recovery.renew(secret, str(form.national_id.data), str(form.password.data)))
    return _renewal(form, recovery.owner(secret)), 422


def _renewed(account: Account) -> ResponseReturnValue:
    flash(_("ตั้งรหัสผ่านใหม่แล้ว ชื่อผู้ใช้ของท่านคือ %(name)s", name=account.username), "success")
    return redirect(url_for("signin.start", username=account.username), 303)
