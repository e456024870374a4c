"""The `idp` command: assembles the rooms' commands."""

import os
import sys
from datetime import date, timedelta
from pathlib import Path

import click
from babel.support import Translations
from flask import Flask
from flask.cli import ScriptInfo, with_appcontext
from flask_migrate import Migrate, upgrade

from idp import create_app, key_renewal
from idp.accounts import operations as accounts
from idp.accounts.rules import Person
from idp.appointments import operations as appointments
from idp.appointments.operations import Letter
from idp.audit import commands as audit
from idp.clients import commands as clients
from idp.config import SettingsError, from_environment
from idp.database import db
from idp.evidence import commands as evidence
from idp.evidence import operations as vault
from idp.notifications import commands as mail
from idp.notifications.commands import TRY_LATER
from idp.secrets_at_rest import KeyFileError
from idp.signin import commands as people
from idp.signin.activation import begin_activation
from idp.signing_keys import commands as oidc
from idp.units import commands as units
from idp.units import operations as register
from idp.web.links import absolute
from thai_web import clock, outages
from thai_web.normalisation import mend_name
from thai_web.refusal import Refusal

OUTAGE = 3  # the exit code where something outside the program does not work: database, file, folder
MIGRATIONS = Path(__file__).parent / "migrations"


def begin(app: Flask) -> None:
    """Give the application its migrations."""
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)


def read_settings_file() -> None:
    """Take variables that are not set from the file of `IDP_SETTINGS_FILE`; `make demo` writes the default one."""
    path = Path(os.environ.get("IDP_SETTINGS_FILE", "var/settings.env"))
    if path.is_file():
        for line in path.read_text().splitlines():
            name, _, value = line.partition("=")
            if name.startswith("IDP_"):
                os.environ.setdefault(name, value)


def main() -> None:
    """Entry point of the `idp` command: clear words and an exit code instead of a stack trace."""
    try:
        read_settings_file()
        os.umask(0o077)  # whatever a command writes is its owner's alone
        cli.main(standalone_mode=False, prog_name="idp", obj=ScriptInfo(create_app=lambda: create_app()))
    except Exception as error:
        ending = _ending(error)
        if ending is None:
            raise
        words, code = ending
        if words:
            click.echo(words, err=True)
        # A mail server drops a report for good on any code but this one, and what is wrong here is not the report.
        sys.exit(TRY_LATER if code > 1 and sys.argv[1:3] == ["mail", "bounced"] else code)
    except KeyboardInterrupt:
        sys.exit(130)


def _ending(error: Exception) -> tuple[str, int] | None:
    """What is told of an error, and the exit code; nothing for a fault of the program."""
    if isinstance(error, click.Abort):
        return "", 130
    if isinstance(error, click.ClickException):
        error.show()
        return "", error.exit_code
    if isinstance(error, SettingsError | KeyFileError):
        return str(error), 2
    if isinstance(error, Refusal):
        return in_english(error), 1
    if isinstance(error, BrokenPipeError):  # `idp clients list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return "", 1
    try:
        outage = outages.told(error, from_environment().database_url, "idp")
    except SettingsError:
        outage = None
    is_of_a_file_given = isinstance(error, UnicodeDecodeError)
    return (outage, 2 if is_of_a_file_given else OUTAGE) if outage else None


def in_english(refusal: Refusal) -> str:
    """A refusal in the language of the commands."""
    text = Translations.load(Path(__file__).parent / "translations", ["en"]).gettext(refusal.message)
    return text % refusal.values if refusal.values else text


# Not Flask's own group: that loads the application before it shows the help.
cli = click.Group(name="idp", help="DLA SSO, the identity provider.")
for room in (units, people, clients, oidc, evidence, mail, audit):
    cli.add_command(room.commands)
oidc.commands.add_command(key_renewal.command)


@cli.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest shape."""
    upgrade(str(MIGRATIONS))
    click.echo("database is up to date")


@cli.command("work")
@click.option("--once", is_flag=True, help="Run every job once and stop.")
@with_appcontext
def work(once: bool) -> None:
    """Run everything that is not a request: mail, sealing, sweeping. Any number may run."""
    from idp.worker import run

    sys.exit(0 if run(once=once) else 1)


@cli.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check settings, keys, database and register, and say what is wrong."""
    from idp.doctor import faults

    found = faults()
    for fault in found:
        click.echo(fault)
    click.echo("ok" if not found else f"{len(found)} to mend")
    sys.exit(1 if found else 0)


@cli.command("first-officer")
@click.option("--title", default="")
@click.option("--given-name", required=True)
@click.option("--family-name", default="", help="Left out for somebody who has none.")
@click.option("--national-id", prompt=True, hide_input=True, help="Asked for when not given.")
@click.option("--email", required=True)
@click.option("--position", required=True)
@click.option("--letter-number", required=True)
@click.option("--letter-date", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--signed-by", required=True)
@click.option(
    "--letter",
    "letter_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Scan of the assignment letter: PDF, JPEG or PNG.",
)
@click.option(
    "--ends-on", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the term; a year from today if not given."
)
@with_appcontext
def first_officer(letter_file: Path, **given: str) -> None:
    """Make DLA's first officer and print the link to choose username and password by.

    Works while DLA has no officer in force; every other authority is recorded in the system, one level up.
    """
    dla = register.find("DLA")
    if dla is None:
        raise click.ClickException("the register is empty; run `idp units import` first")
    scan = vault.prepare(letter_file.read_bytes(), letter_file.name)
    if scan.blank_pages:
        click.echo(
            f"{letter_file}: nothing is to be seen on these pages: {', '.join(map(str, scan.blank_pages))}", err=True
        )
    ends_on = _day(given["ends_on"]) if given["ends_on"] else clock.today() + timedelta(days=365)
    letter = Letter(given["letter_number"], _day(given["letter_date"]), given["signed_by"], clock.today(), ends_on)
    title, given_name, family_name = (mend_name(given[part]) for part in ("title", "given_name", "family_name"))
    person = Person(title, given_name, family_name, given["national_id"], given["email"])
    account = accounts.open_account(person, origin="command first-officer")
    accounts.begin_posting(account, dla.id, given["position"], clock.today())
    appointments.appoint_first_officer(account, dla.id, letter, scan)
    link = absolute("signin.activate", secret=begin_activation(account.id))
    db.session.commit()
    click.echo(f"Open this link to choose username and password (once, within 14 days, national ID at hand):\n{link}")


def _day(value: object) -> date:
    return value.date()  # type: ignore[attr-defined]
