"""What the pages of a system share: their blueprint, the page of one system, and the answer to a stale page."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from idp.access import viewer
from idp.access.rules import Permission
from idp.clients import admin_operations, operations, rules, secrets
from idp.clients.forms import SecretForm, VersionForm
from idp.clients.models import Client, ClientSecret
from idp.database import db
from idp.units import operations as units
from thai_web import clock, language
from thai_web.messages import say
from thai_web.refusal import Refusal

blueprint = Blueprint("clients", __name__, template_folder="templates")


@blueprint.app_template_filter("client_name")
def client_name(client: Client) -> str:
    """The system's name in the reader's language."""
    return client.name_en if language.current() == "en" else client.name_th


def at(client: Client) -> str:
    """The address of a system's page."""
    return url_for("clients.show", client_pk=client.id)


def shown(client: Client, refusal: Refusal | None = None) -> str:
    """One system with everything registered, as it is now; `refusal` says why something was not done."""
    now = clock.now()
    kept = [(each, rules.secret_in_force(each.expires_at, now)) for each in secrets.of(client)]
    return render_template(
        "clients/show.html",
        client=client,
        owner=units.get(client.owner_unit_id),
        metadata=operations.metadata_of(client),
        roles=operations.roles_of(client),
        secrets=kept,
        needs_secret=client.token_endpoint_auth_method in rules.SECRET_METHODS,
        may_manage=viewer.required().may(Permission.MANAGE_CLIENTS),
        why_not=say(refusal) if refusal else "",
    )


def stale(key: int, refusal: Refusal) -> ResponseReturnValue:
    """The answer to who was second: nothing was done, and this is how it stands. What is no conflict goes on."""
    if refusal.status != 409:
        raise refusal
    db.session.rollback()
    return shown(admin_operations.get(key), refusal), 409


def secrets_page(client: Client, form: SecretForm, refusal: Refusal | None = None) -> str:
    """The secrets of a system; each ends by a form of its own."""
    now = clock.now()
    rows: list[tuple[ClientSecret, bool]] = [
        (each, rules.secret_in_force(each.expires_at, now)) for each in secrets.of(client)
    ]
    form.version.data = admin_operations.version_of(client)
    return render_template(
        "clients/secrets.html",
        client=client,
        rows=rows,
        form=form,
        end_form=VersionForm(formdata=None),
        why_not=say(refusal) if refusal else "",
    )
