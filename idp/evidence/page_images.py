"""The answer that carries one page of a document; rooms above own the addresses and the guards."""

from io import BytesIO
from pathlib import PurePath

from flask import Response, request, send_file
from PIL import Image

from idp.evidence import operations
from idp.evidence.models import SMALL

# Clockwise, as the person asks; Pillow counts the other way round.
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def turn_asked() -> int:
    """By how many degrees the viewer wants a page turned."""
    asked = request.args.get("turn", 0, type=int)
    return asked if asked in TURNS else 0


def page_response(evidence_id: int, number: int, turn: int = 0, *, small: bool = False) -> Response:
    """A page as an image to be looked at, not stored; turned by 90, 180 or 270 degrees. Raises `NotFound`."""
    image = operations.read_page(evidence_id, number)
    if small:
        image = _reduced(image)
    if turn:
        image = _turned(image, turn)
    name = PurePath(operations.get(evidence_id).filename).stem
    response = send_file(
        BytesIO(image), "image/jpeg", download_name=f"{name}-{number}.jpg", conditional=False, etag=False
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _reduced(image: bytes) -> bytes:
    """The page as small as a list shows it."""
    out = BytesIO()
    with Image.open(BytesIO(image)) as page:
        page.draft("RGB", (2 * SMALL, 2 * SMALL))  # decoded at a fraction of its size
        page.thumbnail((2 * SMALL, 2 * SMALL))
        page.save(out, "JPEG", quality=75)
    return out.getvalue()


def _turned(image: bytes, turn: int) -> bytes:
    """The image is one that we painted ourselves at upload; nothing of the applicant's file is opened here."""
    out = BytesIO()
    with Image.open(BytesIO(image)) as page:
        page.transpose(TURNS[turn]).save(out, "JPEG", quality=85)
    return out.getvalue()
