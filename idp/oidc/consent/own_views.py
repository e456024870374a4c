"""The page of the systems that a person lets use their data."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import signed_in
from idp.oidc.consent import operations
from idp.oidc.consent.summary import SCOPE_NAMES
from idp.oidc.rules import in_order, scopes_of
from idp.units import operations as units

blueprint = Blueprint("own_consents", __name__, template_folder="templates")


@blueprint.get("/home/consents")
@signed_in
def index() -> ResponseReturnValue:
    """Whom did I let use what?"""
    rows = [
        (
            client,
            units.get(client.owner_unit_id),
            [_(SCOPE_NAMES[scope]) for scope in in_order(scopes_of(given.scope)).split()],
            given.given_at,
        )
        for given, client in operations.consents_of(viewer.required().account_id)
    ]
    return render_template("consent/own_consents.html", rows=rows)


@blueprint.post("/home/consents/<int:client_pk>/withdraw")
@signed_in
def withdraw(client_pk: int) -> ResponseReturnValue:
    """Not any more."""
    operations.withdraw_consent(viewer.required().account_id, client_pk)
    flash(_("ยกเลิกการอนุญาตแล้ว"), "success")
    return redirect(url_for("own_consents.index"), 303)
