"""`idp mail …`"""

import sys

import click
from flask.cli import with_appcontext

from idp.database import job
from idp.notifications import bounces

LARGEST = 1024 * 1024
TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h: a mail server keeps the report and hands it in again


@click.group("mail")
def commands() -> None:
    """The mails that the system sends."""


@commands.command("bounced")
@with_appcontext
def bounced() -> None:
    """Read a delivery status notification from standard input and mark the mail that did not arrive."""
    raw = sys.stdin.buffer.read(LARGEST)
    marked = job(lambda: bounces.take(raw))
    click.echo("marked one mail as bounced" if marked else "no mail of ours failed in this report")
