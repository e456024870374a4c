"""The shipped nginx file, in front of a real node: what it lets through, what it keeps to itself, what it tells."""

import json
import os
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from idp.audit.models import TrafficEvent
from idp.database import db
from tests.certificate import for_localhost
from tests.factories import open_person
from tests.people import CLERK, PASSWORD
from tests.processes.conftest import Installation, free_port
from tests.waiting import LONGEST, wait_until

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
    secure = free_port()
    installation.environment |= {"IDP_ISSUER": f"https://localhost:{secure}", "IDP_PROXY_HOPS": "1"}
    return behind_nginx(installation, tmp_path, installation.node(workers=1), secure)


def behind_nginx(installation: Installation, folder: Path, node: str, secure: int) -> Proxy:
    """Put the shipped file in front of whatever answers at `node`."""
    clear = free_port()
    certificate, key = for_localhost(folder)
    log = folder / "access.log"
    changes = {
        "127.0.0.1:8000": node.removeprefix("http://"),
        "listen 80": f"listen 127.0.0.1:{clear}",
        "listen 443": f"listen 127.0.0.1:{secure}",
        "sso.example.go.th;": "localhost;",
        "/etc/ssl/sso.example.go.th.pem": str(certificate),
        "/etc/ssl/private/sso.example.go.th.key": str(key),
        "/var/log/nginx/dla-sso.log": str(log),
        "/var/log/nginx/dla-sso-error.log": str(log.with_name("errors.log")),
    }
    text = SHIPPED.read_text()
    for shipped, here in changes.items():
        assert shipped in text
        text = text.replace(shipped, here)
    temporary = "\n".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder / 'pid'}; error_log {folder / 'error.log'}; events {{}} "
        f"http {{ {temporary}\n{text} }}"
    )
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx, "tests/system-packages.sh installs it"
    command = [nginx, "-e", str(folder / "error.log"), "-c", str(configuration)]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    running = installation.start(command)
    made = Proxy(f"https://localhost:{secure}", f"http://localhost:{clear}", node, certificate, log)
    wait_until(lambda: _answers(made), "nginx answers", lambda: running.poll() is None)
    return made


def _answers(proxy: Proxy) -> bool:
    try:
        return proxy.browser().get(f"{proxy.address}/signin", timeout=LONGEST).ok
    except requests.RequestException:
        return False


def test_a_person_signs_in_behind_it_from_the_address_that_nginx_saw(app: Flask, proxy: Proxy) -> None:
    with app.app_context():
        open_person(CLERK)
    browser = proxy.browser()
    browser.headers["X-Forwarded-For"] = "203.0.113.9"  # which anybody may write
    page = browser.get(f"{proxy.address}/signin", timeout=LONGEST)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    given = {"csrf_token": found.group(1), "username": CLERK.username, "password": PASSWORD}
    answer = browser.post(f"{proxy.address}/signin", data=given, headers={"Referer": page.url}, timeout=LONGEST)
    assert (answer.status_code, answer.url) == (200, f"{proxy.address}/home")
    assert {cookie.name for cookie in browser.cookies if cookie.secure} >= {"__Host-idp_sid", "__Host-idp_form"}
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    with app.app_context():
        assert set(db.session.scalars(select(TrafficEvent.address))) == {"127.0.0.1"}


@pytest.mark.parametrize("path", INSIDE)
def test_what_is_for_machines_inside_is_not_told_outside(proxy: Proxy, path: str) -> None:
    assert requests.get(f"{proxy.node}{path}", timeout=LONGEST).status_code == 200
    assert proxy.browser().get(f"{proxy.address}{path}", timeout=LONGEST).status_code == 404


def test_a_long_authorization_request_arrives_and_leaves_nothing_in_the_log(proxy: Proxy) -> None:
    secret = "s" * 7900
    answer = proxy.browser().get(f"{proxy.address}/authorize?id_token_hint={secret}", timeout=LONGEST)
    assert answer.status_code == 400
    assert "ระบบ" in answer.text, "it is our page, not nginx's"
    wait_until(lambda: "GET /authorize 400" in proxy.log.read_text(), "nginx wrote the call down")
    assert "sss" not in proxy.log.read_text()


