"""Outside calls reach the public internet and named hosts, and nothing else."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from idp import outbound
from idp.config import Settings
from idp.outbound import OutboundError, call, is_public, resolve
from tests.certificate import for_localhost


@pytest.mark.attack(40)
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "255.255.255.255",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["203.150.1.1", "2405:9800::1", "::ffff:203.150.1.1"])
def test_addresses_outside_are_public(address: str) -> None:
    assert is_public(address)


def test_a_named_host_may_lie_inside() -> None:
    with pytest.raises(OutboundError):
        resolve("localhost", 80, Settings())
    assert resolve("localhost", 80, Settings(outbound_hosts=("localhost",))) in ("127.0.0.1", "::1")


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
    ],
)
def test_what_must_not_be_called_is_not_called(sqlite_app: Flask, url: str) -> None:
    with sqlite_app.app_context(), pytest.raises(OutboundError):
        call("GET", url)


@pytest.fixture
def neighbour(sqlite_app: Flask) -> Iterator[str]:
    """A host inside that the settings name; it answers in the way its path asks for."""
    import time

    def answer(request: Request) -> Response:
        def drip() -> Iterator[bytes]:
            for _ in range(50):
                time.sleep(0.1)
                yield b"."

        if request.path == "/moved":
            return Response(status=302, headers={"Location": "http://127.0.0.1/inside"})
        return Response({"/large": b"x" * (outbound.SIZE_LIMIT + 1), "/drip": drip()}.get(request.path, b"hello"))

    server = make_server("127.0.0.1", 0, Request.application(answer), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sqlite_app.config["SETTINGS"] = replace(sqlite_app.config["SETTINGS"], outbound_hosts=("localhost", "127.0.0.1"))
    with sqlite_app.app_context():
        yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.attack(40)
def test_an_answer_comes_whole_and_a_redirect_is_not_followed(neighbour: str) -> None:
    assert call("GET", f"{neighbour}/").body == b"hello"
    assert call("GET", f"{neighbour}/moved").status == 302


@pytest.mark.attack(40)
def test_an_answer_that_is_too_large_is_not_taken(neighbour: str) -> None:
    with pytest.raises(OutboundError):
        call("GET", f"{neighbour}/large")


@pytest.mark.attack(40)
def test_an_answer_that_drips_is_cut_off(neighbour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "LONGEST", 0.5)
    with pytest.raises(OutboundError):
        call("GET", f"{neighbour}/drip")


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
    server = make_server("127.0.0.1", 0, answer, threaded=True, ssl_context=context)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.attack(40)
def test_the_certificate_must_be_the_hosts_although_its_address_is_called(
    sqlite_app: Flask, certificate: Path, secure_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "resolve", lambda *_asked: "127.0.0.1")
    settings = sqlite_app.config["SETTINGS"]
    with sqlite_app.app_context():
        with pytest.raises(OutboundError):  # nobody vouches for it
            call("GET", f"https://localhost:{secure_port}/")
        sqlite_app.config["SETTINGS"] = replace(settings, outbound_ca_bundle=str(certificate))
        assert call("GET", f"https://localhost:{secure_port}/").body == b"hello"
        with pytest.raises(OutboundError):  # somebody else's
            call("GET", f"https://registry.example.go.th:{secure_port}/")
