"""Revocation (RFC 7009) and introspection (RFC 7662): a system may end and inspect its own tokens."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from idp.clients.rules import AUTH_METHODS
from idp.oidc import statements
from idp.oidc.records import IssuedToken
from idp.secrets_at_rest import digest
from idp.web.application import settings

# Whoever inspects tokens must prove who it is (RFC 7662, section 2.1); knowing a client id proves nothing.
INTROSPECTION_METHODS = tuple(method for method in AUTH_METHODS if method != "none")


class _OwnTokens:
    """What both share. The hint about the kind of token is not needed: a digest tells."""

    CLIENT_AUTH_METHODS = list(AUTH_METHODS)

    def check_params(self, request: OAuth2Request, client: Any) -> None:
        if not request.form.get("token"):
            raise InvalidRequestError("token is required")

    def query_token(self, token_string: str, token_type_hint: str | None) -> IssuedToken | None:
        return statements.token(digest(token_string))


class Revocation(_OwnTokens, RevocationEndpoint):
    """Ends an access token; a refresh token ends with everything that came of the same sign-in."""

    def revoke_token(self, token: IssuedToken, request: OAuth2Request) -> None:
        if token.kind == "refresh":
            statements.revoke_grant(token.grant.id)
        else:
            statements.revoke_token(token.id)


class Introspection(_OwnTokens, IntrospectionEndpoint):
    """Tells whether a token is good now."""

    CLIENT_AUTH_METHODS = list(INTROSPECTION_METHODS)

    def check_permission(self, token: IssuedToken, client: Any, request: OAuth2Request) -> bool:
        return token.check_client(client)

    def create_introspection_payload(self, token: IssuedToken | None) -> dict[str, Any]:
        if token is None or token.used_at is not None or not token.is_alive():
            return {"active": False}
        return {
            "active": True,
            "iss": settings().issuer,
            "sub": token.grant.person.subject,
            "client_id": token.client_id,
            "scope": token.scope,
            "token_type": "Bearer" if token.kind == "access" else "refresh_token",
            "iat": int(token.issued_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
        }
