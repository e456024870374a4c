"""`idp work` leaves a heartbeat of each job, and the doctor and the metrics name what stands still."""

import socket
import sqlite3
import threading
import time
from contextlib import suppress
from datetime import timedelta
from math import inf

import pytest
import time_machine
from flask import Flask

from idp import doctor, heartbeats, worker
from idp.database import db
from idp.notifications import delivery, operations
from idp.notifications.models import OutboxMessage
from tests.idp.test_metrics import measured
from thai_web import clock


def of_the_worker(app: Flask, **later: float) -> list[str]:
    with time_machine.travel(clock.now() + timedelta(**later), tick=False), app.app_context():
        return doctor._worker()


def test_the_doctor_says_that_no_worker_has_run_and_nothing_once_one_has(app: Flask) -> None:
    assert of_the_worker(app) == ["worker: no job was done yet; is `idp work` running?"]
    assert measured(app)["idp_job_seconds deliver mail"] == inf
    with app.app_context():
        assert worker.run(once=True)
    assert of_the_worker(app) == []
    assert of_the_worker(app, seconds=100) == []
    assert 100 <= measured(app, seconds=100)["idp_job_seconds deliver mail"] < 160


# Each with its loop and the seconds between two runs: whatever is taken out of the list is never done again.
JOBS = {
    "deliver mail": ("mail", 1),
    "answer who forgot": ("keeping", 1),
    "end sessions that are over": ("keeping", 30),
    "queue logouts": ("logouts", 1),
    "deliver logouts": ("logouts", 1),
    "seal the audit": ("keeping", 2),
    "keep the audit's head": ("keeping", 60),
    "sweep attempts": ("keeping", 60),
    "forget browsers": ("keeping", 3600),
    "sweep codes and links": ("keeping", 60),
    "remind applicants": ("keeping", 600),
    "tell deciders of arrivals": ("keeping", 60),
    "remind deciders": ("keeping", 60),
    "remind DLA of holidays": ("keeping", 3600),
    "warn of expiring secrets": ("keeping", 3600),
    "close what nobody corrects": ("keeping", 600),
    "change mailboxes": ("keeping", 60),
    "warn of the end of appointments": ("keeping", 600),
    "tell of vacancies": ("keeping", 10),
    "destroy what ended requests showed": ("keeping", 60),
    "destroy the letters of ended requests": ("keeping", 60),
    "sweep drafts": ("keeping", 300),
    "sweep ThaID states": ("keeping", 60),
    "tend the signing keys": ("keeping", 3600),
    "sweep tokens": ("keeping", 60),
    "purge traffic": ("keeping", 60),
    "sweep documents": ("keeping", 3600),
}


def test_the_worker_does_all_that_was_promised_and_in_a_loop_that_waits_for_nothing_else(app: Flask) -> None:
    with app.app_context():
        assert {each.name: (each.loop, each.every) for each in worker.jobs()} == JOBS
        worker.run(once=True)
        assert set(heartbeats.last()) == set(JOBS)


def test_a_worker_that_ended_is_one_fault_and_says_since_when(app: Flask) -> None:
    with app.app_context():
        worker.run(once=True)
        last = max(heartbeats.last().values())
    for later in ({"minutes": 5}, {"days": 1}):
        assert of_the_worker(app, **later) == [
            f"worker: no job was done since {last:%Y-%m-%d %H:%M} UTC; is `idp work` running?"
        ]


def test_a_loop_that_hangs_is_told_by_its_jobs_while_another_goes_on(app: Flask) -> None:
    with app.app_context():
        worker.run(once=True)
        with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
            heartbeats.beat("deliver mail")
            db.session.commit()
            told = doctor._worker()
    assert any(each.startswith("worker: the job “deliver logouts” was not done since ") for each in told)
    assert not any("“deliver mail”" in each for each in told)
    assert not any("“sweep documents”" in each for each in told), "once an hour is its pace"


def test_a_job_that_fails_each_time_is_named_while_the_others_go_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("of the program")

    with app.app_context():
        worker.run(once=True)
        every = worker.jobs()
        next(each for each in every if each.name == "seal the audit").act = fail
        monkeypatch.setattr(worker, "jobs", lambda: every)
        with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
            assert not worker.run(once=True)
            [fault] = doctor._worker()
    assert fault.startswith("worker: the job “seal the audit” was not done since ")


def test_two_workers_beat_for_the_same_job(app: Flask) -> None:
    with app.app_context():
        for _ in range(2):
            heartbeats.beat("deliver mail")
            db.session.commit()
        assert len(heartbeats.last()) == 1


def dripping_relay(said: bytes) -> tuple[socket.socket, int]:
    """A relay that greets, takes every command, and answers a letter at a time."""

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(said)
            while True:
                connection.sendall(b"2")
                time.sleep(0.05)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, daemon=True).start()
    return listener, listener.getsockname()[1]


@pytest.mark.attack(81)
@pytest.mark.parametrize("said", [b"", b"220 here\r\n", b"220 here\r\n250-a\r\n"], ids=["greeting", "EHLO", "features"])
def test_a_relay_that_drips_is_hung_up_on_and_the_mail_waits(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(delivery, "REPLIES", 0.05)  # of ten seconds
    listener, port = dripping_relay(said)
    with listener, sqlite_app.app_context():
        sqlite_app.extensions["mail"].port = port
        values = {"code": "123456", "reference": "R0123456789"}
        operations.queue("registration/mail/status_code", "wilai@example.go.th", values, ("registration", 7))
        db.session.commit()
        begun = time.monotonic()
        assert delivery.deliver_due() == 0
        assert time.monotonic() - begun < 5
        mail = db.session.query(OutboxMessage).one()
        assert (mail.state, mail.attempts) == ("QUEUED", 1)
    while any(thread.name == "deadline" for thread in threading.enumerate()):
        time.sleep(0.05)  # nothing goes on watching a conversation that is over


def test_a_job_that_meets_a_full_disk_is_told_of_without_a_stack_trace(
    sqlite_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def meet_a_full_disk() -> None:
        raise sqlite3.OperationalError("database or disk is full")

    every = [worker.Job("seal the audit", meet_a_full_disk, 1), worker.Job("deliver mail", lambda: 1 / 0, 1)]
    with sqlite_app.app_context():
        assert [worker._do(each) for each in every] == [False, False]
    assert all(each.next_at > time.monotonic() + 5 for each in every), "not again each second"
    outage, fault = caplog.records
    assert outage.getMessage().startswith("job failed: seal the audit: database: database or disk is full (")
    assert not outage.exc_info
    assert fault.exc_info, "a fault of the program is told with all that one needs to mend it"
