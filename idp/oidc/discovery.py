"""The provider's description of itself and its public keys: OpenID Connect Discovery 1.0, RFC 8414, RFC 7517."""

from collections.abc import Callable

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from idp.access.guards import public
from idp.clients.rules import (
    ASSERTION_ALGORITHMS,
    AUTH_METHODS,
    CONFIDENTIAL_METHODS,
    GRANT_TYPES,
    SCOPES,
    SIGNING_ALGORITHMS,
    SUBJECT_TYPES,
)
from idp.oidc import server
from idp.oidc.rules import CLAIM_SCOPE, PROMPTS, RESPONSE_MODES
from idp.signin.rules import PASSWORD_ACR, THAID_ACR
from idp.signing_keys.schedule import JWKS_MAX_AGE
from thai_web import clock

blueprint = Blueprint("discovery", __name__)
CACHED = {
    "Content-Type": "application/json",
    "Cache-Control": f"public, max-age={int(JWKS_MAX_AGE.total_seconds())}",
}
ID_TOKEN_CLAIMS = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid")


def describe(issuer: str, address: Callable[[str], str]) -> dict[str, object]:
    """The metadata. `address` gives the path of one of our endpoints."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + address("authorize.authorize"),
        "token_endpoint": issuer + address("token.token"),
        "userinfo_endpoint": issuer + address("userinfo.userinfo"),
        "jwks_uri": issuer + address("discovery.jwks"),
        "end_session_endpoint": issuer + address("logout.logout"),
        "revocation_endpoint": issuer + address("token.revoke"),
        "introspection_endpoint": issuer + address("token.introspect"),
        "scopes_supported": list(SCOPES),
        "claims_supported": sorted({*CLAIM_SCOPE, *ID_TOKEN_CLAIMS}),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "acr_values_supported": [PASSWORD_ACR, THAID_ACR],
        "subject_types_supported": list(SUBJECT_TYPES),
        "id_token_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "userinfo_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "prompt_values_supported": list(PROMPTS),
        "display_values_supported": ["page"],
        "claim_types_supported": ["normal"],
        "ui_locales_supported": ["th", "en"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


@blueprint.get("/.well-known/openid-configuration")
@blueprint.get("/.well-known/oauth-authorization-server")
@public("metadata for every program")
def configuration() -> ResponseReturnValue:
    """Returns the metadata, which depends on no caller."""
    return Response(server.current().discovery, headers=CACHED)


@blueprint.get("/jwks")
@public("public keys for every program")
def jwks() -> ResponseReturnValue:
    """Returns the keys that check our signatures."""
    return Response(server.current().ring.jwks(clock.now()), headers=CACHED)
