"""`idp keys renew`: another key for what is encrypted at rest, and everything encrypted anew under it."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from idp import secrets_at_rest
from idp.accounts import operations as accounts
from idp.audit.operations import record
from idp.config import Settings
from idp.database import job
from idp.evidence import encryption as evidence
from idp.notifications import operations as notifications
from idp.registration import encryption as registration
from idp.secrets_at_rest import ENCRYPTING

Keys = tuple[bytes, ...]
ENCRYPTED: dict[str, tuple[Callable[[Keys], int], ...]] = {
    "national-id": (accounts.encrypt_anew, registration.encrypt_anew),
    "evidence": (evidence.encrypt_anew,),
    "mail": (notifications.encrypt_anew,),
}


@click.command("renew")
@click.argument("name", type=click.Choice(ENCRYPTING))
@with_appcontext
def command(name: str) -> None:
    """Make a new key for national IDs, documents or mails, and encrypt everything anew under it.

    Stop the nodes and the workers first: they read the file when they start. Broken off, it is simply run again.
    """
    settings: Settings = current_app.config["SETTINGS"]
    number = renew(settings.keys / f"{name}.key", name, settings.keys_password)
    click.echo(f"{name}: a new key, {number} values encrypted anew; start the nodes and the workers")


def renew(path: Path, name: str, password: str) -> int:
    """Returns how many values were encrypted anew. The old key goes when nothing needs it any more."""
    known = secrets_at_rest.read(path, password)
    if len(known) == 1:  # else a run that was broken off made the new one
        known = [secrets_at_rest.new_key(), *known]
        secrets_at_rest.write(path, known, password)

    def encrypt_all() -> int:
        record("key.renewed", file=name)
        return sum(encrypt_anew(tuple(known)) for encrypt_anew in ENCRYPTED[name])

    number = job(encrypt_all)
    secrets_at_rest.write(path, known[:1], password)
    return number
