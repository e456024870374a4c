"""The provider's open register over HTTP."""

from dataclasses import dataclass

from relying_party_example import outbound
from relying_party_example.units.rules import FeedUnit, from_feed

SIZE_LIMIT = 32 * 1024 * 1024  # bytes; 8,804 units take about 4 MB
LONGEST = 60.0  # seconds; the worker waits, no person


@dataclass(frozen=True)
class Feed:
    """A reading of the feed."""

    etag: str | None
    units: list[FeedUnit]


def read(issuer: str, etag: str | None) -> Feed | None:
    """The register, or nothing where it has not changed since `etag`. Raises `OutboundError`."""
    headers = {"If-None-Match": etag} if etag else {}
    url = f"{issuer}/units.json"
    response = outbound.call("GET", url, headers=headers, size_limit=SIZE_LIMIT, longest=LONGEST)
    if response.status == 304:
        return None
    try:
        rows = response.json()["units"]
        units = [unit for unit in map(from_feed, rows) if unit is not None]
    except (KeyError, TypeError, ValueError) as error:
        raise outbound.OutboundError(f"{url} is not a register of units") from error
    if not units:
        raise outbound.OutboundError(f"{url} holds no units")
    return Feed(response.headers.get("ETag"), units)
