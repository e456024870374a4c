"""`idp evidence …`"""

import sys

import click
from flask.cli import with_appcontext

from idp import database
from idp.evidence.operations import Swept, sweep


@click.group("evidence")
def commands() -> None:
    """The vault of uploaded documents."""


@commands.command("sweep")
@with_appcontext
def sweep_vault() -> None:
    """Remove files that belong to no document; name the pages whose file is gone (exit code 1)."""
    results: list[Swept] = []
    database.job(lambda: results.append(sweep()))
    for swept in results:
        for evidence_id, number in swept.missing:
            click.echo(f"evidence {evidence_id}, page {number}: its file is gone")
        click.echo(f"{swept.removed} files removed, {len(swept.missing)} missing")
        sys.exit(1 if swept.missing else 0)
