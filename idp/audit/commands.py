"""`idp audit …`"""

import sys

import click
from flask.cli import with_appcontext

from idp.audit.operations import count_events
from idp.audit.sealing import verify
from idp.database import db


@click.group("audit")
def commands() -> None:
    """The record of decisions and changes of authority."""


@commands.command("verify")
@with_appcontext
def verify_chain() -> None:
    """Check the chain; tells a changed, a missing, a cut and an unsealed event apart. Exit code 1 on a fault."""
    faults = verify()
    for fault in faults:
        click.echo(fault)
    click.echo(f"{count_events()} events, {len(faults)} faults")
    db.session.rollback()
    sys.exit(1 if faults else 0)
