"""Where the demo listens: on this machine alone, unless it is asked for more."""

import os
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
import urllib3

from demo import certificate
from demo.ports import Ports, from_environment, settings
from tests.serving import serving
from thai_web import clock


def test_it_listens_on_this_machine_alone_unless_a_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.setenv("PORT_BASE", "18000")
    ports = from_environment()
    assert (ports.provider, ports.bind, ports.smtp) == ("http://localhost:18000", "127.0.0.1", 18025)
    monkeypatch.setenv("HOST", "192.168.1.20")
    ports = from_environment()
    assert (ports.info, ports.inbox, ports.bind) == (
        "https://192.168.1.20:18001",
        "https://192.168.1.20:18003",
        "192.168.1.20",
    )


def test_what_other_machines_reach_believes_its_own_certificate_and_calls_itself(tmp_path: Path) -> None:
    told = settings(Ports(8000, "192.168.1.20"), tmp_path, "secret", "key")
    assert told["IDP_OUTBOUND_CA_BUNDLE"] == told["INFO_OUTBOUND_CA_BUNDLE"] == str(tmp_path / certificate.FILE)
    assert "192.168.1.20" in told["IDP_OUTBOUND_HOSTS"].split(",")
    assert "INFO_OUTBOUND_CA_BUNDLE" not in settings(Ports(8000), tmp_path, "secret", "key")


def test_the_certificate_is_kept_until_the_host_is_another_or_it_is_nearly_over(tmp_path: Path) -> None:
    now = clock.now()
    first = certificate.prepare(tmp_path, "127.0.0.1", now).read_bytes()
    assert certificate.prepare(tmp_path, "127.0.0.1", now + timedelta(days=300)).read_bytes() == first
    later = certificate.prepare(tmp_path, "127.0.0.1", now + timedelta(days=389)).read_bytes()
    assert later != first
    assert certificate.prepare(tmp_path, "127.0.0.2", now + timedelta(days=389)).read_bytes() != later
    assert os.stat(tmp_path / certificate.FILE).st_mode & 0o077 == 0


def test_a_client_that_was_given_the_certificate_believes_it(tmp_path: Path) -> None:
    path = certificate.prepare(tmp_path, "127.0.0.1", clock.now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with serving(urllib_answer, ssl_context=context) as port:
        pool = urllib3.PoolManager(ca_certs=str(path), retries=False)
        assert pool.request("GET", f"https://127.0.0.1:{port}/").status == 200
        with pytest.raises(urllib3.exceptions.SSLError):
            urllib3.PoolManager(retries=False).request("GET", f"https://127.0.0.1:{port}/")


def urllib_answer(_environ: object, start_response: object) -> list[bytes]:
    """The smallest application."""
    start_response("200 OK", [])  # type: ignore[operator]
    return [b""]
