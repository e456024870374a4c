"""Registering a system and changing its registration by form."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access.guards import requires
from idp.access.rules import Permission
from idp.clients import admin_operations, form_errors, operations
from idp.clients.as_metadata import without_gaps
from idp.clients.forms import ClientForm, VersionForm
from idp.clients.metadata import Metadata
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Client
from idp.clients.view_parts import at, blueprint, stale
from idp.database import db
from idp.units import operations as units
from idp.units.models import Unit
from thai_web.refusal import N_, Conflict, NotFound, Refusal

RESULTS = 20
NEW: dict[str, object] = {
    "environment": "sandbox",
    "profile": "standard",
    "grant_types": ["authorization_code"],
    "scopes": ["openid", "profile", "unit", "roles"],
    "token_endpoint_auth_method": "client_secret_basic",
    "require_pkce": True,
    "id_token_signed_response_alg": "RS256",
    "subject_type": "public",
}


def _owner_page(client: Client | None, error: str | None = None) -> str:
    query = request.args.get("q", "")[:100]
    found = units.search(query, RESULTS + 1) if query else []
    version = (
        VersionForm(formdata=None, data={"version": admin_operations.version_of(client)}) if client else VersionForm()
    )
    return render_template(
        "clients/owner.html",
        client=client,
        owner=units.get(client.owner_unit_id) if client else None,
        query=query,
        results=found[:RESULTS],
        more=len(found) > RESULTS,
        error=error,
        form=version,
        alternatives=units.alternatives(query) if not found else [],
    )


def _chosen() -> Unit | None:
    return units.find(request.form.get("unit", "")[:20])


@blueprint.get("/clients/new")
@requires(Permission.MANAGE_CLIENTS)
def new() -> ResponseReturnValue:
    """Which unit answers for it."""
    return _owner_page(None)


@blueprint.post("/clients/new")
@requires(Permission.MANAGE_CLIENTS)
def new_with_owner() -> ResponseReturnValue:
    """On to the form."""
    owner = _chosen()
    if owner is None:
        return _owner_page(None, _("เลือกหน่วยงานเจ้าของระบบ")), 422
    return redirect(url_for("clients.new_form", code=owner.code), 303)


def _form_page(form: ClientForm, owner: Unit, client: Client | None, **more: object) -> str:
    return render_template("clients/form.html", form=form, owner=owner, client=client, **more)


@blueprint.get("/clients/new/<string:code>")
@requires(Permission.MANAGE_CLIENTS)
def new_form(code: str) -> ResponseReturnValue:
    """The form, filled with what is safe."""
    return _form_page(ClientForm(data=NEW), _owner(code), None)


def _owner(code: str) -> Unit:
    found = units.find(code)
    if found is None:
        raise NotFound(N_("ไม่พบหน่วยงานนี้ในทะเบียน"), next_step=N_("ค้นหาหน่วยงานอีกครั้งจากชื่อหรือรหัส"))
    return found


@blueprint.post("/clients/new/<string:code>")
@requires(Permission.MANAGE_CLIENTS)
def create(code: str) -> ResponseReturnValue:
    """Register it; its secret is shown this once."""
    form, owner = ClientForm(), _owner(code)
    metadata = _checked(form, {"owner_unit": owner.code, "roles": []}, None)
    try:
        made = admin_operations.create(metadata) if metadata else None
    except MetadataError as error:
        made = None
        _refused(form, error)
    if made is None:
        return _form_page(form, _owner(code), None), 422
    client, secret = made
    if secret is None:
        flash(_("ลงทะเบียนระบบแล้ว"), "success")
        return redirect(at(client), 303)
    return render_template("clients/secret_issued.html", client=client, secret=secret, overlap=None)


def _checked(form: ClientForm, beside: dict[str, object], before: dict[str, object] | None) -> Metadata | None:
    """What was typed, read by the one reader; None, and the faults beside their fields, where it will not do."""
    is_complete, given = form.validate_on_submit(), {**form.metadata(), **beside}
    wrong = form_errors.all_of(without_gaps(given))
    for error in wrong:
        form.blame(error)
    if wrong or not is_complete:
        return None
    db.session.rollback()  # nothing was changed yet, and no transaction stays open while the sector is asked
    try:
        return admin_operations.checked(given, before)
    except MetadataError as error:
        _refused(form, error)
        return None


def _refused(form: ClientForm, error: MetadataError) -> None:
    db.session.rollback()
    form.blame(error)


def _edit_form(values: Mapping[str, object] | None = None) -> ClientForm:
    form = ClientForm(data=values)
    del form.client_id
    return form


@blueprint.get("/clients/<int:client_pk>/edit")
@requires(Permission.MANAGE_CLIENTS)
def edit(client_pk: int) -> ResponseReturnValue:
    """The form, filled with what is registered."""
    client = admin_operations.get(client_pk)
    values = {**ClientForm.values_of(operations.metadata_of(client)), "version": admin_operations.version_of(client)}
    return _form_page(_edit_form(values), units.get(client.owner_unit_id), client)


@blueprint.post("/clients/<int:client_pk>/edit")
@requires(Permission.MANAGE_CLIENTS)
def save(client_pk: int) -> ResponseReturnValue:
    """Change it. Where somebody was faster, what was typed stays, beside what stands now."""
    client, form = admin_operations.get(client_pk), _edit_form()
    before = operations.metadata_of(client)
    kept = {member: before[member] for member in ("client_id", "owner_unit", "roles")}
    metadata = _checked(form, kept, before)
    try:
        client = (
            admin_operations.change(client_pk, str(form.version.data), metadata)
            if metadata
            else admin_operations.get(client_pk)
        )
    except MetadataError as error:
        _refused(form, error)
        client, metadata = admin_operations.get(client_pk), None
    except Conflict:
        return _raced(client_pk, form), 409
    if metadata is None:
        return _form_page(form, units.get(client.owner_unit_id), client), 422
    flash(_("บันทึกทะเบียนของระบบแล้ว มีผลภายในไม่กี่วินาที"), "success")
    return redirect(at(client), 303)


def _raced(key: int, form: ClientForm) -> str:
    db.session.rollback()
    client = admin_operations.get(key)
    present = ClientForm.values_of(operations.metadata_of(client))
    other = [
        (field.label.text, present[field.name])
        for field in form
        if field.name in present and (present[field.name] or "") != (field.data or "")
    ]
    form.version.data = admin_operations.version_of(client)  # who sends it again has seen how it stands
    return _form_page(form, units.get(client.owner_unit_id), client, present=other)


@blueprint.get("/clients/<int:client_pk>/owner")
@requires(Permission.MANAGE_CLIENTS)
def owner(client_pk: int) -> ResponseReturnValue:
    """Which unit answers for it from now on."""
    return _owner_page(admin_operations.get(client_pk))


@blueprint.post("/clients/<int:client_pk>/owner")
@requires(Permission.MANAGE_CLIENTS)
def change_owner(client_pk: int) -> ResponseReturnValue:
    """Give it to another unit."""
    client, chosen, seen = admin_operations.get(client_pk), _chosen(), str(VersionForm().version.data)
    if chosen is None:
        return _owner_page(client, _("เลือกหน่วยงานเจ้าของระบบ")), 422
    try:
        admin_operations.hand_over(client_pk, seen, chosen.code)
    except Refusal as refusal:
        return stale(client_pk, refusal)
    flash(_("เปลี่ยนหน่วยงานเจ้าของระบบแล้ว"), "success")
    return redirect(at(client), 303)
