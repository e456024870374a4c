"""The tables of the protocol's statements, and the columns that its records are read from, each list with the type of
its rows."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, FromClause, String, bindparam, case, cast, func, or_, select

from idp.accounts import details
from idp.accounts.models import Account, AccountDetails, Posting
from idp.clients.models import Assignment, Client, ClientRole, ClientSecret
from idp.fast_sql import table_of
from idp.oidc.store.models import AuthorizationGrant, Consent, PostedRequest, SystemToken, Token, UsedAssertion
from idp.signin.models import SignInSession
from idp.units.models import Unit

CLIENT, SECRET = table_of(Client), table_of(ClientSecret)
ACCOUNT, DETAILS, POSTING = table_of(Account), table_of(AccountDetails), table_of(Posting)
UNIT, SESSION = table_of(Unit), table_of(SignInSession)
GRANT, TOKEN, CONSENT = table_of(AuthorizationGrant), table_of(Token), table_of(Consent)
ASSIGNMENT, ROLE = table_of(Assignment), table_of(ClientRole)
SYSTEM_TOKEN, USED_ASSERTION = table_of(SystemToken), table_of(UsedAssertion)
POSTED_REQUEST = table_of(PostedRequest)

Columns = tuple[ColumnElement[object], ...]

_ROLES = (
    select(func.aggregate_strings(ROLE.c.code, " "))
    .select_from(ASSIGNMENT.join(ROLE, ROLE.c.id == ASSIGNMENT.c.role_id))
    .where(
        ASSIGNMENT.c.posting_id == GRANT.c.posting_id,
        ASSIGNMENT.c.starts_on <= bindparam("today"),
        or_(ASSIGNMENT.c.ends_on.is_(None), ASSIGNMENT.c.ends_on >= bindparam("today")),
        ROLE.c.client_id == GRANT.c.client_id,
        ROLE.c.retired.is_(False),
    )
    .correlate(GRANT)
    .scalar_subquery()
)

# The units above: a tambon's unit has three of them, district, province and DLA.
_ABOVE = [UNIT.alias(f"above_{level}") for level in (1, 2, 3)]
SUPERVISORS = (
    select(_ABOVE[0].c.code + func.coalesce(" " + _ABOVE[1].c.code, "") + func.coalesce(" " + _ABOVE[2].c.code, ""))
    .select_from(
        _ABOVE[0]
        .outerjoin(_ABOVE[1], _ABOVE[1].c.id == _ABOVE[0].c.supervisor_id)
        .outerjoin(_ABOVE[2], _ABOVE[2].c.id == _ABOVE[1].c.supervisor_id)
    )
    .where(_ABOVE[0].c.id == UNIT.c.supervisor_id)
    .correlate(UNIT)
    .scalar_subquery()
    .label("supervisors")
)
_PERSON: Columns = (
    ACCOUNT.c.subject,
    ACCOUNT.c.title,
    ACCOUNT.c.given_name,
    ACCOUNT.c.family_name,
    ACCOUNT.c.username,
    ACCOUNT.c.email,
    ACCOUNT.c.email_proven_at,
    ACCOUNT.c.phone,
    ACCOUNT.c.updated_at,
    ACCOUNT.c.proof,
    ACCOUNT.c.proven_at,
    *(DETAILS.c[name] for name in details.NAMES),
    CLIENT.c.sector,
)


class PersonRow(Protocol):
    """What can be told of a person without their posting, and what they told of themselves (`details.NAMES`)."""

    subject: str
    title: str
    given_name: str
    family_name: str
    username: str | None
    email: str
    email_proven_at: datetime | None
    phone: str | None
    updated_at: datetime
    proof: str
    proven_at: datetime | None
    sector: str | None


# The same with their posting, and `SUPERVISORS`.
PERSON_COLUMNS: Columns = (
    *_PERSON,
    POSTING.c.position,
    POSTING.c.starts_on,
    POSTING.c.ends_on,
    POSTING.c.created_at.label("confirmed_at"),
    UNIT.c.code,
    UNIT.c.dla_code,
    UNIT.c.kind,
    UNIT.c.name_th,
    UNIT.c.name_en,
    UNIT.c.province_code,
    UNIT.c.province_th,
    UNIT.c.district_code,
    UNIT.c.district_th,
)


class UnitRow(Protocol):
    """A posting and its unit: nothing of it where there is no `code`."""

    position: str
    starts_on: date | None
    ends_on: date | None
    confirmed_at: datetime
    code: str | None
    dla_code: str | None
    kind: str
    name_th: str
    name_en: str | None
    province_code: str | None
    province_th: str | None
    district_code: str | None
    district_th: str | None
    supervisors: str | None


# Everything on which the life of a grant depends.
GRANT_COLUMNS: Columns = (
    GRANT.c.id,
    GRANT.c.client_id,
    GRANT.c.account_id,
    GRANT.c.scope,
    GRANT.c.redirect_uri,
    GRANT.c.code_challenge,
    GRANT.c.code_expires_at,
    GRANT.c.redeemed_at,
    GRANT.c.nonce,
    GRANT.c.claims,
    GRANT.c.auth_time,
    GRANT.c.acr,
    GRANT.c.amr,
    GRANT.c.rotated_by,
    GRANT.c.rotated_at,
    GRANT.c.revoked_at,
    ACCOUNT.c.subject,
    ACCOUNT.c.status,
    ACCOUNT.c.tokens_not_before,
    CLIENT.c.sector,
    POSTING.c.starts_on,
    POSTING.c.ends_on,
    CLIENT.c.profile.label("client_profile"),
    CONSENT.c.given_at.label("consented_at"),
    SESSION.c.sid,
    SESSION.c.ended_at.label("session_ended_at"),
    SESSION.c.expires_at.label("session_expires_at"),
    SESSION.c.grants_ended_at,
)


class GrantRow(Protocol):
    """An authorization; nothing of `starts_on` and `ends_on` where it rests on no posting."""

    id: int
    client_id: int
    account_id: int
    scope: str
    redirect_uri: str
    code_challenge: str | None
    code_expires_at: datetime
    redeemed_at: datetime | None
    nonce: str | None
    claims: dict[str, list[str]]
    auth_time: datetime
    acr: str
    amr: list[str]
    rotated_by: int | None
    rotated_at: datetime | None
    revoked_at: datetime | None
    subject: str
    status: str
    tokens_not_before: datetime
    sector: str | None
    starts_on: date | None
    ends_on: date | None
    client_profile: str
    consented_at: datetime | None
    sid: str
    session_ended_at: datetime | None
    session_expires_at: datetime
    grants_ended_at: datetime | None


TOKEN_COLUMNS: Columns = (
    *GRANT_COLUMNS,
    *(TOKEN.c[name].label(f"token_{name}") for name in ("id", "kind", "scope", "issued_at", "expires_at", "replaces")),
    TOKEN.c.revoked_at.label("token_revoked_at"),
    CLIENT.c.client_id.label("public_client_id"),
    CLIENT.c.userinfo_signed_response_alg,
)


class TokenRow(GrantRow, Protocol):
    """A token with the authorization it rests on."""

    token_id: int
    token_kind: str
    token_scope: str
    token_issued_at: datetime
    token_expires_at: datetime
    token_replaces: int | None
    token_revoked_at: datetime | None
    public_client_id: str
    userinfo_signed_response_alg: str | None


def once(columns: Iterable[ColumnElement[object]]) -> Iterable[ColumnElement[object]]:
    return {column.key: column for column in columns}.values()


def with_life(start: FromClause) -> FromClause:
    """`start` (the grant, or a token and its grant) with all that its life depends on."""
    return (
        start.join(CLIENT, CLIENT.c.id == GRANT.c.client_id)
        .join(ACCOUNT, ACCOUNT.c.id == GRANT.c.account_id)
        .join(SESSION, SESSION.c.id == GRANT.c.session_id)
        .outerjoin(POSTING, POSTING.c.id == GRANT.c.posting_id)
        .outerjoin(CONSENT, (CONSENT.c.account_id == GRANT.c.account_id) & (CONSENT.c.client_id == GRANT.c.client_id))
    )


def with_person(start: FromClause) -> FromClause:
    """`start` with what can be told about its person without their posting, too."""
    return with_life(start).outerjoin(DETAILS, DETAILS.c.account_id == GRANT.c.account_id)


def with_posting(start: FromClause) -> FromClause:
    """`start` with all that can be told about its person."""
    return with_person(start).outerjoin(UNIT, UNIT.c.id == POSTING.c.unit_id)


PERSON_IN_GRANT: Columns = (*_PERSON, GRANT.c.amr)


class PersonInGrantRow(PersonRow, Protocol):
    """A person, and by what means they signed in."""

    amr: list[str]


def posting_in_grant(scope: ColumnElement[str]) -> Columns:
    """The columns of a person and their posting; what takes a look into further tables only where `scope` or the claims
    ask for it."""

    def if_asked(claim: str, subquery: ColumnElement[str]) -> ColumnElement[str]:
        return case((scope.contains(claim) | cast(GRANT.c.claims, String).contains(claim), subquery))

    return (
        *PERSON_COLUMNS,
        GRANT.c.amr,
        if_asked("roles", _ROLES).label("roles"),
        if_asked("unit", SUPERVISORS.element).label("supervisors"),
    )


class PostingInGrantRow(PersonInGrantRow, UnitRow, Protocol):
    """The same with their posting, and the roles in it."""

    roles: str | None


class PersonOfTokenRow(TokenRow, PersonInGrantRow, Protocol):
    """A token with what it tells without a posting."""


class PostingOfTokenRow(TokenRow, PostingInGrantRow, Protocol):
    """A token with all that it may tell."""
