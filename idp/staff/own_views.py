"""What happened to one's own account, who did it and by which letter; stopping what a helper announced."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import public, signed_in
from idp.staff import corrections, history, mailboxes, rules
from idp.throttle import operations as throttle
from idp.throttle.links import guessed_link
from idp.web.requests import page_number

blueprint = Blueprint("staff_own", __name__, template_folder="templates")
WHY_PUBLIC = "who reads the mailbox before may stop its change without being able to sign in"


@blueprint.get("/home/history")
@signed_in
def index() -> ResponseReturnValue:
    """Everything that the record holds about the own account and requests."""
    account_id = viewer.required().account_id
    page = history.of(account_id, page_number())
    return render_template(
        "staff/own_history.html",
        page=page,
        by_act=history.by_act(page.happenings),
        pending=mailboxes.pending(account_id),
        corrections=corrections.of(account_id),
        names=rules.FIELD_NAMES,
    )


@blueprint.post("/home/history/mailbox/cancel")
@signed_in
def cancel() -> ResponseReturnValue:
    """Keep the mailbox as it is."""
    mailboxes.cancel_own(viewer.required())
    flash(_("ยกเลิกการเปลี่ยนอีเมลแล้ว ใช้อีเมลเดิมต่อไป"), "success")
    return redirect(url_for("staff_own.index"), 303)


@blueprint.get("/mailbox-change/<string:secret>")
@public(WHY_PUBLIC)
def ask_cancel_by_link(secret: str) -> ResponseReturnValue:
    """The page behind the mailed link: a button, since mail scanners open links too."""
    throttle.check("link.address", request.remote_addr)
    change = mailboxes.of_link(secret)
    return render_template("staff/cancel.html", change=change, address=rules.mask_address(change.email))


@blueprint.post("/mailbox-change/<string:secret>")
@public(WHY_PUBLIC)
@guessed_link()
def cancel_by_link(secret: str) -> ResponseReturnValue:
    """Keep the mailbox as it is."""
    mailboxes.cancel_by_link(secret)
    return render_template("staff/cancelled.html")
