"""A small OpenID provider of our own: everybody signs in as whoever `person` is. It can be told to misbehave."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask, Response, abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.serving import serving
from thai_web import clock

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
CLIENT = ("info", "a secret with : and % in it, long enough")


def new_key() -> rsa.RSAPrivateKey:
    """A signing key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@lru_cache
def first_key() -> rsa.RSAPrivateKey:
    """The one that each stub begins with: making it anew each time took a twentieth of the time of INFO's tests."""
    return new_key()


@dataclass
class Stub:
    """The provider's state, which a test may turn."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    units: list[dict[str, Any]] = field(default_factory=list)
    etag: str = '"1"'
    key: rsa.RSAPrivateKey = field(default_factory=first_key)
    kid: str = "first"
    published: str = "first"
    claims: dict[str, Any] = field(default_factory=dict)  # laid over the ID token's claims
    headers: dict[str, Any] = field(default_factory=dict)  # laid over its header
    userinfo: dict[str, Any] = field(default_factory=dict)  # laid over UserInfo
    refuse: str = ""  # an error to answer the authorization request with
    down: bool = False
    announces_iss: bool = True
    others: list[dict[str, Any]] = field(default_factory=list)  # keys published beside the one that signs
    answer: dict[str, Any] = field(default_factory=dict)  # laid over the token answer
    discovery: dict[str, Any] = field(default_factory=dict)  # laid over the discovery document
    expires_in: int = 600
    meanwhile: Callable[[], object] = lambda: None  # what happens elsewhere while UserInfo is asked
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # access and refresh tokens that are good: whose
    people: dict[str, dict[str, Any]] = field(default_factory=dict)  # what UserInfo tells of them
    pairs: dict[str, tuple[str, ...]] = field(default_factory=dict)  # a token, and those that came with it
    calls: list[str] = field(default_factory=list)

    def issue(self, person: dict[str, Any]) -> dict[str, Any]:
        """A token answer about somebody."""
        sub = str(person.get("sub"))
        self.people.setdefault(sub, person)
        made = {"access_token": secrets.token_urlsafe(8), "refresh_token": secrets.token_urlsafe(8)}
        self.tokens |= dict.fromkeys(made.values(), sub)
        self.pairs |= dict.fromkeys(made.values(), tuple(made.values()))
        return {**made, "token_type": "Bearer", "expires_in": self.expires_in}

    def end(self, sub: str | None) -> None:
        """Nothing that was issued about somebody is good any more: a posting ended, an account was suspended."""
        self.tokens = {token: whose for token, whose in self.tokens.items() if whose != sub}

    def revoke(self, token: str) -> None:
        """What came with this token is good no more; another sign-in of the same person goes on."""
        for each in self.pairs.get(token, ()):
            self.tokens.pop(each, None)

    def id_token(self, nonce: str) -> str:
        """As section 2 of OpenID Connect Core has it, with what the test laid over."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.person.get("sub"),
            "aud": CLIENT[0],
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
        }
        algorithm = self.headers.get("alg", "RS256")
        key: Any = {"HS256": CLIENT[1], "none": None}.get(algorithm, self.key)
        headers = {name: value for name, value in ({"kid": self.kid} | self.headers).items() if value is not None}
        return jwt.encode(claims | self.claims, key, algorithm, headers=headers)


def application(stub: Stub) -> Flask:
    """The provider's endpoints."""
    app = Flask(__name__)

    @app.before_request
    def note() -> None:
        stub.calls.append(request.path)
        if stub.down:
            abort(503)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        paths = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "userinfo_endpoint": "/userinfo",
            "jwks_uri": "/jwks",
            "revocation_endpoint": "/revoke",
            "end_session_endpoint": "/end-session",
        }
        told = {"authorization_response_iss_parameter_supported": True} if stub.announces_iss else {}
        endpoints = {name: stub.issuer + path for name, path in paths.items()}
        return jsonify({"issuer": stub.issuer, **told, **endpoints, **stub.discovery})

    @app.get("/authorize")
    def authorize() -> ResponseReturnValue:
        asked = request.args
        if stub.refuse:
            return redirect(f"{asked['redirect_uri']}?error={stub.refuse}&state={asked['state']}&iss={stub.issuer}")
        code = secrets.token_urlsafe(16)
        stub.codes[code] = asked.to_dict()
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}&iss={stub.issuer}")

    @app.post("/token")
    def token() -> ResponseReturnValue:
        sent = request.authorization
        if sent is None or not _is_ours(sent.username, sent.password):
            return jsonify(error="invalid_client"), 401
        if request.form.get("grant_type") == "refresh_token":
            sub = stub.tokens.pop(request.form["refresh_token"], None)
            return stub.issue(stub.people[sub]) if sub else (jsonify(error="invalid_grant"), 400)
        asked = stub.codes.pop(request.form.get("code", ""), None)
        verifier = request.form.get("code_verifier", "")
        if asked is None or _challenge(verifier) != asked["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        return stub.issue(stub.person) | {"id_token": stub.id_token(asked["nonce"])} | stub.answer

    @app.post("/revoke")
    def revoke() -> ResponseReturnValue:
        stub.revoke(request.form.get("token", ""))
        return ""

    @app.get("/userinfo")
    def userinfo() -> ResponseReturnValue:
        sub = stub.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        stub.meanwhile()
        if sub is None:
            abort(401)
        return jsonify(stub.people[sub] | stub.userinfo)

    @app.get("/jwks")
    def jwks() -> ResponseReturnValue:
        signs = {"use": "sig", "alg": "RS256"}
        keys = [_public(stub.key) | {"kid": stub.published} | signs]
        keys += [_public(_new_key_of(other)) | {"kid": "other"} | signs | other for other in stub.others]
        return jsonify(keys=[{name: value for name, value in key.items() if value is not None} for key in keys])

    @app.get("/end-session")
    def end_session() -> ResponseReturnValue:
        return redirect(request.args["post_logout_redirect_uri"])

    @app.get("/units.json")
    def units() -> ResponseReturnValue:
        if request.headers.get("If-None-Match") == stub.etag:
            return Response(status=304)
        response = jsonify(generated_at="2026-11-22T00:00:00+00:00", units=stub.units)
        response.headers["ETag"] = stub.etag
        return response

    return app


def _new_key_of(members: dict[str, Any]) -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1()) if members.get("kty") == "EC" else new_key()


def _public(key: PrivateKey) -> dict[str, Any]:
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return algorithm.to_jwk(key.public_key(), as_dict=True)  # type: ignore[arg-type]


def _is_ours(client_id: str | None, secret: str | None) -> bool:
    return (unquote(client_id or ""), unquote(secret or "")) == CLIENT


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def running(stub: Stub, port: int = 0) -> Iterator[Stub]:
    """The stub on the loopback."""
    with serving(application(stub), port=port) as taken:
        stub.issuer = f"http://127.0.0.1:{taken}"
        yield stub
