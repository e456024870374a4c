"""Outside calls reach the public internet and named hosts, and nothing else."""

import gzip
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from urllib3.connection import HTTPConnection
from werkzeug.wrappers import Request, Response

from idp import outbound
from idp.addresses import is_public
from idp.config import Settings, SettingsError, from_environment
from idp.outbound import OutboundBusy, OutboundError, call, fetch, resolve
from tests.certificate import for_localhost
from tests.serving import serving
from thai_web import clock

INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
]
# Where a translator on the way would send a packet with this destination.
CLOTHES = [
    "::{}",
    "::ffff:{}",
    "::ffff:0:{}",
    "64:ff9b::{}",
    "64:ff9b:1::{}",
    "2405:9800::5efe:{}",
    "fe80::200:5efe:{}",
]


@pytest.mark.attack(40)
@pytest.mark.parametrize("clothes", ["{}", *CLOTHES])
@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_not_public_in_whatever_clothes(address: str, clothes: str) -> None:
    assert not is_public(clothes.format(address))


@pytest.mark.attack(40)
@pytest.mark.parametrize(
    "address",
    [
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "100::1",
        "::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1:7f00:0:100::",
        "2002:7f00:1::",
        "2002:cb96:101::",
        "2001:0:7f00:1::1",
        "2001:0:cb96:101:0:0:80ff:fffe",
        "2001:2::1",
        "2001:10::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "4000::1",
    ],
)
def test_what_is_no_global_unicast_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["203.150.1.1", "2405:9800::1", "::ffff:203.150.1.1", "64:ff9b::203.150.1.1", "2405:9800::5efe:203.150.1.1"],
)
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_a_public_address_stays_one_behind_a_translator_and_another_never_becomes_one(address: IPv4Address) -> None:
    assert is_public(f"64:ff9b::{address}") == is_public(str(address))
    assert not is_public(str(address)) or address.is_global


def test_a_named_host_may_lie_inside() -> None:
    with pytest.raises(OutboundError):
        resolve("localhost", 80, Settings())
    assert "127.0.0.1" in resolve("localhost", 80, Settings(outbound_hosts=("localhost",)))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "::ffff:127.0.0.1"])
def test_a_named_network_may_be_called_by_any_name(host: str) -> None:
    assert resolve(host, 80, Settings(outbound_hosts=("127.0.0.0/8", "::1/128")))
    with pytest.raises(OutboundError):
        resolve(host, 80, Settings(outbound_hosts=("10.0.0.0/8",)))


def test_a_network_that_is_none_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="IDP_OUTBOUND_HOSTS"):
        from_environment({"IDP_OUTBOUND_HOSTS": "localhost,10.0.0.1/8"})


@pytest.mark.attack(40)
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "http://user@localhost/",
        "http:///x",
        "localhost",
        "http://localhost/",
        "http://localhost:x/",
        "http://localhost:99999/",
        "http://[::1/",
    ],
)
def test_what_must_not_be_called_is_not_called(sqlite_app: Flask, url: str) -> None:
    with sqlite_app.app_context(), pytest.raises(OutboundError):
        call("GET", url)


