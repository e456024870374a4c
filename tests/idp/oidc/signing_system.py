"""A connected system that signs its calls instead of keeping a secret (private_key_jwt)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from flask import Flask
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request, Response

from tests.idp.oidc.relying_party import ISSUER, register
from tests.serving import serving
from thai_web import clock

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_RSA = rsa.generate_private_key(65537, 2048)
KEYS: dict[str, Any] = {
    "RS256": _RSA,
    "PS256": _RSA,
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
OTHER = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, kid: str) -> dict[str, Any]:
    """The public half as a JSON Web Key."""
    kinds: tuple[tuple[type, Any], ...] = (
        (rsa.RSAPrivateKey, RSAAlgorithm),
        (ec.EllipticCurvePrivateKey, ECAlgorithm),
        (ed25519.Ed25519PrivateKey, OKPAlgorithm),
    )
    algorithm = next(found for kind, found in kinds if isinstance(key, kind))
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid}


@dataclass
class SigningSystem:
    """The system and its private key."""

    app: Flask
    client_id: str = "signing"
    alg: str = "ES256"
    kid: str | None = "one"
    key: Any = field(default_factory=lambda: KEYS["ES256"])

    def register(self, **members: Any) -> None:
        """Register it with its public key, or as the members say."""
        keys = {"jwks": {"keys": [public(self.key, "one")]}} if "jwks_uri" not in members else {}
        register(
            self.app,
            client_id=self.client_id,
            client_name=f"ระบบ {self.client_id}",
            client_secret=None,
            token_endpoint_auth_method="private_key_jwt",
            **{**keys, **members},
        )

    def assertion(self, **changes: Any) -> str:
        """A signed assertion; `None` leaves a claim out."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 60,
            **changes,
        }
        given = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(given, self.key, self.alg, headers={"kid": self.kid} if self.kid else None)

    def call(self, assertion: str | None = None, path: str = "/revoke", **values: str) -> TestResponse:
        """Call the provider. Revoking an unknown token answers 200 to whoever is let in."""
        data = {
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion() if assertion is None else assertion,
            "token": "unknown",
            **values,
        }
        return self.app.test_client().post(path, data=data)


@contextmanager
def publishing(answers: list[Response]) -> Iterator[tuple[str, list[str]]]:
    """A server that answers with the last of `answers`; yields its address and the paths that were asked for."""
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.path)
        return answers[-1]

    with serving(Request.application(answer)) as port:
        yield f"http://127.0.0.1:{port}/jwks", asked
