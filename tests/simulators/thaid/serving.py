"""The simulator on a free port of the loopback, in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from tests.simulators.thaid.application import create_app
from tests.simulators.thaid.world import World, default_world


@contextmanager
def running() -> Iterator[World]:
    """A running simulator; its `issuer` tells where."""
    world = default_world("")
    server = make_server("127.0.0.1", 0, create_app(world), threaded=True)
    world.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
