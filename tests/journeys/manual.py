"""The pictures of the manual: each is the page that a journey looks at under the same name.

`make manual` plays the journeys and then brings the pictures to `docs/th/pictures`. A new picture is one line here
and its line in a page of `docs/th`.
"""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

VARIANT = "script-desktop"
WIDTH = 1000  # the narrowest at which a case has its papers beside it; what is written stays readable on A4
TALLEST = 1100  # what is further down a long page is not what the manual points at
LARGEST = 60_000  # bytes; a page of the manual opens on a slow line
TAKEN = Path("var/pictures/manual")
KEPT = Path("docs/th/pictures")
# The name under which a journey looks at the page, and the chapter of the journey in which it does so.
PICTURES = {
    "register": "3-clerk",
    "person": "3-clerk",
    "email-code": "3-clerk",
    "unit": "3-clerk",
    "evidence": "3-clerk",
    "check": "3-clerk",
    "submitted": "3-clerk",
    "status-waiting": "3-clerk",
    "activate": "3-clerk",
    "sign-in": "3-clerk",
    "portal": "3-clerk",
    "queue": "1-admin",
    "dossier": "1-admin",
    "unit-without-admin": "2-province",
    "appointment": "2-province",
    "people": "13-staff",
    "invite": "13-staff",
    "person-helped": "13-staff",
}


def main() -> None:
    """Compress what the journeys took and put it beside the text. A picture that was not taken stops this."""
    KEPT.mkdir(exist_ok=True)
    for name in PICTURES:
        (KEPT / f"{name}.png").write_bytes(compress(TAKEN / f"{name}.png"))


def compress(path: Path) -> bytes:
    """A palette PNG with some air around, without metadata, of as many colours as the limit allows."""
    with Image.open(path) as taken:
        page = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, TALLEST)))
    page = ImageOps.expand(page, border=16, fill=page.getpixel((0, 0)))
    for colours in (64, 32, 16):
        file = BytesIO()
        page.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            return file.getvalue()
    raise SystemExit(f"{path}: more than {LARGEST} bytes; show a shorter page")


if __name__ == "__main__":
    main()
