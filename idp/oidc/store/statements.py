"""The hot paths as Core statements, prepared once: no mapped entities, no request-bound session, few round trips.

authorize: who sits at the browser, then the grant. token: the grant, then its redemption with the tokens. UserInfo:
one read. Everything on which the life of a grant depends comes with it in the same statement.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Insert, Update, bindparam, insert, select, union_all, update
from sqlalchemy.exc import IntegrityError

from idp import database
from idp.accounts.operations import in_force
from idp.database import db
from idp.fast_sql import Query, Statement, Values, Write, insertion, write_alone
from idp.oidc.claims import Person
from idp.oidc.rules import TELLS_NO_POSTING
from idp.oidc.store.columns import (
    ACCOUNT,
    CLIENT,
    CONSENT,
    GRANT,
    GRANT_COLUMNS,
    PERSON_IN_GRANT,
    POSTED_REQUEST,
    POSTING,
    SECRET,
    SESSION,
    SYSTEM_TOKEN,
    TOKEN,
    TOKEN_COLUMNS,
    USED_ASSERTION,
    GrantRow,
    PersonOfTokenRow,
    PostingInGrantRow,
    PostingOfTokenRow,
    TokenRow,
    once,
    posting_in_grant,
    with_life,
    with_person,
    with_posting,
)
from idp.oidc.store.registered_client import ClientRow
from idp.oidc.store.rows import (
    Grant,
    IssuedSystemToken,
    IssuedToken,
    PostedRequestRow,
    SystemTokenRow,
    Visitor,
    VisitorRow,
    grant_from,
    person_from,
    person_in_posting_from,
    token_from,
    visitor_from,
)
from idp.secrets_at_rest import digest
from thai_web import clock

_VISITOR = Query[VisitorRow](
    select(
        SESSION.c.id,
        SESSION.c.account_id,
        SESSION.c.auth_time,
        SESSION.c.acr,
        SESSION.c.amr,
        SESSION.c.created_at,
        SESSION.c.last_seen_at,
        SESSION.c.ended_at,
        ACCOUNT.c.subject,
        ACCOUNT.c.status,
        ACCOUNT.c.tokens_not_before,
        POSTING.c.id.label("posting_id"),
        CONSENT.c.scope.label("consented"),
    )
    .select_from(
        SESSION.join(ACCOUNT, ACCOUNT.c.id == SESSION.c.account_id)
        .outerjoin(
            POSTING,
            (POSTING.c.id == SESSION.c.posting_id) & in_force(bindparam("today")),
        )
        .outerjoin(
            CONSENT, (CONSENT.c.account_id == SESSION.c.account_id) & (CONSENT.c.client_id == bindparam("client"))
        )
    )
    .where(SESSION.c.digest == bindparam("digest"))
)

_TOKEN_AND_GRANT = TOKEN.join(GRANT, GRANT.c.id == TOKEN.c.grant_id)
_IS_TOKEN = (TOKEN.c.digest == bindparam("digest")) & (CLIENT.c.status == "ACTIVE")
_GRANT_OF_CODE = Query[GrantRow](
    select(*GRANT_COLUMNS).select_from(with_life(GRANT)).where(GRANT.c.code_digest == bindparam("digest"))
)
_PERSON_OF_GRANT = Query[PostingInGrantRow](
    select(*posting_in_grant(GRANT.c.scope)).select_from(with_posting(GRANT)).where(GRANT.c.id == bindparam("grant"))
)
_TOKEN = Query[TokenRow](select(*TOKEN_COLUMNS).select_from(with_life(_TOKEN_AND_GRANT)).where(_IS_TOKEN))
_TOKEN_WITH_PERSON = Query[PersonOfTokenRow](
    select(*once((*TOKEN_COLUMNS, *PERSON_IN_GRANT))).select_from(with_person(_TOKEN_AND_GRANT)).where(_IS_TOKEN)
)
_TOKEN_WITH_POSTING = Query[PostingOfTokenRow](
    select(*once((*TOKEN_COLUMNS, *posting_in_grant(TOKEN.c.scope))))
    .select_from(with_posting(_TOKEN_AND_GRANT))
    .where(_IS_TOKEN)
)
_SYSTEM_TOKEN = Query[SystemTokenRow](
    select(SYSTEM_TOKEN, CLIENT.c.client_id.label("public_client_id"))
    .select_from(SYSTEM_TOKEN.join(CLIENT, CLIENT.c.id == SYSTEM_TOKEN.c.client_id))
    .where(SYSTEM_TOKEN.c.digest == bindparam("digest"), CLIENT.c.status == "ACTIVE")
)
_CLIENT = Query[ClientRow](
    select(*CLIENT.c, SECRET.c.digest.label("secret_digest"), SECRET.c.expires_at.label("secret_expires_at"))
    .select_from(CLIENT.outerjoin(SECRET, SECRET.c.client_id == CLIENT.c.id))
    .where(CLIENT.c.client_id == bindparam("client_id"), CLIENT.c.status == "ACTIVE")
)

_SAVE_GRANT = insertion(
    GRANT,
    "code_digest",
    "code_expires_at",
    "client_id",
    "account_id",
    "session_id",
    "posting_id",
    "scope",
    "redirect_uri",
    "code_challenge",
    "nonce",
    "claims",
    "auth_time",
    "acr",
    "amr",
    "issued_at",
)


class _Spending:
    """Marking a code or refresh token as spent and storing the one or two tokens that it brings: all, or nothing.

    PostgreSQL does it in one statement. SQLite cannot write inside a query and takes a short transaction.
    """

    GIVEN = ("digest", "kind", "scope", "issued_at", "expires_at", "replaces")

    def __init__(self, mark: Update) -> None:
        self._at_once = {count: Statement(self._marking(mark, count)) for count in (1, 2)}
        self._mark, self._store = Statement(mark), {count: Statement(self._storing(count)) for count in (1, 2)}

    def _marking(self, mark: Update, count: int) -> Insert:
        spent = mark.returning(GRANT.c.id).cte("spent")
        rows = [select(spent.c.id, *self._row(place).values()) for place in range(count)]
        return insert(TOKEN).from_select(["grant_id", *self.GIVEN], union_all(*rows)).inline()

    def _storing(self, count: int) -> Insert:
        return insert(TOKEN).values([{"grant_id": bindparam("grant"), **self._row(n)} for n in range(count)]).inline()

    def _row(self, place: int) -> dict[str, BindParameter[object]]:
        return {name: bindparam(f"{name}_{place}", type_=TOKEN.c[name].type) for name in self.GIVEN}

    def __call__(self, values: dict[str, object], tokens: Sequence[Values]) -> bool:
        """False, and nothing stored, when somebody was first."""
        rows = {f"{name}_{place}": value for place, row in enumerate(tokens) for name, value in row.items()}
        if db.engine.dialect.name == "postgresql":
            return self._at_once[len(tokens)].run(values | rows) > 0
        with database.write() as connection:
            if self._mark.run_in(connection, values) != 1:
                return False
            self._store[len(tokens)].run_in(connection, values | rows)
            return True


_redeem = _Spending(
    update(GRANT)
    .where(GRANT.c.id == bindparam("grant"), GRANT.c.redeemed_at.is_(None), GRANT.c.revoked_at.is_(None))
    .values(redeemed_at=bindparam("now"))
)
# Whoever uses a refresh token moves its grant on from the token used before; of two at once, one finds it moved.
_rotate = _Spending(
    update(GRANT)
    .where(
        GRANT.c.id == bindparam("grant"),
        GRANT.c.rotated_by.is_not_distinct_from(bindparam("before", type_=GRANT.c.rotated_by.type)),
        GRANT.c.revoked_at.is_(None),
    )
    .values(rotated_by=bindparam("used"), rotated_at=bindparam("at"))
)
_REVOKE_GRANT, _REVOKE_TOKEN, _REVOKE_SYSTEM_TOKEN = (
    Statement(
        update(table)
        .where(table.c.id == bindparam("revoked"), table.c.revoked_at.is_(None))
        .values(revoked_at=bindparam("now"))
    )
    for table in (GRANT, TOKEN, SYSTEM_TOKEN)
)
_SAVE_SYSTEM_TOKEN = insertion(SYSTEM_TOKEN, "digest", "client_id", "scope", "issued_at", "expires_at")
_SPEND_ASSERTION = insertion(USED_ASSERTION, "digest", "expires_at")
_KEEP_POSTED_REQUEST = insertion(POSTED_REQUEST, "digest", "parameters", "expires_at")
_POSTED_REQUEST = Query[PostedRequestRow](
    select(POSTED_REQUEST.c.parameters).where(
        POSTED_REQUEST.c.digest == bindparam("digest"), POSTED_REQUEST.c.expires_at > bindparam("now")
    )
)


def client(client_id: str) -> Sequence[ClientRow]:
    """An active system, one row for each of its secrets."""
    return _CLIENT.all({"client_id": client_id})


def visitor(cookie_digest: bytes, client_pk: int) -> Visitor | None:
    """Who has this sign-in cookie, alive or not, and to what they agreed for the system."""
    row = _VISITOR.one({"digest": cookie_digest, "client": client_pk, "today": clock.today()})
    return visitor_from(row) if row else None


def save_grant(columns: Values, session_seen: Write | None) -> None:
    """Write an authorization, and that its session was seen, where that is worth noting.

    Together with the consent that allows it where that is being given: neither stands without the other.
    """
    if database.may_write():
        _SAVE_GRANT.run_in(database.request_connection(), columns)
        return
    writes = [Write(_SAVE_GRANT, columns), *([session_seen] if session_seen else [])]
    # A code that a crash swallowed sends the person round once more. What it brings waits for the disk: so does the
    # grant.
    write_alone(*writes, awaits_disk=False)


def grant_of_code(code_digest: bytes) -> Grant | None:
    """The authorization of a code, redeemed or not."""
    row = _GRANT_OF_CODE.one({"digest": code_digest})
    return grant_from(row) if row else None


def person_of_grant(grant_id: int) -> Person:
    """Everything that can be told about the person of an authorization."""
    [row] = _PERSON_OF_GRANT.all({"grant": grant_id, "today": clock.today()})
    return person_in_posting_from(row)


def token(token_digest: bytes) -> IssuedToken | None:
    """A token of an active system, alive or not."""
    row = _TOKEN.one({"digest": token_digest})
    return token_from(row) if row else None


def token_and_person(text: str) -> tuple[IssuedToken, Person] | None:
    """The token of this text, with everything about its person that it may tell."""
    asked = {"digest": digest(text), "today": clock.today()}
    if text.startswith(TELLS_NO_POSTING):
        told = _TOKEN_WITH_PERSON.one(asked)
        return (token_from(told), person_from(told, told.amr)) if told else None
    row = _TOKEN_WITH_POSTING.one(asked)
    return (token_from(row), person_in_posting_from(row)) if row else None


def system_token(token_digest: bytes) -> IssuedSystemToken | None:
    """A token that an active system got in its own name, alive or not."""
    row = _SYSTEM_TOKEN.one({"digest": token_digest})
    if row is None:
        return None
    return IssuedSystemToken(row.id, row.public_client_id, row.scope, row.issued_at, row.expires_at, row.revoked_at)


def save_system_token(columns: Values) -> None:
    """Store a token that a system gets in its own name."""
    _SAVE_SYSTEM_TOKEN.run(columns)


def redeem(grant_id: int, tokens: Sequence[Values]) -> bool:
    """Mark the code as redeemed and store what it brings. False, and nothing stored, when somebody was first."""
    return _redeem({"grant": grant_id, "now": clock.now()}, tokens)


def rotate(grant_id: int, before: int | None, used: int, at: datetime | None, tokens: Sequence[Values]) -> bool:
    """Move a grant on from the refresh token `before` to the one just `used`, and store what it brings. False, and
    nothing stored, when the grant moved on, or ended, since it was read."""
    return _rotate({"grant": grant_id, "before": before, "used": used, "at": at}, tokens)


def revoke_grant(grant_id: int) -> None:
    """End an authorization with every token of it."""
    _REVOKE_GRANT.run({"revoked": grant_id, "now": clock.now()})


def revoke_token(token: IssuedToken | IssuedSystemToken) -> None:
    """End one token."""
    statement = _REVOKE_TOKEN if isinstance(token, IssuedToken) else _REVOKE_SYSTEM_TOKEN
    statement.run({"revoked": token.id, "now": clock.now()})


def spend_assertion(assertion_digest: bytes, expires_at: datetime) -> bool:
    """Remember a client assertion, on whichever node it came. False when it came before."""
    try:
        _SPEND_ASSERTION.run({"digest": assertion_digest, "expires_at": expires_at})
    except IntegrityError:
        return False
    return True


def keep_posted_request(request_digest: bytes, parameters: list[tuple[str, str]], expires_at: datetime) -> None:
    """Store what a browser posted, on whichever node it comes back."""
    values = {"digest": request_digest, "parameters": parameters, "expires_at": expires_at}
    _KEEP_POSTED_REQUEST.run(values)


def posted_request(request_digest: bytes) -> list[tuple[str, str]] | None:
    """What a browser posted, unless it expired."""
    kept = _POSTED_REQUEST.one({"digest": request_digest, "now": clock.now()})
    return [(name, value) for name, value in kept.parameters] if kept else None
