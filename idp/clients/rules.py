"""What a connected system may be: addresses, scopes, methods, and when a role or a secret counts."""

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

SCOPES = (
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "offline_access",
    "unit",
    "roles",
    "assurance",
    "national_id",
)
NOT_BY_DEFAULT = frozenset({"offline_access", "national_id"})  # a registration that names no scopes gets none of these
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
# Those by which a system proves who it is; "none" is a name and no proof.
CONFIDENTIAL_METHODS = AUTH_METHODS[:3]
SECRET_METHODS = AUTH_METHODS[:2]
ASSERTION_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
SIGNING_ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
SUBJECT_TYPES = ("public", "pairwise")
SHORTEST_SECRET = 8
# Where people are real. Of a sandbox too: a change of its registration makes it a production system, and how long its
# secret is nobody can see any more.
SHORTEST_SECRET_IN_PRODUCTION = 32
SECRET_OVERLAP = timedelta(hours=24)
# When the contacts of a system are told that its last secret expires.
WARN_BEFORE = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
OWNER_BY_DEFAULT = "DLA"

# RFC 6749, appendix A: an identifier or a secret is printable ASCII.
PRINTABLE = re.compile(r"[\x20-\x7e]+")
CLIENT_ID = re.compile(r"[\x21-\x7e]{1,100}")
# What a system may do at another one in its own name: `<client_id of the other>:<word>`. RFC 6749, section 3.3.
DETAIL_SCOPES = frozenset({"profile", "address"})  # tell what people told of themselves
SYSTEM_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}:[A-Za-z0-9_.-]{1,60}")
LOOPBACK_ADDRESS = re.compile(
    r"(?P<host>http://(?:127\.0\.0\.1|\[::1\]))(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>(?:[/?][\x21-\x7e]*)?)"
)
LARGEST_PORT = 65535
ROLE_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,60}")


class Status(StrEnum):
    """Whether a system may use the provider."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class Environment(StrEnum):
    """What a system is for."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


class Profile(StrEnum):
    """Which rules hold for a system; a first-party one skips the consent page by DLA's decision."""

    STANDARD = "standard"
    FIRST_PARTY = "first_party"


@dataclass(frozen=True)
class Tile:
    """How a system shows in the portal."""

    name_th: str
    name_en: str
    description_th: str
    description_en: str
    url: str


def check_redirect_uri(uri: str) -> str | None:
    """What is wrong with a return address, or nothing. It is compared as a string, so it must be complete."""
    if not PRINTABLE.fullmatch(uri) or " " in uri or "\\" in uri or len(uri) > 1000:
        return "must be printable ASCII without spaces or backslashes, at most 1000 characters"
    try:
        parts = urlsplit(uri)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "is not an address"
    if not host or parts.scheme not in ("https", "http"):
        return "must be an absolute https address"
    if "#" in uri:
        return "must not have a fragment"
    if "*" in uri:
        return "must not have a wildcard: addresses are compared letter by letter"
    if parts.username is not None or parts.password is not None:
        return "must not carry a user name"
    if parts.scheme == "http" and not is_loopback(host):
        return "must begin with https:// (http only for localhost, 127.0.0.1 and [::1])"
    return None


def is_registered_address(uri: str, registered: Collection[str], *, native: bool) -> bool:
    """Whether codes may be sent to an address: to one that is registered, letter by letter.

    A `native` application takes any port of its machine that is free when it starts (RFC 8252, section 7.3): by http,
    to 127.0.0.1 or [::1], and all else letter by letter. Not so `localhost`, a name that may be led elsewhere (8.3).
    """
    if uri in registered:
        return True
    anywhere = _without_loopback_port(uri) if native else None
    return anywhere is not None and any(anywhere == _without_loopback_port(each) for each in registered)


def _without_loopback_port(uri: str) -> str | None:
    found = LOOPBACK_ADDRESS.fullmatch(uri)
    if found is None or int(found["port"] or 1) > LARGEST_PORT:
        return None
    return found["host"] + found["rest"]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_hold(role_unit_kinds: Iterable[str], unit_kind: str) -> bool:
    """Whether a role may be held in a kind of unit."""
    return unit_kind in role_unit_kinds


def in_force(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether an assignment counts on a day; both dates are included."""
    return starts_on <= day and (ends_on is None or day <= ends_on)


def warning_due(created_at: datetime, expires_at: datetime, now: datetime) -> timedelta | None:
    """How long before its end a secret's contacts ought to have been told by now, or nothing. Who made a secret knows
    its end: the first word comes at the next step after that."""
    steps = (step for step in WARN_BEFORE if now < expires_at <= now + step and created_at < expires_at - step)
    return min(steps, default=None)


def secret_in_force(expires_at: datetime | None, now: datetime) -> bool:
    """Whether a secret still counts."""
    return expires_at is None or now < expires_at
