"""Authlib's authorization server, put together with our grants, and the provider that a running application has."""

import json
import logging
from collections.abc import Callable

from authlib.integrations.flask_oauth2.authorization_server import AuthorizationServer
from authlib.oauth2.rfc6749 import (
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from flask import Flask, Response, current_app

from idp.clients.rules import GRANT_TYPES
from idp.config import Settings
from idp.oidc import parameters
from idp.oidc.authorize.pkce import StrictPkce
from idp.oidc.authorize.request import (
    REQUEST_OBJECT_REFUSED,
    OpenIdRequest,
    check_addressee,
    refuse_request_objects,
)
from idp.oidc.authorize.request_rules import told_in_request_object
from idp.oidc.protocol_request import ProtocolRequest
from idp.oidc.responses import answer
from idp.oidc.store import client_cache
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import Visitor
from idp.oidc.token import authorization_code, client_authentication, client_jwks, refresh
from idp.oidc.token.authorization_code import AuthorizationCode
from idp.oidc.token.client_credentials import ClientCredentials
from idp.oidc.token.id_token import IdToken
from idp.oidc.token.introspection_revocation import Introspection, Revocation
from idp.oidc.token.issuing import TokenResponse, make_tokens
from idp.oidc.token.refresh import RefreshToken
from idp.secrets_at_rest import digest
from idp.signing_keys.key_ring import KeyRing
from thai_web import clock


class Server(AuthorizationServer):
    """The protocol engine."""

    # What Authlib's own methods take and bring; it says nothing of its types.
    handle_response: Callable[[int, object, list[tuple[str, str]]], Response]
    get_consent_grant: Callable[[], AuthorizationCode]
    create_authorization_response: Callable[[ProtocolRequest, Visitor | None, AuthorizationCode], Response]
    create_token_response: Callable[[], Response]
    create_endpoint_response: Callable[[str], Response]

    def __init__(self, issuer: str, token_endpoint: str, ring: KeyRing) -> None:
        super().__init__()
        self._audiences = frozenset({issuer, token_endpoint})
        id_token = IdToken(issuer, ring)
        self.register_token_generator("default", make_tokens)
        self.register_grant(AuthorizationCode, [StrictPkce(required=True), OpenIdRequest(), id_token])
        self.register_grant(RefreshToken, [id_token])
        self.register_grant(ClientCredentials)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    def query_client(self, client_id: str) -> RegisteredClient | None:
        return client_cache.find(client_id)

    def create_oauth2_request(self, request: ProtocolRequest | None) -> ProtocolRequest:
        return request if isinstance(request, ProtocolRequest) else ProtocolRequest()

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nothing: nobody subscribes in this house."""

    def get_authorization_grant(self, request: ProtocolRequest) -> AuthorizationCode:
        """The grant, after the two things that must be right before anything is sent anywhere: system and address."""
        check_addressee(request)
        # Before all else: what seems to be missing may stand inside of the object.
        refuse_request_objects(request)
        if request.payload.response_type == "code":
            grant: AuthorizationCode = super().get_authorization_grant(request)
            return grant
        missing = not request.payload.response_type
        raise OAuth2Error(
            error="invalid_request" if missing else "unsupported_response_type",
            description="response_type must be code",
            redirect_uri=request.payload.redirect_uri,
        )

    def get_token_grant(self, request: ProtocolRequest) -> AuthorizationCode | RefreshToken | ClientCredentials:
        """The grant; Authlib's own error would repeat what the caller sent."""
        if request.payload.grant_type not in GRANT_TYPES:
            raise BadGrantType(request.payload.grant_type)
        grant: AuthorizationCode | RefreshToken | ClientCredentials = super().get_token_grant(request)
        return grant

    def authenticate_client(
        self, request: ProtocolRequest, methods: list[str], endpoint: str = "token"
    ) -> RegisteredClient:
        """The system that calls. One answer for everything that can be wrong with its credentials."""
        if parameters.is_repeated(request.payload.data):
            raise InvalidRequestError("a parameter is repeated")
        method = client_authentication.presented(request)
        client = client_authentication.authenticated(request, method, self._audiences) if method in methods else None
        if client is None:
            raise InvalidClientError("client authentication failed", status_code=401)
        request.auth_method = method
        return client

    def save_token(self, token: TokenResponse, request: ProtocolRequest) -> None:
        """Store digests of what is given out, and mark what was spent for it, in one transaction."""
        if request.authorization_code:
            authorization_code.redeem(request.authorization_code, token)
        if request.refresh_token:
            refresh.rotate(request.refresh_token, digest(request.form["refresh_token"]), token)

    def handle_error_response(self, request: ProtocolRequest | None, error: OAuth2Error) -> Response:
        """Bad news to the system: through the browser where an address is known to be its own, else as JSON."""
        if not error.redirect_uri:
            return self.handle_response(*error())
        given = parameters.sent()
        mode = given.get("response_mode")
        if error.error == REQUEST_OBJECT_REFUSED:
            inside = told_in_request_object(given["request"])
            mode, error.state = mode or inside.get("response_mode"), error.state or inside.get("state")
        return self.handle_response(*answer(error.redirect_uri, error.get_body(), mode))


class BadGrantType(UnsupportedGrantTypeError):
    """A grant type that we do not have, or none at all."""

    def __init__(self, grant_type: str | None) -> None:
        UnsupportedGrantTypeError.__init__(self, grant_type)
        self.error = "unsupported_grant_type" if grant_type else "invalid_request"
        self.description = f"grant_type must be one of {' '.join(GRANT_TYPES)}"


class Provider:
    """What a running application holds: the keys, the engine, and the answers that never change."""

    def __init__(self, settings: Settings, discovery: dict[str, object]) -> None:
        self.issuer = settings.issuer
        self.ring = KeyRing(settings.keys, settings.keys_password, clock.now(), production=settings.is_production)
        self.server = Server(settings.issuer, str(discovery["token_endpoint"]), self.ring)
        self.discovery = json.dumps(discovery).encode()


def begin(app: Flask, discovery: dict[str, object]) -> None:
    """Give the application its provider. Raises `KeyFileError` where no key signs: better not to start."""
    # At DEBUG Authlib writes the tokens that it issues; no setting of the log may bring that about.
    logging.getLogger("authlib").setLevel(logging.INFO)
    client_cache.begin(app)
    client_jwks.begin(app)
    app.extensions["oidc"] = Provider(app.config["SETTINGS"], discovery)


def current() -> Provider:
    """The running application's provider."""
    found: Provider = current_app.extensions["oidc"]
    return found
