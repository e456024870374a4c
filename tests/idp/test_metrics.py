"""`/metrics`: the numbers follow the facts."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from idp.audit import sealing
from idp.clients import operations as clients
from idp.clients import secrets
from idp.clients.rules import SIGNING_ALGORITHMS
from idp.database import db
from idp.metrics import METRICS
from idp.notifications.models import OutboxMessage
from idp.oidc.logout import backchannel
from idp.oidc.store import jobs
from idp.oidc.store.models import LogoutDelivery
from idp.signin import operations as signin
from idp.signing_keys import files
from tests.factories import open_person
from tests.factories import sign_in as sign_in_by_password
from tests.idp.approval.conftest import scene as scene
from tests.idp.approval.conftest import send as send
from tests.idp.oidc.relying_party import RelyingParty, open_account, register, sign_in
from tests.people import CLERK
from thai_web import clock

SAMPLE = re.compile(r'(?P<name>[a-z_]+)(?:\{[a-z_]+="(?P<label>(?:[^"\\\n]|\\["\\n])*)"\})? (?P<number>\S+)')


def measured(app: Flask, **later: float) -> dict[str, float]:
    """Every number by its name, with the label's value behind a space, as Prometheus reads it some time later."""
    with time_machine.travel(clock.now() + timedelta(**later), tick=False):
        answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    found: dict[str, float] = {}
    for line in answer.text.splitlines():
        if not line.startswith("# "):
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            label = re.sub(r"\\(.)", r"\1", sample["label"]) if sample["label"] else ""
            found[f"{sample['name']} {label}".strip()] = float(sample["number"])
    return found


def change(app: Flask, act: Callable[[], Any]) -> None:
    """Something that happens, committed."""
    with app.test_request_context(method="POST"):
        act()
        db.session.commit()


def test_every_metric_is_explained_and_typed_before_its_numbers(app: Flask) -> None:
    names = [metric.name for metric in METRICS]
    lines = app.test_client().get("/metrics").text.splitlines()
    assert [line.split()[2] for line in lines if line.startswith("# HELP ")] == names
    assert [line.removeprefix("# TYPE ") for line in lines if line.startswith("# TYPE ")] == [
        f"{n} gauge" for n in names
    ]
    about = [re.split(r"[ {]", line.removeprefix("# HELP ").removeprefix("# TYPE "))[0] for line in lines]
    assert about == sorted(about, key=names.index), "all lines of a metric stand together"
    numbers = measured(app)
    assert {name.split()[0] for name in numbers} == set(names) - {"idp_client_secret_seconds_left"}


def test_sign_ins_are_counted_by_outcome_for_five_minutes(app: Flask) -> None:
    with app.app_context():
        open_person(CLERK)
    browser = app.test_client()
    sign_in_by_password(browser, CLERK, "not her password")
    sign_in_by_password(browser, CLERK)
    numbers = measured(app)
    assert (numbers["idp_traffic signin.refused"], numbers["idp_traffic signin.completed"]) == (1, 1)
    assert (numbers["idp_traffic replay"], numbers["idp_sessions"]) == (0, 1)
    numbers = measured(app, minutes=6)
    assert (numbers["idp_traffic signin.completed"], numbers["idp_sessions"]) == (0, 1)


def test_codes_given_to_systems_and_the_sweep_of_their_tokens(app: Flask) -> None:
    register(app)
    browser, clerk = app.test_client(), open_account(app)
    sign_in(app, browser, clerk.account_id)
    RelyingParty(app, browser).tokens()
    numbers = measured(app)
    assert (numbers["idp_authorizations"], numbers["idp_tokens_unswept_seconds"]) == (1, 0)
    late = measured(app, days=9)["idp_tokens_unswept_seconds"]
    assert timedelta(days=1) < timedelta(seconds=late) < timedelta(days=2)
    with time_machine.travel(clock.now() + timedelta(days=9)):
        change(app, jobs.sweep)
    assert measured(app, days=9)["idp_tokens_unswept_seconds"] == 0


