"""What a password counts against while it is judged: the browser, where its owner has signed in before in it; or the
stranger's network, the account as a whole and the stranger's address."""

from collections.abc import Collection
from datetime import datetime

from idp import remote_address
from idp.throttle import operations as throttle
from idp.throttle.operations import Counted

BY_USERNAME = ("password.device", "password.network", "password.account")


def counted(name: str, address: str | None, device_id: int | None) -> list[Counted]:
    """The first is the person's own, which a right password clears; the others get back what it took."""
    if device_id is not None:
        return [Counted("password.device", name, str(device_id))]
    network = remote_address.network(address) or ""
    return [
        Counted("password.network", name, network),
        Counted("password.account", name),
        Counted("password.address", address),
    ]


def locked_until(usernames: Collection[str]) -> dict[str, datetime]:
    """Which of these usernames have to wait somewhere before their password is heard, and until when."""
    found: dict[str, datetime] = {}
    for limit in BY_USERNAME:
        for name, until in throttle.blocked(limit, usernames).items():
            found[name] = max(until, found.get(name, until))
    return found


def forget(username: str | None) -> None:
    """Nothing counts against this username any more, from wherever it came."""
    for limit in BY_USERNAME if username else ():
        throttle.clear(limit, username)
