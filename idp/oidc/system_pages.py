"""The list of connected systems."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.oidc import systems
from idp.oidc.systems import SHOWN_NAMES, Shown
from idp.web.requests import page_number

blueprint = Blueprint("systems", __name__, template_folder="templates")


@blueprint.get("/clients")
@requires(Permission.READ_CLIENTS)
def index() -> ResponseReturnValue:
    """Every system for DLA, the unit's own for its SSO admin; found by name, owner or state."""
    person, asked = viewer.required(), request.args.get("show", "")
    text = request.args.get("q", "")[: systems.LONGEST_SEARCH]
    shown = Shown(asked) if asked in list(Shown) else Shown.ALL
    return render_template(
        "oidc/systems.html", page=systems.found(person, text, shown, page_number()), query=text, shown=shown,
        names=SHOWN_NAMES, may_manage=person.may(Permission.MANAGE_CLIENTS),
    )  # fmt: skip
