"""`idp keys …`"""

from functools import partial

import click
from flask import current_app
from flask.cli import with_appcontext

from idp import clock, config, database, secrets_at_rest
from idp.audit.operations import record
from idp.clients.rules import SIGNING_ALGORITHMS
from idp.oidc import keys


@click.group("keys")
def commands() -> None:
    """The keys of the installation: those that sign, and those that encrypt what is stored."""


@commands.command("prepare")
def prepare() -> None:
    """Make what is missing in the folder of keys; what is there stays as it is."""
    settings = config.from_environment()  # without the application, which does not start before this has run
    made = [f"{name}.key" for name in secrets_at_rest.prepare(settings.keys)]
    made += [f"signing/{kid}" for kid in keys.prepare(settings.keys, clock.now(), settings.keys_password)]
    click.echo(f"made in {settings.keys}: {', '.join(made)}" if made else f"{settings.keys} is complete")


@commands.command("rotate")
@click.argument("algorithms", nargs=-1, type=click.Choice([*SIGNING_ALGORITHMS, "all"]), metavar="[ALGORITHM|all]...")
@click.option("--leaked", is_flag=True, help="Others may have the present keys: the new ones take over in minutes.")
@with_appcontext
def rotate(algorithms: tuple[str, ...], leaked: bool) -> None:
    """Publish a new signing key now; it takes over as soon as no cache can lack it.

    Without an ALGORITHM: RS256, with which nearly every system is signed for.
    """
    settings = current_app.config["SETTINGS"]
    for alg in SIGNING_ALGORITHMS if "all" in algorithms else dict.fromkeys(algorithms or SIGNING_ALGORITHMS[:1]):
        new = keys.rotate(settings.keys, alg, clock.now(), settings.keys_password, leaked=leaked)
        database.job(partial(record, "key.rotated", subject=("key", new.kid), kid=new.kid))
        click.echo(f"{new.kid} ({alg}) is published and signs from {new.sign_from:%Y-%m-%d %H:%M:%S} UTC")


@commands.command("list")
def list_keys() -> None:
    """List the signing keys and what each does now."""
    now = clock.now()
    for key in keys.read(config.from_environment().keys):
        until = f"{key.sign_until:%Y-%m-%d %H:%M}" if key.sign_until else "rotated"
        click.echo(f"{key.kid}\t{key.alg}\t{key.state(now)}\tsigns {key.sign_from:%Y-%m-%d %H:%M} until {until}")
