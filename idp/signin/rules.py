"""What a password may be, and when a sign-in session is alive."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from idp.accounts.rules import Status
from idp.signin import guessable
from thai_web.refusal import N_, Forbidden, Refusal

SHORTEST, LONGEST = 12, 128
ACTIVATION_LIFETIME = timedelta(days=14)
LAST_SEEN_STEP = timedelta(minutes=5)
PASSWORD_ACR = "urn:dla:sso:password"  # noqa: S105 - a level's name
THAID_ACR = "urn:dla:sso:thaid"
THAID, PASSWORD = WAYS = ("thaid", "password")  # the ways in, as the sign-in page offers them by itself
WAY_TO = {THAID_ACR: THAID, PASSWORD_ACR: PASSWORD}
FRESH = timedelta(minutes=15)  # how recent a sign-in must be to change what the next one rests on


class Why(StrEnum):
    """Why the sign-in page asks somebody who has signed in already."""

    LOGIN = "login"  # the system asks for it
    AGE = "age"  # the sign-in is older than the system wants
    PERSON = "person"  # the system expects somebody else
    CLASS = "class"  # by another way than it wants
    ENDED = "ended"  # the sign-in is over


class SignInAgain(Forbidden):
    """The person may, but signed in too long ago: an open screen is not enough."""


def classes(thaid_offered: bool) -> frozenset[str]:
    """The classes of sign-in (`acr`) that can be had here."""
    return frozenset(WAY_TO) if thaid_offered else frozenset({PASSWORD_ACR})


def ways_for(wanted: Iterable[str], *, only: bool) -> str:
    """The ways in that lead to wanted classes, best first; with `only` no others. Empty where nothing was wanted."""
    ways = dict.fromkeys(WAY_TO[acr] for acr in wanted if acr in WAY_TO)
    if not ways:
        return ""
    return " ".join(ways if only else [*ways, *(way for way in WAYS if way not in ways)])


def read_ways(text: str | None) -> tuple[str, ...]:
    """What `ways_for` said, out of an address; every way for anything else."""
    return tuple(dict.fromkeys(way for way in (text or "").split() if way in WAYS)) or WAYS


def check_length(password: str) -> None:
    """Raises `Refusal` unless a password is long enough, and not too long to be judged."""
    if len(password) < SHORTEST:
        raise Refusal(N_("รหัสผ่านต้องยาวอย่างน้อย %(least)s ตัวอักษร ใช้หลายคำต่อกันก็ได้"), least=SHORTEST)
    if len(password) > LONGEST:
        raise Refusal(N_("รหัสผ่านต้องยาวไม่เกิน %(most)s ตัวอักษร"), most=LONGEST)


def check_password(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raises `Refusal` unless a password is long enough, not made of the person's own data, and not easily guessed.

    Length and what is known to be bad, no composition rules: NIST SP 800-63B-4, section 3.1.1.2.
    """
    check_length(password)
    bare = guessable.bare(password)
    if any(len(part) >= 4 and part in bare for part in map(guessable.bare, _names(about))):
        raise Refusal(N_("รหัสผ่านต้องไม่มีชื่อผู้ใช้ ชื่อ หรืออีเมลของท่าน"))
    guessable.check(password, about)


def _names(about: Iterable[str]) -> Iterator[str]:
    """What the person is called: of an address, the part before its host, whole and in words."""
    for text in about:
        local = text.partition("@")[0]
        yield local
        yield from re.split(r"[^a-zA-Z]+", local)


class Way(StrEnum):
    """How somebody gets back into an account."""

    LINK = "link"
    ACTIVATION = "activation"
    THAID = "thaid"


def way_back(*, proven: bool, has_password: bool) -> Way:
    """What ThaID proved is recovered by ThaID; else by a mailed link, which asks for the national ID where there is a
    password to be replaced."""
    if proven:
        return Way.THAID
    return Way.LINK if has_password else Way.ACTIVATION


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Line/", "LINE"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """Browser and system out of what the browser says of itself, for its owner to recognise; empty when unknown."""
    named = [next((name for mark, name in known if mark in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in named if name)


@dataclass(frozen=True)
class Lifetimes:
    """How long a session lasts without use, and in any case."""

    idle: timedelta
    total: timedelta


class Session(Protocol):
    """What a sign-in session says of itself."""

    @property
    def auth_time(self) -> datetime: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def last_seen_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


class Owner(Protocol):
    """What its account says."""

    @property
    def status(self) -> str: ...
    @property
    def tokens_not_before(self) -> datetime: ...


def session_is_valid(session: Session, owner: Owner, now: datetime, lifetimes: Lifetimes) -> bool:
    """Whether a session still counts: nobody ended it, it is neither too old nor idle for too long, its account may
    sign in, and nothing happened to the account since that ends what began before."""
    return (
        session.ended_at is None
        and now < session.created_at + lifetimes.total
        and now < session.last_seen_at + lifetimes.idle
        and owner.status == Status.ACTIVE
        and session.auth_time >= owner.tokens_not_before
    )
