"""From an authorization request to its answer: who is here, what is missing, and where the browser goes next."""

from collections.abc import Iterable
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Response, current_app, redirect, request, url_for

from idp import clock
from idp.accounts.rules import Status
from idp.clients.subjects import subject_for
from idp.oidc import interaction, markers, server, statements
from idp.oidc.answers import with_query
from idp.oidc.id_token import read_hint
from idp.oidc.interaction import AskConsent, ChoosePosting, Refuse, SignedIn, SignIn, Situation
from idp.oidc.records import Visitor
from idp.oidc.registry import RegisteredClient
from idp.oidc.rules import Asked, scopes_of
from idp.secrets_at_rest import digest
from idp.signin import cookie, postings
from idp.signin.operations import lifetimes
from idp.signin.rules import is_alive


def parameters() -> list[tuple[str, str]]:
    """Everything that came with the request, as it came."""
    return [(name, value) for name, values in request.values.lists() for value in values]


def validated() -> Any:
    """Authlib's grant for the request, checked. Raises `Refusal` or `OAuth2Error`."""
    return server.current().server.get_consent_grant()


def scopes_to_agree(grant: Any) -> frozenset[str]:
    """What a system would be told, by scope; claims asked by name count as their scope."""
    asked: Asked = grant.asked
    return scopes_of(grant.request.scope) | asked.claims.scopes


def go_on(grant: Any) -> Response:
    """Take the next step of a checked request."""
    visitor = present_visitor(grant.client.id)
    given = parameters()
    step = interaction.next_step(situation(grant, visitor, given))
    if isinstance(step, SignIn):
        here = with_query(url_for("oidc.authorize"), markers.mark(markers.FRESH, given))
        again = 1 if step.again else None
        return _to(url_for("signin.start", next=here, again=again, username=grant.asked.login_hint))
    if isinstance(step, ChoosePosting):
        return _to(url_for("posting.start", next=with_query(url_for("oidc.authorize"), given)))
    if isinstance(step, AskConsent):
        return _to(with_query(url_for("oidc.consent"), given))
    if isinstance(step, Refuse):
        return refuse(grant, OAuth2Error(error=step.error, description=step.description))
    return server.current().server.create_authorization_response(grant.request, grant_user=visitor, grant=grant)


def refuse(grant: Any, error: OAuth2Error) -> Response:
    """Tell the system no."""
    error.redirect_uri, error.state = grant.redirect_uri, grant.request.payload.state
    return server.current().server.handle_error_response(grant.request, error)


def situation(grant: Any, visitor: Visitor | None, given: Iterable[tuple[str, str]]) -> Situation:
    """What the decision rests on."""
    asked: Asked = grant.asked
    given = list(given)
    return Situation(
        person=_signed_in(visitor, grant.client) if visitor else None,
        prompt=asked.prompt,
        max_age=asked.max_age,
        meant=_meant(asked),
        scopes=scopes_to_agree(grant),
        first_party=grant.client.is_first_party,
        fresh_since=markers.marked_at(markers.FRESH, given),
        agreed=visitor is not None and markers.marked_at(markers.AGREED, given, str(visitor.account_id)) is not None,
        now=clock.now(),
    )


def _signed_in(visitor: Visitor, client: RegisteredClient) -> SignedIn:
    must_choose = postings.is_open(visitor.account_id, visitor.posting_id)
    subject = subject_for(client.sector, visitor.subject)  # the one that this system may name in a hint
    return SignedIn(subject, visitor.auth_time, visitor.consented, must_choose)


def _meant(asked: Asked) -> frozenset[str]:
    """Whom the system expects. A hint that is not ours names nobody."""
    provider = server.current()
    text = request.values.get("id_token_hint")
    hint = read_hint(text, provider.issuer, provider.ring) if text else None
    named = (hint.subject if hint else None, asked.claims.subject)
    return frozenset(subject for subject in named if subject is not None)


def present_visitor(client_key: int) -> Visitor | None:
    """The person at the browser, if her sign-in still counts."""
    secret = cookie.secret()
    visitor = statements.visitor(digest(secret), client_key) if secret else None
    if visitor is None or visitor.status != Status.ACTIVE or visitor.auth_time < visitor.tokens_not_before:
        return None
    alive = is_alive(clock.now(), visitor.created_at, visitor.last_seen_at, visitor.ended_at, lifetimes())
    return visitor if alive else None


def _to(address: str) -> Response:
    return current_app.make_response(redirect(address, 303))
