"""What happened to one's own account, who did it and by which letter."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import signed_in
from idp.staff import history
from idp.web.requests import page_number

blueprint = Blueprint("staff_own", __name__, template_folder="templates")


@blueprint.get("/home/history")
@signed_in
def index() -> ResponseReturnValue:
    """Everything that the record holds about the own account and requests."""
    page = history.of(viewer.required().account_id, page_number())
    return render_template("staff/own_history.html", page=page)
