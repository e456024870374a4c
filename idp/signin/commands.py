"""`idp accounts …`"""

import sys
from collections import Counter
from functools import partial
from itertools import islice
from typing import TextIO

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from idp import database
from idp.database import db
from idp.signin import legacy_import
from idp.signin.legacy_import import FileError, Result, Row
from thai_web.messages import say

BATCH = 200  # rows committed together


@click.group("accounts")
def commands() -> None:
    """The people."""


@commands.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--dry-run", is_flag=True, help="Say what would become of each row; keep nothing, mail nobody.")
@click.option("--no-mail", is_flag=True, help="Mail no links; people claim their accounts by ThaID.")
@with_appcontext
def import_file(file: TextIO, *, dry_run: bool, no_mail: bool) -> None:
    """Bring in the people of the former system from FILE, CSV in UTF-8 ("-" reads standard input).

    Columns: national_id, given_name, email, unit_code, position; family_name, title, phone, sso_admin (yes or no) and
    provisional_until (2027-03-31 or 2570-03-31) may be missing. Each row has a result of its own, named by its line;
    running the file again changes nothing. Exit code 1 when a row was refused.
    """
    try:
        rows = list(legacy_import.read(file))
    except FileError as error:
        raise click.ClickException(str(error)) from error
    totals: Counter[str] = Counter()
    for batch in _batches(rows, len(rows) if dry_run else BATCH):
        bring_in = partial(_bring_in, batch, mail=not no_mail)
        results = _rehearse(batch) if dry_run else database.job(bring_in)
        for result in results:
            click.echo(_line(result))
            totals[result.outcome] += 1
    told = ", ".join(f"{totals[each]} {each}" for each in ("added", "changed", "unchanged", "refused"))
    click.echo(f"{told}{' (dry run: nothing was kept)' if dry_run else ''}", err=True)
    sys.exit(1 if totals["refused"] else 0)


def _batches(rows: list[Row], size: int) -> list[list[Row]]:
    every = iter(rows)
    return list(iter(lambda: list(islice(every, size)), []))


def _bring_in(batch: list[Row], *, mail: bool) -> list[Result]:
    return list(legacy_import.bring_in(batch, mail=mail))


def _rehearse(batch: list[Row]) -> list[Result]:
    try:
        return list(legacy_import.bring_in(batch, mail=True))
    finally:
        db.session.rollback()


def _line(result: Result) -> str:
    if result.why is None:
        return f"line {result.line}: {result.outcome}"
    column = f"{result.why.code}: " if result.why.code in legacy_import.COLUMNS else ""
    with force_locale("en"):
        return f"line {result.line}: {result.outcome}: {column}{say(result.why)}"
