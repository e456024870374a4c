"""Proof Key for Code Exchange (RFC 7636), as strict as RFC 9700 asks."""

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge

from idp.oidc.token.authorization_code import AuthorizationCode


class StrictPkce(CodeChallenge):
    """Proof of possession of the code from every system, confidential ones too, and never `plain` (RFC 9700, 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: AuthorizationCode, redirect_uri: str | None) -> None:
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
