"""Migrations run both ways on both databases and end where the models are; transactions are ours."""

import threading
import warnings

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from relying_party_example.commands import upgrade
from relying_party_example.database import Base, db, job
from relying_party_example.periods.models import Period


def test_the_migrated_tables_are_those_of_the_models(app: Flask) -> None:
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_migration_goes_back_and_forth(app: Flask) -> None:
    db.session.remove()
    upgrade("base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "report" in inspect(db.engine).get_table_names()


def test_a_job_that_fails_leaves_nothing(app: Flask) -> None:
    def half() -> None:
        db.session.scalars(select(Period)).first().due_on = None  # type: ignore[union-attr]
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        job(half)
    assert all(db.session.scalars(select(Period.due_on)))


def test_after_the_primary_was_demoted_writes_go_on_without_a_restart(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("a file has no standby")

    def extend() -> None:
        db.session.scalars(select(Period)).first().fiscal_year += 1  # type: ignore[union-attr]

    db.session.execute(text("SET default_transaction_read_only = on"))
    db.session.commit()
    with pytest.raises(DBAPIError):
        job(extend)
    job(extend)


def test_writers_wait_for_each_other(app: Flask) -> None:
    period = db.session.scalars(select(Period.id)).first()
    db.session.remove()
    failures: list[Exception] = []

    def count_up() -> None:
        def add() -> None:
            row = db.session.get(Period, period, with_for_update=True)
            assert row is not None
            row.fiscal_year += 1

        with app.app_context():
            try:
                for _ in range(10):
                    job(add)
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    row = db.session.get(Period, period)
    assert row is not None
    assert row.fiscal_year == 2570 + 40