@pytest.fixture
def neighbour(sqlite_app: Flask) -> Iterator[str]:
    """A host inside that the settings name; it answers in the way its path asks for."""
    asked = sqlite_app.extensions["asked"] = list[str]()

    def answer(request: Request) -> Response:
        def drip() -> Iterator[bytes]:
            for _ in range(30):
                time.sleep(0.1)
                yield b"."

        asked.append(request.path)
        if request.path == "/moved":
            return Response(status=302, headers={"Location": "http://127.0.0.1/inside"})
        if request.path == "/packed":
            return Response(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
        return Response({"/large": b"x" * (outbound.SIZE_LIMIT + 1), "/drip": drip()}.get(request.path, b"hello"))

    with serving(Request.application(answer)) as port:
        settings: Settings = sqlite_app.config["SETTINGS"]
        sqlite_app.config["SETTINGS"] = replace(settings, outbound_hosts=("localhost", "127.0.0.1"))
        with sqlite_app.app_context():
            yield f"http://127.0.0.1:{port}"


@pytest.mark.attack(40)
def test_an_answer_comes_whole_and_a_redirect_is_not_followed(neighbour: str) -> None:
    assert call("GET", f"{neighbour}/").body == b"hello"
    assert call("GET", f"{neighbour}/moved").status == 302


@pytest.mark.attack(40)
def test_an_answer_that_is_too_large_is_not_taken(neighbour: str) -> None:
    with pytest.raises(OutboundError):
        call("GET", f"{neighbour}/large")


@contextmanager
def speaking(said: Callable[[socket.socket], object]) -> Iterator[int]:
    """A server that says to whoever connects what it wants; its port."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection = listener.accept()[0]
                threading.Thread(target=speak, args=(connection,), daemon=True).start()

    def speak(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            said(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def drip(before: bytes, drop: bytes) -> Callable[[socket.socket], object]:
    """Say `before`, and then `drop` again and again for ever."""

    def said(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return said


@pytest.fixture
def hurried(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A call may take half a second, and each silence much longer."""
    monkeypatch.setattr(outbound, "LONGEST", 0.5)
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], outbound_hosts=("127.0.0.0/8",))
    with sqlite_app.app_context():
        yield


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.attack(40)
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "said",
    [
        drip(b"", b"H"),
        drip(OK, b"x"),
        drip(OK, b"X-Header: x\r\n"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(OK + b"\r\n", b"."),
        drip(OK + b"Connection: close\r\n\r\n", b"."),
        drip(b"HTTP/1.0 200 OK\r\n\r\n", b"."),
        drip(OK + b"Content-Length: 1000\r\n\r\n", b"."),
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n.\r\n"),
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        lambda _connection: time.sleep(60),
    ],
    ids=[
        "status line",
        "a header",
        "headers",
        "continue",
        "body",
        "body to the close",
        "body of old",
        "body of length",
        "chunks",
        "size of a chunk",
        "silence",
    ],
)
def test_a_call_ends_in_time_whatever_is_said(said: Callable[[socket.socket], object]) -> None:
    with speaking(said) as port:
        begun = time.monotonic()
        with pytest.raises(OutboundError):
            call("GET", f"http://127.0.0.1:{port}/")
        assert time.monotonic() - begun < 5


@pytest.mark.attack(40)
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "said",
    [
        lambda _connection: time.sleep(60),
        drip(b"\x16\x03\x03\x40\x00", b"\x00"),
        drip(b"", b"x"),
        drip(b"\x16", b"\x03"),
    ],
    ids=["silence", "a long record", "no TLS", "a record that never ends"],
)
def test_a_handshake_ends_in_time(said: Callable[[socket.socket], object]) -> None:
    with speaking(said) as port:
        begun = time.monotonic()
        with pytest.raises(OutboundError):
            call("GET", f"https://127.0.0.1:{port}/")
        assert time.monotonic() - begun < 5


@pytest.mark.attack(40)
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "answer",
    [
        OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
        OK + b"X: x\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"\x00\xff" * 1000,
        OK + b"Content-Length: 5\r\n\r\nhe",
        OK + b"Content-Encoding: gzip\r\n\r\nno gzip at all",
        b"",
    ],
    ids=["a huge header", "a thousand headers", "status", "noise", "cut", "encoding", "nothing"],
)
def test_an_answer_that_is_none_is_a_failure(answer: bytes) -> None:
    def said(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with speaking(said) as port, pytest.raises(OutboundError):
        call("GET", f"http://127.0.0.1:{port}/")


@pytest.mark.attack(40)
def test_an_answer_that_unpacks_to_too_much_is_not_taken(neighbour: str) -> None:
    with pytest.raises(OutboundError):
        call("GET", f"{neighbour}/packed")


@pytest.mark.attack(40)
@pytest.mark.usefixtures("hurried")
def test_name_servers_that_do_not_answer_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "CONNECT", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: time.sleep(1) or [])
    begun = time.monotonic()
    with pytest.raises(OutboundError):
        call("GET", "http://slow.example.go.th/")
    assert time.monotonic() - begun < 2


