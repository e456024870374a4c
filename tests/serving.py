"""A WSGI application on a port of the loopback, in a thread."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server

LOOKS_WHETHER_IT_IS_OVER = 0.01  # seconds; socketserver's half of one made most of the time of INFO's tests


@contextmanager
def serving(
    application: Any, host: str = "127.0.0.1", port: int = 0, ssl_context: ssl.SSLContext | None = None
) -> Iterator[int]:
    """The application, running; yields the port."""
    server = make_server(host, port, application, threaded=True, ssl_context=ssl_context)
    thread = threading.Thread(target=server.serve_forever, args=(LOOKS_WHETHER_IT_IS_OVER,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
