"""The page behind a mailed invitation."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.guards import public
from idp.registration import applicant_cookie
from idp.registration.forms import StartForm
from idp.staff import invitations
from idp.staff.models import Invitation
from idp.throttle import operations as throttle
from idp.throttle.links import guessed_link
from idp.units import operations as units
from thai_web.refusal import N_, Conflict

blueprint = Blueprint("invitation", __name__, template_folder="templates")
WHY_PUBLIC = "who is invited has no account yet; the page asks for the secret of the mailed link"


@blueprint.get("/invitation/<string:secret>")
@public(WHY_PUBLIC)
def open_link(secret: str) -> ResponseReturnValue:
    """What one is invited to; opening the link uses nothing up, since mail scanners open links too."""
    throttle.check("link.address", request.remote_addr)
    return _invited(invitations.of_link(secret), StartForm())


def _invited(invitation: Invitation, form: StartForm) -> str:
    return render_template("staff/invited.html", invitation=invitation, unit=units.get(invitation.unit_id), form=form)


@blueprint.post("/invitation/<string:secret>")
@public(WHY_PUBLIC)
@guessed_link()
def accept(secret: str) -> ResponseReturnValue:
    """Begin the registration."""
    if viewer.current() is not None:
        raise Conflict(
            N_("ท่านเข้าสู่ระบบอยู่ คำเชิญนี้ใช้ได้กับผู้ที่ยังไม่มีบัญชี"),
            next_step=N_("หากเชิญท่าน ให้ขอเพิ่มสังกัดในหน้าแรก หากเชิญผู้อื่น ให้ออกจากระบบก่อน"),
        )
    form = StartForm()
    if not form.validate_on_submit():
        return _invited(invitations.of_link(secret), form), 422
    return applicant_cookie.take_up(invitations.accept(secret))
