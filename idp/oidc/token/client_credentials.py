"""A client in its own name (RFC 6749, section 4.4)."""

from authlib.oauth2.rfc6749 import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from idp.clients.rules import CONFIDENTIAL_METHODS
from idp.oidc.protocol_request import ProtocolRequest
from idp.oidc.rules import ACCESS_LIFETIME, scopes_of
from idp.oidc.store import statements
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.token.issuing import TokenResponse
from idp.secrets_at_rest import digest, new_secret
from thai_web import clock


class ClientCredentials(ClientCredentialsGrant):
    """A system in its own name, within the scopes that DLA registered for it; no person, nothing to refresh."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(CONFIDENTIAL_METHODS)
    TOKEN_RESPONSE_HEADER: list[tuple[str, str]]
    request: ProtocolRequest
    client: RegisteredClient

    def validate_requested_scope(self) -> None:
        """Refuse what is not registered; a request that names nothing means everything."""
        wanted = scopes_of(self.request.payload.scope)
        if not wanted <= self.client.system_scopes:
            raise InvalidScopeError("the system is not registered for this scope")
        self.request.scope = " ".join(sorted(wanted or self.client.system_scopes))

    def create_token_response(self) -> tuple[int, TokenResponse, list[tuple[str, str]]]:
        now, secret, scope = clock.now(), new_secret(), self.request.scope
        statements.save_system_token(
            {
                "digest": digest(secret),
                "client_id": self.client.id,
                "scope": scope,
                "issued_at": now,
                "expires_at": now + ACCESS_LIFETIME,
            }
        )
        token: TokenResponse = {
            "access_token": secret,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        }
        if scope:
            token["scope"] = scope
        return 200, token, self.TOKEN_RESPONSE_HEADER
