"""Remembering consent."""

from idp import clock
from idp.accounts.models import Account
from idp.audit.operations import record
from idp.database import db
from idp.oidc.models import Consent
from idp.oidc.registry import RegisteredClient
from idp.oidc.rules import in_order, scopes_of


def remember_consent(account_id: int, client: RegisteredClient, scopes: frozenset[str]) -> None:
    """Keep what a person agreed to tell a system, beside what she agreed to before."""
    db.session.get_one(Account, account_id, with_for_update=True)  # a second click waits here and finds the first
    consent = db.session.get(Consent, (account_id, client.id))
    if consent is None:
        consent = Consent(account_id=account_id, client_id=client.id, scope="")
        db.session.add(consent)
    consent.scope, consent.given_at = in_order(scopes_of(consent.scope) | scopes), clock.now()
    record("consent.given", subject=("account", account_id), client_id=client.client_id, scope=consent.scope)
