"""Network addresses as connections and proxies name them: one spelling, and how far one subscriber's reach."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_LONGEST = 64  # an IPv6 address with its zone and port


@lru_cache(maxsize=1024)
def read(text: str | None) -> str | None:
    """The address alone: without the port that some proxies add, without a zone, IPv4 as such where it is mapped into
    IPv6 (RFC 4291, section 2.5.5.2). Nothing for what is none."""
    found = _parse((text or "").strip())
    return str(found) if found else None


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    if len(text) > _LONGEST:
        return None
    if text.startswith("["):  # RFC 3986, section 3.2.2
        inside, bracket, port = text[1:].partition("]")
        if not bracket or ":" not in inside or not _is_port(port):
            return None
        text = inside
    elif text.count(":") == 1:
        text, _colon, port = text.partition(":")
        if not _is_port(f":{port}"):
            return None
    try:
        found = ip_address(text.partition("%")[0] if ":" in text else text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_port(text: str) -> bool:
    return text in ("", ":") or (text[0] == ":" and text[1:].isascii() and text[1:].isdigit())


def subscriber(address: str | None) -> str | None:
    """Whom to count for an address: an IPv4 address itself; of IPv6 the /64, all of which one subscriber may use
    (RFC 6177). Nothing for what is no address."""
    return _within(address, 32, 64)


def network(address: str | None) -> str | None:
    """Where an address is: the /24 of IPv4, the /64 of IPv6. Nothing for what is no address."""
    return _within(address, 24, 64)


def _within(address: str | None, four: int, six: int) -> str | None:
    found = read(address)
    return str(ip_network(f"{found}/{six if ':' in found else four}", strict=False)) if found else None


def shortened(address: str | None) -> str:
    """The network as a person may recognise it, too little to follow them by."""
    found = _within(address, 24, 48)
    if not found:
        return ""
    start = found.partition("/")[0]
    return f"{start.rpartition('.')[0]}.x" if "." in start else f"{start.rstrip(':')}::x"
