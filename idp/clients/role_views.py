"""The roles that a system declares: adding one, changing its name and where it may be held, retiring it."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import requires
from idp.access.rules import Permission
from idp.clients import admin_operations, operations
from idp.clients.as_metadata import roles_as_metadata
from idp.clients.forms import RoleForm, VersionForm
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Client, ClientRole
from idp.clients.view_parts import at, blueprint, stale
from idp.database import db
from thai_web.refusal import Refusal


def _page(client: Client, form: RoleForm, role: ClientRole | None) -> str:
    form.version.data = form.version.data or admin_operations.version_of(client)
    return render_template(
        "clients/role.html",
        client=client,
        form=form,
        role=role,
        holders=admin_operations.holders(role.id) if role else 0,
    )


@blueprint.get("/clients/<int:client_pk>/roles/new")
@requires(Permission.MANAGE_CLIENTS)
def new_role(client_pk: int) -> ResponseReturnValue:
    """An empty form."""
    return _page(admin_operations.get(client_pk), RoleForm().offer(), None)


@blueprint.post("/clients/<int:client_pk>/roles/new")
@requires(Permission.MANAGE_CLIENTS)
def add_role(client_pk: int) -> ResponseReturnValue:
    """Declare one more; a retired one of the same code comes back."""
    client, form = admin_operations.get(client_pk), RoleForm().offer()
    present = roles_as_metadata(operations.roles_of(client))
    if form.validate_on_submit():
        return _declared(client, form, None, [*present, form.declared(str(form.code.data))])
    return _page(client, form, None), 422


def _declared(
    client: Client, form: RoleForm, role: ClientRole | None, roles: list[dict[str, object]]
) -> ResponseReturnValue:
    key, role_id = client.id, role.id if role else None
    try:
        admin_operations.declare(key, str(form.version.data), roles)
    except MetadataError as error:
        db.session.rollback()
        client = admin_operations.get(key)
        form.blame(error)
        return _page(client, form, admin_operations.role(client, role_id) if role_id else None), 422
    except Refusal as refusal:
        return stale(key, refusal)
    flash(_("บันทึกสิทธิ์แล้ว"), "success")
    return redirect(at(client), 303)


@blueprint.get("/clients/<int:client_pk>/roles/<int:role_id>")
@requires(Permission.MANAGE_CLIENTS)
def role(client_pk: int, role_id: int) -> ResponseReturnValue:
    """One role, and how many hold it."""
    client = admin_operations.get(client_pk)
    found = admin_operations.role(client, role_id)
    form = RoleForm(obj=found).offer()
    del form.code
    return _page(client, form, found)


@blueprint.post("/clients/<int:client_pk>/roles/<int:role_id>")
@requires(Permission.MANAGE_CLIENTS)
def change_role(client_pk: int, role_id: int) -> ResponseReturnValue:
    """Another name, other kinds of units; who holds it keeps it."""
    client = admin_operations.get(client_pk)
    found = admin_operations.role(client, role_id)
    form = RoleForm().offer()
    del form.code
    if not form.validate_on_submit():
        return _page(client, form, found), 422
    roles = roles_as_metadata(operations.roles_of(client))
    changed = [form.declared(found.code) if each["code"] == found.code else each for each in roles]
    return _declared(client, form, found, changed)


@blueprint.get("/clients/<int:client_pk>/roles/<int:role_id>/retire")
@requires(Permission.MANAGE_CLIENTS)
def retiring(client_pk: int, role_id: int) -> ResponseReturnValue:
    """What happens to the people who hold it."""
    client = admin_operations.get(client_pk)
    found = admin_operations.role(client, role_id)
    form = VersionForm(data={"version": admin_operations.version_of(client)})
    return render_template(
        "clients/retire.html",
        client=client,
        role=found,
        holders=admin_operations.holders(role_id),
        is_last=len(operations.roles_of(client)) == 1,
        form=form,
    )


@blueprint.post("/clients/<int:client_pk>/roles/<int:role_id>/retire")
@requires(Permission.MANAGE_CLIENTS)
def retire_role(client_pk: int, role_id: int) -> ResponseReturnValue:
    """Declare it no more."""
    client = admin_operations.get(client_pk)
    found = admin_operations.role(client, role_id)
    roles = [each for each in roles_as_metadata(operations.roles_of(client)) if each["code"] != found.code]
    try:
        admin_operations.declare(client_pk, str(VersionForm().version.data), roles)
    except Refusal as refusal:
        return stale(client_pk, refusal)
    flash(_("เลิกใช้สิทธิ์นี้แล้ว"), "success")
    return redirect(at(client), 303)