@pytest.mark.attack(133)
def test_no_log_has_what_a_mailed_link_opens(app: Flask, proxy: Proxy, installation: Installation) -> None:
    secret = "s3cr3t" * 7
    with_secret = [rule for rule in app.url_map.iter_rules() if "secret" in rule.arguments]
    assert len({rule.rule for rule in with_secret}) >= 6
    paths = [rule.rule.replace("<string:secret>", secret) for rule in with_secret]
    paths += [f"//activate/{secret}", f"/Activate/{secret}", f"/activate/%73{secret[1:]}", f"/activate/{secret}%0A"]
    browser = proxy.browser()
    for path in paths:
        browser.get(f"{proxy.address}{path}", headers={"Referer": f"{proxy.address}/activate/{secret}"}, timeout=5)
    installation.started[0].terminate()  # the node: what nginx cannot reach, it writes down as an error
    installation.started[0].wait(15)
    gone = browser.get(f"{proxy.address}/activate/{secret}", headers={"Referer": f"/recovery/{secret}"}, timeout=5)
    assert gone.status_code == 502
    wait_until(lambda: " 502 " in proxy.log.read_text(), "nginx wrote the call down")
    logs = [path for path in proxy.log.parent.glob("*.log") if path.is_file()]
    assert proxy.log in logs
    assert [path.name for path in logs if "3cr3t" in path.read_text()] == []
    assert "GET /recovery/... " in proxy.log.read_text(), "what was asked for can still be told"


def test_many_cookies_of_neighbours_come_through_and_too_many_get_a_sentence_in_thai(proxy: Proxy) -> None:
    as_many = {"Cookie": f"other={'x' * 15_000}"}
    assert proxy.browser().get(f"{proxy.address}/signin", headers=as_many, timeout=5).status_code == 200
    too_many = {"Cookie": f"other={'x' * 17_000}"}
    answer = proxy.browser().get(f"{proxy.address}/signin", headers=too_many, timeout=5)
    assert answer.status_code == 431
    assert "ล้างคุกกี้ของ localhost" in answer.content.decode()


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it was sent."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers.items())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.mark.attack(134)
def test_the_provider_hears_its_own_name_whatever_the_caller_wrote(installation: Installation, tmp_path: Path) -> None:
    echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    heard = []
    try:
        proxy = behind_nginx(installation, tmp_path, f"http://127.0.0.1:{echo.server_port}", free_port())
        name = proxy.address.removeprefix("https://")
        for host in ("localhost:1", "LOCALHOST", "localhost:1@evil.example"):
            written = {"Host": host, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
            try:
                answer = proxy.browser().get(f"{proxy.address}/home", headers=written, timeout=LONGEST)
            except requests.ConnectionError:
                continue  # nginx hung up
            if answer.ok:
                heard.append(answer.json())
    finally:
        echo.shutdown()
        echo.server_close()
    assert len(heard) >= 2
    for headers in heard:
        told = {name.lower(): value for name, value in headers.items()}
        assert (told["host"], told["x-forwarded-host"], told["x-forwarded-proto"]) == (name, name, "https")


def test_a_file_that_is_too_large_gets_a_sentence_in_thai(proxy: Proxy) -> None:
    answer = proxy.browser().post(f"{proxy.address}/signin", data=b"x" * (12 * 1024 * 1024), timeout=LONGEST)
    assert answer.status_code == 413
    assert "ไฟล์หนึ่งต้องไม่เกิน 10 เมกะไบต์" in answer.content.decode()


def test_who_comes_in_the_clear_or_by_another_name_gets_nothing(proxy: Proxy) -> None:
    led = requests.get(f"{proxy.in_the_clear}/authorize?id_token_hint=s", allow_redirects=False, timeout=LONGEST)
    assert (led.status_code, led.headers["Location"]) == (301, "https://localhost/")
    with pytest.raises(requests.ConnectionError):
        proxy.browser().get(f"{proxy.address}/signin", headers={"Host": "other.example"}, timeout=LONGEST)
