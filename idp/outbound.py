"""Every call to the outside: one address policy, one time limit over the whole call, one size limit, no redirects, and
a few calls at once to a host."""

import http.client
import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

import certifi
import urllib3
from flask import current_app
from urllib3.connection import HTTPConnection, HTTPSConnection

from idp.addresses import is_public, is_within, networks_of
from idp.config import Settings
from thai_web import clock
from thai_web.deadline import Deadline

LONGEST = 10.0  # seconds for a whole call: name, connection, TLS, headers and body
CONNECT = 3.05  # seconds to find the name, to connect, and to agree on TLS, each
SILENCE = 7.0  # seconds between bytes
SIZE_LIMIT = 256 * 1024  # bytes
SEATS = 2  # calls at once to one host in one process: a slow host takes no more of its threads
PATIENCE = 0.5  # seconds to wait for a seat
NOT_PUBLIC = "is not a public address"
REST = timedelta(seconds=30)  # what could not be fetched is not fetched again for so long


class OutboundError(Exception):
    """The outside could not be reached, or must not be."""


class OutboundBusy(OutboundError):
    """As many calls as may be are under way to that host."""


class Memory:
    """What a process knows of the outside: who is being called, and what failed a moment ago."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._failed: dict[str, datetime] = {}

    @contextmanager
    def seat(self, host: str, patience: float) -> Generator[None]:
        """One of the few at a host. Raises `OutboundError` when none is free within `patience` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._taken[host] < SEATS, patience):
                raise OutboundBusy(f"{host} is slow, and others are waiting for it")
            self._taken[host] += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken[host] -= 1
                if not self._taken[host]:
                    del self._taken[host]
                self._changed.notify_all()

    def failed(self, url: str) -> None:
        """Remember a failure; those that are forgotten make room."""
        now = clock.now()
        self._failed = {each: at for each, at in self._failed.copy().items() if now - at < REST} | {url: now}

    def rests(self, url: str) -> bool:
        """Whether a fetch failed a moment ago."""
        at = self._failed.get(url)
        return at is not None and clock.now() - at < REST


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> object:
        """The body as JSON. Raises `ValueError`, also for brackets without an end."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def resolve(host: str, port: int, settings: Settings) -> list[str]:
    """The addresses to connect to, the best first. Raises `OutboundError` where the policy refuses one of them, and
    where the name servers do not answer in time: the system's look-up knows no limit, so it is left behind."""
    found: list[str] = []

    def look_up() -> None:
        try:
            asked = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(each[4][0]) for each in asked))

    thread = threading.Thread(target=look_up, name="look-up", daemon=True)
    thread.start()
    thread.join(CONNECT)
    if thread.is_alive() or not found:
        raise OutboundError(f"{host} does not resolve")
    inside = networks_of(settings.outbound_hosts)
    if host not in settings.outbound_hosts and not all(is_public(each) or is_within(each, inside) for each in found):
        raise OutboundError(f"{host} {NOT_PUBLIC}; name it in IDP_OUTBOUND_HOSTS if it may be called")
    return found


def fetch(url: str, accept: str) -> Answer:
    """GET a document that a system publishes. What could not be had a moment ago is not asked for again: an answer that
    costs us ten seconds must not be had as often as somebody likes. Raises `OutboundError`."""
    memory = _memory()
    if memory.rests(url):
        raise OutboundError("it did not answer a moment ago; try again in a minute")
    try:
        return call("GET", url, headers={"Accept": accept})
    except OutboundBusy:
        raise  # says nothing of this address
    except OutboundError:
        memory.failed(url)
        raise


def call(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    patience: float = PATIENCE,
) -> Answer:
    """Call `url`, with `form` as the body and `credentials` by HTTP Basic. Raises `OutboundError` on any failure,
    refusal or excess, and where the host is busy with others of us for longer than `patience` seconds."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise OutboundError("not an address that can be called") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise OutboundError("not an address that can be called")
    sent = {"Host": parts.netloc, "User-Agent": "DLA-SSO", **(headers or {})}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    if credentials:
        sent |= urllib3.make_headers(basic_auth=":".join(credentials))
    with _memory().seat(parts.hostname, patience):
        try:
            return _exchange(method, parts, port, urlencode(form) if form is not None else None, sent)
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise OutboundError(f"{parts.hostname} did not answer") from error


def _exchange(method: str, parts: SplitResult, port: int, body: str | None, headers: Mapping[str, str]) -> Answer:
    host, held = parts.hostname or "", list[socket.socket]()
    with Deadline(LONGEST, lambda: held[0] if held else None) as deadline:
        connection = _connect(parts.scheme, host, port, deadline)
        held.append(connection.sock)  # the connection itself lets go of it as soon as the headers have come
        try:
            path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            connection.request(method, path, body=body, headers=headers, preload_content=False)
            response = connection.getresponse()
            try:
                answer = Answer(response.status, _whole_body(response))
            finally:
                response.close()  # also where the answer is given up half-way
        finally:
            connection.close()
        # Headers, and a body of no stated length, end for the reader where the connection ends, by our hand as well.
        if deadline.has_passed:
            raise OutboundError(f"{host} is too slow")
    return answer


def _connect(scheme: str, host: str, port: int, deadline: Deadline) -> HTTPConnection:
    """A connection to the first address that takes one. Raises what the last one said.

    Goes to the very addresses that were judged: a second look-up could answer differently (DNS rebinding). The
    certificate must still be the host's.
    """
    settings: Settings = current_app.config["SETTINGS"]
    addresses = resolve(host, port, settings)
    for address in addresses:
        connection = _connection(scheme, host, address, port, settings)
        connection.timeout = min(CONNECT, deadline.left())
        try:
            connection.connect()
        except (urllib3.exceptions.HTTPError, OSError):
            connection.close()
            if address == addresses[-1]:
                raise
        else:
            break
    connection.timeout = SILENCE
    return connection


def _connection(scheme: str, host: str, address: str, port: int, settings: Settings) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(address, port)
    trust = _trust(settings.outbound_ca_bundle)
    return HTTPSConnection(address, port, ssl_context=trust, server_hostname=host, assert_hostname=host)


@lru_cache(maxsize=4)
def _trust(ca_bundle: str) -> ssl.SSLContext:
    """Whom we believe. Reading the certificates takes as long as some calls, so it is done once."""
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle:
        context.load_verify_locations(ca_bundle)
    return context


def _whole_body(response: urllib3.BaseHTTPResponse) -> bytes:
    """The body, unless it is too large."""
    body = b""
    while chunk := response.read1(16 * 1024, decode_content=True):
        body += chunk
        if len(body) > SIZE_LIMIT:
            raise OutboundError("the answer is too large")
    return body


def _memory() -> Memory:
    found: Memory = current_app.extensions.setdefault("outbound", Memory())
    return found
