"""When a signing key is published, signs and is dropped. Pure: its state is a function of the time alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

REREAD = timedelta(seconds=30)
JWKS_MAX_AGE = timedelta(minutes=5)
# Many systems keep the list of keys for a day, whatever our Cache-Control says.
LONGEST_CACHE = timedelta(days=1)
# A new key is seen by every node and has outlived every cache of the old list before it signs anything.
LEAD = LONGEST_CACHE + REREAD + timedelta(minutes=1)
# After a leak nobody waits for those who keep the list longer than they may.
LEAD_AFTER_LEAK = JWKS_MAX_AGE + REREAD + timedelta(minutes=1)
# What it signed can still be checked (an `id_token_hint` may be old) for so long after its last signature.
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class KeyDates:
    """A key and when it does what; `None` means until it is rotated out.

    `throw_away`: it was made without a password, so it lay open on a disk; good enough for a demo or a test.
    Raises `ValueError` for dates that contradict each other.
    """

    kid: str
    alg: str
    publish_at: datetime
    sign_from: datetime
    sign_until: datetime | None = None
    drop_at: datetime | None = None
    throw_away: bool = False

    def __post_init__(self) -> None:
        dates = [date for date in (self.publish_at, self.sign_from, self.sign_until, self.drop_at) if date is not None]
        if any(date.tzinfo is None for date in dates):
            raise ValueError("a date has no zone")
        if dates != sorted(dates):
            raise ValueError("the dates must follow each other: publish_at, sign_from, sign_until, drop_at")
        if self.drop_at is not None and self.sign_until is None:
            raise ValueError("a key that is dropped must have stopped signing: sign_until is missing")

    def is_published(self, now: datetime) -> bool:
        return self.publish_at <= now and not self.is_dropped(now)

    def is_dropped(self, now: datetime) -> bool:
        return self.drop_at is not None and self.drop_at <= now

    def signs(self, now: datetime) -> bool:
        return self.sign_from <= now and (self.sign_until is None or now < self.sign_until)

    def waits(self, now: datetime) -> bool:
        return now < self.sign_from

    def state(self, now: datetime) -> str:
        """One word for a list."""
        if self.is_dropped(now):
            return "dropped"
        if now < self.publish_at:
            return "planned"
        if self.signs(now):
            return "signing"
        return "published" if self.waits(now) else "retired"


def signer(keys: Iterable[KeyDates], alg: str, now: datetime) -> KeyDates | None:
    """The key that signs now: the youngest of those whose time it is."""
    fit = [key for key in keys if key.alg == alg and key.signs(now)]
    return max(fit, key=lambda key: (key.sign_from, key.kid), default=None)


def succession(known: Iterable[KeyDates], new: KeyDates, now: datetime, kept: timedelta = KEPT) -> list[KeyDates]:
    """Those of `known`, all of the new key's algorithm, that end earlier because it takes over, with their new ends.

    Every one that has begun gets an end, also a twin that another worker made at the same moment.
    """
    ends = new.sign_from
    begun = [(key, key.sign_until or ends, key.drop_at or ends + kept) for key in known if not key.waits(now)]
    after = [
        (key, replace(key, sign_until=min(until, ends), drop_at=min(drop, ends + kept))) for key, until, drop in begun
    ]
    return [changed for key, changed in after if changed != key]


def is_due(known: Iterable[KeyDates], alg: str, now: datetime, age: timedelta) -> bool:
    """Whether an algorithm's key has signed for `age` and no successor waits."""
    known = [key for key in known if key.alg == alg]
    current = signer(known, alg, now)
    return current is not None and now - current.sign_from >= age and not any(key.waits(now) for key in known)


def joining(key: KeyDates, known: Iterable[KeyDates], now: datetime) -> KeyDates:
    """An arrived key where another of its algorithm signs already: like any new one it is published first, since no
    system has it in its list yet. Where none signs it does at once what its dates say."""
    if signer(known, key.alg, now) is None:
        return key
    sign_from = max(key.sign_from, now + LEAD)
    return replace(key, sign_from=min(sign_from, key.sign_until) if key.sign_until else sign_from)
