"""Remembering and withdrawing consent, and telling a national ID on record."""

from dataclasses import replace

from sqlalchemy import select, update

from idp.accounts import operations as accounts
from idp.accounts.models import Account
from idp.audit.operations import record
from idp.audit.rules import Actor
from idp.clients.models import Client
from idp.database import db, will_write
from idp.oidc.claims import Person
from idp.oidc.rules import in_order, scopes_of
from idp.oidc.store import client_cache
from idp.oidc.store.models import AuthorizationGrant, Consent
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import IssuedToken
from thai_web import clock


def remember_consent(account_id: int, client: RegisteredClient, scopes: frozenset[str]) -> None:
    """Keep what a person agreed to tell a system, beside what they agreed to before."""
    db.session.get_one(Account, account_id, with_for_update=True)  # a second click waits here and finds the first
    consent = db.session.get(Consent, (account_id, client.id))
    if consent is None:
        consent = Consent(account_id=account_id, client_id=client.id, scope="")
        db.session.add(consent)
    consent.scope, consent.given_at = in_order(scopes_of(consent.scope) | scopes), clock.now()
    record("consent.given", subject=("account", account_id), client_id=client.client_id, scope=consent.scope)


def consents_of(account_id: int) -> list[tuple[Consent, Client]]:
    """To which systems a person said yes, the newest first."""
    statement = (
        select(Consent, Client)
        .join(Client, Client.id == Consent.client_id)
        .where(Consent.account_id == account_id)
        .order_by(Consent.given_at.desc(), Client.id)
    )
    return [(given, client) for given, client in db.session.execute(statement)]


def withdraw_consent(account_id: int, client_pk: int) -> None:
    """Take a yes back: the system must ask again, and all that it got by it is dead at the next use.

    Twice is once. A yes given at the same instant waits for the lock, and stands after it.
    """
    db.session.get_one(Account, account_id, with_for_update=True)
    consent = db.session.get(Consent, (account_id, client_pk))
    if consent is None:
        return
    db.session.delete(consent)
    living = update(AuthorizationGrant).where(
        AuthorizationGrant.account_id == account_id,
        AuthorizationGrant.client_id == client_pk,
        AuthorizationGrant.revoked_at.is_(None),
    )
    db.session.execute(living.values(revoked_at=clock.now()))
    client = db.session.get_one(Client, client_pk)
    record("consent.withdrawn", subject=("account", account_id), client_id=client.client_id, scope=consent.scope)


def asks_for_national_id(token: IssuedToken) -> bool:
    """Whether the national ID was granted to an access token."""
    return "national_id" in scopes_of(token.scope) | token.grant.claims.userinfo


def with_national_id(person: Person, token: IssuedToken) -> Person:
    """The person to tell of for an access token.

    The national ID is added where it was granted, ThaID proved it and the law that lets the system have it still
    stands in the registry; the record of it is written in the same transaction, so none is told without one.
    """
    if not asks_for_national_id(token):
        return person
    client = client_cache.find(token.client_id)
    if client is None or "national_id" not in client.scopes:
        return person
    will_write()
    number = accounts.proven_national_id(accounts.get(token.grant.account_id))
    if number:
        record(
            "national_id.told",
            subject=("account", token.grant.account_id),
            actor=Actor("client"),
            client_id=token.client_id,
        )
    return replace(person, national_id=number)
