"""Mails that anybody may let us send: few to one recipient, so that no mailbox is flooded, and nobody who shares it is
kept out by a stranger who asks for them."""

from idp import remote_address
from idp.throttle.operations import Counted, reserve


def admit_mail(purpose: str, recipient: str, address: str | None) -> None:
    """Count a mail before it is sent: by who asks, by recipient and purpose from there, and from everywhere.

    Arguments: `purpose`, what it is for, one word; `recipient`, an address as it is compared; `address`, the caller's.
    Raises `TooMany`, and counts nothing, while one of the three is over.
    """
    about = f"{purpose} {recipient}"
    reserve(
        Counted("code.sent.address", address),
        Counted("code.sent.network", about, source=remote_address.subscriber(address) or "-"),
        Counted("code.sent", about),
    )
