"""A system's public keys (RFC 7517), by which we know what it signed."""

from collections.abc import Iterable

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

MOST_KEYS = 20
SMALLEST_RSA = 2048
# What each algorithm signs with (RFC 7518, section 3.1; RFC 8037, section 3.1).
KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "P-256", "EdDSA": "Ed25519"}


def check_jwks(given: object) -> str | None:
    """What is wrong with a registered key set, or nothing."""
    members = given.get("keys") if isinstance(given, dict) else None
    if not isinstance(members, list) or not 0 < len(members) <= MOST_KEYS:
        return f"must be an object with a list of 1 to {MOST_KEYS} keys"
    for number, each in enumerate(members):
        if not isinstance(each, dict) or each.get("kty") == "oct" or "d" in each or "k" in each:
            return f"key {number + 1} must be a public key"
    if not public_keys(given):
        return f"holds no key to sign with: RSA of at least {SMALLEST_RSA} bits, EC P-256 or Ed25519"
    return None


def public_keys(given: object) -> tuple[Key, ...]:
    """The keys of a set that may check a signature; others (for encryption, too short, unknown) are passed over."""
    members = given.get("keys") if isinstance(given, dict) else None
    if not isinstance(members, list):
        return ()
    return tuple(key for each in members[:MOST_KEYS] if (key := _public_key(each)))


def _public_key(given: object) -> Key | None:
    # Who publishes a private key has lost it, and a symmetric one would turn the public set into a secret (HS256).
    if not isinstance(given, dict) or given.get("kty") not in ("RSA", "EC", "OKP") or "d" in given:
        return None
    if given.get("use", "sig") != "sig" or (len(str(given.get("n", ""))) * 6 < SMALLEST_RSA and given["kty"] == "RSA"):
        return None
    try:
        key = import_key(given)
        return key if _type(key) in KEY_TYPES.values() else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _type(key: Key) -> str | None:
    if isinstance(key, RSAKey):
        return "RSA" if key.public_key.key_size >= SMALLEST_RSA else None
    return key.curve_name if isinstance(key, ECKey | OKPKey) else None


def fitting(keys: Iterable[Key], alg: str, kid: str | None) -> list[Key]:
    """The keys that may have signed with `alg`: the one of the `kid`, or where a token names none, every fit one."""
    return [
        key
        for key in keys
        if _type(key) == KEY_TYPES[alg] and key.get("alg", alg) == alg and (kid is None or key.get("kid") == kid)
    ]
