"""The tables of the protocol's statements, and the columns that its records are read from."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import FromClause, String, bindparam, case, cast, func, or_, select

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
# What `records.person_from` reads.
_PERSON: tuple[Any, ...] = (
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
# The same with their posting, and `SUPERVISORS`.
PERSON_COLUMNS: tuple[Any, ...] = (
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
# What `records.grant_from` and `records.token_from` read: everything on which the life of a grant depends.
GRANT_COLUMNS: tuple[Any, ...] = (
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
TOKEN_COLUMNS: tuple[Any, ...] = (
    *GRANT_COLUMNS,
    *(TOKEN.c[name].label(f"token_{name}") for name in ("id", "kind", "scope", "issued_at", "expires_at", "replaces")),
    TOKEN.c.revoked_at.label("token_revoked_at"),
    CLIENT.c.client_id.label("public_client_id"),
    CLIENT.c.userinfo_signed_response_alg,
)


def once(columns: Iterable[Any]) -> Iterable[Any]:
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


PERSON_IN_GRANT = (*_PERSON, GRANT.c.amr)


def posting_in_grant(scope: Any) -> tuple[Any, ...]:
    """The columns of a person and their posting; what takes a look into further tables only where `scope` or the claims
    ask for it."""

    def if_asked(claim: str, subquery: Any) -> Any:
        return case((scope.contains(claim) | cast(GRANT.c.claims, String).contains(claim), subquery))

    return (
        *PERSON_COLUMNS,
        GRANT.c.amr,
        if_asked("roles", _ROLES).label("roles"),
        if_asked("unit", SUPERVISORS.element).label("supervisors"),
    )
