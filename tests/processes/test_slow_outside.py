"""A system that answers a byte at a time costs the others nothing: no sign-in, no mail, no sign-out elsewhere."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests
from flask import Flask

from tests.idp.oidc.signing_system import ASSERTION_TYPE, KEYS, SigningSystem
from tests.processes.conftest import Installation


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a server that sends a header for ever, a byte each half second."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Header: ")
            while True:
                connection.sendall(b"x")
                time.sleep(0.5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.attack(80)
def test_forty_assertions_of_a_system_whose_keys_drip_do_not_slow_a_sign_in(
    app: Flask, installation: Installation, dripping: int
) -> None:
    system = SigningSystem(app, key=KEYS["ES256"])
    system.register(jwks_uri=f"http://127.0.0.1:{dripping}/jwks")
    installation.environment["IDP_OUTBOUND_HOSTS"] = "127.0.0.1"
    node = installation.node(workers=1)  # with two threads
    assertions = [system.assertion() for _ in range(40)]

    def send(assertion: str) -> int:
        data = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, "token": "x"}
        return requests.post(f"{node}/revoke", data=data, timeout=60).status_code

    requests.get(f"{node}/signin", timeout=30)  # the first compiles the page
    with ThreadPoolExecutor(40) as pool:
        sent = [pool.submit(send, assertion) for assertion in assertions]
        time.sleep(1)
        waits = []
        for _ in range(10):
            begun = time.monotonic()
            assert requests.get(f"{node}/signin", timeout=60).ok
            waits.append(time.monotonic() - begun)
        assert [each.result() for each in sent] == [401] * 40
    assert max(waits) < 5, "the one that fetches holds one thread; it may last ten seconds"
