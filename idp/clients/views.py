"""One client's page; the list is in `idp.client_support`, which knows what became of their logouts."""

from collections.abc import Callable

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.guards import requires
from idp.access.rules import Permission
from idp.clients import admin_operations
from idp.clients.forms import ReasonForm
from idp.clients.models import Client
from idp.clients.read_access import readable
from idp.clients.rules import Status
from idp.clients.view_parts import at, blueprint, shown, stale
from thai_web.refusal import Refusal


@blueprint.get("/clients/<int:client_pk>")
@requires(Permission.READ_CLIENTS)
def show(client_pk: int) -> ResponseReturnValue:
    """One system, for DLA and for the SSO admin of its owner."""
    return shown(readable(viewer.required(), client_pk))


def _reason_page(client: Client, form: ReasonForm) -> str:
    form.version.data = form.version.data or admin_operations.version_of(client)
    return render_template("clients/reason.html", client=client, form=form, stops=client.status == Status.ACTIVE)


@blueprint.get("/clients/<int:client_pk>/status")
@requires(Permission.MANAGE_CLIENTS)
def status(client_pk: int) -> ResponseReturnValue:
    """What suspending it, or letting it work again, will mean."""
    return _reason_page(admin_operations.get(client_pk), ReasonForm())


@blueprint.post("/clients/<int:client_pk>/suspend")
@requires(Permission.MANAGE_CLIENTS)
def suspend(client_pk: int) -> ResponseReturnValue:
    """Stop it, with a reason."""
    return _change(client_pk, admin_operations.suspend, _("ระงับระบบนี้แล้ว มีผลภายในไม่กี่วินาที"))


@blueprint.post("/clients/<int:client_pk>/reinstate")
@requires(Permission.MANAGE_CLIENTS)
def reinstate(client_pk: int) -> ResponseReturnValue:
    """Let it work again, with a reason."""
    return _change(client_pk, admin_operations.reinstate, _("ระบบนี้ใช้งานได้อีกแล้ว"))


def _change(client_pk: int, act: Callable[[int, str, str], Client], done: str) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _reason_page(admin_operations.get(client_pk), form), 422
    try:
        client = act(client_pk, str(form.version.data), str(form.reason.data))
    except Refusal as refusal:
        return stale(client_pk, refusal)
    flash(done, "success")
    return redirect(at(client), 303)
