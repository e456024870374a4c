"""Lifetimes, which claims a scope brings, and when a grant is dead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from idp.accounts.rules import Status, in_force
from idp.clients.rules import SCOPES

CODE_LIFETIME = timedelta(seconds=60)
ACCESS_LIFETIME = timedelta(minutes=10)
ID_TOKEN_LIFETIME = timedelta(minutes=10)
REFRESH_LIFETIME = timedelta(days=14)

PROMPTS = ("none", "login", "consent", "select_account", "create")
RESPONSE_MODES = ("query", "form_post")

SCOPE_CLAIMS: dict[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": (
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
    "offline_access": (),
    "unit": ("unit",),
    "roles": ("roles",),
    "assurance": ("assurance",),
    "national_id": ("national_id",),
}
# Of the posting, not of the person: UserInfo looks them up in five tables more.
POSTING_CLAIMS = frozenset({"unit", "roles", "assurance"})
# So an access token begins that brings none of them. No other token does, the dot is no letter of base64url; whoever
# puts it before another has another token, unknown here, for the digest is of the whole.
TELLS_NO_POSTING = "p."
CLAIM_SCOPE = {claim: scope for scope, claims in SCOPE_CLAIMS.items() for claim in claims}
# An ID token comes back in addresses as a hint, and from there into histories and logs.
NEVER_IN_ID_TOKEN = frozenset({"national_id"})


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


def scopes_of(text: str | None) -> frozenset[str]:
    """A scope parameter as a set."""
    return frozenset((text or "").split())


def in_order(scopes: Iterable[str]) -> str:
    """Scopes as text, always in the same order."""
    known = frozenset(scopes)
    return " ".join(scope for scope in SCOPES if scope in known)
