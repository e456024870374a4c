"""What may be uploaded, judged by its content: a name and a declared type are only claims."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from idp.evidence import refusals
from idp.web import files
from thai_web.refusal import N_, Refusal

MAX_PAGES = 20
MAX_PIXELS = 64_000_000  # a phone's 50-megapixel photo fits; decoded it takes 256 MB, within the child's memory
NAME_LENGTH = 100
FORGOTTEN_NAME = "–"
HEAD = 1024  # PDF readers look for their signature this far into a file
MAX_PARTS = 20_000  # segments or chunks; a file of millions of empty ones would keep a processor busy
ZIP_TAIL = 22 + 65_535  # ZIP readers look for the end record, with its longest comment, this far from the end


# A picture is what it is under any picture's name: telephones and chats rename them without changing them.
PICTURES = (
    "jpg",
    "jpeg",
    "jpe",
    "jfif",
    "pjpeg",
    "pjp",
    "png",
    "heic",
    "heif",
    "hif",
    "avif",
    "webp",
    "gif",
    "bmp",
    "tif",
    "tiff",
)


class Kind(Enum):
    """An accepted type of document: media type, name for people, file endings."""

    PDF = ("application/pdf", "PDF", ("pdf",))
    JPEG = ("image/jpeg", "JPEG", PICTURES)
    PNG = ("image/png", "PNG", PICTURES)

    def __init__(self, content_type: str, label: str, endings: tuple[str, ...]) -> None:
        self.content_type = content_type
        self.label = label
        self.endings = endings


@dataclass(frozen=True)
class Judgement:
    """An upload that may be opened: what it is, the name to show for it, and its bytes from the signature on."""

    kind: Kind
    name: str
    content: bytes


SIGNATURES = ((b"%PDF-", Kind.PDF), (b"\xff\xd8\xff", Kind.JPEG), (b"\x89PNG\r\n\x1a\n", Kind.PNG))
# Programs that write a PDF for the web leave a line end or a byte order mark before it; readers skip both.
BEFORE_PDF = re.compile(rb"(?:[\t\n\f\r \0]|\xef\xbb\xbf){1,1024}(?=%PDF-)")
# What telephones and the web make of photographs: the brands of ISO 23008-12 and AVIF behind `ftyp`, and WebP.
PHONE_PICTURE = re.compile(rb"....ftyp(?:hei|hev|mif|msf|avi)|RIFF....WEBP", re.DOTALL)
OTHER_PICTURE = re.compile(rb"GIF8|BM|II\*\0|MM\0\*|\xff\x0a|\0\0\0\x0cJXL ")
ARCHIVE = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
# Five bytes and more, so that chance does not write one into a photograph.
MARKUP = re.compile(rb"<script|<html|<!doctype|<svg[\s>]|<iframe|<\?php", re.IGNORECASE)
JPEG_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")  # 00 and the restarts D0 to D7 belong to the scan's data
ENDING = re.compile(r"(?=[0-9]*[a-z])[a-z0-9]{1,5}")  # in “มท 0808.2” the dot begins no file ending
PROGRAM = re.compile(
    r"apk|aspx?|bat|bin|cgi|cmd|cpl|dll|docm|exe|hta|html?|jar|jse?|jsp|lnk|mht|msi|php|phtml|pif|ps1|py|scr|sh|"
    r"svg|swf|vb[es]?|wsf|xhtml|xlsm"
)


def judge(upload: bytes, filename: str, limit: int) -> Judgement:
    """Decide whether an upload may be opened at all.

    Arguments: the bytes, the name the browser gave, the installation's limit in bytes. Raises `Refusal`.
    """
    _check_size(upload, limit)
    name, before = display_name(filename), BEFORE_PDF.match(upload)
    content = upload[before.end() :] if before else upload
    kind = next((kind for signature, kind in SIGNATURES if content.startswith(signature)), None)
    if kind is None:
        raise _unknown(upload)
    _check_name(name, kind)
    if kind is Kind.PDF:
        _check_pdf(content)
    else:
        _check_image(content, kind)
    if b"PK\x05\x06" in content[-ZIP_TAIL:]:
        raise _hidden()
    return Judgement(kind, name, content)


def display_name(filename: str) -> str:
    """The browser's name made fit to show: no folders, no control or direction characters, not too long."""
    text = unicodedata.normalize("NFC", re.split(r"[/\\]", filename)[-1])
    text = "".join(" " if letter.isspace() else letter for letter in text)
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    text = re.sub(r"\.{2,}", ".", re.sub(r" +", " ", text)).strip(" .")
    if len(text) > NAME_LENGTH:
        stem, dot, ending = text.rpartition(".")
        keep = f"{dot}{ending}" if stem and len(ending) <= 5 else ""
        text = text[: NAME_LENGTH - len(keep)] + keep
    return text or "เอกสาร"


