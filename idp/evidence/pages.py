"""The answer that carries one page of a document; rooms above own the addresses and the guards."""

from io import BytesIO
from pathlib import PurePath

from flask import Response, send_file

from idp.evidence import operations


def page_response(evidence_id: int, number: int) -> Response:
    """A page as an image to be looked at, not stored. Raises `NotFound`."""
    image = operations.read_page(evidence_id, number)
    name = PurePath(operations.get(evidence_id).filename).stem
    response = send_file(
        BytesIO(image), "image/jpeg", download_name=f"{name}-{number}.jpg", conditional=False, etag=False
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
