"""Documents made for the tests: honest ones, and such as an attacker would send."""

import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from PIL import Image, ImageDraw


def image(size: tuple[int, int] = (600, 400), mode: str = "RGB", kind: str = "JPEG", **options: Any) -> bytes:
    """A white picture with a black bar in its upper left corner."""
    picture = Image.new(mode, size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="black")
    target = BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A PDF stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def assemble(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF file of numbered objects; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def pdf(pages: int = 1, content: bytes = b"0 0 200 200 re f", *, catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF whose pages (A4, `content` painted on each) come after the catalogue and the page tree."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(pages))
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
            stream(content),
            *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>"] * pages,
        ],
        trailer,
    )


def pdf_with_a_blank_back() -> bytes:
    """Two pages, of which nothing is to be seen on the second."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R 5 0 R] /Count 2 >>",
            stream(b"0 0 200 200 re f"),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def pdf_of_size(box: bytes, entries: bytes = b"") -> bytes:
    """One page of `box` (x y x y in 1/72 inch), its lower left quarter black, whatever it measures."""
    left, bottom, right, top = (float(side) for side in box.split())
    content = b"%f %f %f %f re f" % (left, bottom, (right - left) / 2, (top - bottom) / 2)
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            stream(content),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 3 0 R %s >>" % (box, entries),
        ]
    )


def scan(pixels: tuple[int, int], dots_per_inch: int) -> bytes:
    """A PDF as scanners write it: one picture as large as the page, which is as small as the scanner says."""
    width, height = (side * 72 / dots_per_inch for side in pixels)
    picture = stream(
        image(pixels),
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        b"/Filter /DCTDecode" % pixels,
    )
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %f %f] /Contents 4 0 R "
            b"/Resources << /XObject << /Scan 5 0 R >> >> >>" % (width, height),
            stream(b"%f 0 0 %f 0 0 cm /Scan Do" % (width, height)),
            picture,
        ]
    )


def thai_pdf(face: bytes, text: str = "หนังสือมอบหมาย") -> bytes:
    """Thai words in a font that the file names and does not carry."""
    letters = b" ".join(b"/uni0E%02X" % code for code in range(1, 0x5B))
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F 5 0 R >> >> >>",
            stream(b"BT /F 40 Tf 50 700 Td <%s> Tj ET" % text.encode("cp874").hex().encode()),
            b"<< /Type /Font /Subtype /TrueType /BaseFont /%s /FirstChar 32 /LastChar 255 /Widths [%s] "
            b"/FontDescriptor 6 0 R /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding "
            b"/Differences [161 %s] >> >>" % (face, b"500 " * 224, letters),
            b"<< /Type /FontDescriptor /FontName /%s /Flags 32 /FontBBox [-200 -300 1000 1100] /ItalicAngle 0 "
            b"/Ascent 1000 /Descent -300 /CapHeight 700 /StemV 80 >>" % face,
        ]
    )


def filled_form(value: str) -> bytes:
    """A field that is filled in and has no picture of its own: the reader's program draws it."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /DA (/Helv 0 Tf 0 g) /NeedAppearances true /Fields [4 0 R] "
            b"/DR << /Font << /Helv 5 0 R >> >> >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>",
            b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /DA (/Helv 40 Tf 0 g) /F 4 /Rect [50 600 550 660] "
            b"/P 3 0 R /V <feff%s> >>" % value.encode("utf-16-be").hex().encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def adobe_form(needs_rendering: bytes = b"/NeedsRendering true") -> bytes:
    """A form that lives in XFA alone; its one page tells to wait."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA 4 0 R >> %s >>" % needs_rendering,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R >>",
            stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>"),
            stream(b"0 0 200 200 re f"),
        ]
    )


def locked_pdf() -> bytes:
    """A PDF that opens only with a password nobody knows."""
    entry = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]"
    return pdf(trailer=entry % (b"11" * 32, b"22" * 32))


def scripted_pdf() -> bytes:
    """A PDF that runs a script when opened."""
    return pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\('secret-script'\\)) >>")


def endless_pdf() -> bytes:
    """Each drawing draws the next one thirty times, twelve deep."""
    depth = 12
    resources = b"/Resources << /XObject << /X %d 0 R >> >>"
    drawings = [
        stream(b"/X Do " * 30, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + resources % (5 + level))
        for level in range(depth)
    ]
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % (resources % 4),
            *drawings,
            stream(b"0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
        ]
    )


def swelling_pdf() -> bytes:
    """A page description that grows from three megabytes to three gigabytes."""
    packer = zlib.compressobj(9)
    start = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = start + block * 3000 + packer.flush()  # after a full flush the same block may follow itself
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            stream(packed, b"/Filter /FlateDecode"),
        ]
    )


def signed_form() -> bytes:
    """A form with one filled-in field whose black picture is its own, not the page's."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 600] /Annots [4 0 R] >>",
            b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (x) /F 4 /Rect [0 300 300 600] /P 3 0 R "
            b"/AP << /N 5 0 R >> >>",
            stream(b"0 0 300 300 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 300 300]"),
        ]
    )


def archive() -> bytes:
    """A ZIP file; appended to another file it still opens."""
    target = BytesIO()
    with ZipFile(target, "w") as file:
        file.writestr("program.txt", "x")
    return target.getvalue()


def upright(jpeg: bytes) -> Image.Image:
    """A page image, decoded, to look at its points."""
    return Image.open(BytesIO(jpeg)).convert("L")
