"""Client assertions: a token that a system signs to say who calls (RFC 7523; OpenID Connect Core, section 9)."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeGuard

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from idp.clients.rules import ASSERTION_ALGORITHMS
from idp.oidc.store import client_cache, statements
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.token.client_jwks import keys_for
from idp.secrets_at_rest import digest
from idp.signing_keys.key_ring import ALGORITHMS
from thai_web import clock

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 8000
LONGEST_JTI = 200
# How far the two clocks may lie apart, and how far ahead an assertion may expire: its jti is kept until then.
LEEWAY = timedelta(seconds=30)
LONGEST_LIFE = timedelta(hours=1)

log = logging.getLogger("idp.oidc.token.client_assertions")


class BadAssertion(Exception):
    """Why an assertion proves nothing; for our log, the caller hears one answer for all."""


def client_of(text: str, audiences: frozenset[str]) -> RegisteredClient | None:
    """The system that signed the assertion, which is spent by that."""
    try:
        return _checked(text, audiences)
    except BadAssertion as why:
        log.info("a client assertion was refused: %s", why)
        return None


def _checked(text: str, audiences: frozenset[str]) -> RegisteredClient:
    header, claims = _read(text)
    alg, kid = header.get("alg"), header.get("kid")
    subject = claims.get("sub")
    client = client_cache.find(subject) if isinstance(subject, str) else None
    if client is None or client.token_endpoint_auth_method != "private_key_jwt":  # noqa: S105 - a method's name
        raise BadAssertion("sub is no system that signs assertions")
    # Symmetric algorithms and `none` are not on the list, so a public key can never serve as a secret.
    if alg not in ASSERTION_ALGORITHMS or alg != (client.token_endpoint_auth_signing_alg or alg):
        raise BadAssertion(f"{client.client_id} may not sign with this alg")
    if not isinstance(kid, str | None):
        raise BadAssertion(f"{client.client_id}: kid must be a text")
    now = clock.now()
    if problem := why_refused(claims, client.client_id, audiences, now):
        raise BadAssertion(f"{client.client_id}: {problem}")
    if not any(_is_signed(text, key, alg) for key in keys_for(client, alg, kid)):
        raise BadAssertion(f"{client.client_id}: the signature is not by a key of the system")
    used = digest(json.dumps([client.client_id, claims["jti"]]))
    expires = claims["exp"]
    assert _is_time(expires), "why_refused saw to it"
    if not statements.spend_assertion(used, datetime.fromtimestamp(expires, UTC) + LEEWAY):
        raise BadAssertion(f"{client.client_id}: this jti was used already")
    return client


def _read(text: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Header and claims, not yet believed."""
    if len(text) > LONGEST or not text.isascii():
        raise BadAssertion("it is too long, or not ASCII")
    try:
        token = jws.extract_compact(text.encode())
        header, claims = token.headers(), json.loads(token.payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise BadAssertion("it is not a signed token") from error
    if not isinstance(claims, dict):
        raise BadAssertion("its content is not an object")
    return header, claims


def why_refused(claims: Mapping[str, object], client_id: str, audiences: frozenset[str], now: datetime) -> str | None:
    """What is wrong with an assertion's claims, or nothing.

    `aud` is our issuer or our token endpoint. A list may name both and nobody else: an assertion that is good at
    another provider as well could be carried over from there.
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "iss and sub must both be the client_id"
    aud = claims.get("aud")
    named = aud if isinstance(aud, list) else [aud]
    if not named or not all(isinstance(each, str) and each in audiences for each in named):
        return "aud must be the issuer or the token endpoint, and nobody else"
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        return f"jti must be a text of at most {LONGEST_JTI} characters"
    return _why_not_now(claims, now)


def _why_not_now(claims: Mapping[str, object], now: datetime) -> str | None:
    given = [name for name in ("exp", "iat", "nbf") if name in claims]
    times = {name: value for name in given if _is_time(value := claims[name])}
    if "exp" not in times or len(times) < len(given):
        return "exp must be a number, and iat and nbf where they are given"
    expires, seconds = times.pop("exp"), now.timestamp()
    if expires <= seconds - LEEWAY.total_seconds():
        return "it has expired"
    if expires > seconds + (LONGEST_LIFE + LEEWAY).total_seconds():
        return "exp lies more than an hour ahead"
    if any(value > seconds + LEEWAY.total_seconds() for value in times.values()):
        return "iat or nbf lies ahead"
    return None


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11


def _is_signed(text: str, key: Key, alg: str) -> bool:
    try:
        jwt.decode(text, key, registry=ALGORITHMS)
    except (JoseError, ValueError, TypeError, RecursionError):
        return False
    return True
