"""What the statements bring back, and what is made of it: a grant with its person, a token, a visitor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from idp.accounts.details import NAMES
from idp.accounts.rules import Details
from idp.clients.rules import Profile
from idp.clients.subjects import subject_for
from idp.oidc.claims import Person, UnitFacts
from idp.oidc.rules import RequestedClaims, Standing, scopes_of, why_dead
from idp.oidc.store.columns import GrantRow, PersonRow, PostingInGrantRow, TokenRow, UnitRow
from idp.oidc.store.registered_client import RegisteredClient
from idp.web.application import settings
from thai_web import clock


def longest_grant() -> timedelta:
    """How long after a person proved who they are a system may go on without them."""
    return timedelta(days=settings().grant_days)


@dataclass(frozen=True)
class Grant:
    """An authorization, as Authlib's grants ask for it."""

    id: int
    client_id: int
    account_id: int
    scope: str
    redirect_uri: str
    code_challenge: str | None
    code_expires_at: datetime
    redeemed_at: datetime | None
    nonce: str | None
    claims: RequestedClaims
    auth_time: datetime
    acr: str
    amr: tuple[str, ...]
    sid: str
    standing: Standing
    subject: str
    rotated_by: int | None
    rotated_at: datetime | None

    code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def is_alive(self) -> bool:
        return why_dead(self.standing, clock.now(), clock.today(), longest_grant()) is None

    def ends_at(self) -> datetime:
        """When it ends for good, however often it is refreshed."""
        return self.auth_time + longest_grant()


@dataclass(frozen=True)
class IssuedToken:
    """A token with the grant it rests on."""

    id: int
    kind: str
    client_id: str
    scope: str
    issued_at: datetime
    expires_at: datetime
    replaces: int | None
    revoked_at: datetime | None
    userinfo_signed_response_alg: str | None
    grant: Grant

    def check_client(self, client: RegisteredClient) -> bool:
        return self.grant.client_id == client.id

    def get_scope(self) -> str:
        return self.grant.scope

    def is_alive(self) -> bool:
        return self.revoked_at is None and clock.now() < self.expires_at and self.grant.is_alive()


@dataclass(frozen=True)
class IssuedSystemToken:
    """A system's token in its own name."""

    id: int
    client_id: str
    scope: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @property
    def audience(self) -> list[str]:
        """The systems at which it serves: those that its scopes name."""
        return sorted({scope.rpartition(":")[0] for scope in scopes_of(self.scope)})

    def check_client(self, client: RegisteredClient) -> bool:
        return client.client_id == self.client_id

    def is_alive(self) -> bool:
        return self.revoked_at is None and clock.now() < self.expires_at


@dataclass(frozen=True)
class Visitor:
    """Whose browser asks, by its sign-in cookie."""

    session_id: int
    account_id: int
    subject: str
    posting_id: int | None
    auth_time: datetime
    acr: str
    amr: list[str]
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    status: str
    tokens_not_before: datetime
    consented: frozenset[str]


class SystemTokenRow(Protocol):
    """A system's token in its own name."""

    id: int
    public_client_id: str
    scope: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class PostedRequestRow(Protocol):
    """What a browser posted: names and values."""

    parameters: list[tuple[str, str]]


class VisitorRow(Protocol):
    """A session with its account, the posting that is in force, and the consent given to the system that asks."""

    id: int
    account_id: int
    auth_time: datetime
    acr: str
    amr: list[str]
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    subject: str
    status: str
    tokens_not_before: datetime
    posting_id: int | None
    consented: str | None


def visitor_from(row: VisitorRow) -> Visitor:
    return Visitor(
        row.id,
        row.account_id,
        row.subject,
        row.posting_id,
        row.auth_time,
        row.acr,
        row.amr,
        row.created_at,
        row.last_seen_at,
        row.ended_at,
        row.status,
        row.tokens_not_before,
        scopes_of(row.consented),
    )


def grant_from(row: GrantRow) -> Grant:
    posting = (row.starts_on, row.ends_on) if row.starts_on is not None else None
    standing = Standing(
        status=row.status,
        tokens_not_before=row.tokens_not_before,
        auth_time=row.auth_time,
        revoked_at=row.revoked_at,
        session_ended_at=row.session_ended_at,
        session_expires_at=row.session_expires_at,
        grants_ended_at=row.grants_ended_at,
        offline="offline_access" in scopes_of(row.scope),
        posting=posting,
        # DLA answers for its own systems; for any other the person does, and may take it back.
        agreed=row.client_profile == Profile.FIRST_PARTY or row.consented_at is not None,
    )
    claims = RequestedClaims(frozenset(row.claims.get("userinfo", ())), frozenset(row.claims.get("id_token", ())))
    return Grant(
        row.id,
        row.client_id,
        row.account_id,
        row.scope,
        row.redirect_uri,
        row.code_challenge,
        row.code_expires_at,
        row.redeemed_at,
        row.nonce,
        claims,
        row.auth_time,
        row.acr,
        tuple(row.amr),
        row.sid,
        standing,
        subject_for(row.sector, row.subject),
        row.rotated_by,
        row.rotated_at,
    )


def token_from(row: TokenRow) -> IssuedToken:
    return IssuedToken(
        row.token_id,
        row.token_kind,
        row.public_client_id,
        row.token_scope,
        row.token_issued_at,
        row.token_expires_at,
        row.token_replaces,
        row.token_revoked_at,
        row.userinfo_signed_response_alg,
        grant_from(row),
    )


def person_from(row: PersonRow, amr: Iterable[str], unit: UnitFacts | None = None, roles: Iterable[str] = ()) -> Person:
    """What can be told of a person who signed in by the means `amr`."""
    return Person(
        subject=subject_for(row.sector, row.subject),
        title=row.title,
        given_name=row.given_name,
        family_name=row.family_name,
        username=row.username,
        email=row.email,
        email_verified=row.email_proven_at is not None,
        phone=row.phone,
        updated_at=row.updated_at,
        proof=row.proof,
        proven_at=row.proven_at,
        amr=tuple(amr),
        unit=unit,
        roles=tuple(roles),
        details=Details(**{name: getattr(row, name) for name in NAMES}),
    )


def person_in_posting_from(row: PostingInGrantRow) -> Person:
    """All that can be told of a person in the posting of a grant."""
    return person_from(row, row.amr, unit_from(row), (row.roles or "").split())


def unit_from(row: UnitRow) -> UnitFacts | None:
    """The unit of a posting, where there is one."""
    if row.code is None or row.starts_on is None:
        return None
    return UnitFacts(
        row.code,
        row.dla_code,
        row.kind,
        row.name_th,
        row.name_en,
        row.province_code,
        row.province_th,
        row.district_code,
        row.district_th,
        tuple((row.supervisors or "").split()),
        row.position,
        row.starts_on,
        row.ends_on,
        row.confirmed_at,
    )
