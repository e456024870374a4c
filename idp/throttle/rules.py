"""How many attempts are free, and how long one waits after that."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limit:
    """`free` attempts within `window`; each one after lengthens the wait. What is limited `by_address` has one count
    for all addresses of one subscriber."""

    free: int
    window: timedelta = timedelta(hours=24)
    by_address: bool = False


HOUR = timedelta(hours=1)
LIMITS = {
    # The owner of an account is kept out by nobody else: a browser in which they have signed in before has its own
    # count, and none of the other three.
    "password.device": Limit(free=5),
    "password.network": Limit(free=5),  # of one account, from one network
    "password.account": Limit(free=50),  # of one account, from everywhere; NIST SP 800-63B, 3.2.2: at most 100
    "password.address": Limit(free=60, window=HOUR, by_address=True),
    "thaid.begun": Limit(free=120, window=HOUR, by_address=True),
    "request.posted": Limit(free=600, window=HOUR, by_address=True),
    "recovery.account": Limit(free=5),
    # Mails to one recipient for one purpose: a stranger who asks for theirs keeps neither the mailbox's people from
    # anything else nor, in their own network, from this.
    "code.sent": Limit(free=20, window=HOUR),
    "code.sent.network": Limit(free=5, window=HOUR),
    "code.sent.address": Limit(free=60, window=HOUR, by_address=True),
    "registration.begun": Limit(free=60, window=HOUR, by_address=True),
    "registration.further": Limit(free=60, window=HOUR),
    "registration.status": Limit(free=20, window=HOUR, by_address=True),
    "upload.address": Limit(free=120, window=HOUR, by_address=True),
    "document.slow.address": Limit(free=3, window=HOUR, by_address=True),
    "document.slow.owner": Limit(free=3, window=HOUR),
    "link.address": Limit(free=30, window=HOUR, by_address=True),
    "units.feed": Limit(free=120, window=HOUR, by_address=True),
}

# After the last free attempt, after the first one more, and so on; the last one for all that follow.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60))
