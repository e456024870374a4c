"""One limit of time over a whole conversation, whatever the other side does.

A socket's own limit counts from byte to byte: who sends one every few seconds would be listened to for ever.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

AGAIN = 0.2  # seconds


class Deadline:
    """Within it, a conversation is cut off after `seconds`: its socket is shut down, and whoever reads or writes there
    gets an error or an end. `socket_of` is asked for the socket when the time is over."""

    def __init__(self, seconds: float, socket_of: Callable[[], socket.socket | None]) -> None:
        self._ends_at = time.monotonic() + seconds
        self._socket_of = socket_of
        self._is_done = threading.Event()
        self.has_passed = False

    def __enter__(self) -> "Deadline":
        threading.Thread(target=self._watch, name="deadline", daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_done.set()

    def left(self) -> float:
        """Seconds until the end. Raises `TimeoutError` when there are none."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left

    def _watch(self) -> None:
        if self._is_done.wait(max(self._ends_at - time.monotonic(), 0)):
            return
        self.has_passed = True
        while True:  # until it was felt: while TLS is agreed on, the socket is not to be had
            found = self._socket_of()
            if found is not None:
                with suppress(OSError):
                    # Not the TLS socket's own: that would go on in the clear, with what has arrived already.
                    socket.socket.shutdown(found, socket.SHUT_RDWR)
            if self._is_done.wait(AGAIN):
                return