def test_the_end_of_a_sign_in_waits_for_the_worker_and_then_for_the_system(app: Flask) -> None:
    register(app, backchannel_logout_uri="https://rp.example.go.th/out")
    browser, clerk = app.test_client(), open_account(app)
    sign_in(app, browser, clerk.account_id)
    RelyingParty(app, browser).tokens()
    change(app, lambda: signin.end_all_sessions(clerk.account_id, "recovered"))
    numbers = measured(app, seconds=100)
    assert 100 <= numbers["idp_sessions_untold_seconds"] < 200
    assert (numbers["idp_sessions"], numbers["idp_logouts_waiting"]) == (0, 0)
    change(app, backchannel.queue_ended)
    numbers = measured(app, seconds=100)
    assert (numbers["idp_sessions_untold_seconds"], numbers["idp_logouts_waiting"]) == (0, 1)
    assert 100 <= numbers["idp_logouts_oldest_seconds"] < 200

    def give_up() -> None:
        delivery = db.session.query(LogoutDelivery).one()
        delivery.state, delivery.done_at = "FAILED", clock.now()

    change(app, give_up)
    numbers = measured(app)
    assert (numbers["idp_logouts_waiting"], numbers["idp_logouts_given_up"]) == (0, 1)


def test_a_registration_waits_and_so_do_its_mails(send: Callable[..., str], scene: Flask) -> None:
    before = measured(scene)
    assert (before["idp_registrations_waiting"], before["idp_registrations_oldest_seconds"]) == (0, 0)
    send()
    after = measured(scene, hours=2)
    assert after["idp_registrations_waiting"] == 1
    assert 7200 <= after["idp_registrations_oldest_seconds"] < 7300
    assert after["idp_mails_waiting"] > before["idp_mails_waiting"]
    assert 7200 <= after["idp_mails_oldest_seconds"] < 7300
    change(scene, lambda: db.session.query(OutboxMessage).update({"state": "SENT"}))
    change(scene, lambda: setattr(db.session.query(OutboxMessage).first(), "state", "FAILED"))
    after = measured(scene)
    assert (after["idp_mails_waiting"], after["idp_mails_given_up"]) == (0, 1)


def test_the_record_waits_for_its_seal(app: Flask) -> None:
    change(app, sealing.seal)  # what was recorded when the register was loaded, perhaps long ago
    register(app)
    assert 400 <= measured(app, seconds=400)["idp_audit_unsealed_seconds"] < 500
    change(app, sealing.seal)
    assert measured(app, days=1)["idp_audit_unsealed_seconds"] == 0
    register(app, client_name="อีกชื่อ")
    assert 86400 <= measured(app, days=1)["idp_audit_unsealed_seconds"] < 86500


def test_each_algorithms_key_tells_its_age_and_how_long_it_will_sign(sqlite_app: Flask, tmp_path: Path) -> None:
    now = clock.now()
    files.prepare(tmp_path, now - timedelta(days=91), "")
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], keys=tmp_path)
    numbers = measured(sqlite_app)
    for alg in SIGNING_ALGORITHMS:
        assert numbers[f"idp_signing_key_age_seconds {alg}"] == pytest.approx(91 * 86400, abs=60)
        assert numbers[f"idp_signing_seconds_left {alg}"] == inf
    (key,) = (each for each in files.read(tmp_path) if each.alg == "ES256")
    files.describe(tmp_path, replace(key, sign_until=now + timedelta(hours=3)))
    assert measured(sqlite_app)["idp_signing_seconds_left ES256"] == pytest.approx(3 * 3600, abs=60)
    assert measured(sqlite_app, hours=4)["idp_signing_seconds_left ES256"] < 0
    assert "idp_signing_key_age_seconds ES256" not in measured(sqlite_app, hours=4)


def test_a_systems_last_secret_tells_its_end_a_month_ahead(app: Flask) -> None:
    client_id = 'a"b\\c'
    register(app, client_id=client_id)
    register(app, client_id="lasting", client_name="อีกระบบ")

    def shorten() -> None:
        client = clients.find(client_id)
        assert client
        secrets.rotate(client, lasts=timedelta(days=40), overlap=timedelta(0))

    change(app, shorten)
    name = f"idp_client_secret_seconds_left {client_id}"
    assert name not in measured(app)
    numbers = measured(app, days=35)
    assert numbers[name] == pytest.approx(5 * 86400, abs=60)
    assert "idp_client_secret_seconds_left lasting" not in numbers
    assert measured(app, days=41)[name] < 0


def test_no_metric_reads_a_table_that_grows_with_the_country(app: Flask) -> None:
    """PostgreSQL reads these tables by an index as soon as it can; `client_secret` has a few rows a system,
    `worker_heartbeat` one a job."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite's planner says little")
        asked: list[tuple[str, Any]] = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
        measured(app)
        statements = [each for each in asked if each[0].lstrip().upper().startswith("SELECT")]
        assert len(statements) >= 10
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plans = [
                "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values))
                for statement, values in statements
            ]
    read_whole = {table for plan in plans for table in re.findall(r"Seq Scan on (\w+)", plan)}
    assert read_whole <= {"client_secret", "worker_heartbeat"}
