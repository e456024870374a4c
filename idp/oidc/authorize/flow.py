"""From an authorization request to its answer: who is here, what is missing, and where the browser goes next."""

from collections.abc import Iterable

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Response, current_app, redirect, request, url_for

from idp.clients.subjects import subject_for
from idp.oidc import parameters, server
from idp.oidc.authorize import interaction, posted_requests, signed_query
from idp.oidc.authorize.interaction import (
    AskConsent,
    ChooseAccount,
    ChoosePosting,
    Refuse,
    Register,
    SignedIn,
    SignIn,
    Situation,
)
from idp.oidc.authorize.request_rules import Asked, InvalidRequest
from idp.oidc.responses import with_query
from idp.oidc.rules import scopes_of
from idp.oidc.store import statements
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import Visitor
from idp.oidc.token.authorization_code import AuthorizationCode
from idp.oidc.token.id_token import read_hint
from idp.secrets_at_rest import digest
from idp.signin import cookie, postings
from idp.signin import rules as signin_rules
from idp.signin.operations import lifetimes
from idp.signin.rules import session_is_valid
from idp.thaid.operations import is_offered
from thai_web import clock


def validated() -> AuthorizationCode:
    """Authlib's grant for the request, checked. Raises `Refusal` or `OAuth2Error`."""
    return server.current().server.get_consent_grant()


def scopes_to_agree(grant: AuthorizationCode) -> frozenset[str]:
    """What a system would be told, by scope, none beyond its registration; claims by name count as their scope."""
    return scopes_of(grant.client.get_allowed_scope(grant.request.scope)) | grant.asked.claims.scopes


def go_on(grant: AuthorizationCode, given: list[tuple[str, str]], *, agreed: bool = False) -> Response:
    """Take the next step of a checked request.

    Arguments: `given`, the request as it stands in the address; `agreed`, the person said yes to it in this very call.
    """
    try:
        meant = _meant(grant.asked)
    except InvalidRequest as error:
        return refuse(grant, OAuth2Error(error=error.error, description=error.description))
    visitor = present_visitor(grant.client.id)
    step = interaction.next_step(situation(grant, visitor, meant, given, agreed=agreed))
    if isinstance(step, SignIn):
        return to_sign_in(grant, given, again=step.why is not None, why=step.why)
    if isinstance(step, Register):
        return _to(url_for("registration.start", next=with_query(url_for("authorize.authorize"), _without_create())))
    if isinstance(step, ChooseAccount):
        return _to(with_query(url_for("select_account.start"), given))
    if isinstance(step, ChoosePosting):
        return _to(url_for("posting.start", next=with_query(url_for("authorize.authorize"), given)))
    if isinstance(step, AskConsent):
        return _to(with_query(url_for("consent.consent"), given))
    if isinstance(step, Refuse):
        return refuse(grant, OAuth2Error(error=step.error, description=step.description))
    return server.current().server.create_authorization_response(grant.request, visitor, grant)


def to_sign_in(
    grant: AuthorizationCode,
    given: Iterable[tuple[str, str]],
    *,
    again: bool,
    why: signin_rules.Why | None = None,
) -> Response:
    """To the sign-in page, whose ways in are those that the request wants, and back."""
    asked = grant.asked
    here = with_query(url_for("authorize.authorize"), signed_query.mark(signed_query.FRESH, given))
    ways = signin_rules.ways_for(asked.acr_values, only=bool(asked.essential_acr))
    return _to(
        url_for(
            "signin.start",
            next=here,
            username=asked.login_hint,
            ways=ways or None,
            again=1 if again else None,
            why=why,
            client=grant.client.client_id,
        )
    )


def _without_create() -> list[tuple[str, str]]:
    """The request as it goes on once an account was offered; who registers comes back with it."""
    given = parameters.sent().items(multi=True)
    rest = [
        (name, " ".join(word for word in value.split() if word != "create") if name == "prompt" else value)
        for name, value in given
    ]
    rest = [pair for pair in rest if pair != ("prompt", "")]
    return posted_requests.keep(rest) if posted_requests.REFERENCE in request.args else rest


def refuse(grant: AuthorizationCode, error: OAuth2Error) -> Response:
    """Tell the system no."""
    error.redirect_uri, error.state = grant.redirect_uri, grant.request.payload.state
    return server.current().server.handle_error_response(grant.request, error)


def situation(
    grant: AuthorizationCode,
    visitor: Visitor | None,
    meant: frozenset[str],
    given: Iterable[tuple[str, str]],
    *,
    agreed: bool,
) -> Situation:
    """What the decision rests on."""
    asked = grant.asked
    given = list(given)
    return Situation(
        person=_signed_in(visitor, grant.client) if visitor else None,
        prompt=asked.prompt,
        max_age=asked.max_age,
        meant=meant,
        essential_acr=asked.essential_acr,
        attainable=signin_rules.classes(is_offered()),
        scopes=scopes_to_agree(grant),
        first_party=grant.client.is_first_party,
        fresh_since=signed_query.marked_at(signed_query.FRESH, given),
        selected=_is_selected(given, visitor),
        agreed=agreed,
        now=clock.now(),
    )


def _is_selected(given: Iterable[tuple[str, str]], visitor: Visitor | None) -> bool:
    if visitor is None:
        return False
    return signed_query.marked_at(signed_query.SELECTED, given, str(visitor.account_id)) is not None


def _signed_in(visitor: Visitor, client: RegisteredClient) -> SignedIn:
    must_choose = postings.is_open(visitor.account_id, visitor.posting_id)
    subject = subject_for(client.sector, visitor.subject)  # the one that this system may name in a hint
    return SignedIn(subject, visitor.auth_time, visitor.acr, visitor.consented, must_choose)


def _meant(asked: Asked) -> frozenset[str]:
    """Whom the system expects. Raises `InvalidRequest` for a hint that is not ours: whoever happens to be signed in is
    not the person that it was to name (Core, section 3.1.2.1). One of ours counts after it expired, too."""
    provider = server.current()
    text = parameters.sent().get("id_token_hint")
    hint = read_hint(text, provider.issuer, provider.ring) if text else None
    if text and hint is None:
        raise InvalidRequest("invalid_request", "id_token_hint is not valid")
    named = (hint.subject if hint else None, asked.claims.subject)
    return frozenset(subject for subject in named if subject is not None)


def present_visitor(client_pk: int) -> Visitor | None:
    """The person at the browser, if their sign-in still counts."""
    secret = cookie.secret()
    visitor = statements.visitor(digest(secret), client_pk) if secret else None
    if visitor is None:
        return None
    return visitor if session_is_valid(visitor, visitor, clock.now(), lifetimes()) else None


def _to(address: str) -> Response:
    return current_app.make_response(redirect(address, 303))
