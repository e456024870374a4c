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
from flask_babel import force_locale

from relying_party_example import create_app, worker
from relying_party_example.config import Settings, SettingsError
from relying_party_example.database import Result, job
from relying_party_example.doctor import faults
from relying_party_example.outbound import OutboundError
from relying_party_example.periods import operations as periods
from relying_party_example.periods.rules import PeriodKey
from relying_party_example.signin.rules import Person
from thai_web import clock, outages
from thai_web.messages import say
from thai_web.refusal import Refusal
from thai_web.thai import BUDDHIST_ERA

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


class _Wrong(click.ClickException):
    """A setting or a file is wrong."""

    exit_code = 2


class _Outage(click.ClickException):
    """Something outside does not work: database, file, folder."""

    exit_code = 3


class _Commands(click.Group):
    """Tells what does not work outside in a sentence, where there would be a stack trace."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except SettingsError as error:
            raise _Wrong(str(error)) from error
        except Exception as error:
            if isinstance(error, BrokenPipeError):  # `info periods list | head`: click knows what to do
                raise
            outage = outages.told(error, os.environ.get("INFO_DATABASE_URL") or Settings().database_url, "info")
            if outage is None:
                raise
            raise (_Wrong if isinstance(error, UnicodeDecodeError) else _Outage)(outage) from error


@click.group(cls=_Commands)
@click.pass_context
def main(context: click.Context) -> None:
    """INFO, the quarterly reports of local governments.

    Settings are environment variables, INFO_…; what is not set there is taken from the file that INFO_SETTINGS_FILE
    names (var/settings.env, which `make demo` writes).
    """
    if context.resilient_parsing or "--help" in sys.argv:
        return
    os.umask(0o077)  # whatever a command writes, SQLite above all, is its owner's alone
    _read_settings_file()
    context.obj = create_app()
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
    sys.exit(0 if worker.run(once=once) else 1)


@main.command()
def doctor() -> None:
    """Check database, provider, register and worker, and say what is wrong."""
    found = faults(str(MIGRATIONS))
    for fault in found:
        click.echo(fault)
    click.echo("ok" if not found else f"{len(found)} to mend")
    sys.exit(1 if found else 0)


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
        with force_locale("en"):  # the language of the commands
            raise click.ClickException(say(refusal)) from refusal


def _operator() -> Person:
    """Whoever runs the command, as the record shows them: no account of the provider stands behind it."""
    name = os.environ.get("SUDO_USER") or os.environ.get("USER") or "operator"
    return Person(sub=f"command:{name}", name=f"ผู้ดูแลระบบ ({name})", position="คำสั่ง info")
