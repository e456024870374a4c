"""`info doctor`: what an operator would look at first."""

from functools import partial

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from relying_party_example import heartbeats, worker
from relying_party_example.database import db
from relying_party_example.outbound import OutboundError
from relying_party_example.signin import provider
from relying_party_example.signin.provider import ProviderError
from relying_party_example.units.models import Unit
from relying_party_example.web.application import settings
from thai_web import clock, outages


def faults(migrations: str) -> list[str]:
    """Everything that an operator must mend, in plain words; what fails for another's sake is told once."""
    found: list[str] = []
    for check in (partial(_schema, migrations), _provider, _register, _worker):
        try:
            found += check()
        except Exception as error:
            db.session.rollback()
            outage = outages.told(error, settings().database_url, "info")
            if outage is None:
                raise
            found.append(outage)
    return list(dict.fromkeys(found))


def _schema(migrations: str) -> list[str]:
    config = Config()
    config.set_main_option("script_location", migrations)
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return [] if present == ScriptDirectory.from_config(config).get_current_head() else [outages.other_shape("info")]


def _provider() -> list[str]:
    try:
        provider.current().metadata()
    except (OutboundError, ProviderError) as error:
        return [f"provider: {error}; is it running, and INFO_ISSUER right?"]
    return []


def _register() -> list[str]:
    count = db.session.scalar(select(func.count()).select_from(Unit)) or 0
    return [] if count else ["register: empty; run `info units sync`"]


def _worker() -> list[str]:
    names = [step.__name__.strip("_") for step in worker.STEPS]
    standing = heartbeats.standing(names, clock.now())
    return [
        f"worker: {name} was not done {f'since {at:%Y-%m-%d %H:%M} UTC' if at else 'yet'}; is `info work` running?"
        for name, at in standing.items()
    ]
