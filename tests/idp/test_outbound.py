"""Outside calls reach the public internet and named hosts, and nothing else."""

import pytest
from flask import Flask

from idp.config import Settings
from idp.outbound import OutboundError, call, is_public, resolve


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
