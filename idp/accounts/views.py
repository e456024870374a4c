"""The page on which a person tells what they like of themselves."""

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import signed_in
from idp.accounts import details
from idp.accounts.forms import UNTOLD, DetailsForm

blueprint = Blueprint("own_details", __name__, template_folder="templates")


@blueprint.get("/home/details")
@signed_in
def start() -> ResponseReturnValue:
    """What do you like to tell?"""
    told = asdict(details.read(viewer.required().account_id))
    return render_template("accounts/details.html", form=DetailsForm(data={**told, "gender": told["gender"] or UNTOLD}))


@blueprint.post("/home/details")
@signed_in
def tell() -> ResponseReturnValue:
    """Keep it."""
    form = DetailsForm()
    if not form.validate_on_submit():
        return render_template("accounts/details.html", form=form), 422
    details.tell(viewer.required().account_id, form.told())
    flash(_("บันทึกข้อมูลเพิ่มเติมแล้ว"), "success")
    return redirect(url_for("account.index"), 303)