def _check_size(upload: bytes, limit: int) -> None:
    if not upload:
        raise refusals.refused(N_("ไฟล์นี้ว่างเปล่า ไม่มีข้อมูลในไฟล์"), refusals.NEXT_AGAIN)
    if len(upload) > limit:
        raise refusals.refused(
            N_("ไฟล์นี้ใหญ่เกินไป ส่งได้ไม่เกิน %(limit)s เมกะไบต์"),
            N_("โปรดลดขนาดไฟล์ สแกนใหม่ด้วยความละเอียดต่ำลง หรือแบ่งเป็นหลายไฟล์ แล้วส่งใหม่"),
            limit=max(1, limit // (1024 * 1024)),
        )


def _check_name(name: str, kind: Kind) -> None:
    """A name without an ending, as phones send it, claims nothing; one that claims another type is refused."""
    endings = [part.strip().lower() for part in name.split(".")[1:]]
    if any(PROGRAM.fullmatch(ending) for ending in endings[:-1]):
        raise refusals.refused(N_("ชื่อไฟล์นี้มีนามสกุลซ้อนกันแบบไฟล์โปรแกรม จึงรับไว้ไม่ได้"), refusals.NEXT_RENAME)
    if endings and ENDING.fullmatch(endings[-1]) and endings[-1] not in kind.endings:
        raise refusals.refused(
            N_("ชื่อไฟล์ลงท้ายด้วย .%(ending)s แต่เนื้อหาในไฟล์เป็น %(kind)s จึงรับไว้ไม่ได้"),
            refusals.NEXT_RENAME,
            ending=endings[-1],
            kind=kind.label,
        )


def _check_pdf(upload: bytes) -> None:
    content = upload.rstrip(b"\0\t\n\f\r ")
    end = content.rfind(b"%%EOF")
    # Readers repair a cut file and silently lose its last pages. Files made for the web have an early %%EOF too.
    if end < max(0, len(content) - HEAD):
        raise refusals.truncated()
    if MARKUP.search(upload[:HEAD]) or _carries_another(content[end:]):
        raise _hidden()


def _check_image(upload: bytes, kind: Kind) -> None:
    pixels_at, end = _walk_jpeg(upload) if kind is Kind.JPEG else _walk_png(upload)
    # What a phone adds behind a JPEG (a second exposure, a short film) is left alone: the rebuild drops it.
    if _carries_another(upload[:pixels_at]) or _carries_another(upload[end:]):
        raise _hidden()


def _carries_another(part: bytes) -> bool:
    return b"%PDF-" in part or bool(ARCHIVE.search(part) or MARKUP.search(part))


def _walk_jpeg(upload: bytes) -> tuple[int, int]:
    """Where the first scan begins and the image ends (ITU T.81, annex B). Raises `Refusal` for a cut file."""
    position, first_scan = 2, 0
    for _part in range(MAX_PARTS):
        found = JPEG_MARKER.search(upload, position)
        if not found:
            break
        code, position = found[1], found.end()
        if code == b"\xd9":
            return first_scan or position, position
        if code == b"\xda":
            first_scan = first_scan or position
        if code != b"\x01":  # TEM, the one marker left without a length
            position += int.from_bytes(upload[position : position + 2])
    raise refusals.truncated()


def _walk_png(upload: bytes) -> tuple[int, int]:
    """Where the image data begin and the image ends (PNG, section 5). Raises `Refusal` for a cut file."""
    position, first_data = 8, 0
    for _part in range(MAX_PARTS):
        length = int.from_bytes(upload[position : position + 4])
        name = upload[position + 4 : position + 8]
        if name == b"IDAT":
            first_data = first_data or position
        position += 12 + length
        if name == b"IEND" and position <= len(upload):
            return first_data or position, position
    raise refusals.truncated()


def _unknown(upload: bytes) -> Refusal:
    if b"%PDF-" in upload[:HEAD]:
        return _hidden()
    message = N_("รับเฉพาะไฟล์ PDF, JPEG และ PNG เนื้อหาในไฟล์นี้เป็นชนิดอื่น")
    if PHONE_PICTURE.match(upload):
        return refusals.refused(message, files.PHONE_PICTURE)
    return refusals.refused(
        message, refusals.NEXT_OTHER_PICTURE if OTHER_PICTURE.match(upload) else refusals.NEXT_AS_PDF
    )


def _hidden() -> Refusal:
    return refusals.refused(N_("ไฟล์นี้มีข้อมูลชนิดอื่นแฝงอยู่ จึงรับไว้ไม่ได้"), refusals.NEXT_AS_PDF)


def set_aside_of(owner: str) -> str:
    """The name under which the vault keeps what an owner's list held before."""
    return f"{owner}:former"
