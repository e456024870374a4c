"""The program that opens an upload and paints its pages anew; `idp.evidence.sandbox` starts it through `confine.py`.

Run by its path, not as a module of `idp`: the process that meets a hostile file loads none of the provider's
code. Standard input holds the upload; standard output gets one verdict line and, after `ok`, the pages, each as
width, height, whether it is blank, length (32 bits, big-endian) and a JPEG. A process that was killed leaves no
complete answer.
"""

import ctypes
import math
import struct
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

LONGEST_SIDE = 2000
SHORTEST_SIDE = 200  # below that nobody reads a document, whatever it shows
NARROW, STRIP = 800, 1000  # a page that would come out narrower is a strip: painted so wide, and cut into sheets
OVERLAP = 60  # so that a line on the cut is whole on one of both sheets
QUALITY = 80
PAGES_SIZE = 20 * 1024**2  # of all page images together
FONTS = Path(__file__).resolve().parent / "fonts"
# Families of which PDFium carries one of its own; where those lack a sign, PDFium asks for Helvetica.
OWN_FONTS = (b"Times-Roman", b"Courier", b"Symbol", b"ZapfDingbats", b"ChromeSansMM")
READABLE_CHARSETS = (0, 1, 222)  # Latin, unknown, Thai (those of Windows)
BOLD = 600
BLANK_DISTANCE, BLANK_SHARE = 40, 10_000  # a page of which one point in ten thousand, or fewer, stands out of its paper


class Unfit(Exception):
    """The upload is refused; the message is the verdict."""


class Fonts:
    """The product's own Thai letters for a PDF that does not carry its fonts: on every machine the same page.

    Answers the questions that PDFium asks a system about its fonts (`FPDF_SYSFONTINFO` in fpdf_sysfontinfo.h). It must
    live as long as PDFium paints, which calls back into it.
    """

    FILES = ("Sarabun-Regular.ttf", "Sarabun-Bold.ttf")

    def __init__(self) -> None:
        import pypdfium2.raw as pdfium

        self._files: dict[int, bytes] = {}
        kinds: dict[str, Any] = {name: kind for name, kind, *_width in pdfium.FPDF_SYSFONTINFO._fields_}
        answers = {
            "Release": lambda _info: None,
            "EnumFonts": lambda _info, _mapper: None,
            "MapFont": self._choose,
            "GetFont": lambda _info, _face: None,
            "GetFontData": self._read,
            "GetFaceName": lambda _info, _font, buffer, size: _fill(b"Sarabun\0", buffer, size),
            "GetFontCharset": lambda _info, _font: READABLE_CHARSETS[-1],
            "DeleteFont": lambda _info, _font: None,
        }
        self._info = pdfium.FPDF_SYSFONTINFO(version=1, **{name: kinds[name](act) for name, act in answers.items()})
        pdfium.FPDF_SetSystemFontInfo(ctypes.byref(self._info))

    def _choose(self, _info: Any, weight: int, _italic: int, charset: int, _pitch: int, face: Any, _exact: Any) -> Any:
        name = ctypes.string_at(face) if face else b""
        if name in OWN_FONTS or charset not in READABLE_CHARSETS:
            return None
        return 2 if weight >= BOLD else 1

    def _read(self, _info: Any, font: int, table: int, buffer: Any, size: int) -> int:
        if font not in self._files:
            self._files[font] = (FONTS / self.FILES[font - 1]).read_bytes()
        return 0 if table else _fill(self._files[font], buffer, size)


def _fill(content: bytes, buffer: Any, size: int) -> int:
    if buffer and size >= len(content):
        ctypes.memmove(buffer, content, len(content))
    return len(content)


def paint_pdf(upload: bytes, max_pages: int) -> "Iterator[Image]":
    """Each page as it would be printed; scripts, links and attachments have no picture and are gone.

    Whatever a page says of its size, it is painted as large as a photograph would be: scanners write pages of the size
    of a thumb, and what they show must be read.
    """
    import pypdfium2

    fonts = Fonts()
    try:
        document = pypdfium2.PdfDocument(upload)
    except pypdfium2.PdfiumError as error:
        raise Unfit("locked" if "password" in str(error).lower() else "unreadable") from error
    if len(document) > max_pages:
        raise Unfit("pages")
    if _lives_in_xfa(document):
        raise Unfit("xfa")
    document.init_forms()  # without it filled-in fields and visible signatures stay unpainted
    for number in range(len(document)):
        page = document[number]
        yield page.render(scale=scale_for(page.get_size(), max_pages), may_draw_forms=True).to_pil()
        page.close()
    del fonts


