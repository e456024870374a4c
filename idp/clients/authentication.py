"""The members of a registration that say how the system proves who it is."""

from collections.abc import Mapping

from idp.clients.keys import check_jwks
from idp.clients.metadata_fields import MetadataError, choice, optional_text, text
from idp.clients.rules import ASSERTION_ALGORITHMS, PRINTABLE, SHORTEST_SECRET, check_redirect_uri


def secret(metadata: Mapping[str, object], method: str) -> str | None:
    """The secret that the file brings."""
    secret = optional_text(metadata, "client_secret", PRINTABLE)
    if secret is not None and method in ("none", "private_key_jwt"):
        raise MetadataError("client_secret", f"must be absent where token_endpoint_auth_method is {method}")
    if secret is not None and len(secret) < SHORTEST_SECRET:
        raise MetadataError("client_secret", f"must have at least {SHORTEST_SECRET} characters")
    return secret


def public_keys(metadata: Mapping[str, object], method: str) -> tuple[dict[str, object] | None, str | None]:
    """The keys themselves, or where they are published: one of the two, never both (RFC 7591, section 2)."""
    jwks, uri = metadata.get("jwks"), text(metadata, "jwks_uri", "") or None
    if jwks is not None and uri:
        raise MetadataError("jwks", "must be absent where jwks_uri is given")
    if method == "private_key_jwt" and jwks is None and uri is None:
        raise MetadataError("jwks", "or jwks_uri is required where token_endpoint_auth_method is private_key_jwt")
    if jwks is not None and (problem := check_jwks(jwks)):
        raise MetadataError("jwks", problem)
    if uri and (problem := check_redirect_uri(uri)):
        raise MetadataError("jwks_uri", problem)
    return jwks if isinstance(jwks, dict) else None, uri


def assertion_algorithm(metadata: Mapping[str, object], method: str) -> str | None:
    """The only algorithm of its assertions."""
    member = "token_endpoint_auth_signing_alg"
    if metadata.get(member) is None:
        return None
    if method != "private_key_jwt":
        raise MetadataError(member, "is for private_key_jwt alone")
    return choice(metadata, member, ASSERTION_ALGORITHMS, "")


def require_pkce(metadata: Mapping[str, object], method: str) -> bool:
    """Whether it must do PKCE; DLA may excuse a system with credentials."""
    required = metadata.get("require_pkce", True)
    if not isinstance(required, bool):
        raise MetadataError("require_pkce", "must be true or false")
    if not required and method == "none":
        raise MetadataError("require_pkce", "cannot be false for a system without a secret: PKCE is all that it has")
    return required
