"""`idp audit …`"""

import sys
from pathlib import Path
from typing import TextIO

import click
from flask.cli import with_appcontext

from idp.audit import excerpt, heads
from idp.audit.operations import count_events
from idp.audit.sealing import erased_names, verify
from idp.database import db
from idp.web.application import key_files

MOST_ERASED = 20  # told one by one; all are counted


@click.group("audit")
def commands() -> None:
    """The record of decisions and changes of authority."""


@commands.command("verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--without-key", is_flag=True, help="Of a FILE from elsewhere: follow its chain, do not ask who made it.")
@click.option(
    "--heads",
    "elsewhere",
    type=click.File(encoding="ascii", errors="replace"),
    help="Heads kept elsewhere; without it, those that the worker of this machine kept.",
)
@with_appcontext
def verify_chain(file: Path | None, *, without_key: bool, elsewhere: TextIO | None) -> None:
    """Check the chain; tells a changed, a missing, a forged, a cut and an unsealed event apart. Exit code 1 on a fault.

    Names that were erased beside their events are told and counted; they are no fault.

    With FILE, an exported excerpt, the database is not asked.
    """
    if file is not None:
        keys = None if without_key else key_files().audit
        with file.open(encoding="utf-8", newline="\n") as lines:
            told, kept, faults = excerpt.check(lines, keys)
        summary = f"{told} events told, {kept} kept back"
    else:
        kept_heads = elsewhere.readlines() if elsewhere else heads.kept_lines()
        faults, erased = verify(kept_heads), erased_names()
        summary = f"{count_events()} events, {len(kept_heads)} kept heads, {len(erased)} erased names"
        for name in erased[:MOST_ERASED]:
            click.echo(name)
        db.session.rollback()
    for fault in faults:
        click.echo(fault)
    click.echo(f"{summary}, {len(faults)} faults")
    sys.exit(1 if faults else 0)
