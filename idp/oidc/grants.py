"""Authlib's grants with what ours need beside: S256 from everybody, digests at rest, replay that revokes."""

from typing import Any

from authlib.oauth2.rfc6749 import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import request as http

from idp import clock
from idp.audit.operations import traffic
from idp.clients.rules import AUTH_METHODS, CONFIDENTIAL_METHODS
from idp.oidc import statements
from idp.oidc.answers import answer
from idp.oidc.records import Grant, IssuedToken, Visitor
from idp.oidc.rules import ACCESS_LIFETIME, CODE_LIFETIME, Asked, InvalidRequest, Use, read_request, scopes_of
from idp.secrets_at_rest import digest, new_secret
from idp.signin.rules import LAST_SEEN_STEP


class StrictPkce(CodeChallenge):
    """Proof of possession of the code from every system, confidential ones too, and never `plain` (RFC 9700, 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str | None) -> None:
        """Refuse a request without an S256 challenge; Authlib lets confidential clients pass and defaults to plain.

        A system that cannot do PKCE and was excused by DLA sends a nonce instead, the second-best binding of the code
        to the browser (RFC 9700, section 2.1.1); in the sandbox it may leave that out too, as the OpenID Foundation's
        plans do, which know of no PKCE.
        """
        data, client = grant.request.payload.data, grant.client
        if not client.require_pkce and not data.get("code_challenge") and not data.get("code_challenge_method"):
            if not data.get("nonce") and not client.is_sandbox:
                raise InvalidRequestError("code_challenge or nonce is required")
            return
        if not data.get("code_challenge"):
            raise InvalidRequestError("code_challenge is required")
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256")
        super().validate_code_challenge(grant, redirect_uri)


class OpenIdRequest:
    """Reads what OpenID Connect adds to an authorization request into `grant.asked`."""

    def __call__(self, grant: Any) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.read)

    def read(self, grant: Any, _result: object) -> None:
        request = grant.request
        try:
            grant.asked = read_request(request.payload.data, grant.client.scopes)
        except InvalidRequest as error:
            raise OAuth2Error(error=error.error, description=error.description) from error


class AuthorizationCode(AuthorizationCodeGrant):
    """The code flow. A code is 256 random bits, kept as a digest, lives a minute and is marked when redeemed."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)
    asked: Asked
    _return_address: str | None = None

    @staticmethod
    def validate_authorization_redirect_uri(request: OAuth2Request, client: Any) -> str:
        """The server compared it before this grant was chosen."""
        return str(request.payload.redirect_uri)

    def validate_authorization_request(self) -> str:
        """Once: Authlib asks before a person is looked for, and again when it answers the same request."""
        if self._return_address is None:
            self._return_address = str(super().validate_authorization_request())
        return self._return_address

    def generate_authorization_code(self) -> str:
        return new_secret()

    def create_authorization_response(self, redirect_uri: str, grant_user: Visitor) -> Any:
        """Store the grant, send the code."""
        code = self.generate_authorization_code()
        self.request.user = grant_user
        self.save_authorization_code(code, self.request)
        parameters = [("code", code)]
        if self.request.payload.state:
            parameters.append(("state", self.request.payload.state))
        return answer(redirect_uri, parameters, self.asked.response_mode)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        now, visitor = clock.now(), request.user
        columns = {
            "code_digest": digest(code),
            "code_expires_at": now + CODE_LIFETIME,
            "client_id": self.client.id,
            "account_id": visitor.account_id,
            "session_id": visitor.session_id,
            "posting_id": visitor.posting_id,
            "scope": request.scope,
            "redirect_uri": request.payload.redirect_uri,
            "code_challenge": request.payload.data.get("code_challenge"),
            "nonce": self.asked.nonce,
            "claims": {
                "userinfo": sorted(self.asked.claims.userinfo),
                "id_token": sorted(self.asked.claims.id_token),
            },
            "auth_time": visitor.auth_time,
            "acr": visitor.acr,
            "amr": visitor.amr,
            "issued_at": now,
        }
        statements.save_grant(columns, touch_session=now - visitor.last_seen_at >= LAST_SEEN_STEP)

    def query_authorization_code(self, code: str, client: Any) -> Grant | None:
        """The grant of a code that may be redeemed. One that was redeemed before kills what it brought."""
        grant = statements.grant_of_code(digest(code))
        if grant is None or grant.client_id != client.id:
            return None
        if grant.redeemed_at is not None:
            revoke_replayed(grant, "code")
            return None
        return grant if clock.now() < grant.code_expires_at and grant.is_alive() else None

    def authenticate_user(self, authorization_code: Grant) -> Grant:
        return authorization_code

    def delete_authorization_code(self, authorization_code: Grant) -> None:
        """Nothing: `save_token` marked it as redeemed in the transaction that stored the tokens."""


class RefreshToken(RefreshTokenGrant):
    """Refreshing: each refresh token works once, and one that comes a second time ends the whole grant, unless the
    reply was lost just now."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> IssuedToken | None:
        token = statements.token(digest(refresh_token))
        if token is None or token.kind != "refresh" or not token.check_client(self.client):
            return None
        if token.use() is Use.STOLEN:
            revoke_replayed(token.grant, "refresh_token")
            return None
        return token if token.is_alive() else None

    def authenticate_user(self, refresh_token: IssuedToken) -> Grant:
        return refresh_token.grant

    def revoke_old_credential(self, refresh_token: IssuedToken) -> None:
        """Nothing: `save_token` marked it as used in the transaction that stored the new tokens."""


class ClientCredentials(ClientCredentialsGrant):
    """A system in its own name, within the scopes that DLA registered for it; no person, nothing to refresh."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(CONFIDENTIAL_METHODS)

    def validate_requested_scope(self) -> None:
        """Refuse what is not registered; a request that names nothing means everything."""
        wanted = scopes_of(self.request.payload.scope)
        if not wanted <= self.client.system_scopes:
            raise InvalidScopeError("the system is not registered for this scope")
        self.request.scope = " ".join(sorted(wanted or self.client.system_scopes))

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        now, secret, scope = clock.now(), new_secret(), self.request.scope
        statements.save_system_token(
            {
                "digest": digest(secret), "client_id": self.client.id, "scope": scope, "issued_at": now,
                "expires_at": now + ACCESS_LIFETIME,
            }
        )  # fmt: skip
        token: dict[str, Any] = {
            "access_token": secret, "token_type": "Bearer", "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        }  # fmt: skip
        return 200, token | ({"scope": scope} if scope else {}), self.TOKEN_RESPONSE_HEADER


def revoke_replayed(grant: Grant, what: str) -> None:
    """Somebody presents a spent secret: it was stolen before or after its rightful use, so nothing of it may live."""
    statements.revoke_grant(grant.id)
    traffic("replay", grant.account_id, http.remote_addr, what=what, grant_id=grant.id)


def already_spent(grant: Grant, what: str) -> InvalidGrantError:
    """The error for the loser of two simultaneous uses; both lose, since one of them is a thief's."""
    revoke_replayed(grant, what)
    return InvalidGrantError("it was used already")
