"""Which system calls: the one way of authentication that it registered, and no other (RFC 6749, section 2.3)."""

import base64
import binascii
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import InvalidRequestError
from werkzeug.datastructures import Headers

from idp.oidc.protocol_request import ProtocolRequest
from idp.oidc.store import client_cache
from idp.oidc.store.registered_client import RegisteredClient
from idp.oidc.token import client_assertions


def presented(request: ProtocolRequest) -> str:
    """The method of which the request shows something. Raises `InvalidRequestError` for more than one: two programs
    could each believe another one of them. HTTP Basic with an empty password names a system and shows nothing."""
    form, basic = request.form, _basic(request.headers)
    shown = {
        "client_secret_basic": basic is not None,
        "client_secret_post": "client_secret" in form,
        "private_key_jwt": "client_assertion" in form or "client_assertion_type" in form,
    }
    methods = [method for method, is_there in shown.items() if is_there]
    if len(methods) > 1:
        raise InvalidRequestError("only one way of client authentication may be used")
    if basic is not None and _named(basic):
        return "none"
    return methods[0] if methods else "none"


def authenticated(request: ProtocolRequest, method: str, audiences: frozenset[str]) -> RegisteredClient | None:
    """The system that calls, or nothing where its credentials, or the way of showing them, are not as registered."""
    form, basic = request.form, _basic(request.headers) or ""
    client = None
    if method == "client_secret_basic":
        client = _by_basic(basic)
    elif method == "client_secret_post":
        client = _by_secret(form.get("client_id"), form["client_secret"])
    elif method == "private_key_jwt":
        if form.get("client_assertion_type") == client_assertions.ASSERTION_TYPE:
            client = client_assertions.client_of(form.get("client_assertion", ""), audiences)
    else:
        client = client_cache.find(_named(basic) or form.get("client_id"))
    if client is None or form.get("client_id", client.client_id) != client.client_id:
        return None
    return client if client.check_endpoint_auth_method(method, "token") else None


def _basic(headers: Headers) -> str | None:
    kind, _, value = headers.get("Authorization", "").partition(" ")
    return value.strip() if kind.lower() == "basic" else None


def _by_basic(value: str) -> RegisteredClient | None:
    """HTTP Basic, both halves form-encoded inside (RFC 6749, section 2.3.1); many systems forget that, so the secret
    counts as it stands, too."""
    name, secret = _name_and_secret(value)
    return _by_secret(unquote_plus(name), unquote_plus(secret)) or _by_secret(name, secret)


def _named(basic: str) -> str | None:
    """The system that a header with an empty password names: a system without a secret has nothing to put there, and
    many libraries send the header all the same."""
    name, secret = _name_and_secret(basic)
    return unquote_plus(name) if name and not secret else None


def _name_and_secret(basic: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(basic, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, secret


def _by_secret(client_id: str | None, secret: str) -> RegisteredClient | None:
    client = client_cache.find(client_id)
    return client if client and client.check_client_secret(secret) else None