def _lives_in_xfa(document: "PdfDocument") -> bool:
    """Whether the form is drawn by a program of Adobe's alone (XFA): its pages say "Please wait…" and no more."""
    import pypdfium2.raw as pdfium

    kind = document.get_formtype()
    if kind != pdfium.FORMTYPE_XFA_FOREGROUND:
        return kind == pdfium.FORMTYPE_XFA_FULL
    # With fields on its pages it is an ordinary form as well.
    return not any(pdfium.FPDFPage_GetAnnotCount(document[number]) for number in range(len(document)))


def paint_image(upload: bytes, name: str, max_pages: int, max_pixels: int) -> "Iterator[Image]":
    """The first image of the file, upright, opaque, no larger than a page is painted."""
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
    scale = scale_for(image.size, max_pages, most=1)
    image.thumbnail((math.ceil(image.width * scale), math.ceil(image.height * scale)))
    image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    yield image


def scale_for(size: tuple[float, float], max_pages: int, most: float = math.inf) -> float:
    """By how much a page is made larger: all of it fits, or, of a strip, its width. Raises `Unfit`."""
    short, long = sorted(size)
    scale = (LONGEST_SIDE - 0.5) / long  # the half keeps rounding up from adding a point
    if short * scale < NARROW:
        scale = min(STRIP / short, most)
        if long * scale > max_pages * (LONGEST_SIDE - OVERLAP):
            raise Unfit("long")
    return scale


def sheets(page: "Image") -> "Iterator[Image]":
    """The page, or, of a strip, equal parts that follow each other from its upper or left end."""
    long = max(page.size)
    number = max(1, math.ceil((long - OVERLAP) / (LONGEST_SIDE - OVERLAP)))
    step = (long - OVERLAP) / number
    for place in range(number):
        start, end = round(place * step), round((place + 1) * step) + OVERLAP
        yield page.crop((0, start, page.width, end) if page.height == long else (start, 0, end, page.height))


def is_blank(page: "Image") -> bool:
    """Whether nothing stands out of the paper, whatever its colour."""
    counts = page.convert("L").histogram()
    paper = counts.index(max(counts))
    standing_out = sum(number for grey, number in enumerate(counts) if abs(grey - paper) > BLANK_DISTANCE)
    return standing_out * BLANK_SHARE <= math.prod(page.size)


def frame(page: "Image") -> bytes:
    """A painted page as it goes over the wire, with nothing in it but its points."""
    if min(page.size) < SHORTEST_SIDE:
        raise Unfit("small")
    page, target = page.convert("RGB"), BytesIO()
    page.info.clear()  # Pillow would write a comment of the upload again
    page.save(target, "JPEG", quality=QUALITY)
    return struct.pack(">IIII", *page.size, is_blank(page), target.tell()) + target.getvalue()


def answer(content_type: str, max_pages: int, max_pixels: int) -> bytes:
    """The whole answer to the upload on standard input."""
    name = content_type.removeprefix("image/").upper()
    upload = sys.stdin.buffer.read()
    frames: list[bytes] = []
    try:
        pages = (
            paint_pdf(upload, max_pages)
            if content_type == "application/pdf"
            else paint_image(upload, name, max_pages, max_pixels)
        )
        for sheet in (sheet for page in pages for sheet in sheets(page)):
            frames.append(frame(sheet))
            if len(frames) > max_pages:
                raise Unfit("long")
            if sum(map(len, frames)) > PAGES_SIZE:
                raise Unfit("large")
    except Unfit as unfit:
        return f"{unfit}\n".encode()
    except ImportError:
        raise  # a broken installation, not a broken file
    except Exception:  # whatever a decoder raises about a file means the same to its sender
        return b"unreadable\n"
    return b"ok\n" + b"".join(frames)


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
