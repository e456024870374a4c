"""`idp clients …`"""

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import TextIO, TypeVar

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _

from idp import database
from idp.clients import form_errors, operations, secret_commands
from idp.clients.metadata import ignored_members
from idp.clients.metadata_fields import MetadataError
from idp.clients.models import Client
from idp.database import db
from idp.units import operations as units
from idp.units.rules import full_name

Result = TypeVar("Result")


@click.group("clients")
def commands() -> None:
    """The connected systems."""


commands.add_command(secret_commands.commands)


@commands.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@with_appcontext
def import_file(file: TextIO) -> None:
    """Register the systems in FILE, or bring their registrations in line ("-" reads standard input).

    FILE holds client metadata as JSON, one object or a list: the members of RFC 7591, and owner_unit, roles, tile,
    profile. Everything is imported or, when one member is wrong, nothing. A secret that was made here is shown once.
    """
    entries = _read(file)
    # Every outside call comes before the one transaction that registers them all.
    checked = [(number, _named(number, partial(operations.checked, entry))) for number, entry in entries]
    results: list[tuple[Client, str | None]] = []
    database.job(
        lambda: results.extend(_named(number, partial(operations.register, metadata)) for number, metadata in checked)
    )
    for (_number, entry), (client, secret) in zip(entries, results, strict=True):
        click.echo(f"client_id: {client.client_id}")
        if secret:
            click.echo(f"client_secret: {secret}")
        if isinstance(entry, Mapping) and (ignored := ignored_members(entry)):
            click.echo(f"ignored: {', '.join(ignored)}", err=True)


def _read(file: TextIO) -> list[tuple[int, object]]:
    try:
        found = json.load(file)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise click.ClickException(f"{file.name} is not JSON: {error}") from error
    entries = found if isinstance(found, list) else [found]
    if not entries:
        raise click.ClickException(f"{file.name} holds no client")
    return list(enumerate(entries, 1))


def _named(number: int, act: Callable[[], Result]) -> Result:
    try:
        return act()
    except MetadataError as error:
        with force_locale("en"):  # the language of the commands
            advice = _(form_errors.sentence(error)) % {"field": error.member}
        raise click.ClickException(f"client {number}: {error}\n{advice}") from error


@commands.command("list")
@with_appcontext
def list_clients() -> None:
    """List the connected systems."""
    for client in operations.every():
        click.echo(f"{client.client_id}\t{client.status}\t{client.environment}\t{client.name_th}")
    db.session.rollback()


@commands.command("show")
@click.argument("client_id")
@with_appcontext
def show(client_id: str) -> None:
    """Show one system's registration as JSON, without its secret."""
    client = operations.find(client_id)
    if client is None:
        click.echo(f"no system has the client_id {client_id!a}", err=True)
        sys.exit(1)
    owner = units.get(client.owner_unit_id)
    shown = {**operations.metadata_of(client), "owner": full_name(owner), "status": client.status}
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    db.session.rollback()
