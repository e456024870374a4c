"""Addresses in one spelling, whatever a connection or a proxy calls them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.remote_address import network, read, shortened, subscriber

READ = [
    ("203.0.113.10", "203.0.113.10", "203.0.113.10/32", "203.0.113.0/24"),
    (" 203.0.113.10 ", "203.0.113.10", "203.0.113.10/32", "203.0.113.0/24"),
    ("203.0.113.10:40000", "203.0.113.10", "203.0.113.10/32", "203.0.113.0/24"),
    ("203.0.113.10:", "203.0.113.10", "203.0.113.10/32", "203.0.113.0/24"),
    ("::ffff:203.0.113.10", "203.0.113.10", "203.0.113.10/32", "203.0.113.0/24"),
    ("[::ffff:203.0.113.10]:443", "203.0.113.10", "203.0.113.10/32", "203.0.113.0/24"),
    ("::ffff:cb00:710a", "203.0.113.10", "203.0.113.10/32", "203.0.113.0/24"),
    ("2001:db8::1", "2001:db8::1", "2001:db8::/64", "2001:db8::/64"),
    ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1", "2001:db8::/64", "2001:db8::/64"),
    ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64", "2001:db8::/64"),
    ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::/64", "2001:db8::/64"),
    ("2001:db8:1:2:a:b:c:d", "2001:db8:1:2:a:b:c:d", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
    ("fe80::1%eth0", "fe80::1", "fe80::/64", "fe80::/64"),
    ("[fe80::1%25eth0]:8080", "fe80::1", "fe80::/64", "fe80::/64"),
    ("127.0.0.1", "127.0.0.1", "127.0.0.1/32", "127.0.0.0/24"),
    ("::1", "::1", "::/64", "::/64"),
]
RUBBISH = [
    None,
    "",
    " ",
    "unknown",
    "_secret",
    "localhost",
    "unix:",
    "203.0.113",
    "203.0.113.256",
    "203.0.113.010",
    "0x7f.1",
    "203.0.113.10:http",
    "203.0.113.10:4:4",
    "203.0.113.10, 198.51.100.1",
    "[203.0.113.10]:80",
    "[2001:db8::1",
    "2001:db8::1]:443",
    "[2001:db8::1]x",
    "[2001:db8::1]:x",
    "2001:db8:::1",
    "203.0.113.10%eth0",
    "203.0.113.10/24",
    "1" * 5000,
    "203.0.113.10\x00",
    "203.0.113.10\n198.51.100.1",
    "２０３.0.113.10",
    "203.0.113.10:４0",
]


@pytest.mark.attack(101)
@pytest.mark.parametrize(("text", "address", "counted", "place"), READ)
def test_an_address_has_one_spelling_and_no_port(text: str, address: str, counted: str, place: str) -> None:
    assert (read(text), subscriber(text), network(text)) == (address, counted, place)
    assert read(address) == address


@pytest.mark.parametrize("text", RUBBISH)
def test_what_is_no_address_is_none(text: str | None) -> None:
    assert read(text) is subscriber(text) is network(text) is None
    assert shortened(text) == ""


@given(st.text() | st.from_regex(r"[\[\]:.0-9a-f%/]{0,60}"))
def test_nothing_that_a_proxy_may_send_breaks_the_reading(text: str) -> None:
    found = read(text)
    assert found is None or read(found) == found


@given(st.ip_addresses(), st.integers(0, 65535))
def test_a_port_changes_nothing(address: object, port: int) -> None:
    with_port = f"[{address}]:{port}" if ":" in str(address) else f"{address}:{port}"
    assert read(with_port) == read(str(address))
    assert subscriber(with_port) == subscriber(str(address))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("203.0.113.77", "203.0.113.x"),
        ("203.0.113.77:40000", "203.0.113.x"),
        ("2001:db8:12:34::5", "2001:db8:12::x"),
        ("2001:db8::5", "2001:db8::x"),
        ("", ""),
        ("unix", ""),
    ],
)
def test_of_an_address_only_the_network_is_told(address: str, told: str) -> None:
    assert shortened(address) == told
