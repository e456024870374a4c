"""The secrets of a system: issuing one, shown once, and ending one."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import requires
from idp.access.rules import Permission
from idp.clients import admin_operations, secrets
from idp.clients.forms import SecretForm, VersionForm
from idp.clients.rules import SECRET_OVERLAP
from idp.clients.view_parts import blueprint, secrets_page, stale
from thai_web.refusal import Refusal

HOURS = int(SECRET_OVERLAP.total_seconds()) // 3600


@blueprint.get("/clients/<int:client_pk>/secrets")
@requires(Permission.MANAGE_CLIENTS)
def secret_list(client_pk: int) -> ResponseReturnValue:
    """Which secrets there are, and the form for a new one."""
    return secrets_page(admin_operations.get(client_pk), SecretForm(data={"overlap": HOURS}))


@blueprint.post("/clients/<int:client_pk>/secrets")
@requires(Permission.MANAGE_CLIENTS)
def issue_secret(client_pk: int) -> ResponseReturnValue:
    """Make a secret. It stands in this one answer and nowhere else: the page cannot be loaded again."""
    form = SecretForm()
    if not form.validate_on_submit():
        return secrets_page(admin_operations.get(client_pk), form), 422
    try:
        client = admin_operations.locked(client_pk, str(form.version.data))
        lasts = timedelta(days=form.days.data) if form.days.data else None
        secret = secrets.rotate(client, lasts=lasts, overlap=timedelta(hours=form.overlap.data or 0))
    except Refusal as refusal:
        return stale(client_pk, refusal)
    admin_operations.touch(client)
    return render_template("clients/secret_issued.html", client=client, secret=secret, overlap=form.overlap.data)


@blueprint.post("/clients/<int:client_pk>/secrets/<int:secret_id>/end")
@requires(Permission.MANAGE_CLIENTS)
def end_secret(client_pk: int, secret_id: int) -> ResponseReturnValue:
    """End one at once."""
    try:
        client = admin_operations.locked(client_pk, str(VersionForm().version.data))
        secrets.end(client, secret_id)
    except Refusal as refusal:
        return stale(client_pk, refusal)
    admin_operations.touch(client)
    flash(_("รหัสลับนี้ใช้ไม่ได้แล้ว มีผลภายในไม่กี่วินาที"), "success")
    return redirect(url_for("clients.secret_list", client_pk=client_pk), 303)
