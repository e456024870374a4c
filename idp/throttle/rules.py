"""How many attempts are free, and how long one waits after that."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """`free` attempts within `window`; each one after doubles the wait, from `first_wait` to `longest_wait`."""

    free: int
    window: timedelta = timedelta(hours=24)
    first_wait: timedelta = timedelta(minutes=1)
    longest_wait: timedelta = timedelta(hours=1)


LIMITS = {
    "password.account": Limit(free=5),
    "password.address": Limit(free=60, window=timedelta(hours=1)),
    "thaid.begun": Limit(free=120, window=timedelta(hours=1)),
    "recovery.account": Limit(free=5),
    "code.sent": Limit(free=5, window=timedelta(hours=1)),
    "code.sent.address": Limit(free=60, window=timedelta(hours=1)),
    "registration.begun": Limit(free=60, window=timedelta(hours=1)),
    "registration.status": Limit(free=20, window=timedelta(hours=1)),
    "upload.address": Limit(free=120, window=timedelta(hours=1)),
    "link.address": Limit(free=30, window=timedelta(hours=1)),
}


def blocked_until(limit: Limit, count: int, last: datetime, scale: int = 1) -> datetime | None:
    """The instant before which no further attempt is heard, given the attempts counted and the last one's time."""
    over = count - limit.free * scale
    if over < 0:
        return None
    wait = min(limit.first_wait * (2 ** min(over, 20)), limit.longest_wait)
    return last + wait
