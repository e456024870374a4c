"""A unit's invitations, and the page behind the mailed link."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp import clock
from idp.access import viewer
from idp.access.guards import public, requires
from idp.access.rules import Permission
from idp.clients import operations as clients
from idp.notifications.operations import undelivered
from idp.notifications.rules import normalise_address
from idp.refusal import N_, Conflict
from idp.registration import browser
from idp.registration.forms import StartForm
from idp.staff import authority, invitations
from idp.staff.forms import InvitationForm
from idp.staff.invitations import Draft
from idp.staff.models import Invitation
from idp.staff.pages import beside
from idp.throttle import operations as throttle
from idp.units import operations as units
from idp.units.models import Unit

blueprint = Blueprint("invitation", __name__, template_folder="templates")
WHY_PUBLIC = "who is invited has no account yet; the page asks for the secret of the mailed link"


@blueprint.get("/staff/units/<string:code>/invitations")
@requires(Permission.HELP_PEOPLE)
def index(code: str) -> ResponseReturnValue:
    """Who is invited, and what became of it."""
    unit = authority.unit_in_scope(viewer.required(), code)
    rows = invitations.of_unit(unit.id)
    return render_template(
        "staff/invitations.html", unit=unit, rows=rows, now=clock.now(), may_invite=authority.decides_for(
            viewer.required(), unit
        ), undelivered=undelivered("invitation", [invitation.id for invitation, _inviter in rows]),
    )  # fmt: skip


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
def ask(code: str) -> ResponseReturnValue:
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
        with beside(form):
            _admit(str(form.email.data))
            roles = [int(each) for each in form.roles.data]
            draft = Draft(str(form.name.data), str(form.email.data), str(form.position.data), roles)
            invitations.invite(viewer.required(), units.get(unit.id), draft)
            return _sent(code)
    return render_template("staff/invite.html", unit=unit, form=form), 422


def _admit(address: str) -> None:
    throttle.admit("code.sent.address", request.remote_addr)
    throttle.admit("code.sent", normalise_address(address))


def _sent(code: str) -> ResponseReturnValue:
    flash(_("ส่งคำเชิญแล้ว ผู้ได้รับเชิญมีเวลา 7 วัน"), "success")
    return redirect(url_for("invitation.index", code=code), 303)


def _code(invitation: Invitation) -> str:
    return units.get(invitation.unit_id).code


@blueprint.post("/staff/invitations/<int:invitation_id>/resend")
@requires(Permission.HELP_PEOPLE)
def resend(invitation_id: int) -> ResponseReturnValue:
    """Mail it again."""
    throttle.admit("code.sent", f"invitation {invitation_id}")
    return _sent(_code(invitations.resend(viewer.required(), invitation_id)))


@blueprint.post("/staff/invitations/<int:invitation_id>/revoke")
@requires(Permission.HELP_PEOPLE)
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take it back."""
    code = _code(invitations.revoke(viewer.required(), invitation_id))
    flash(_("ถอนคำเชิญแล้ว ลิงก์ใช้ไม่ได้อีก"), "success")
    return redirect(url_for("invitation.index", code=code), 303)


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
def accept(secret: str) -> ResponseReturnValue:
    """Begin the registration."""
    throttle.check("link.address", request.remote_addr)
    if viewer.current() is not None:
        raise Conflict(
            N_("ท่านเข้าสู่ระบบอยู่ คำเชิญนี้ใช้ได้กับผู้ที่ยังไม่มีบัญชี"),
            next_step=N_("หากเชิญท่าน ให้ขอเพิ่มสังกัดในหน้า “ระบบของฉัน” หากเชิญผู้อื่น ให้ออกจากระบบก่อน"),
        )
    form = StartForm()
    if not form.validate_on_submit():
        return _invited(invitations.of_link(secret), form), 422
    return browser.take_up(invitations.accept(secret))
