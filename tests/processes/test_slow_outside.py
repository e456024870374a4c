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
from sqlalchemy import select
from werkzeug.wrappers import Request, Response

from idp.database import db
from idp.notifications import operations as notifications
from idp.oidc.store.models import LogoutDelivery
from tests.browsing import submit
from tests.idp.oidc.relying_party import RelyingParty, open_account, register, sign_in
from tests.idp.oidc.signing_system import ASSERTION_TYPE, KEYS, SigningSystem
from tests.processes.conftest import Installation, wait_until
from tests.serving import serving


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


@pytest.mark.attack(81)
def test_a_system_that_drips_delays_no_mail_no_seal_and_no_other_systems_sign_out(
    app: Flask, installation: Installation, dripping: int
) -> None:
    """Three systems drip; a sign-out of somebody who was at all of them and at a quick one is told to that at once."""
    heard = threading.Event()

    def quick(request: Request) -> Response:
        heard.set()
        return Response()

    with serving(Request.application(quick)) as port:
        for name in ("slow-1", "slow-2", "slow-3"):
            register(
                app, client_id=name, client_name=name, backchannel_logout_uri=f"http://127.0.0.1:{dripping}/{name}"
            )
        register(app, backchannel_logout_uri=f"http://127.0.0.1:{port}/logout")
        clerk, browser = open_account(app), app.test_client()
        sign_in(app, browser, clerk.account_id)
        for name in ("slow-1", "slow-2", "slow-3", "rp"):
            RelyingParty(app, browser, client_id=name).tokens()
        submit(browser, browser.get("/home"), {}, action="/signout")
        installation.environment["IDP_OUTBOUND_HOSTS"] = "127.0.0.1"
        installation.worker()
        assert heard.wait(30)
    wait_until(lambda: any("SENDING" in each for each in _states(app)), "the slow ones are being called")
    with app.app_context():
        values = {"code": "123456", "reference": "R0123456789"}
        notifications.queue("registration/mail/status_code", "wilai@example.go.th", values, ("registration", 7))
        db.session.commit()
    begun = time.monotonic()
    wait_until(lambda: installation.relay.taken, "the mail is delivered")
    assert time.monotonic() - begun < 9, "before the first call to a slow system could have ended"


def _states(app: Flask) -> list[str]:
    with app.app_context():
        states = list(db.session.scalars(select(LogoutDelivery.state)))
        db.session.rollback()
        return states
