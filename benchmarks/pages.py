"""Server time of the reviewer's pages with ten thousand cases and a quarter of a million accounts.

`python -m benchmarks.pages DATABASE_URL`: an empty database of PostgreSQL is migrated, filled with the whole country
and measured. Without an address SQLite is, with the cases of one province and of the country, and no other accounts.
"""

import gc
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

import click
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from benchmarks import seed as country
from demo.cast import DLA_OFFICER, PROVINCIAL, UNIT_ADMIN, Invented, fictional_national_id
from demo.people import appoint, appoint_first, letter_image, open_person
from idp import create_app, secrets_at_rest
from idp.accounts import operations as accounts
from idp.commands import MIGRATIONS
from idp.config import Settings
from idp.database import db
from idp.evidence import operations as evidence
from idp.registration.fields import Purpose
from idp.registration.models import Registration, RegistrationVersion
from idp.registration.rules import State, new_reference, owner
from idp.signing_keys import files
from idp.units.models import Unit
from idp.units.operations import import_register
from tests.factories import sign_in
from thai_web import clock

CASES, ACCOUNTS = 10_000, 250_000
BUDGETS = {"queue": 120, "dossier": 80}  # milliseconds, p95
ROUNDS = 40


def prepare(url: str, folder: Path, provinces: set[str] | None = None) -> Flask:
    """A migrated provider with the register and three officers."""
    secrets_at_rest.prepare(folder)
    files.prepare(folder, clock.now(), password="")
    app = create_app(Settings(database_url=url, var=folder, keys=folder, throttle_scale=50))
    with app.app_context():
        upgrade(str(MIGRATIONS))
        import_register(province_codes=provinces)
        for person in (DLA_OFFICER, PROVINCIAL, UNIT_ADMIN):
            open_person(person)
        appoint_first(DLA_OFFICER)
        appoint(PROVINCIAL, by=DLA_OFFICER)
        appoint(UNIT_ADMIN, by=PROVINCIAL)
    return app


def seed(cases: int = CASES) -> None:
    """Cases over all units, most of them waiting, of every purpose and age; the admin's unit has a hundred."""
    pick = random.Random(2569)
    now, everywhere = (
        clock.now(),
        list(db.session.scalars(select(Unit.id).where(Unit.kind.in_(["TAO", "TAMBON_MUNI"])))),
    )
    own = db.session.scalars(select(Unit.id).where(Unit.code == UNIT_ADMIN.unit_code)).one()
    rows, versions = [], []
    first = (db.session.scalar(select(Registration.id).order_by(Registration.id.desc()).limit(1)) or 0) + 1
    for number in range(first, first + cases):
        sent = now - timedelta(minutes=pick.randrange(60 * 24 * 40))
        state = pick.choices(["SUBMITTED", "RETURNED", "APPROVED", "REJECTED"], [88, 6, 4, 2])[0]
        unit_id = own if number < first + 100 else pick.choice(everywhere)
        rows.append(
            {
                "id": number,
                "reference": new_reference(),
                "state": state,
                "version": 3,
                "purpose": pick.choice(list(Purpose)),
                "title": "นาง",
                "given_name": pick.choice(["ปรานี", "สมใจ", "วันดี"]),
                "family_name": f"คนที่{number}",
                "national_id_index": accounts.national_id_index(fictional_national_id(1_000_000 + number)),
                "national_id_sealed": accounts.seal_national_id(fictional_national_id(1_000_000 + number)),
                "proof": pick.choice(["THAID", "CLAIMED"]),
                "phone": f"08{number:08d}",
                "email": f"n{number}@example.go.th",
                "email_proven_at": sent,
                "unit_id": unit_id,
                "position": "เจ้าพนักงานธุรการ",
                "roles_chosen": True,
                "privacy_notice": "2569.1",
                "privacy_accepted_at": sent,
                "created_at": sent,
                "updated_at": sent,
                "submitted_at": sent,
                "decided_at": None if state == "SUBMITTED" else sent,
                "alike": number % 9 == 0,
            }
        )
        answers = {"name": f"คนที่{number}", "unit": unit_id, "roles": [], "documents": []}
        versions.append({"registration_id": number, "number": 1, "answers": answers, "sent_at": sent})
    db.session.execute(insert(Registration), rows)
    db.session.execute(insert(RegistrationVersion), versions)
    for kind, words in (("appointment_order", "APPOINTMENT ORDER"), ("national_id_card", "CARD")):
        evidence.keep(evidence.prepare(letter_image(words), f"{words}.png"), owner(first), kind)
    db.session.commit()


def measure(app: Flask, person: Invented, path: str, rounds: int = ROUNDS) -> float:
    """Milliseconds until one page is there for one person, the 95th of a hundred."""
    client = app.test_client()
    sign_in(client, person)
    return server_time(client, path, rounds)


def server_time(client: FlaskClient, path: str, rounds: int = ROUNDS) -> float:
    """The same in a browser that is signed in."""
    took = []
    for _turn in range(rounds + 5):
        began = time.perf_counter()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return quantiles(took[5:], n=20)[-1]


def pages(app: Flask) -> list[tuple[str, Invented, str]]:
    """What is measured: the budget's name, who looks, and at which page."""
    with app.app_context():
        # The newest: what waited too long has climbed to the office above.
        own = select(Registration.reference).join(Unit, Unit.id == Registration.unit_id)
        own = own.where(Unit.code == UNIT_ADMIN.unit_code, Registration.state == State.SUBMITTED)
        reference = db.session.scalars(own.order_by(Registration.submitted_at.desc())).first()
    return [
        ("queue", PROVINCIAL, "/approvals"),
        ("queue", PROVINCIAL, "/approvals?show=others&age=3&q=ปรานี"),
        ("queue", PROVINCIAL, "/approvals?page=150"),
        ("queue", DLA_OFFICER, "/approvals?show=others"),
        ("queue", UNIT_ADMIN, "/approvals"),
        ("dossier", UNIT_ADMIN, f"/approvals/{reference}"),
    ]


def fill(url: str, folder: Path, provinces: set[str] | None = None) -> Flask:
    """A provider that knows everybody whom it will know, with the cases of a bad week."""
    app = prepare(url, folder, provinces)
    if url.startswith("postgresql"):
        country.fill(url, ACCOUNTS)
    with app.app_context():
        seed()
        if url.startswith("postgresql"):  # as its autovacuum does by itself, a minute later
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
    gc.collect()
    gc.freeze()  # as `gunicorn.conf.py` does
    return app


def worst(url: str, folder: Path) -> dict[str, tuple[float, str]]:
    """The slowest page of each budget in the whole country, and which it is."""
    app, found = fill(url, folder), {}
    for name, person, path in pages(app):
        took = measure(app, person, path)
        if took > found.get(name, (0.0, ""))[0]:
            found[name] = took, f"{path} for {person.key}"
    return found


def main() -> None:
    """Fill and measure."""
    given = sys.argv[1:]
    for provinces in [None] if given else [{"67"}, None]:
        with tempfile.TemporaryDirectory() as folder:
            app = fill(given[0] if given else f"sqlite:///{folder}/idp.sqlite", Path(folder), provinces)
            place = "one province" if provinces else "the whole country"
            click.echo(f"{CASES} cases in {place}, {app.config['SQLALCHEMY_DATABASE_URI'].partition(':')[0]}")
            for page, person, path in pages(app):
                took = measure(app, person, path)
                click.echo(f"{page:8} {took:6.0f} ms of {BUDGETS[page]}  {person.key:18} {path}")


if __name__ == "__main__":
    main()
