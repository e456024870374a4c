"""Every call to the outside: one address policy, one time limit, one size limit, no redirects."""

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import certifi
import urllib3
from flask import current_app

from idp.config import Settings

TIMEOUT = urllib3.Timeout(connect=3.05, read=7.0)  # seconds; `read` is between bytes
LONGEST = 15.0  # seconds for a whole answer
SIZE_LIMIT = 256 * 1024  # bytes


class OutboundError(Exception):
    """The outside could not be reached, or must not be."""


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet.

    Private, loopback, link-local and reserved addresses are refused, also when mapped into IPv6, because a client
    that names an address for us to call could otherwise read our own network (server-side request forgery).
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int, settings: Settings) -> str:
    """The address to connect to. Raises `OutboundError` where the policy refuses one that the name resolves to."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise OutboundError(f"{host} does not resolve") from error
    if host not in settings.outbound_hosts and not all(is_public(address) for address in found):
        raise OutboundError(f"{host} is not a public address; name it in IDP_OUTBOUND_HOSTS if it may be called")
    return sorted(found)[0]


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON. Raises `ValueError`, also for brackets without an end."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def call(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Call `url`, with `form` as the body and `credentials` by HTTP Basic. Raises `OutboundError` on any failure,
    refusal or excess.

    Connects to the address that was judged: a second look-up could answer differently (DNS rebinding). The certificate
    must still be the host's.
    """
    settings: Settings = current_app.config["SETTINGS"]
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise OutboundError("not an address that can be called")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(parts.hostname, port, settings)
    sent = {"Host": parts.netloc, "User-Agent": "DLA-SSO", **(headers or {})}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    if credentials:
        sent |= urllib3.make_headers(basic_auth=":".join(credentials))
    try:
        with _connections(parts.scheme, parts.hostname, address, port, settings) as connections:
            response = connections.urlopen(
                method, urlunsplit(("", "", parts.path or "/", parts.query, "")),
                body=urlencode(form) if form is not None else None, headers=sent,
                retries=False, redirect=False, timeout=TIMEOUT, preload_content=False,
            )  # fmt: skip
            try:
                return Answer(response.status, _whole_body(response))
            finally:
                response.close()  # also where the answer is given up half-way
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise OutboundError(f"{parts.hostname} did not answer") from error


def _connections(
    scheme: str, host: str, address: str, port: int, settings: Settings
) -> urllib3.connectionpool.HTTPConnectionPool:
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port)
    trust = _trust(settings.outbound_ca_bundle)
    return urllib3.HTTPSConnectionPool(address, port, ssl_context=trust, server_hostname=host, assert_hostname=host)


@lru_cache(maxsize=4)
def _trust(ca_bundle: str) -> ssl.SSLContext:
    """Whom we believe. Reading the certificates takes as long as some calls, so it is done once."""
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle:
        context.load_verify_locations(ca_bundle)
    return context


def _whole_body(response: urllib3.BaseHTTPResponse) -> bytes:
    """The body, unless it is too large or drips: a limit between bytes alone lets one answer last for ever."""
    body, deadline = b"", time.monotonic() + LONGEST
    while chunk := response.read1(16 * 1024, decode_content=True):
        body += chunk
        if len(body) > SIZE_LIMIT or time.monotonic() > deadline:
            raise OutboundError("the answer is too large or too slow")
    return body
