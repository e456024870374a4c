"""`idp work`: everything that is not a request. Any number may run; each item is claimed by one."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from flask import Flask, current_app

from idp import heartbeats
from idp.appointments import jobs as appointments
from idp.appointments import retention as letters
from idp.approval import arrivals, holidays
from idp.approval import reminders as approval_reminders
from idp.audit import heads, sealing
from idp.audit import operations as audit
from idp.audit.rules import WORKER
from idp.clients import jobs as clients
from idp.database import db, job
from idp.evidence import operations as evidence
from idp.notifications import delivery, secrets
from idp.oidc.logout import backchannel
from idp.oidc.store import jobs as tokens
from idp.registration import expiry, retention
from idp.registration import reminders as registration_reminders
from idp.signin import jobs as signin
from idp.signin import known_device, recovery
from idp.signing_keys import jobs as signing_keys
from idp.staff import mailboxes
from idp.thaid import operations as thaid
from idp.throttle import operations as throttle
from idp.web.application import settings
from thai_web import clock, outages

log = logging.getLogger("idp.worker")


BEAT = 15.0  # seconds between two heartbeats of a job, at least
LATE = timedelta(minutes=2)  # a job that has not been done for so long, and for twice its pace, stands still
AFTER_FAILURE = 10.0  # seconds: a database that is down is told of a few times a minute, not of each job each second
SIDE_BY_SIDE = 16  # systems that are told of sign-outs at the same time
FAREWELL = 8.0  # seconds in which what is under way may end


@dataclass
class Job:
    """Something to do again and again, in a loop of its own kind: what waits for the outside holds up nothing else.
    The times are in monotonic seconds."""

    name: str
    act: Callable[[], object]
    every: float
    loop: str = "keeping"
    next_at: float = float("-inf")
    beat_at: float = float("-inf")


def jobs() -> list[Job]:
    """What the worker does. Delivery commits by itself, item by item; the rest is one transaction a run."""
    return [
        Job("deliver mail", delivery.deliver_due, 1, "mail"),
        Job("answer who forgot", lambda: job(recovery.answer), 1),
        Job("end sessions that are over", lambda: job(signin.end_what_is_over), 30),
        Job("queue logouts", lambda: job(backchannel.queue_ended), 1, "logouts"),
        Job("deliver logouts", backchannel.deliver_due, 1, "logouts"),
        Job("seal the audit", lambda: job(sealing.seal), 2),
        Job("keep the audit's head", lambda: job(heads.keep), 60),
        Job("sweep attempts", lambda: job(throttle.sweep), 60),
        Job("forget browsers", lambda: job(known_device.sweep), 3600),
        Job("sweep codes and links", lambda: job(secrets.sweep), 60),
        Job("remind applicants", lambda: job(registration_reminders.remind), 600),
        Job("tell deciders of arrivals", lambda: job(arrivals.tell), 60),
        Job("remind deciders", lambda: job(approval_reminders.remind), 60),
        Job("remind DLA of holidays", lambda: job(holidays.remind), 3600),
        Job("warn of expiring secrets", lambda: job(clients.warn), 3600),
        Job("close what nobody corrects", lambda: job(expiry.close_uncorrected), 600),
        Job("change mailboxes", lambda: job(mailboxes.finish_due), 60),
        Job("warn of the end of appointments", lambda: job(appointments.warn), 600),
        Job("tell of vacancies", lambda: job(appointments.tell_vacancies), 10),
        Job("destroy what ended requests showed", lambda: job(retention.destroy_due), 60),
        Job("destroy the letters of ended requests", lambda: job(letters.destroy_due), 60),
        Job("sweep drafts", lambda: job(expiry.sweep_drafts), 300),
        Job("sweep ThaID states", lambda: job(thaid.sweep), 60),
        Job("tend the signing keys", lambda: job(signing_keys.tend), 3600),
        Job("sweep tokens", lambda: job(tokens.sweep), 60),
        Job("purge traffic", lambda: job(_purge_traffic), 60),
        Job("sweep documents", lambda: job(lambda: evidence.sweep(WORKER)), 3600),
    ]


def _purge_traffic() -> int:
    return audit.purge_traffic(clock.now() - timedelta(days=settings().retention_days))


def run(*, once: bool = False) -> bool:
    """Run the jobs until SIGTERM or Ctrl-C, each at its own pace; one that fails does not stop the rest.

    Arguments: `once`, run each job a single time and return. Returns whether all of them were done.
    """
    every = jobs()
    if once:
        failed = [each.name for each in every if not _do(each)]
        return not failed
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    signal.signal(signal.SIGINT, lambda number, _frame: stopping.append(number))
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    next(each for each in every if each.name == "deliver logouts").act = _Systems(app).tell_due
    loops = [
        threading.Thread(target=_loop, args=(app, [each for each in every if each.loop == name], stopping), daemon=True)
        for name in sorted({each.loop for each in every})
    ]
    for loop in loops:
        loop.start()
    while not stopping:
        time.sleep(0.5)
    ends_at = time.monotonic() + FAREWELL
    for loop in loops:
        loop.join(max(ends_at - time.monotonic(), 0))
    return True


def standing(now: datetime) -> dict[str, datetime | None]:
    """The jobs that stand still, and when each was last done; nothing for one that no worker has ever done."""
    last = heartbeats.last()
    patience = {each.name: max(LATE, timedelta(seconds=2 * each.every)) for each in jobs()}
    return {name: last.get(name) for name, wait in patience.items() if name not in last or now - last[name] > wait}


class _Systems:
    """Those that are being told of sign-outs, each in a thread: one that drips delays nobody but itself. A thread that
    the end of the process cuts off leaves a claim behind, which another worker takes over."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._being_told: set[int] = set()

    def tell_due(self) -> None:
        """Begin to tell whom something is due to, unless they are being told; nobody is waited for."""
        for client_id in job(backchannel.systems_due):
            if client_id not in self._being_told and len(self._being_told) < SIDE_BY_SIDE:
                self._being_told.add(client_id)
                threading.Thread(target=self._tell, args=(client_id,), daemon=True).start()

    def _tell(self, client_id: int) -> None:
        with self._app.app_context():
            try:
                backchannel.deliver_to(client_id)
            except Exception as error:
                _log_failure("deliver logouts", error)
            finally:
                self._being_told.discard(client_id)


def _loop(app: Flask, every: list[Job], stopping: list[int]) -> None:
    with app.app_context():
        while not stopping:
            for each in every:
                if time.monotonic() >= each.next_at and not stopping:
                    _do(each)
            time.sleep(0.5)


def _do(each: Job) -> bool:
    """Do one job and leave a heartbeat. Returns whether it was done."""
    try:
        each.act()
        if time.monotonic() - each.beat_at >= BEAT:
            job(partial(heartbeats.beat, each.name))
            each.beat_at = time.monotonic()
    except Exception as error:
        db.session.rollback()
        _log_failure(each.name, error)
        each.next_at = time.monotonic() + max(each.every, AFTER_FAILURE)
        return False
    else:
        each.next_at = time.monotonic() + each.every
        return True
    finally:
        db.session.remove()


def _log_failure(name: str, error: Exception) -> None:
    if outage := outages.told(error, settings().database_url, "idp"):
        log.error("job failed: %s: %s", name, outage)
    else:
        log.error("job failed: %s", name, exc_info=error)
