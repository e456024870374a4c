"""The simulator on a free port of the loopback, in a thread."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.serving import serving
from tests.simulators.thaid.application import create_app
from tests.simulators.thaid.world import World, default_world


@contextmanager
def running() -> Iterator[World]:
    """A running simulator; its `issuer` tells where."""
    world = default_world("")
    with serving(create_app(world)) as port:
        world.issuer = f"http://127.0.0.1:{port}"
        yield world
