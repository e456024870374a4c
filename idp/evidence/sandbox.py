"""Runs `rebuild.py` in a process of its own, with nothing in its hands, and distrusts what comes back."""

import logging
import os
import signal
import struct
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from idp.evidence import refusals, rules
from idp.evidence.rules import Kind
from idp.evidence.seats import Seats
from thai_web.refusal import Refusal

log = logging.getLogger(__name__)

CONFINED = Path(__file__).with_name("confine.py")
PROGRAM = Path(__file__).with_name("rebuild.py")
WALL_SECONDS = 15.0  # the processor's limit is in `confine.py`; a machine with much else to do takes longer by the wall
WAIT_SECONDS = 10.0
# Each child may take a gigabyte: a rush of uploads waits here instead of taking the node's memory.
SEATS = Seats(2)
VERDICTS = {
    b"locked": refusals.locked,
    b"small": refusals.too_small,
    b"large": refusals.too_detailed,
    b"xfa": refusals.form_of_adobe,
    b"unreadable": refusals.unreadable,
}
# One Thai letter in a font that the file names and does not carry.
TRIAL = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R
/Resources << /Font << /F 5 0 R >> >> >> endobj
4 0 obj << /Length 31 >> stream
BT /F 80 Tf 20 20 Td <a1> Tj ET
endstream endobj
5 0 obj << /Type /Font /Subtype /TrueType /BaseFont /AngsanaNew /FirstChar 161 /LastChar 161 /Widths [500]
/Encoding << /Type /Encoding /Differences [161 /uni0E01] >> >> endobj
trailer << /Root 1 0 R >>
%%EOF
"""
FRAME = struct.Struct(">IIII")


@dataclass(frozen=True)
class PageImage:
    """One page, painted: a JPEG, its measures in pixels, and whether nothing is to be seen on it."""

    width: int
    height: int
    jpeg: bytes
    blank: bool


def rebuild(upload: bytes, kind: Kind, most_pages: int = rules.MAX_PAGES) -> list[PageImage]:
    """Paint the pages of a judged upload. Raises `Refusal` for what cannot be painted within the limits."""
    verdict, _, frames = _ask_child(upload, kind, most_pages).partition(b"\n")
    if verdict == b"pages":
        raise refusals.too_many_pages(most_pages)
    if verdict == b"long":
        raise refusals.too_long(most_pages)
    if verdict == b"pixels":
        raise refusals.too_many_pixels(rules.MAX_PIXELS)
    if verdict != b"ok":
        raise VERDICTS.get(verdict, refusals.unreadable)()
    return _pages(frames)


def unprotected() -> list[str]:
    """Which protections of the painter this machine does not offer, by their names in the kernel's manual."""
    return _run([], b"").decode().split()


def faults() -> list[str]:
    """What an operator must mend so that uploads are painted, and safely, in plain words."""
    found = [f"documents: no {name} here; uploads are opened without it" for name in unprotected()]
    try:
        (page,) = rebuild(TRIAL, Kind.PDF)
    except Refusal as refusal:
        return [*found, f"documents: painting does not work here ({refusal.code}); the log says why"]
    return [*found, *(["documents: the product's Thai fonts are not painted with"] if page.blank else [])]


def _ask_child(upload: bytes, kind: Kind, most_pages: int) -> bytes:
    try:
        return _run([str(PROGRAM), kind.content_type, str(most_pages), str(rules.MAX_PIXELS)], upload)
    except subprocess.TimeoutExpired as error:
        log.warning("an upload of %d bytes was given up after %s s", len(upload), WALL_SECONDS)
        raise refusals.too_slow() from error
    except subprocess.CalledProcessError as error:
        log.warning("the rebuild of an upload of %d bytes ended with %d", len(upload), error.returncode)
        spent = error.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        raise (refusals.too_slow() if spent else refusals.unreadable()) from error


def _run(arguments: list[str], upload: bytes) -> bytes:
    """Upload and answer lie in nameless memory: no pipe to deadlock on, no copy in the clear on a disk."""
    with _memory() as given, _memory() as taken:
        given.write(upload)
        given.seek(0)  # which also flushes: the child reads from the same place
        subprocess.run(  # noqa: S603 - our own program; the upload decides no argument
            [sys.executable, "-I", str(CONFINED), *arguments],
            stdin=given,
            stdout=taken,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},  # no variable of ours: some hold passwords
            cwd="/",
            timeout=WALL_SECONDS,
            check=True,
        )
        taken.seek(0)
        return taken.read()


def _memory() -> BinaryIO:
    return os.fdopen(os.memfd_create("evidence"), "w+b")


def _pages(frames: bytes) -> list[PageImage]:
    stream = BytesIO(frames)
    pages: list[PageImage] = []
    while head := stream.read(FRAME.size):
        if len(head) < FRAME.size or len(pages) == rules.MAX_PAGES:
            raise refusals.unreadable()
        width, height, blank, length = FRAME.unpack(head)
        jpeg = stream.read(length)
        if len(jpeg) != length or not jpeg.startswith(b"\xff\xd8\xff") or not jpeg.endswith(b"\xff\xd9"):
            raise refusals.unreadable()
        pages.append(PageImage(width, height, jpeg, bool(blank)))
    if not pages:
        raise refusals.unreadable()
    return pages
