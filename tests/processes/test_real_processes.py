"""What only real processes can show: killed workers, huge bodies, nodes that share nothing but the database."""

import re
import signal
import time
from collections.abc import Iterator

import pytest
import requests
from flask import Flask

from idp.database import db
from idp.notifications import operations as notifications
from idp.notifications.models import OutboxMessage
from idp.units import operations as units
from tests.factories import open_person
from tests.people import CLERK, PASSWORD
from tests.processes.conftest import Installation
from tests.waiting import LONGEST, wait_until

CASE = {"reference": "RTEST", "name": "นางวิไล ดี", "outcome_reason": "เอกสารไม่ชัด"}
MEGABYTE = b"\0" * (1024 * 1024)


def _decide_something(app: Flask) -> None:
    with app.app_context():
        values = {"case": CASE, "unit": units.find("670603"), "decided_by": units.find("P67"), "mail_text": "ถ่ายใหม่"}
        notifications.queue("approval/mail/rejected", "wilai@example.go.th", values, ("test", 1))
        db.session.commit()


def test_a_worker_killed_between_decision_and_mail_leads_to_exactly_one_mail(
    app: Flask, installation: Installation
) -> None:
    killed = installation.worker()
    wait_until(lambda: _sealed(app), "the first worker works")
    killed.send_signal(signal.SIGKILL)
    killed.wait(LONGEST)
    _decide_something(app)
    installation.worker()
    installation.worker()
    wait_until(lambda: installation.relay.taken, "a mail arrives")
    time.sleep(3)
    assert len(installation.relay.taken) == 1
    with app.app_context():
        assert db.session.query(OutboxMessage).one().state == "SENT"


def _sealed(app: Flask) -> bool:
    from idp.audit.models import AuditSeal

    with app.app_context():
        count = db.session.query(AuditSeal).count()
        db.session.rollback()
        return bool(count)


def _form_token(page: requests.Response) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    return found.group(1)


def test_two_nodes_share_nothing_but_the_database(app: Flask, installation: Installation) -> None:
    with app.app_context():
        open_person(CLERK)
    one, other = installation.node(), installation.node()
    browser = requests.Session()
    token = _form_token(browser.get(f"{one}/signin", timeout=LONGEST))
    given = {"csrf_token": token, "username": CLERK.username, "password": PASSWORD}
    answer = browser.post(f"{other}/signin", data=given, allow_redirects=False, timeout=LONGEST)
    assert answer.status_code == 303, "a form that one node handed out is taken by the other"
    for node in (one, other):
        assert CLERK.given_name in browser.get(f"{node}/home", timeout=LONGEST).text


def _two_hundred_megabytes(token: str) -> Iterator[bytes]:
    yield (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="document"; filename="big.pdf"\r\n\r\n'
    ).encode()
    for _ in range(200):
        yield MEGABYTE
    yield b"\r\n--x--\r\n"


@pytest.mark.parametrize("path", ["/register/evidence", "/signin"])
def test_a_file_of_200_megabytes_gets_an_answer_that_says_what_to_do(installation: Installation, path: str) -> None:
    node = installation.node()
    browser = requests.Session()
    token = _form_token(browser.get(f"{node}/register", timeout=LONGEST))
    size = sum(len(part) for part in _two_hundred_megabytes(token))
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(size)}
    body = _Body(_two_hundred_megabytes(token), size)
    answer = browser.post(f"{node}{path}", data=body, headers=headers, timeout=LONGEST, allow_redirects=False)
    assert answer.status_code == 413
    assert "ขนาดใหญ่เกินไป" in answer.text
    assert requests.get(f"{node}/healthz", timeout=LONGEST).ok


class _Body:
    """A body of known length that is never whole in memory."""

    def __init__(self, parts: Iterator[bytes], size: int) -> None:
        self._parts, self._size = parts, size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        return self._parts
