"""`idp keys …`"""

import os
from functools import partial
from pathlib import Path
from typing import TextIO

import click
from flask import current_app
from flask.cli import with_appcontext

from idp import config, database, secrets_at_rest
from idp.audit.operations import record
from idp.clients.rules import SIGNING_ALGORITHMS
from idp.signing_keys import files, transfer
from idp.signing_keys.key_ring import KeyRing
from idp.signing_keys.transfer import TransferError
from thai_web import clock


@click.group("keys")
def commands() -> None:
    """The keys of the installation: those that sign, and those that encrypt what is stored."""


@commands.command("prepare")
def prepare() -> None:
    """Make what is missing in the folder of keys, and encrypt what lies open; what is there stays as it is."""
    settings = config.from_environment()  # without the application, which does not start before this has run
    made = [f"{name}.key" for name in secrets_at_rest.prepare(settings.keys, settings.keys_password)]
    made += [f"signing/{kid}" for kid in files.prepare(settings.keys, clock.now(), settings.keys_password)]
    click.echo(f"made in {settings.keys}: {', '.join(made)}" if made else f"{settings.keys} is complete")


@commands.command("password")
@click.option("--password-file", type=click.File(), help="Holds the new password, which is asked for otherwise.")
def change_password(password_file: TextIO | None) -> None:
    """Encrypt every file of the folder of keys under another IDP_KEYS_PASSWORD, which then has to be set."""
    settings = config.from_environment()
    new = _password(password_file, confirmed=True)
    if not new:
        raise click.ClickException("the new password is empty")
    files.encrypt_under(settings.keys, settings.keys_password, new)
    secrets_at_rest.encrypt_under(settings.keys, settings.keys_password, new)
    click.echo("every file is encrypted under the new password; set IDP_KEYS_PASSWORD to it and restart")


@commands.command("rotate")
@click.argument("algorithms", nargs=-1, type=click.Choice([*SIGNING_ALGORITHMS, "all"]), metavar="[ALGORITHM|all]...")
@click.option("--leaked", is_flag=True, help="Others may have the present keys: the new ones take over in minutes.")
@with_appcontext
def rotate(algorithms: tuple[str, ...], leaked: bool) -> None:
    """Publish a new signing key now; it takes over as soon as no cache can lack it.

    Without an ALGORITHM: RS256, with which nearly every system is signed for.
    """
    settings = current_app.config["SETTINGS"]
    chosen = SIGNING_ALGORITHMS if "all" in algorithms else tuple(dict.fromkeys(algorithms or SIGNING_ALGORITHMS[:1]))
    for alg in chosen:  # all of them or none
        files.check_rotation(settings.keys, alg, clock.now(), leaked=leaked)
    for alg in chosen:
        new = files.rotate(settings.keys, alg, clock.now(), settings.keys_password, leaked=leaked)
        database.job(partial(record, "key.rotated", subject=("key", new.kid), kid=new.kid))
        click.echo(f"{new.kid} ({alg}) is published and signs from {new.sign_from:%Y-%m-%d %H:%M:%S} UTC")


@commands.command("list")
def list_keys() -> None:
    """List the signing keys and what each does now."""
    now = clock.now()
    for key in files.read(config.from_environment().keys):
        until = f"{key.sign_until:%Y-%m-%d %H:%M}" if key.sign_until else "rotated"
        click.echo(f"{key.kid}\t{key.alg}\t{key.state(now)}\tsigns {key.sign_from:%Y-%m-%d %H:%M} until {until}")


@commands.command("export")
@click.option(
    "--private",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Seal the private keys into this new file.",
)
@click.option("--password-file", type=click.File(), help="Holds the file's password, which is asked for otherwise.")
@with_appcontext
def export(file: Path | None, password_file: TextIO | None) -> None:
    """Print the public keys as a JSON Web Key Set, or take the private ones to another node.

    A file of private keys is encrypted under a password of its own, which `idp keys import` asks for.
    """
    settings, now = current_app.config["SETTINGS"], clock.now()
    if file is None:
        ring = KeyRing(settings.keys, settings.keys_password, now, production=settings.is_production)
        click.echo(ring.jwks(now))
        return
    journey = _password(password_file, confirmed=True)
    try:
        text, kids = transfer.pack(
            settings.keys, now, settings.keys_password, journey, production=settings.is_production
        )
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already; name a new file") from error
    except (TransferError, OSError) as error:
        raise click.ClickException(str(error)) from error
    with os.fdopen(handle, "w") as opened:
        opened.write(text + "\n")
    database.job(partial(record, "key.exported", kids=kids))
    click.echo(f"{len(kids)} keys are sealed in {file}; delete it when they have arrived")


@commands.command("import")
@click.argument("file", type=click.File())
@click.option("--password-file", type=click.File(), help="Holds the file's password, which is asked for otherwise.")
def import_file(file: TextIO, password_file: TextIO | None) -> None:
    """Take in the private keys of FILE, which `idp keys export --private` made; all of them or none."""
    settings = config.from_environment()  # without the application: on a new node it does not start before
    journey = _password(password_file, confirmed=False)
    try:
        taken = transfer.take_in(
            settings.keys, file.read(), clock.now(), settings.keys_password, journey, production=settings.is_production
        )
    except (TransferError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    try:
        _record_import([key.kid for key in taken])
    except BaseException:
        transfer.give_back(settings.keys, [key.kid for key in taken])  # nothing comes in that is not recorded
        raise
    for key in taken:
        click.echo(f"{key.kid}\t{key.alg}\t{key.state(clock.now())}")


@with_appcontext
def _record_import(kids: list[str]) -> None:
    database.job(partial(record, "key.imported", kids=kids))


def _password(file: TextIO | None, *, confirmed: bool) -> str:
    if file is not None:
        return file.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=confirmed, err=True)
    return asked
