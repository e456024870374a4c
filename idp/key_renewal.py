"""`idp keys renew`: another key for what is encrypted, looked up or signed at rest, and everything put under it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from idp import secrets_at_rest
from idp.accounts import operations as accounts
from idp.audit import sealing
from idp.audit.models import AuditEvent
from idp.audit.operations import record
from idp.clients import secrets as client_secrets
from idp.config import Settings
from idp.database import db, job
from idp.evidence import encryption as evidence
from idp.notifications import operations as notifications
from idp.registration import encryption as registration
from idp.secrets_at_rest import RENEWED
from idp.web.application import settings

Keys = tuple[bytes, ...]
EVENT = "key.renewed"
ENCRYPTED: dict[str, tuple[Callable[[Keys], int], ...]] = {
    "national-id": (accounts.encrypt_anew, registration.encrypt_anew),
    "evidence": (evidence.encrypt_anew,),
    "mail": (notifications.encrypt_anew,),
}
# Their older keys stay: a digest is computed by way of them, and what was signed by them is still to be verified.
DIGESTED: tuple[Callable[[Sequence[bytes]], int], ...] = (
    accounts.index_anew,
    registration.index_anew,
    evidence.digest_anew,
    client_secrets.digest_anew,
)
KEEPING = ("blind-index", "audit")


@click.command("renew")
@click.argument("name", type=click.Choice(RENEWED))
@with_appcontext
def command(name: str) -> None:
    """Make a new key for national IDs, documents or mails, for what is looked up by digests, or for the record, and put
    everything stored under it.

    Stop the nodes and the workers first: they read the file when they start. Broken off, it is simply run again.
    """
    given: Settings = current_app.config["SETTINGS"]
    number = renew(given.keys / f"{name}.key", name, given.keys_password)
    click.echo(f"{name}: a new key, {number} values put under it; start the nodes and the workers")


def renew(path: Path, name: str, password: str) -> int:
    """Returns how many values were put under the new key."""
    return _renew_and_keep(path, name, password) if name in KEEPING else _renew(path, name, password)


def _renew(path: Path, name: str, password: str) -> int:
    """The old key goes when nothing needs it any more."""
    known = secrets_at_rest.read(path, password)
    if len(known) == 1:  # else a run that was broken off made the new one
        known = [secrets_at_rest.new_key(), *known]
        secrets_at_rest.write(path, known, password)

    def encrypt_all() -> int:
        record(EVENT, file=name)
        return sum(encrypt_anew(tuple(known)) for encrypt_anew in ENCRYPTED[name])

    number = job(encrypt_all)
    secrets_at_rest.write(path, known[:1], password)
    return number


def _renew_and_keep(path: Path, name: str, password: str) -> int:
    """How many keys the database is under, its own record tells: one more than it was renewed."""
    known, before = secrets_at_rest.read(path, password), _renewals(name)
    if len(known) <= before:
        raise click.ClickException(f"{path} lacks a key that the database is under; put the newest file back")
    if len(known) == before + 1:  # else a run was broken off, or an older database was put back
        known = [secrets_at_rest.new_key(), *known]
        secrets_at_rest.write(path, known, password)
    fresh = known[: len(known) - before - 1]

    def put_under() -> int:
        for _key in fresh:
            record(EVENT, file=name)
        if name == "audit":
            sealing.sign_head(known[0])
            return 1
        return sum(digest_anew(fresh) for digest_anew in DIGESTED)

    return job(put_under)


def _renewals(name: str) -> int:
    facts = db.session.scalars(select(AuditEvent.facts).where(AuditEvent.name == EVENT))
    return sum(each["file"] == name for each in facts)


def faults() -> list[str]:
    """What an operator must mend, in plain words: the files and the database must be renewed as often."""
    found = []
    for name in KEEPING:
        keys = secrets_at_rest.read(settings().keys / f"{name}.key", settings().keys_password)
        if len(keys) > _renewals(name) + 1:
            found.append(f"keys: {name}.key is newer than the database; run `idp keys renew {name}`")
        elif len(keys) <= _renewals(name):
            found.append(f"keys: {name}.key is older than the database; put the newest file back")
    return found