@pytest.mark.attack(40)
def test_the_address_that_was_judged_is_the_one_that_is_called(
    sqlite_app: Flask, neighbour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the second answer of the name's server leads inside. There is no second question."""
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], outbound_hosts=())
    port, asked = int(neighbour.rpartition(":")[2]), list[object]()
    tried: list[object] = []

    def look_up(host: str, *more: object, **others: object) -> object:
        asked.append(host)
        address = "203.150.1.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(self: HTTPConnection) -> None:
        tried.append(self.host)
        raise OSError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(HTTPConnection, "connect", connect)
    with pytest.raises(OutboundError):
        call("GET", f"http://rebinding.example.go.th:{port}/")
    assert (asked, tried) == (["rebinding.example.go.th"], ["203.150.1.1"])


def test_a_host_that_one_address_of_which_is_dead_is_reached_by_the_other(
    sqlite_app: Flask, neighbour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "resolve", lambda *_asked: ["127.0.0.77", "127.0.0.1"])
    assert call("GET", f"{neighbour}/").body == b"hello"


@pytest.mark.attack(40)
def test_a_slow_host_takes_two_threads_and_leaves_the_others_to_the_others(sqlite_app: Flask, neighbour: str) -> None:
    """The third is told at once; a host beside it is called meanwhile."""

    def ask(path: str) -> tuple[str, float]:
        begun = time.monotonic()
        with sqlite_app.app_context():
            try:
                call("GET", f"{neighbour}{path}", patience=0)
            except OutboundBusy:
                return "busy", time.monotonic() - begun
            except OutboundError:
                return "failed", time.monotonic() - begun
        return "answered", time.monotonic() - begun

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(ask, ["/drip"] * 6))
    assert Counter(outcome for outcome, _seconds in outcomes) == {"answered": 2, "busy": 4}
    assert all(seconds < 1 for outcome, seconds in outcomes if outcome == "busy")
    assert ask("/")[0] == "answered", "the seats are given back"


@pytest.mark.attack(40)
def test_what_failed_a_moment_ago_is_not_fetched_again(sqlite_app: Flask, neighbour: str) -> None:
    asked = sqlite_app.extensions["asked"]
    for _ in range(5):
        with pytest.raises(OutboundError):
            fetch(f"{neighbour}/large", "application/json")
    assert asked == ["/large"]
    assert fetch(f"{neighbour}/", "application/json").body == b"hello"
    with time_machine.travel(clock.now() + timedelta(seconds=31)), pytest.raises(OutboundError):
        fetch(f"{neighbour}/large", "application/json")
    assert asked == ["/large", "/", "/large"]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate, and its key, of the host `localhost`, which nobody vouches for but itself."""
    file, key = for_localhost(tmp_path)
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return file


@pytest.fixture
def secure_port(certificate: Path) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    answer = Request.application(lambda _request: Response(b"hello"))
    with serving(answer, ssl_context=context) as port:
        yield port


@pytest.mark.attack(40)
def test_the_certificate_must_be_the_hosts_although_its_address_is_called(
    sqlite_app: Flask, certificate: Path, secure_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "resolve", lambda *_asked: ["127.0.0.1"])
    settings = sqlite_app.config["SETTINGS"]
    with sqlite_app.app_context():
        with pytest.raises(OutboundError):  # nobody vouches for it
            call("GET", f"https://localhost:{secure_port}/")
        sqlite_app.config["SETTINGS"] = replace(settings, outbound_ca_bundle=str(certificate))
        assert call("GET", f"https://localhost:{secure_port}/").body == b"hello"
        with pytest.raises(OutboundError):  # somebody else's
            call("GET", f"https://registry.example.go.th:{secure_port}/")
