"""What runs beside the requests: the register, the periods, sweeping. Any number of processes may run it."""

import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from relying_party_example import heartbeats
from relying_party_example.database import db, job, release
from relying_party_example.outbound import OutboundError
from relying_party_example.periods import operations as periods
from relying_party_example.signin import operations as signin
from relying_party_example.units import feed, operations
from relying_party_example.web.application import settings
from thai_web import clock, outages

log = logging.getLogger("info.worker")
PAUSE_SECONDS = 60


def run(*, once: bool) -> bool:
    """Do every step; then again a minute later. A step that fails is told and tried again; the others go on.

    Arguments: `once`, return after the first round. Returns whether every step was done.
    """
    while True:
        failed = [step for step in STEPS if not _try(step)]
        if once:
            return not failed
        time.sleep(PAUSE_SECONDS)


def synchronise_units() -> int | None:
    """Take the register over where it changed; returns how many units did. Raises `OutboundError`."""
    etag = operations.known_etag()
    release()
    found = feed.read(settings().issuer, etag)
    return job(lambda: operations.synchronise(found, clock.now())) if found else None


def _make_periods() -> None:
    job(lambda: periods.create_wanted(clock.now()))


def _freeze() -> None:
    job(lambda: periods.freeze_opened(clock.now()))


def _sweep() -> None:
    job(lambda: signin.sweep(clock.now()))


STEPS: tuple[Callable[[], object], ...] = (synchronise_units, _make_periods, _freeze, _sweep)


def _try(step: Callable[[], object]) -> bool:
    """Do a step and leave its heartbeat. Returns whether it was done, by whichever worker."""
    name = step.__name__.strip("_")
    try:
        try:
            step()
        except IntegrityError:
            log.info("another worker was quicker with %s", name)
        job(lambda: heartbeats.beat(name, clock.now()))
    except OutboundError as error:
        log.warning("%s", error)
    except Exception as error:
        db.session.rollback()
        if outage := outages.told(error, settings().database_url, "info"):
            log.error("%s failed: %s", name, outage)
        else:
            log.exception("%s failed", name)
    else:
        return True
    return False
