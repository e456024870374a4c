"""Which network addresses a stranger may make us call: those of the public internet, and no others.

A client that names an address for us to call could otherwise read our own network (server-side request forgery).
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's registry of special addresses (RFC 6890), written out: Python's own list differs from release to release.
_INSIDE_IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Global unicast is 2000::/3 (RFC 4291, section 2.4); all else is loopback, link-local, site-local, unique local,
# multicast or not given out. Inside it: protocol assignments with Teredo, documentation, 6to4.
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_INSIDE_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; its local brother 64:ff9b:1::/48 (RFC 8215) is never public
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214, section 6.1: the interface's half begins so, under any prefix


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet, and an IPv4 address that it stands for as well."""
    return all(_is_public(each) for each in _meant(address))


def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an IP address, in IPv6 clothes perhaps, lies in one of `networks`."""
    found = ip_address(address.split("%")[0])
    plain = found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
    return any(plain in network for network in networks)


def networks_of(names: tuple[str, ...]) -> tuple[Network, ...]:
    """Those of `names` that are networks, such as 10.20.0.0/16; the others are names of hosts."""
    return tuple(ip_network(name) for name in names if "/" in name)


def _meant(address: str) -> Iterator[Address]:
    """Where a packet to `address` may end: there, or where a translator on the way sends it."""
    found = ip_address(address.split("%")[0])
    if isinstance(found, IPv4Address):
        yield found
        return
    last = IPv4Address(int(found) & 0xFFFF_FFFF)
    if found in _MAPPED or found in _NAT64:
        yield last
        return
    yield found
    if (int(found) >> 32) & 0xFFFF_FFFF in _ISATAP:
        yield last


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INSIDE_IPV4)
    return address in _GLOBAL_IPV6 and not any(address in network for network in _INSIDE_IPV6)
