"""The `info` command: everything about INFO that is not a request."""

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
from alembic import command
from alembic.config import Config

from relying_party_example import clock, create_app, worker
from relying_party_example.config import SettingsError
from relying_party_example.database import Result, job
from relying_party_example.outbound import OutboundError
from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import BUDDHIST_ERA, PeriodKey
from relying_party_example.refusal import Refusal
from relying_party_example.signin.rules import Person

MIGRATIONS = Path(__file__).parent / "migrations"


class _Period(click.ParamType):
    name = "PERIOD"

    def convert(self, value: object, param: object, ctx: object) -> PeriodKey:
        try:
            return value if isinstance(value, PeriodKey) else PeriodKey.parse(str(value))
        except ValueError:
            raise click.BadParameter("a period looks like 2570-1") from None


class _Day(click.ParamType):
    name = "YYYY-MM-DD"

    def convert(self, value: object, param: object, ctx: object) -> date:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            raise click.BadParameter("a day looks like 2026-12-30") from None
        if day.year > 2400:
            raise click.BadParameter(f"give the year of the Common Era: {day.year - BUDDHIST_ERA}")
        return day


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """INFO, the quarterly reports of local governments.

    Settings are environment variables, INFO_…; what is not set there is taken from the file that INFO_SETTINGS_FILE
    names (var/settings.env, which `make demo` writes).
    """
    if context.resilient_parsing or "--help" in sys.argv:
        return
    _read_settings_file()
    try:
        context.obj = create_app()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    context.with_resource(context.obj.app_context())


def _read_settings_file() -> None:
    path = Path(os.environ.get("INFO_SETTINGS_FILE", "var/settings.env"))
    if path.is_file():
        for line in path.read_text().splitlines():
            name, _, value = line.partition("=")
            if name.startswith("INFO_"):
                os.environ.setdefault(name, value)


@main.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    upgrade()
    click.echo("The database is up to date.")


def upgrade(revision: str = "head") -> None:
    """Run the migrations inside an application context."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    (command.downgrade if revision == "base" else command.upgrade)(config, revision)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
def work(once: bool) -> None:
    """Take over the register, make periods, open them, sweep. Any number may run."""
    worker.run(once=once)


@main.group()
def units() -> None:
    """The register of offices."""


@units.command("sync")
def units_sync() -> None:
    """Take the register over from the provider's feed."""
    try:
        changed = worker.synchronise_units()
    except OutboundError as error:
        raise click.ClickException(f"{error}. Is the provider running, and INFO_ISSUER right?") from error
    click.echo("The register has not changed." if changed is None else f"{changed} units new or changed.")


@main.group("periods")
def periods_group() -> None:
    """The quarters in which reports are due."""


@periods_group.command("list")
def list_periods() -> None:
    """Print the periods as JSON, the newest first."""
    job(lambda: periods.create_wanted(clock.now()))
    rows = [
        {
            "period": str(period.key),
            "phase": period.window().phase(clock.now()).name,
            "opens_on": period.opens_on.isoformat(),
            "due_on": period.due_on.isoformat(),
            "closes_on": period.closes_on.isoformat(),
        }
        for period in periods.latest()
    ]
    click.echo(json.dumps(rows, indent=2))


_reason = click.option("--reason", required=True, help="Why; everybody reads it.")
_period = click.option("--period", type=_Period(), help="Such as 2570-1; the quarter of today if left out.")


@periods_group.command("open-early")
@_period
@_reason
def open_early(period: PeriodKey | None, reason: str) -> None:
    """Open a quarter's window today, before its day."""
    key = period or PeriodKey.of(clock.today())
    _act(lambda: periods.open_early(key, reason, _operator(), clock.now()))
    click.echo(f"{key} is open.")


@periods_group.command("extend")
@_period
@click.option("--until", type=_Day(), required=True, help="The new last day to report.")
@_reason
def extend(period: PeriodKey | None, until: date, reason: str) -> None:
    """Move the day on which everybody's report is due."""
    key = period or PeriodKey.of(clock.today())
    _act(lambda: periods.extend(key, until, reason, _operator(), clock.now()))
    click.echo(f"{key} is due on {until}.")


@periods_group.command("ensure-open")
@_reason
def ensure_open(reason: str) -> None:
    """See to it that a report can be filed on time today: open early or extend where needed, else do nothing."""
    done = _act(lambda: periods.ensure_open(reason, _operator(), clock.now()))
    click.echo(done)


def _act(act: Callable[[], Result]) -> Result:
    job(lambda: periods.create_wanted(clock.now()))
    try:
        return job(act)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _operator() -> Person:
    """Whoever runs the command, as the record shows her: no account of the provider stands behind it."""
    name = os.environ.get("SUDO_USER") or os.environ.get("USER") or "operator"
    return Person(sub=f"command:{name}", name=f"ผู้ดูแลระบบ ({name})", position="คำสั่ง info")
