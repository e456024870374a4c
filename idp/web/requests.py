"""What a request may bring: uploads stay in memory, a body over the limit is read away before it is refused, and
numbers in addresses stay within what a database can look up."""

import time
from io import BytesIO
from typing import IO, Any

from flask import Request, Response, after_this_request, request
from werkzeug.routing import IntegerConverter, Map

from idp import remote_address

DRAIN_LIMIT = 512 * 1024 * 1024  # bytes read away so that the browser gets to see the refusal
LARGEST_KEY = 2**31 - 1
LAST_PAGE = 100_000
LEVEL = 0.3  # seconds; more than the slower of two ways takes that must look alike


class KeyConverter(IntegerConverter):
    """`<int:…>` in an address: a number that no key can be is no page of ours, and no error either."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST_KEY, **options})


def page_number() -> int:
    """Which page of a list is asked for."""
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def answer_in_level_time() -> None:
    """Hold the answer of this request back until `LEVEL` has gone by: how long it took tells nobody whether there is
    somebody to mail to. The transaction is over by then."""
    began = time.monotonic()

    @after_this_request
    def wait(response: Response) -> Response:
        time.sleep(max(0.0, LEVEL - (time.monotonic() - began)))
        return response


class LimitedRequest(Request):
    """Flask's request without temporary files: an uploaded document never lies on disk in the clear."""

    _remote_addr: str | None

    @property
    def remote_addr(self) -> str | None:
        """The address that the request came from, in one spelling and without a port; None for what is no address."""
        return remote_address.read(self._remote_addr)

    @remote_addr.setter
    def remote_addr(self, given: str | None) -> None:
        self._remote_addr = given

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        return BytesIO()

    def drain(self) -> None:
        """Read the rest of the body away: answering an upload too early makes browsers show a broken connection."""
        left = min(self.content_length or 0, DRAIN_LIMIT)
        stream = self.environ["wsgi.input"]
        while left > 0:
            chunk = stream.read(min(left, 256 * 1024))
            if not chunk:
                return
            left -= len(chunk)
