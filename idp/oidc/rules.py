"""Lifetimes, when a grant is dead, and what an authorization request may ask."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from idp.accounts.rules import USERNAME, Status, in_force
from idp.clients.rules import SCOPES

CODE_LIFETIME = timedelta(seconds=60)
ACCESS_LIFETIME = timedelta(minutes=10)
ID_TOKEN_LIFETIME = timedelta(minutes=10)
REFRESH_LIFETIME = timedelta(days=14)
# A reply may be lost on the way: for so long the system may ask again with the refresh token that it just used.
REFRESH_GRACE = timedelta(seconds=30)

PROMPTS = ("none", "login", "consent", "select_account", "create")
RESPONSE_MODES = ("query", "form_post")
LONGEST_NONCE = 1000

SCOPE_CLAIMS: dict[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": (
        "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
        "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
    "offline_access": (),
    "unit": ("unit",),
    "roles": ("roles",),
    "assurance": ("assurance",),
    "national_id": ("national_id",),
}  # fmt: skip
# Of the posting, not of the person: UserInfo looks them up in five tables more.
POSTING_CLAIMS = frozenset({"unit", "roles", "assurance"})
# So an access token begins that brings none of them. No other token does, the dot is no letter of base64url; whoever
# puts it before another has another token, unknown here, for the digest is of the whole.
TELLS_NO_POSTING = "p."
CLAIM_SCOPE = {claim: scope for scope, claims in SCOPE_CLAIMS.items() for claim in claims}
# An ID token comes back in addresses as a hint, and from there into histories and logs.
NEVER_IN_ID_TOKEN = frozenset({"national_id"})


class InvalidRequest(Exception):
    """An authorization request that cannot be answered as asked; the text is plain ASCII and repeats nothing."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True)
class RequestedClaims:
    """The `claims` parameter (OpenID Connect Core, section 5.5), reduced to what we know."""

    userinfo: frozenset[str] = frozenset()
    id_token: frozenset[str] = frozenset()
    subject: str | None = None
    acr_values: tuple[str, ...] = ()
    acr_is_essential: bool = False

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that would have brought these claims: consent is given by scope."""
        return frozenset(CLAIM_SCOPE[claim] for claim in self.userinfo | self.id_token)


@dataclass(frozen=True)
class Asked:
    """An authorization request's wishes about the person and the answer."""

    prompt: frozenset[str]
    max_age: int | None
    claims: RequestedClaims
    response_mode: str
    nonce: str | None
    login_hint: str | None
    acr_values: tuple[str, ...]

    @property
    def essential_acr(self) -> frozenset[str]:
        """The classes of which one must come out, or nothing where any will do (Core, section 5.5.1.1)."""
        return frozenset(self.claims.acr_values) if self.claims.acr_is_essential else frozenset()


@dataclass(frozen=True)
class Standing:
    """What the life of a grant depends on, read in one statement with the grant."""

    status: str
    tokens_not_before: datetime
    auth_time: datetime
    revoked_at: datetime | None
    session_ended_at: datetime | None
    session_expires_at: datetime
    grants_ended_at: datetime | None
    offline: bool
    posting: tuple[date, date | None] | None
    agreed: bool


def why_dead(standing: Standing, now: datetime, today: date, longest: timedelta) -> str | None:
    """Why nothing may be had from a grant any more, or nothing.

    Arguments: `longest`, how long after the person proved who they are a grant for offline use may go on.
    """
    if standing.revoked_at is not None:
        return "revoked"
    if standing.status != Status.ACTIVE:
        return "account not active"
    if standing.auth_time < standing.tokens_not_before:
        return "signed in before the account changed"
    if standing.grants_ended_at is not None:
        return "ended by the person"
    if not standing.agreed:
        return "consent withdrawn"
    if standing.offline and standing.auth_time + longest <= now:
        return "signed in too long ago"
    if standing.posting is not None and not in_force(*standing.posting, today):
        return "posting ended"
    if not standing.offline and (standing.session_ended_at is not None or standing.session_expires_at <= now):
        return "session ended"
    return None


class Use(Enum):
    """What a refresh token's coming means."""

    FIRST = "first"
    REPEATED = "repeated"
    STOLEN = "stolen"


def use_of(token: int, replaces: int | None, rotated_by: int | None, rotated_at: datetime | None, now: datetime) -> Use:
    """What it means that a refresh token comes. A used one counts once more while nobody used what it brought, and not
    for long; at any other time it, or its successor, is in the wrong hands (RFC 9700, section 4.14.2).

    Arguments: `replaces`, the token that brought this one; `rotated_by` and `rotated_at`, the one used last.
    """
    if replaces == rotated_by:
        return Use.FIRST
    if token == rotated_by and rotated_at is not None and now - rotated_at < REFRESH_GRACE:
        return Use.REPEATED
    return Use.STOLEN


