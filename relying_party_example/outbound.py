"""Every call to the outside: one time limit over the whole call, one size limit, a few at once, no redirects, no proxy
from the environment."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

import certifi
import urllib3
from flask import current_app
from urllib3.connection import HTTPConnection, HTTPSConnection

from thai_web.deadline import Deadline

LONGEST = 5.0  # seconds for a whole call: name, connection, TLS, headers and body; a person waits for it
CONNECT = 3.05  # seconds to find the name, to connect, and to agree on TLS, each
SIZE_LIMIT = 256 * 1024  # bytes
SEATS = 4  # calls at once in one process: a slow provider leaves the other threads to those who read
PATIENCE = 0.5  # seconds to wait for a seat
_seats = threading.BoundedSemaphore(SEATS)


class OutboundError(Exception):
    """The outside did not answer, or answered with something that cannot be used."""


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The JSON object of a good answer. Raises `OutboundError` for another status or another shape."""
        if self.status != 200:
            raise OutboundError(f"{self.url} answered {self.status}")
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as error:  # brackets without an end are the latter
            raise OutboundError(f"{self.url} did not answer with JSON") from error
        if not isinstance(found, dict):
            raise OutboundError(f"{self.url} did not answer with a JSON object")
        return found


def call(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    size_limit: int = SIZE_LIMIT,
    longest: float = LONGEST,
) -> Answer:
    """Call `url`, with `form` as the body and `credentials` by HTTP Basic.

    Raises `OutboundError` without an answer within `longest` seconds and `size_limit` bytes, and where too many of us
    wait for one already.
    """
    sent, body = {"User-Agent": "INFO", **(headers or {})}, urlencode(form) if form is not None else None
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    if credentials:
        sent |= urllib3.make_headers(basic_auth=":".join(credentials))
    if not _seats.acquire(timeout=PATIENCE):
        raise OutboundError(f"{url} is slow, and others are waiting for it")
    try:
        return _exchange(
            method, urlsplit(url), urlencode(form) if form is not None else None, sent, size_limit, longest
        )
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise OutboundError(f"{url} did not answer") from error
    finally:
        _seats.release()


def _exchange(
    method: str, parts: SplitResult, body: str | None, headers: Mapping[str, str], size_limit: int, longest: float
) -> Answer:
    held = list[socket.socket]()
    with Deadline(longest, lambda: held[0] if held else None) as deadline:
        connection = _connect(parts, deadline)
        held.append(connection.sock)  # the connection itself lets go of it as soon as the headers have come
        try:
            path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            connection.request(
                method, path, body=body, headers={"Host": parts.netloc, **headers}, preload_content=False
            )
            response = connection.getresponse()
            try:
                answer = Answer(parts.geturl(), response.status, response.headers, _whole_body(response, size_limit))
            finally:
                response.close()  # also where the answer is given up half-way
        finally:
            connection.close()
        # Headers, and a body of no stated length, end for the reader where the connection ends, by our hand as well.
        if deadline.has_passed:
            raise OutboundError(f"{parts.geturl()} is too slow")
    return answer


def _connect(parts: SplitResult, deadline: Deadline) -> HTTPConnection:
    """A connection to the first address that takes one. Raises what the last one said."""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OutboundError("not an address that can be called")
    addresses = _resolve(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    for address, port in addresses:
        connection = _connection(parts.scheme, parts.hostname, address, port)
        connection.timeout = min(CONNECT, deadline.left())
        try:
            connection.connect()
        except (urllib3.exceptions.HTTPError, OSError):
            connection.close()
            if (address, port) == addresses[-1]:
                raise
        else:
            break
    connection.timeout = deadline.left()
    return connection


def _resolve(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a host. The system's look-up knows no limit, so it is left behind when it takes too long."""
    found: list[tuple[str, int]] = []

    def look_up() -> None:
        try:
            asked = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys((str(each[4][0]), port) for each in asked))

    thread = threading.Thread(target=look_up, name="look-up", daemon=True)
    thread.start()
    thread.join(CONNECT)
    if thread.is_alive() or not found:
        raise OutboundError(f"{host} does not resolve")
    return found


def _connection(scheme: str, host: str, address: str, port: int) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(address, port)
    trust = _trust(current_app.config["SETTINGS"].outbound_ca_bundle if current_app else "")
    return HTTPSConnection(address, port, ssl_context=trust, server_hostname=host, assert_hostname=host)


@lru_cache(maxsize=1)
def _trust(ca_bundle: str) -> ssl.SSLContext:
    """Whom we believe. Reading the certificates takes as long as some calls, so it is done once."""
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle:
        context.load_verify_locations(ca_bundle)
    return context


def _whole_body(response: urllib3.BaseHTTPResponse, size_limit: int) -> bytes:
    """The body, unless it is too large."""
    parts, size = [], 0
    while chunk := response.read1(64 * 1024, decode_content=True):
        parts.append(chunk)
        size += len(chunk)
        if size > size_limit:
            raise OutboundError("the answer is too large")
    return b"".join(parts)
