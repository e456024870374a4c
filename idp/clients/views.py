"""The list of connected systems, for DLA."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from idp.access.guards import requires
from idp.access.rules import Permission
from idp.clients import operations
from idp.units import operations as units
from idp.units.rules import full_name
from idp.web import language

blueprint = Blueprint("clients", __name__, template_folder="templates")


@blueprint.get("/clients")
@requires(Permission.MANAGE_CLIENTS)
def index() -> ResponseReturnValue:
    """Every connected system, its owner, purpose and roles."""
    rows = [
        (client, full_name(units.get(client.owner_unit_id), language.current()), operations.roles_of(client))
        for client in operations.every()
    ]
    return render_template("clients/index.html", rows=rows)
