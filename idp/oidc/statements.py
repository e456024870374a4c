"""The hot paths as Core statements, built once: no mapped entities, no request-bound session, few round trips.

authorize: who sits at the browser, then the grant. token: the grant and its person, then its redemption and the tokens.
UserInfo: one read. Everything on which the life of a grant depends comes with it in the same statement.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, Table, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp import clock, database
from idp.accounts import details
from idp.accounts.models import Account, AccountDetails, Posting
from idp.clients.models import Assignment, Client, ClientRole, ClientSecret
from idp.database import Base
from idp.oidc.models import AuthorizationGrant, Consent, SystemToken, Token, UsedAssertion
from idp.oidc.records import Grant, IssuedSystemToken, IssuedToken, Visitor, grant_from
from idp.oidc.rules import scopes_of
from idp.signin.models import SignInSession
from idp.units.models import Unit


def _table(model: type[Base]) -> Table:
    found = model.__table__
    assert isinstance(found, Table)
    return found


CLIENT, SECRET = _table(Client), _table(ClientSecret)
ACCOUNT, DETAILS, POSTING = _table(Account), _table(AccountDetails), _table(Posting)
UNIT, SESSION = _table(Unit), _table(SignInSession)
GRANT, TOKEN, CONSENT = _table(AuthorizationGrant), _table(Token), _table(Consent)
ASSIGNMENT, ROLE = _table(Assignment), _table(ClientRole)
SYSTEM_TOKEN, USED_ASSERTION = _table(SystemToken), _table(UsedAssertion)
# The units above: a tambon's unit has three of them, district, province and DLA.
ABOVE = [UNIT.alias(f"above_{level}") for level in (1, 2, 3)]


_VISITOR = (
    select(
        SESSION.c.id, SESSION.c.account_id, SESSION.c.auth_time, SESSION.c.acr, SESSION.c.amr, SESSION.c.created_at,
        SESSION.c.last_seen_at, SESSION.c.ended_at, ACCOUNT.c.subject, ACCOUNT.c.status, ACCOUNT.c.tokens_not_before,
        POSTING.c.id.label("posting_id"), CONSENT.c.scope.label("consented"),
    )
    .select_from(
        SESSION.join(ACCOUNT, ACCOUNT.c.id == SESSION.c.account_id)
        .outerjoin(
            POSTING,
            (POSTING.c.id == SESSION.c.posting_id)
            & (POSTING.c.starts_on <= bindparam("today"))
            & or_(POSTING.c.ends_on.is_(None), POSTING.c.ends_on >= bindparam("today")),
        )
        .outerjoin(
            CONSENT, (CONSENT.c.account_id == SESSION.c.account_id) & (CONSENT.c.client_id == bindparam("client"))
        )
    )
    .where(SESSION.c.digest == bindparam("digest"))
)  # fmt: skip

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

PERSON_COLUMNS: tuple[Any, ...] = (
    ACCOUNT.c.subject, ACCOUNT.c.title, ACCOUNT.c.given_name, ACCOUNT.c.family_name, ACCOUNT.c.username,
    ACCOUNT.c.email, ACCOUNT.c.email_proven_at, ACCOUNT.c.phone, ACCOUNT.c.updated_at, ACCOUNT.c.proof,
    ACCOUNT.c.proven_at, ACCOUNT.c.status, ACCOUNT.c.tokens_not_before,
    *(DETAILS.c[name] for name in details.NAMES),
    CLIENT.c.sector,
    POSTING.c.position, POSTING.c.starts_on, POSTING.c.ends_on, POSTING.c.created_at.label("confirmed_at"),
    UNIT.c.code, UNIT.c.dla_code, UNIT.c.kind, UNIT.c.name_th, UNIT.c.name_en, UNIT.c.province_code, UNIT.c.province_th,
    UNIT.c.district_code, UNIT.c.district_th,
    *(above.c.code.label(f"above_{level}") for level, above in enumerate(ABOVE, 1)),
)  # fmt: skip
_GRANT_COLUMNS: tuple[Any, ...] = (
    *GRANT.c,
    *PERSON_COLUMNS,
    SESSION.c.sid,
    SESSION.c.ended_at.label("session_ended_at"),
    SESSION.c.expires_at.label("session_expires_at"),
    _ROLES.label("roles"),
)


def _with_person(start: FromClause) -> FromClause:
    """`start` (the grant, or a token and its grant) with everything that can be told about its person."""
    joined = (
        start.join(CLIENT, CLIENT.c.id == GRANT.c.client_id)
        .join(ACCOUNT, ACCOUNT.c.id == GRANT.c.account_id)
        .join(SESSION, SESSION.c.id == GRANT.c.session_id)
        .outerjoin(DETAILS, DETAILS.c.account_id == GRANT.c.account_id)
        .outerjoin(POSTING, POSTING.c.id == GRANT.c.posting_id)
    )
    return with_unit(joined)


def with_unit(start: FromClause) -> FromClause:
    """`start`, which holds a posting, with its unit and the units above."""
    joined: FromClause = start.outerjoin(UNIT, UNIT.c.id == POSTING.c.unit_id)
    below: FromClause = UNIT
    for above in ABOVE:
        joined = joined.outerjoin(above, above.c.id == below.c.supervisor_id)
        below = above
    return joined


_GRANT_OF_CODE = (
    select(*_GRANT_COLUMNS).select_from(_with_person(GRANT)).where(GRANT.c.code_digest == bindparam("digest"))
)
_TOKEN = (
    select(
        *_GRANT_COLUMNS,
        TOKEN.c.id.label("token_id"),
        TOKEN.c.kind.label("token_kind"),
        TOKEN.c.scope.label("token_scope"),
        TOKEN.c.issued_at.label("token_issued_at"),
        TOKEN.c.expires_at.label("token_expires_at"),
        TOKEN.c.replaces.label("token_replaces"),
        TOKEN.c.revoked_at.label("token_revoked_at"),
        CLIENT.c.client_id.label("public_client_id"),
        CLIENT.c.userinfo_signed_response_alg,
    )
    .select_from(_with_person(TOKEN.join(GRANT, GRANT.c.id == TOKEN.c.grant_id)))
    .where(TOKEN.c.digest == bindparam("digest"), CLIENT.c.status == "ACTIVE")
)
_SYSTEM_TOKEN = (
    select(SYSTEM_TOKEN, CLIENT.c.client_id.label("public_client_id"))
    .select_from(SYSTEM_TOKEN.join(CLIENT, CLIENT.c.id == SYSTEM_TOKEN.c.client_id))
    .where(SYSTEM_TOKEN.c.digest == bindparam("digest"), CLIENT.c.status == "ACTIVE")
)
_CLIENT = (
    select(*CLIENT.c, SECRET.c.digest.label("secret_digest"), SECRET.c.expires_at.label("secret_expires_at"))
    .select_from(CLIENT.outerjoin(SECRET, SECRET.c.client_id == CLIENT.c.id))
    .where(CLIENT.c.client_id == bindparam("client_id"), CLIENT.c.status == "ACTIVE")
)
_TOUCH = update(SESSION).where(SESSION.c.id == bindparam("session")).values(last_seen_at=bindparam("now"))
_REDEEM = (
    update(GRANT)
    .where(GRANT.c.id == bindparam("grant"), GRANT.c.redeemed_at.is_(None), GRANT.c.revoked_at.is_(None))
    .values(redeemed_at=bindparam("now"))
)
# Whoever uses a refresh token moves its grant on from the token used before; of two at once, one finds it moved.
_ROTATE = (
    update(GRANT)
    .where(
        GRANT.c.id == bindparam("grant"),
        GRANT.c.rotated_by.is_not_distinct_from(bindparam("before", type_=GRANT.c.rotated_by.type)),
        GRANT.c.revoked_at.is_(None),
    )
    .values(rotated_by=bindparam("used"), rotated_at=bindparam("at"))
)
_REVOKE_GRANT = (
    update(GRANT)
    .where(GRANT.c.id == bindparam("grant"), GRANT.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_REVOKE_TOKEN, _REVOKE_SYSTEM_TOKEN = (
    update(table)
    .where(table.c.id == bindparam("token"), table.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
    for table in (TOKEN, SYSTEM_TOKEN)
)


def client(client_id: str) -> Sequence[Any]:
    """An active system, one row for each of its secrets."""
    with database.read() as connection:
        return connection.execute(_CLIENT, {"client_id": client_id}).all()


def visitor(cookie_digest: bytes, client_key: int) -> Visitor | None:
    """Who has this sign-in cookie, alive or not, and to what she agreed for the system."""
    with database.read() as connection:
        values = {"digest": cookie_digest, "client": client_key, "today": clock.today()}
        row = connection.execute(_VISITOR, values).one_or_none()
    if row is None:
        return None
    return Visitor(
        row.id, row.account_id, row.subject, row.posting_id, row.auth_time, row.acr, row.amr, row.created_at,
        row.last_seen_at, row.ended_at, row.status, row.tokens_not_before, scopes_of(row.consented),
    )  # fmt: skip


def save_grant(columns: dict[str, Any], touch_session: bool) -> None:
    """Write an authorization; with `touch_session` also that its session was seen."""
    if not touch_session:
        _write(insert(GRANT), columns)
        return
    with database.write() as connection:
        connection.execute(insert(GRANT), columns)
        connection.execute(_TOUCH, {"session": columns["session_id"], "now": columns["issued_at"]})


def grant_of_code(code_digest: bytes) -> Grant | None:
    """The authorization of a code, redeemed or not."""
    with database.read() as connection:
        row = connection.execute(_GRANT_OF_CODE, {"digest": code_digest, "today": clock.today()}).one_or_none()
    return grant_from(row) if row else None


def token(token_digest: bytes) -> IssuedToken | None:
    """A token of an active system, alive or not."""
    with database.read() as connection:
        row = connection.execute(_TOKEN, {"digest": token_digest, "today": clock.today()}).one_or_none()
    if row is None:
        return None
    return IssuedToken(
        row.token_id, row.token_kind, row.public_client_id, row.token_scope, row.token_issued_at, row.token_expires_at,
        row.token_replaces, row.token_revoked_at, row.userinfo_signed_response_alg, grant_from(row),
    )  # fmt: skip


def system_token(token_digest: bytes) -> IssuedSystemToken | None:
    """A token that an active system got in its own name, alive or not."""
    with database.read() as connection:
        row = connection.execute(_SYSTEM_TOKEN, {"digest": token_digest}).one_or_none()
    if row is None:
        return None
    return IssuedSystemToken(row.id, row.public_client_id, row.scope, row.issued_at, row.expires_at, row.revoked_at)


def save_system_token(columns: dict[str, Any]) -> None:
    """Store a token that a system gets in its own name."""
    _write(insert(SYSTEM_TOKEN), columns)


def redeem(grant_id: int, tokens: list[dict[str, Any]]) -> bool:
    """Mark the code as redeemed and store what it brings. False, and nothing stored, when somebody was first."""
    return _spend(_REDEEM, {"grant": grant_id, "now": clock.now()}, tokens)


def rotate(used: IssuedToken, tokens: list[dict[str, Any]]) -> bool:
    """Mark a refresh token as the one used last and store what it brings. False, and nothing stored, when its grant
    moved on, or ended, since it was read."""
    again = used.id == used.grant.rotated_by
    values = {
        "grant": used.grant.id,
        "before": used.id if again else used.replaces,
        "used": used.id,
        "at": used.grant.rotated_at if again else clock.now(),  # asking again does not prolong the grace
    }
    return _spend(_ROTATE, values, tokens)


def _spend(guarded: Any, values: dict[str, Any], tokens: list[dict[str, Any]]) -> bool:
    with database.write() as connection:
        if connection.execute(guarded, values).rowcount != 1:
            return False
        connection.execute(insert(TOKEN), tokens)
        return True


def revoke_grant(grant_id: int) -> None:
    """End an authorization with every token of it."""
    _write(_REVOKE_GRANT, {"grant": grant_id, "now": clock.now()})


def revoke_token(token: IssuedToken | IssuedSystemToken) -> None:
    """End one token."""
    statement = _REVOKE_TOKEN if isinstance(token, IssuedToken) else _REVOKE_SYSTEM_TOKEN
    _write(statement, {"token": token.id, "now": clock.now()})


def spend_assertion(assertion_digest: bytes, expires_at: datetime) -> bool:
    """Remember a client assertion, on whichever node it came. False when it came before."""
    try:
        _write(insert(USED_ASSERTION), {"digest": assertion_digest, "expires_at": expires_at})
    except IntegrityError:
        return False
    return True


def _write(statement: Any, values: dict[str, Any]) -> None:
    with database.write_one() as connection:
        connection.execute(statement, values)
