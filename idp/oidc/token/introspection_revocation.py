"""Revocation (RFC 7009) and introspection (RFC 7662): a system may end and inspect its own tokens, and inspect those
with which other systems call it."""

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from idp.clients.rules import AUTH_METHODS, CONFIDENTIAL_METHODS
from idp.oidc.protocol_request import ProtocolRequest
from idp.oidc.store import statements
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import IssuedSystemToken, IssuedToken
from idp.oidc.token.refresh import Use, use
from idp.secrets_at_rest import digest
from idp.web.application import settings

AnyToken = IssuedToken | IssuedSystemToken


class _OwnTokens:
    """What both share. The hint about the kind of token is not needed: a digest tells."""

    CLIENT_AUTH_METHODS = list(AUTH_METHODS)

    def check_params(self, request: ProtocolRequest, client: RegisteredClient) -> None:
        if not request.form.get("token"):
            raise InvalidRequestError("token is required")

    def query_token(self, token_string: str, token_type_hint: str | None) -> AnyToken | None:
        found = digest(token_string)
        return statements.token(found) or statements.system_token(found)


class Revocation(_OwnTokens, RevocationEndpoint):
    """Ends an access token; a refresh token ends with everything that came of the same sign-in."""

    def revoke_token(self, token: AnyToken, request: ProtocolRequest) -> None:
        if isinstance(token, IssuedToken) and token.kind == "refresh":
            statements.revoke_grant(token.grant.id)
        else:
            statements.revoke_token(token)


class Introspection(_OwnTokens, IntrospectionEndpoint):
    """Tells whether a token is good now."""

    CLIENT_AUTH_METHODS = list(CONFIDENTIAL_METHODS)  # RFC 7662, section 2.1: a client id alone authorizes nothing

    def check_permission(self, token: AnyToken, client: RegisteredClient, request: ProtocolRequest) -> bool:
        """A token about a person is its own system's business alone: it says who uses what. One of a system may also be
        inspected by whom its scopes name, since that is where it is shown."""
        meant = isinstance(token, IssuedSystemToken) and client.client_id in token.audience
        return meant or token.check_client(client)

    def create_introspection_payload(self, token: AnyToken | None) -> dict[str, object]:
        if token is None or not token.is_alive():
            return {"active": False}
        is_refresh = isinstance(token, IssuedToken) and token.kind == "refresh"
        told: dict[str, object] = {
            "active": True,
            "iss": settings().issuer,
            "client_id": token.client_id,
            "scope": token.scope,
            "token_type": "refresh_token" if is_refresh else "Bearer",
            "iat": int(token.issued_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
        }
        if isinstance(token, IssuedSystemToken):
            return {**told, "aud": token.audience}
        if is_refresh and use(token) is not Use.FIRST:
            return {"active": False}
        return {**told, "sub": token.grant.subject}
