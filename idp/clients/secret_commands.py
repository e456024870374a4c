"""`idp clients secret …`"""

from datetime import timedelta

import click
from flask.cli import with_appcontext

from idp import database
from idp.clients import operations, rules, secrets
from idp.clients.models import Client
from idp.database import db
from thai_web import clock


@click.group("secret")
def commands() -> None:
    """The secrets of a connected system."""


@commands.command("list")
@click.argument("client_id")
@with_appcontext
def list_secrets(client_id: str) -> None:
    """List the secrets of CLIENT_ID by number; what they are is known to the system alone."""
    now = clock.now()
    for secret in secrets.of(_client(client_id)):
        state = "in force" if rules.secret_in_force(secret.expires_at, now) else "expired"
        until = f"{secret.expires_at:%Y-%m-%d %H:%M} UTC" if secret.expires_at else "-"
        click.echo(f"{secret.id}\t{state}\tmade {secret.created_at:%Y-%m-%d %H:%M} UTC\texpires {until}")
    db.session.rollback()


@commands.command("rotate")
@click.argument("client_id")
@click.option("--days", type=click.IntRange(1, 3660), help="Let the new secret expire; its contacts are told in time.")
@click.option("--overlap", type=click.IntRange(0, 720), default=24, show_default=True, help="Hours of the old ones.")
@with_appcontext
def rotate(client_id: str, days: int | None, overlap: int) -> None:
    """Make a new secret for CLIENT_ID and show it once; the old ones work on for a while."""
    lasts = timedelta(days=days) if days else None
    secret = database.job(lambda: secrets.rotate(_client(client_id), lasts=lasts, overlap=timedelta(hours=overlap)))
    click.echo(f"client_secret: {secret}")


@commands.command("end")
@click.argument("client_id")
@click.argument("number", type=int)
@with_appcontext
def end(client_id: str, number: int) -> None:
    """End one secret of CLIENT_ID at once, by its NUMBER in the list."""
    database.job(lambda: secrets.end(_client(client_id), number))
    click.echo(f"secret {number} has ended")


def _client(client_id: str) -> Client:
    client = operations.find(client_id)
    if client is None:
        raise click.ClickException(f"no system has the client_id {client_id!a}")
    return client
