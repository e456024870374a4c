"""`idp units …`"""

import click
from flask.cli import with_appcontext

from idp import database
from idp.units import operations, rules
from idp.units.models import Unit


@click.group("units")
def commands() -> None:
    """The register of offices."""


@commands.command("import")
@with_appcontext
def import_register() -> None:
    """Load the register from its data files. Running it again changes nothing."""
    done: list[operations.Import] = []
    database.job(lambda: done.append(operations.import_register()))
    result = done[0]
    click.echo(f"{result.added} added, {result.changed} changed, {result.unchanged} unchanged")
    if result.unlisted:
        click.echo(f"{result.unlisted} units are no longer in the files; give a unit that closed its valid_to there")


@commands.command("show")
@click.argument("code")
@with_appcontext
def show(code: str) -> None:
    """Show the unit of CODE (DLA, P67, D6706, 670603 or 6670603) and the offices above it."""
    unit = operations.find(code)
    if unit is None:
        raise click.ClickException(f"no unit has the code {code}; try: idp units search TEXT")
    click.echo(_line(unit))
    click.echo(rules.full_name(unit, "en"))
    click.echo(f"valid from {unit.valid_from or 'before the register began'} to {unit.valid_to or 'further notice'}")
    for office in operations.chain(unit)[1:]:
        click.echo(f"under {_line(office)}")


@commands.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@with_appcontext
def search(words: tuple[str, ...], limit: int) -> None:
    """Search by name, code, district or province; more words narrow it. Exit code 1 without a match."""
    units = operations.search(" ".join(words), limit + 1)
    if not units:
        meant = ", ".join(operations.alternatives(" ".join(words)))
        raise click.ClickException(
            f"nothing matches; did you mean {meant}?" if meant else "nothing matches; try fewer words"
        )
    for unit in units[:limit]:
        click.echo(_line(unit))
    if len(units) > limit:
        click.echo(f"only the first {limit} are shown", err=True)


def _line(unit: Unit) -> str:
    return f"{unit.dla_code or unit.code:8} {rules.full_name(unit)}"
