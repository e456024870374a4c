"""A decider's own choice which mails come unasked."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.accounts import operations as accounts
from idp.approval import arrivals
from idp.approval.forms import OwnMailsForm
from idp.approval.view_parts import blueprint


@blueprint.get("/approvals/mails")
@requires(Permission.DECIDE_REGISTRATIONS)
def own_mails() -> ResponseReturnValue:
    """Which mails do you want?"""
    wanted = accounts.get(viewer.required().account_id).arrival_mails
    return render_template("approval/own_mails.html", form=OwnMailsForm(data={"arrivals": wanted}))


@blueprint.post("/approvals/mails")
@requires(Permission.DECIDE_REGISTRATIONS)
def choose_mails() -> ResponseReturnValue:
    """Keep the choice."""
    arrivals.choose(viewer.required().account_id, wanted=bool(OwnMailsForm().arrivals.data))
    flash(_("บันทึกการตั้งค่าแล้ว"), "success")
    return redirect(url_for("approval.index"), 303)
