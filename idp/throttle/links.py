"""Views behind a mailed link: whoever tries secrets is slowed down."""

from collections.abc import Generator
from contextlib import contextmanager

from flask import request

from idp.throttle.operations import guess


@contextmanager
def guessed_link() -> Generator[None]:
    """Decorates a view that acts on a mailed link: opening it with a secret that is none counts against the address. A
    view that answers was no guess; one that raises was."""
    with guess("link.address", request.remote_addr):
        yield
