"""The provider's description of itself: OpenID Connect Discovery 1.0 and RFC 8414."""

from collections.abc import Callable
from typing import Any

from idp.clients.rules import (
    ASSERTION_ALGORITHMS,
    AUTH_METHODS,
    CONFIDENTIAL_METHODS,
    GRANT_TYPES,
    SCOPES,
    SIGNING_ALGORITHMS,
    SUBJECT_TYPES,
)
from idp.oidc.rules import CLAIM_SCOPE, PROMPTS, RESPONSE_MODES
from idp.signin.rules import PASSWORD_ACR, THAID_ACR

ID_TOKEN_CLAIMS = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid")


def describe(issuer: str, address: Callable[[str], str]) -> dict[str, Any]:
    """The metadata. `address` gives the path of one of our endpoints."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + address("oidc.authorize"),
        "token_endpoint": issuer + address("oidc.token"),
        "userinfo_endpoint": issuer + address("oidc.userinfo"),
        "jwks_uri": issuer + address("oidc.jwks"),
        "end_session_endpoint": issuer + address("oidc.logout"),
        "revocation_endpoint": issuer + address("oidc.revoke"),
        "introspection_endpoint": issuer + address("oidc.introspect"),
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
