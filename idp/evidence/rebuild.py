"""The child process that opens an upload and paints its pages anew; `idp.evidence.sandbox` starts it.

Run by its path, not as a module of `idp`: the process that meets a hostile file loads none of the provider's
code. Standard input holds the upload; standard output gets one verdict line and, after `ok`, the pages, each as
width, height, length (32 bits, big-endian) and a JPEG. A process that was killed leaves no complete answer.
"""

import math
import resource
import struct
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY = 1024**3  # an image at the pixel limit, twice in memory while it is scaled, and the libraries
OUTPUT = 64 * 1024**2
SECONDS = 15
LONGEST_SIDE = 2000
RESOLUTION = 150 / 72  # PDF pages are measured in 1/72 inch; at 150 dpi the small print of a letter is legible
QUALITY = 80


class Unfit(Exception):
    """The upload is refused; the message is the verdict."""


def restrain() -> None:
    """Take away what painting does not need, before the first byte is looked at."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: OUTPUT,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def paint_pdf(upload: bytes, max_pages: int) -> "Iterator[Image]":
    """Each page as it would be printed; scripts, links and attachments have no picture and are gone."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(upload)
    except pypdfium2.PdfiumError as error:
        raise Unfit("locked" if "password" in str(error).lower() else "unreadable") from error
    if len(document) > max_pages:
        raise Unfit("pages")
    document.init_forms()  # without it filled-in fields and visible signatures stay unpainted
    for number in range(len(document)):
        page = document[number]
        scale = min(RESOLUTION, LONGEST_SIDE / max(page.get_size()))
        yield page.render(scale=scale, may_draw_forms=True).to_pil()
        page.close()


def paint_image(upload: bytes, name: str, max_pixels: int) -> "Iterator[Image]":
    """The first image of the file, upright, opaque, at most `LONGEST_SIDE` long."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # judged here, by our own limit, before anything is decoded
    image: Image.Image = Image.open(BytesIO(upload), formats=[name])
    if math.prod(image.size) > max_pixels:
        raise Unfit("pixels")
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")  # 16 bits of grey
    # Scaling a palette or a black-and-white scan picks single pixels and tears letters apart.
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode in ("1", "P"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    yield image


def frame(page: "Image") -> bytes:
    """A painted page as it goes over the wire, with nothing in it but its points."""
    page, target = page.convert("RGB"), BytesIO()
    page.info.clear()  # Pillow would write a comment of the upload again
    page.save(target, "JPEG", quality=QUALITY)
    return struct.pack(">III", *page.size, target.tell()) + target.getvalue()


def answer(content_type: str, max_pages: int, max_pixels: int) -> bytes:
    """The whole answer to the upload on standard input."""
    upload = sys.stdin.buffer.read()
    frames = []
    try:
        pages = (
            paint_pdf(upload, max_pages)
            if content_type == "application/pdf"
            else paint_image(upload, content_type.removeprefix("image/").upper(), max_pixels)
        )
        for page in pages:
            frames.append(frame(page))
    except Unfit as unfit:
        return f"{unfit}\n".encode()
    except ImportError:
        raise  # a broken installation, not a broken file
    except Exception:  # whatever a decoder raises about a file means the same to its sender
        return b"unreadable\n"
    return b"ok\n" + b"".join(frames)


if __name__ == "__main__":
    restrain()
    sys.stdout.buffer.write(answer(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
