"""What became of the logouts that a system was told of, for those who look after it."""

from urllib.parse import urlsplit

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.clients.reading import readable
from idp.oidc import backchannel
from idp.outbound import NOT_PUBLIC
from idp.refusal import N_

blueprint = Blueprint("logout_deliveries", __name__, template_folder="templates")

STATE_NAMES = {
    "QUEUED": N_("รอแจ้ง"),
    "SENDING": N_("กำลังแจ้ง"),
    "DONE": N_("แจ้งแล้ว"),
    "FAILED": N_("แจ้งไม่สำเร็จ"),
}


@blueprint.app_template_filter("delivery_state")
def delivery_state(state: str) -> str:
    """Where a delivery stands, in the reader's language."""
    return _(STATE_NAMES[state])


@blueprint.get("/clients/<int:client_key>/logouts")
@requires(Permission.READ_CLIENTS)
def index(client_key: int) -> ResponseReturnValue:
    """How many in each state, and the newest ones with their results. Whose sessions they were is not told."""
    client = readable(viewer.required(), client_key)
    rows = backchannel.newest(client.id)
    is_inside = any(NOT_PUBLIC in row.result for row in rows if row.state != "DONE")
    host = urlsplit(client.backchannel_logout_uri or "").hostname if is_inside else None
    return render_template(
        "oidc/logouts.html", client=client, counts=backchannel.counts(client.id), rows=rows, inside_host=host
    )
