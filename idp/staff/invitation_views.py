"""A unit's invitations: who is asked to come, sent again, taken back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.clients import operations as clients
from idp.notifications.operations import undelivered
from idp.notifications.rules import normalise_address
from idp.staff import authority, invitations
from idp.staff.forms import InvitationForm
from idp.staff.invitations import Draft
from idp.staff.models import Invitation
from idp.staff.view_parts import blueprint
from idp.throttle import operations as throttle
from idp.throttle.mails import admit_mail
from idp.units import operations as units
from idp.units.models import Unit


@blueprint.get("/staff/units/<string:code>/invitations")
@requires(Permission.HELP_PEOPLE)
def invitations_of(code: str) -> ResponseReturnValue:
    """Who is invited, and what became of it."""
    unit = authority.unit_in_scope(viewer.required(), code)
    rows = invitations.of_unit(unit.id)
    return render_template(
        "staff/invitations.html",
        unit=unit,
        rows=rows,
        may_invite=authority.decides_for(viewer.required(), unit),
        undelivered=undelivered("invitation", [invitation.id for invitation, _inviter, _standing in rows]),
    )


def _form(unit: Unit) -> InvitationForm:
    form = InvitationForm()
    form.roles.choices = [(str(role.id), role.label) for role in clients.roles_for(unit.kind)]
    return form


def _unit(code: str) -> Unit:
    unit = authority.unit_in_scope(viewer.required(), code)
    invitations.authority(viewer.required(), unit.id)
    return unit


@blueprint.get("/staff/units/<string:code>/invitations/new")
@requires(Permission.HELP_PEOPLE)
def ask_invitation(code: str) -> ResponseReturnValue:
    """Who is to come?"""
    unit = _unit(code)
    return render_template("staff/invite.html", unit=unit, form=_form(unit))


@blueprint.post("/staff/units/<string:code>/invitations/new")
@requires(Permission.HELP_PEOPLE)
def invite(code: str) -> ResponseReturnValue:
    """Invite."""
    unit = _unit(code)
    form = _form(unit)
    if form.validate_on_submit():
        with form.showing_refusals():
            _admit(str(form.email.data))
            roles = [int(each) for each in form.roles.data]
            draft = Draft(str(form.name.data), str(form.email.data), str(form.position.data), roles)
            invitations.invite(viewer.required(), units.get(unit.id), draft)
            return _sent(code)
    return render_template("staff/invite.html", unit=unit, form=form), 422


def _admit(address: str) -> None:
    admit_mail("invitation", normalise_address(address), request.remote_addr)


def _sent(code: str) -> ResponseReturnValue:
    flash(_("ส่งคำเชิญแล้ว ผู้ได้รับเชิญมีเวลา 7 วัน"), "success")
    return redirect(url_for("staff.invitations_of", code=code), 303)


def _code(invitation: Invitation) -> str:
    return units.get(invitation.unit_id).code


@blueprint.post("/staff/invitations/<int:invitation_id>/resend")
@requires(Permission.HELP_PEOPLE)
def resend_invitation(invitation_id: int) -> ResponseReturnValue:
    """Mail it again."""
    throttle.admit("code.sent", f"invitation {invitation_id}")
    return _sent(_code(invitations.resend(viewer.required(), invitation_id)))


@blueprint.post("/staff/invitations/<int:invitation_id>/revoke")
@requires(Permission.HELP_PEOPLE)
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Take it back."""
    code = _code(invitations.revoke(viewer.required(), invitation_id))
    flash(_("ถอนคำเชิญแล้ว ลิงก์ใช้ไม่ได้อีก"), "success")
    return redirect(url_for("staff.invitations_of", code=code), 303)
