"""What a client would be told of a person, and what keeps them out of it: read for whoever helps, on record."""

import json
from dataclasses import dataclass, replace

from sqlalchemy import select

from idp.accounts import operations as accounts
from idp.accounts.models import Account, Posting
from idp.accounts.rules import Status as AccountStatus
from idp.accounts.rules import mask_national_id
from idp.audit.operations import record
from idp.client_support.access_checks import Facts
from idp.clients import operations as clients
from idp.clients import secrets
from idp.clients.models import Client
from idp.clients.rules import SCOPES, SECRET_METHODS, Environment, Profile, Status, may_hold
from idp.database import db
from idp.oidc.claims import Person, claims_for
from idp.oidc.rules import scopes_of
from idp.oidc.store.columns import ACCOUNT, CLIENT, DETAILS, PERSON_COLUMNS, POSTING, SUPERVISORS, UNIT
from idp.oidc.store.models import Consent
from idp.oidc.store.registered_client import scopes_for
from idp.oidc.store.rows import person_from, unit_from
from idp.signin.models import PasswordCredential, SignInSession
from idp.signin.operations import lifetimes
from idp.signin.password_limits import locked_until
from idp.signin.rules import session_is_valid
from idp.units import operations as units
from idp.units.models import Unit
from thai_web import clock


@dataclass(frozen=True)
class ClaimsPreview:
    """What is told of a person in one posting, by scope: claim and value as the client reads them."""

    unit: Unit | None
    posting: Posting | None
    by_scope: list[tuple[str, list[tuple[str, str]]]]


def record_look(client: Client, account: Account, what: str) -> None:
    """Record that somebody looked at a person's data."""
    record(
        "client.person_looked_at",
        subject=("account", account.id),
        subject_name=account.name,
        unit_id=client.owner_unit_id,
        client_id=client.client_id,
        what=what,
    )


def preview_claims(client: Client, account: Account) -> list[ClaimsPreview]:
    """For every posting in force, by the very function that UserInfo uses; the national ID is masked."""
    held: list[Posting | None] = [*accounts.postings(account.id, clock.today())]
    return [_preview(client, account, posting) for posting in held or [None]]


def _preview(client: Client, account: Account, posting: Posting | None) -> ClaimsPreview:
    person, allowed = _person(client, account, posting), scopes_for(client)
    by_scope = [(scope, _claims(person, scope)) for scope in SCOPES if scope in allowed]
    return ClaimsPreview(units.get(posting.unit_id) if posting else None, posting, by_scope)


def _claims(person: Person, scope: str) -> list[tuple[str, str]]:
    told_of = claims_for(person, [scope])
    return [(name, value if isinstance(value, str) else _as_json(value)) for name, value in told_of.items()]


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2 if isinstance(value, dict) else None)


def _person(client: Client, account: Account, posting: Posting | None) -> Person:
    start = (
        ACCOUNT.join(CLIENT, CLIENT.c.id == client.id)
        .outerjoin(DETAILS, DETAILS.c.account_id == ACCOUNT.c.id)
        .outerjoin(POSTING, POSTING.c.id == (posting.id if posting else None))
        .outerjoin(UNIT, UNIT.c.id == POSTING.c.unit_id)
    )
    columns = select(*PERSON_COLUMNS, SUPERVISORS).select_from(start)
    row = db.session.execute(columns.where(ACCOUNT.c.id == account.id)).one()
    held = clients.assignments(posting.id) if posting else []
    roles = [each.code for _held, each in held if each.client.id == client.id]
    latest = select(SignInSession.amr).where(SignInSession.account_id == account.id).order_by(SignInSession.id.desc())
    number = accounts.proven_national_id(account)
    person = person_from(row, db.session.scalar(latest.limit(1)) or [], unit_from(row), roles)
    return replace(person, national_id=mask_national_id(number) if number else None)


def facts(client: Client, account: Account) -> Facts:
    """What `access_checks` ask of one person and one client, today."""
    today = clock.today()
    held = accounts.postings(account.id, today)
    declared = clients.roles_of(client)
    kinds = [units.get(posting.unit_id).kind for posting in held]
    mine = [each for posting in held for _held, each in clients.assignments(posting.id)]
    later = select(Posting.id).where(Posting.account_id == account.id, Posting.starts_on > today)
    consent = db.session.get(Consent, (account.id, client.id))
    return Facts(
        system_works=client.status == Status.ACTIVE,
        signs_people_in="authorization_code" in client.grant_types,
        lacks_secret=client.token_endpoint_auth_method in SECRET_METHODS and not secrets.in_force(client),
        is_sandbox=client.environment == Environment.SANDBOX,
        is_first_party=client.profile == Profile.FIRST_PARTY,
        account_works=account.status == AccountStatus.ACTIVE,
        has_password=db.session.get(PasswordCredential, account.id) is not None,
        proven_by_thaid=account.proven_at is not None,
        is_locked=bool(account.username and locked_until([account.username])),
        postings=len(held),
        posting_begins_later=not held and db.session.scalar(later.limit(1)) is not None,
        declares_roles=bool(declared),
        holds_role=any(each.client.id == client.id for each in mine),
        role_fits_unit=any(may_hold(role.unit_kinds, kind) for role in declared for kind in kinds),
        agreed=scopes_of(consent.scope) if consent else frozenset(),
        asked_scopes=scopes_for(client) & frozenset(SCOPES),
        is_signed_in=_is_signed_in(account),
    )


def _is_signed_in(account: Account) -> bool:
    live = select(SignInSession).where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
    now = clock.now()
    return any(session_is_valid(each, account, now, lifetimes()) for each in db.session.scalars(live))
