"""INFO's own calls end in time, whatever the other side does, and a slow one leaves the other threads alone."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.wrappers import Request, Response

from relying_party_example import outbound
from relying_party_example.config import Settings
from relying_party_example.outbound import OutboundError, call
from tests.certificate import for_localhost
from tests.serving import serving
from tests.waiting import LONGEST

OK = b"HTTP/1.1 200 OK\r\n"
SHORT = 0.5  # seconds for a whole call, in place of `outbound.LONGEST`
Said = Callable[[socket.socket], object]


@contextmanager
def server(say: Said) -> Iterator[str]:
    """Somebody who takes a connection and then says what `say` writes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                with suppress(OSError), listening.accept()[0] as taken:
                    say(taken)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        ended.set()
        with suppress(OSError), socket.create_connection(listening.getsockname()):
            pass
        thread.join(LONGEST)


def drip(before: bytes, drop: bytes) -> Said:
    """Says something, then a little more again and again, never so late that a limit between bytes would notice."""

    def say(taken: socket.socket) -> None:
        taken.sendall(before)
        while True:
            time.sleep(0.05)
            taken.sendall(drop)

    return say


@pytest.mark.attack(76)
@pytest.mark.parametrize(
    "said",
    [
        drip(b"", b"H"),
        drip(OK, b"X-Header: x\r\n"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(OK + b"\r\n", b"."),
        drip(OK + b"Content-Length: 1000\r\n\r\n", b"."),
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n.\r\n"),
    ],
)
def test_a_call_ends_in_time_whatever_drips(said: Said) -> None:
    with server(said) as address:
        began = time.monotonic()
        with pytest.raises(OutboundError):
            call("GET", f"http://{address}/", longest=SHORT)
        assert time.monotonic() - began < LONGEST


@pytest.mark.attack(76)
def test_a_handshake_that_drips_ends_in_time() -> None:
    with server(drip(b"\x16\x03\x03\x40\x00", b"\x00")) as address, pytest.raises(OutboundError):
        call("GET", f"https://{address}/", longest=SHORT)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 banana\r\n\r\n",
        b"\xff" * 100,
        OK + b"Content-Length: 10\r\n\r\nshort",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_an_answer_that_is_none_is_a_failure(answer: bytes) -> None:
    def say(taken: socket.socket) -> None:
        taken.recv(4096)
        taken.sendall(answer)

    with server(say) as address, pytest.raises(OutboundError):
        call("GET", f"http://{address}/")


@pytest.fixture
def neighbour() -> Iterator[str]:
    """A server with a few kinds of answers."""

    @Request.application
    def answer(request: Request) -> Response:
        if request.path == "/echo":
            return Response(f"{request.host} {request.authorization} {request.form.to_dict()} {request.query_string!r}")
        if request.path == "/away":
            return Response(status=302, headers={"Location": "/echo"})
        body = {"/large": "x" * 1001, "/list": "[]", "/text": "x", "/deep": "[" * 100_000}[request.path]
        return Response(body)

    with serving(answer) as port:
        yield f"127.0.0.1:{port}"


def test_what_is_sent_arrives_and_a_redirect_is_not_followed(neighbour: str) -> None:
    answer = call("POST", f"http://{neighbour}/echo?a=%2F", form={"x": "ก&="}, credentials=("us", "s:%"))
    assert answer.body.decode() == f"{neighbour} Basic dXM6czol {{'x': 'ก&='}} b'a=%2F'"
    assert call("GET", f"http://{neighbour}/away").status == 302


def test_an_answer_that_is_too_large_is_not_taken(neighbour: str) -> None:
    assert len(call("GET", f"http://{neighbour}/large", size_limit=1001).body) == 1001
    with pytest.raises(OutboundError):
        call("GET", f"http://{neighbour}/large", size_limit=1000)


@pytest.mark.parametrize("path", ["/list", "/text", "/deep", "/away"])
def test_what_is_no_json_object_is_not_taken(neighbour: str, path: str) -> None:
    with pytest.raises(OutboundError):
        call("GET", f"http://{neighbour}{path}").json()


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:x/", "http://[::1/", "//x"])
def test_what_is_no_address_is_not_called(url: str) -> None:
    with pytest.raises(OutboundError):
        call("GET", url)


@pytest.mark.attack(76)
def test_a_slow_provider_takes_a_few_threads_and_refuses_the_others_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_number: int) -> str:
        try:
            call("GET", f"http://{address}/", longest=LONGEST)
        except OutboundError as error:
            return str(error)
        return ""

    monkeypatch.setattr(outbound, "PATIENCE", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(outbound.SEATS + 4) as pool:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        under_way = [pool.submit(ask, number) for number in range(outbound.SEATS)]
        taken = [listening.accept()[0] for _ in under_way]
        assert "others are waiting" in ask(0)
        for each in taken:
            each.close()
        assert all("did not answer" in each.result(LONGEST) for each in under_way)
        free = pool.submit(ask, 0)
        listening.accept()[0].close()
        assert "did not answer" in free.result(LONGEST), "the seats are free again"


def test_the_certificate_must_be_the_hosts_and_signed_by_somebody_we_believe(tmp_path: Path) -> None:
    certificate, key = for_localhost(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(Request.application(lambda _request: Response("{}")), ssl_context=context) as port:
        url = f"https://localhost:{port}/"
        with pytest.raises(OutboundError):
            call("GET", url)
        app = Flask("info")
        app.config["SETTINGS"] = Settings(outbound_ca_bundle=str(certificate))
        with app.app_context():
            assert call("GET", url).json() == {}
            with pytest.raises(OutboundError):
                call("GET", url.replace("localhost", "127.0.0.2"))
