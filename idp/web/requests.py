"""What a request may bring: uploads stay in memory, and a body over the limit is read away before it is refused."""

from io import BytesIO
from typing import IO, Any

from flask import Request

DRAIN_LIMIT = 512 * 1024 * 1024  # bytes read away so that the browser gets to see the refusal


class LimitedRequest(Request):
    """Flask's request without temporary files: an uploaded document never lies on disk in the clear."""

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
