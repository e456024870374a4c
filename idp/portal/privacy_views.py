"""How personal data is treated, for everybody; and a copy of one's own for who is signed in."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import public, signed_in
from idp.portal import own_copy
from idp.registration.view_parts import privacy_notice
from thai_web import clock

blueprint = Blueprint("privacy", __name__, template_folder="templates")


@blueprint.get("/privacy")
@public("whoever is asked for data may read beforehand what becomes of it")
def notice() -> ResponseReturnValue:
    """Who keeps what, by which law, for how long; what one may ask for, and whom."""
    return render_template("portal/privacy.html", **privacy_notice())


@blueprint.post("/account/copy")
@signed_in
def copy() -> ResponseReturnValue:
    """Take one's own data along."""
    told = own_copy.take(viewer.required())
    packed = own_copy.pack(told, render_template("portal/own_copy.html", sections=told, at=clock.now()))
    name = f"dla-sso-{clock.today().isoformat()}.zip"
    return Response(
        packed, mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
