"""The schema can be built, taken down and built again, and says the same as the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from idp.commands import MIGRATIONS
from idp.database import Base, db
from tests.people import CLERK
from tests.scene import open_person


def test_migrations_run_down_and_up_again_with_rows_in_the_tables(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
        db.session.remove()
        downgrade(str(MIGRATIONS), revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(str(MIGRATIONS))
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM account")).scalar() == 0


def test_the_migrated_schema_is_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
