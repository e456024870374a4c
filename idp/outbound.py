"""Every call to the outside: one address policy, one time limit, one size limit, no redirects."""

import ipaddress
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from flask import current_app
from requests.adapters import HTTPAdapter

from idp.config import Settings

TIMEOUT = (3.05, 7.0)  # seconds to connect, seconds between bytes
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


class _PinnedAdapter(HTTPAdapter):
    """Connects to the address that was judged: a second look-up could answer differently (DNS rebinding)."""

    def __init__(self, host: str, address: str) -> None:
        self._host, self._address = host, address
        super().__init__(max_retries=0)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        bracketed = f"[{self._address}]" if ":" in self._address else self._address
        request.headers["Host"] = parts.netloc
        request.url = parts._replace(netloc=f"{bracketed}:{parts.port}" if parts.port else bracketed).geturl()
        if parts.scheme == "https":
            self.poolmanager.connection_pool_kw.update(server_hostname=self._host, assert_hostname=self._host)
        return super().send(request, *args, **kwargs)


def call(method: str, url: str, **arguments: Any) -> requests.Response:
    """Call `url` and return the whole answer. Raises `OutboundError` on any failure, refusal or excess."""
    settings: Settings = current_app.config["SETTINGS"]
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise OutboundError("not an address that can be called")
    address = resolve(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), settings)
    with requests.Session() as session:
        session.trust_env = False
        session.mount(f"{parts.scheme}://", _PinnedAdapter(parts.hostname, address))
        try:
            response = session.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, stream=True,
                verify=settings.outbound_ca_bundle or True, **arguments,
            )  # fmt: skip
            with response:  # closed also where the answer is given up half-way
                body = _whole_body(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise OutboundError(f"{parts.hostname} did not answer") from error
    response._content = body
    return response


def _whole_body(response: requests.Response) -> bytes:
    """The body, unless it is too large or drips: a limit between bytes alone lets one answer last for ever."""
    body, deadline = b"", time.monotonic() + LONGEST
    while chunk := response.raw.read1(16 * 1024, decode_content=True):
        body += chunk
        if len(body) > SIZE_LIMIT or time.monotonic() > deadline:
            raise OutboundError("the answer is too large or too slow")
    return body
