"""The page of the search over everything."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.registration.rules import STATE_NAMES
from idp.search import findings

LONGEST = 100
blueprint = Blueprint("search", __name__, template_folder="templates")


@blueprint.get("/search")
@requires(Permission.READ_APPOINTMENTS)
def index() -> ResponseReturnValue:
    """People, requests, units and systems whose names hold every word."""
    typed = request.args.get("q", "").replace("\0", " ")[:LONGEST]
    text = findings.without_national_ids(typed)
    if text != " ".join(typed.split()):
        flash(_("อย่าค้นหาด้วยเลขประจำตัวประชาชน ระบบไม่ค้นให้ โปรดใช้ชื่อหรือเลขที่คำขอ"), "warning")
        return redirect(url_for("search.index", q=text), 303)
    return render_template(
        "search/index.html", query=text, found=findings.find(viewer.required(), text), states=STATE_NAMES
    )
