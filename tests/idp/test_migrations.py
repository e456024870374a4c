"""The schema can be built, taken down and built again, and says the same as the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from idp.accounts import operations as accounts
from idp.commands import MIGRATIONS
from idp.database import Base, db
from idp.registration import applicant_access, operations, versions
from idp.registration.models import Registration
from tests.factories import open_person
from tests.people import CLERK
from thai_web import clock


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


def test_what_was_sent_before_versions_were_kept_gets_its_first_version(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        sent = operations.begin()
        sent.state, sent.submitted_at, sent.phone = "SUBMITTED", clock.now(), "0812345678"
        sent.title, sent.given_name, sent.family_name = CLERK.title, CLERK.given_name, CLERK.family_name
        sent.national_id_index = accounts.national_id_index(CLERK.national_id)
        secret, sent_id = applicant_access.issue(sent.id, applicant_access.LINK), sent.id
        open_person(CLERK)
        db.session.remove()
        downgrade(str(MIGRATIONS), revision="0002")
        upgrade(str(MIGRATIONS))
        [version] = versions.history(sent_id)
        held = applicant_access.held_by(secret, applicant_access.LINK)
        assert held is not None
        assert held.id == sent_id, "what points to the altered table is still there"
        assert version.answers == operations.answers_of(db.session.get_one(Registration, sent_id))
