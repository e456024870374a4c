"""The authorization code: sent by /authorize, redeemed once at /token (RFC 6749, section 4.1)."""

from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant

from idp.clients.rules import AUTH_METHODS
from idp.oidc.authorize.request_rules import Asked
from idp.oidc.protocol_request import ProtocolRequest
from idp.oidc.responses import AuthorizationResponse, answer
from idp.oidc.rules import CODE_LIFETIME
from idp.oidc.store import statements
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.store.rows import Grant, Visitor
from idp.oidc.token.issuing import TokenResponse, rows_of
from idp.oidc.token.replay import already_spent, revoke_replayed
from idp.secrets_at_rest import digest, new_secret
from idp.signin.operations import seen
from idp.signin.rules import LAST_SEEN_STEP
from thai_web import clock


class AuthorizationCode(AuthorizationCodeGrant):
    """The code flow. A code is 256 random bits, kept as a digest, lives a minute and is marked when redeemed."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(AUTH_METHODS)
    request: ProtocolRequest
    client: RegisteredClient
    redirect_uri: str
    asked: Asked
    _return_address: str | None = None

    @staticmethod
    def validate_authorization_redirect_uri(request: ProtocolRequest, client: RegisteredClient) -> str:
        """The server compared it before this grant was chosen."""
        return str(request.payload.redirect_uri)

    def validate_authorization_request(self) -> str:
        """Once: Authlib asks before a person is looked for, and again when it answers the same request."""
        if self._return_address is None:
            self._return_address = str(super().validate_authorization_request())
        return self._return_address

    def generate_authorization_code(self) -> str:
        return new_secret()

    def create_authorization_response(self, redirect_uri: str, grant_user: Visitor) -> AuthorizationResponse:
        """Store the grant, send the code."""
        code = self.generate_authorization_code()
        self.request.user = grant_user
        self.save_authorization_code(code, self.request)
        parameters = [("code", code)]
        if self.request.payload.state:
            parameters.append(("state", self.request.payload.state))
        return answer(redirect_uri, parameters, self.asked.response_mode)

    def save_authorization_code(self, code: str, request: ProtocolRequest) -> None:
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
        is_due = now - visitor.last_seen_at >= LAST_SEEN_STEP
        statements.save_grant(columns, seen(visitor.session_id, now) if is_due else None)

    def query_authorization_code(self, code: str, client: RegisteredClient) -> Grant | None:
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
        """Nothing: `redeem` marks it as redeemed in the transaction that stores the tokens."""


def redeem(grant: Grant, token: TokenResponse) -> None:
    """Store what a code brought. Raises Authlib's `InvalidGrantError`, and ends the grant, when somebody was first."""
    if not statements.redeem(grant.id, rows_of(token, grant, None)):
        raise already_spent(grant, "code")