def scopes_of(text: str | None) -> frozenset[str]:
    """A scope parameter as a set."""
    return frozenset((text or "").split())


def in_order(scopes: Iterable[str]) -> str:
    """Scopes as text, always in the same order."""
    known = frozenset(scopes)
    return " ".join(scope for scope in SCOPES if scope in known)


def read_request(parameters: Mapping[str, str], allowed_scopes: frozenset[str]) -> Asked:
    """Check everything that OpenID Connect adds to an authorization request. Raises `InvalidRequest`.

    Arguments: `parameters`, unknown ones are ignored; `allowed_scopes`, what the system is registered for: a claim
    beyond them is not given.
    """
    if "openid" not in scopes_of(parameters.get("scope")):
        raise InvalidRequest("invalid_scope", "scope must include openid")
    mode = parameters.get("response_mode") or "query"
    if mode not in RESPONSE_MODES:
        raise InvalidRequest("invalid_request", "response_mode must be query or form_post")
    nonce = parameters.get("nonce") or None
    if nonce and (len(nonce) > LONGEST_NONCE or not nonce.isprintable()):
        raise InvalidRequest("invalid_request", "nonce must be printable and at most 1000 characters long")
    claims = read_claims(parameters.get("claims"), allowed_scopes)
    return Asked(
        prompt=_prompt(parameters.get("prompt")),
        max_age=_max_age(parameters.get("max_age")),
        claims=claims,
        response_mode=mode,
        nonce=nonce,
        login_hint=_login_hint(parameters.get("login_hint")),
        acr_values=claims.acr_values or tuple((parameters.get("acr_values") or "").split()),
    )


def told_in_request_object(text: str) -> dict[str, str]:
    """How a system wants to hear that its request object is not supported: `response_mode` and `state`, where they
    stand inside of the object alone. Both are as untrusted as if they had come beside it; rubbish says nothing."""
    try:
        payload = text.split(".")[1]
        found = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return {}
    members = found if isinstance(found, dict) else {}
    told = {name: members.get(name) for name in ("response_mode", "state")}
    return {name: value for name, value in told.items() if isinstance(value, str) and value.isprintable()}


def _login_hint(text: str | None) -> str | None:
    """A hint that can be a username; all else (an address, a national ID) has no business in the sign-in's address."""
    hint = (text or "").strip().casefold()
    return hint if USERNAME.fullmatch(hint) else None


def _prompt(text: str | None) -> frozenset[str]:
    prompts = frozenset((text or "").split())
    if not prompts <= frozenset(PROMPTS):
        raise InvalidRequest("invalid_request", "prompt must be of none, login, consent, select_account, create")
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequest("invalid_request", "prompt none cannot stand with another")
    return prompts


def _max_age(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidRequest("invalid_request", "max_age must be a number of seconds")
    return int(text)


def read_claims(text: str | None, allowed_scopes: frozenset[str]) -> RequestedClaims:
    """The `claims` parameter; claims that we do not have are ignored. Raises `InvalidRequest`."""
    if not text:
        return RequestedClaims()
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise InvalidRequest("invalid_request", "claims must be a JSON object")
    userinfo, id_token = _member(given, "userinfo"), _member(given, "id_token")
    allowed = frozenset(claim for claim, scope in CLAIM_SCOPE.items() if scope in allowed_scopes) - {"sub"}
    subject, acr = _wishes(id_token.get("sub")), _wishes(id_token.get("acr"))
    return RequestedClaims(
        frozenset(userinfo) & allowed,
        frozenset(id_token) & allowed - NEVER_IN_ID_TOKEN,
        next(iter(_values(subject)), None),
        _values(acr),
        acr.get("essential") is True and bool(_values(acr)),
    )


def _wishes(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _values(wishes: dict[str, Any]) -> tuple[str, ...]:
    """`value` and `values` of a claim request, what is text of them."""
    several = wishes.get("values")
    found = [wishes.get("value"), *(several if isinstance(several, list) else [])]
    return tuple(value for value in found if isinstance(value, str))


def _member(given: dict[str, Any], name: str) -> dict[str, Any]:
    member = given.get(name) or {}
    if not isinstance(member, dict):
        raise InvalidRequest("invalid_request", "the members of claims must be JSON objects")
    return member
