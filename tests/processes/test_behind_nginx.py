"""The shipped nginx file, in front of a real node: what it lets through, what it keeps to itself, what it tells."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from idp.audit.models import TrafficEvent
from idp.database import db
from tests.certificate import for_localhost
from tests.people import CLERK, PASSWORD
from tests.processes.conftest import Installation, free_port, wait_until
from tests.scene import open_person

SHIPPED = Path(__file__).parents[2] / "docs/how-to/nginx.conf"
INSIDE = ("/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class Proxy:
    """Where the public calls, by TLS and in the clear, and what stands behind."""

    address: str
    in_the_clear: str
    node: str
    certificate: Path
    log: Path

    def browser(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # a bundle of certificates named there would go first
        session.verify = str(self.certificate)
        return session


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """No database changes any of this."""
    return sqlite_app


@pytest.fixture
def proxy(installation: Installation, tmp_path: Path) -> Proxy:
    clear, secure = free_port(), free_port()
    address = f"https://localhost:{secure}"
    installation.environment |= {"IDP_ISSUER": address, "IDP_PROXY_HOPS": "1"}
    node = installation.node(workers=1)
    certificate, key = for_localhost(tmp_path)
    log = tmp_path / "access.log"
    changes = {
        "127.0.0.1:8000": node.removeprefix("http://"), "listen 80": f"listen 127.0.0.1:{clear}",
        "listen 443": f"listen 127.0.0.1:{secure}", "sso.example.go.th;": "localhost;",
        "/etc/ssl/sso.example.go.th.pem": str(certificate), "/etc/ssl/private/sso.example.go.th.key": str(key),
        "/var/log/nginx/dla-sso.log": str(log),
    }  # fmt: skip
    text = SHIPPED.read_text()
    for shipped, here in changes.items():
        assert shipped in text
        text = text.replace(shipped, here)
    temporary = "\n".join(
        f"{kind}_temp_path {tmp_path / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {tmp_path / 'pid'}; error_log {tmp_path / 'error.log'}; events {{}} "
        f"http {{ {temporary}\n{text} }}"
    )
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx, "tests/system-packages.sh installs it"
    command = [nginx, "-e", str(tmp_path / "error.log"), "-c", str(configuration)]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    installation.start(command)
    made = Proxy(address, f"http://localhost:{clear}", node, certificate, log)
    wait_until(lambda: _answers(made), "nginx answers")
    return made


def _answers(proxy: Proxy) -> bool:
    try:
        return proxy.browser().get(f"{proxy.address}/signin", timeout=5).ok
    except requests.RequestException:
        return False


def test_a_person_signs_in_behind_it_from_the_address_that_nginx_saw(app: Flask, proxy: Proxy) -> None:
    with app.app_context():
        open_person(CLERK)
    browser = proxy.browser()
    browser.headers["X-Forwarded-For"] = "203.0.113.9"  # which anybody may write
    page = browser.get(f"{proxy.address}/signin", timeout=5)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    given = {"csrf_token": found.group(1), "username": CLERK.username, "password": PASSWORD}
    answer = browser.post(f"{proxy.address}/signin", data=given, headers={"Referer": page.url}, timeout=20)
    assert (answer.status_code, answer.url) == (200, f"{proxy.address}/home")
    assert {cookie.name for cookie in browser.cookies if cookie.secure} >= {"__Host-idp_sid", "__Host-idp_form"}
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    with app.app_context():
        assert set(db.session.scalars(select(TrafficEvent.address))) == {"127.0.0.1"}


@pytest.mark.parametrize("path", INSIDE)
def test_what_is_for_machines_inside_is_not_told_outside(proxy: Proxy, path: str) -> None:
    assert requests.get(f"{proxy.node}{path}", timeout=5).status_code == 200
    assert proxy.browser().get(f"{proxy.address}{path}", timeout=5).status_code == 404


def test_a_long_authorization_request_arrives_and_leaves_nothing_in_the_log(proxy: Proxy) -> None:
    secret = "s" * 7900
    answer = proxy.browser().get(f"{proxy.address}/authorize?id_token_hint={secret}", timeout=5)
    assert answer.status_code == 400
    assert "ระบบ" in answer.text, "it is our page, not nginx's"
    wait_until(lambda: "GET /authorize 400" in proxy.log.read_text(), "nginx wrote the call down")
    assert "sss" not in proxy.log.read_text()


def test_a_file_that_is_too_large_gets_a_sentence_in_thai(proxy: Proxy) -> None:
    answer = proxy.browser().post(f"{proxy.address}/signin", data=b"x" * (12 * 1024 * 1024), timeout=20)
    assert answer.status_code == 413
    assert "ไฟล์หนึ่งต้องไม่เกิน 10 เมกะไบต์" in answer.content.decode()


def test_who_comes_in_the_clear_or_by_another_name_gets_nothing(proxy: Proxy) -> None:
    led = requests.get(f"{proxy.in_the_clear}/authorize?id_token_hint=s", allow_redirects=False, timeout=5)
    assert (led.status_code, led.headers["Location"]) == (301, "https://localhost/")
    with pytest.raises(requests.ConnectionError):
        proxy.browser().get(f"{proxy.address}/signin", headers={"Host": "other.example"}, timeout=5)
