"""`idp work`: everything that is not a request. Any number may run; each item is claimed by one."""

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from idp import clock
from idp.appointments import endings as appointments
from idp.approval import arrivals
from idp.approval import reminders as approval_reminders
from idp.audit import heads, sealing
from idp.audit import operations as audit
from idp.audit.rules import WORKER
from idp.clients import expiry
from idp.database import db, job
from idp.evidence import operations as evidence
from idp.notifications import delivery, secrets
from idp.oidc import backchannel, rotation, sweeping
from idp.registration import lapsing, retention
from idp.registration import operations as registration
from idp.registration import reminders as registration_reminders
from idp.signin import ending
from idp.staff import mailboxes
from idp.thaid import operations as thaid
from idp.throttle import operations as throttle
from idp.web.application import settings

log = logging.getLogger("idp.worker")


@dataclass
class Job:
    """Something to do again and again. `done_at` is when it last ran, in monotonic seconds."""

    name: str
    act: Callable[[], object]
    every: float
    done_at: float = float("-inf")


def jobs() -> list[Job]:
    """What the worker does. Delivery commits by itself, item by item; the rest is one transaction a run."""
    return [
        Job("deliver mail", delivery.deliver_due, 1),
        Job("end sessions that are over", lambda: job(ending.end_what_is_over), 30),
        Job("queue logouts", lambda: job(backchannel.queue_ended), 1),
        Job("deliver logouts", backchannel.deliver_due, 1),
        Job("seal the audit", lambda: job(sealing.seal), 2),
        Job("keep the audit's head", lambda: job(heads.keep), 60),
        Job("sweep attempts", lambda: job(throttle.sweep), 60),
        Job("sweep codes and links", lambda: job(secrets.sweep), 60),
        Job("remind applicants", lambda: job(registration_reminders.remind), 600),
        Job("tell deciders of arrivals", lambda: job(arrivals.tell), 60),
        Job("remind deciders", lambda: job(approval_reminders.remind), 60),
        Job("warn of expiring secrets", lambda: job(expiry.warn), 3600),
        Job("close what nobody corrects", lambda: job(lapsing.close_uncorrected), 600),
        Job("change mailboxes", lambda: job(mailboxes.finish_due), 60),
        Job("warn of the end of appointments", lambda: job(appointments.warn), 600),
        Job("tell of vacancies", lambda: job(appointments.tell_vacancies), 10),
        Job("destroy what ended requests showed", lambda: job(retention.destroy_due), 60),
        Job("sweep drafts", lambda: job(registration.sweep_drafts), 300),
        Job("sweep ThaID states", lambda: job(thaid.sweep), 60),
        Job("tend the signing keys", lambda: job(rotation.tend), 3600),
        Job("sweep tokens", lambda: job(sweeping.sweep), 60),
        Job("purge traffic", lambda: job(_purge_traffic), 60),
        Job("sweep documents", lambda: job(lambda: evidence.sweep(WORKER)), 3600),
    ]


def _purge_traffic() -> int:
    return audit.purge_traffic(clock.now() - timedelta(days=settings().retention_days))


def run(*, once: bool = False) -> None:
    """Run the jobs until SIGTERM or Ctrl-C, each at its own pace; one that fails does not stop the rest."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    signal.signal(signal.SIGINT, lambda number, _frame: stopping.append(number))
    every = jobs()
    while not stopping:
        for each in every:
            if time.monotonic() - each.done_at >= each.every and not stopping:
                _do(each)
        if once:
            return
        time.sleep(0.5)


def _do(each: Job) -> None:
    try:
        each.act()
    except Exception:
        db.session.rollback()
        log.exception("job failed: %s", each.name)
    finally:
        each.done_at = time.monotonic()
        db.session.remove()
