"""Runs `rebuild.py` in a process of its own, with nothing in its hands, and distrusts what comes back."""

import logging
import os
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from idp.evidence import rules
from idp.evidence.rules import Kind

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("rebuild.py")
WALL_SECONDS = 20.0
WAIT_SECONDS = 10.0
# Each child may take a gigabyte: a rush of uploads waits here instead of taking the node's memory.
SLOTS = threading.BoundedSemaphore(2)
VERDICTS = {
    b"locked": rules.locked,
    b"pages": rules.too_many_pages,
    b"pixels": rules.too_many_pixels,
    b"unreadable": rules.unreadable,
}
FRAME = struct.Struct(">III")


@dataclass(frozen=True)
class PageImage:
    """One page, painted: a JPEG and its measures in pixels."""

    width: int
    height: int
    jpeg: bytes


def rebuild(upload: bytes, kind: Kind) -> list[PageImage]:
    """Paint the pages of a judged upload. Raises `Refusal` for what cannot be painted within the limits."""
    if not SLOTS.acquire(timeout=WAIT_SECONDS):
        raise rules.busy()
    try:
        answer = _ask_child(upload, kind)
    finally:
        SLOTS.release()
    verdict, _, frames = answer.partition(b"\n")
    if verdict != b"ok":
        raise VERDICTS.get(verdict, rules.unreadable)()
    return _pages(frames)


def _ask_child(upload: bytes, kind: Kind) -> bytes:
    """Upload and answer lie in nameless memory: no pipe to deadlock on, no copy in the clear on a disk."""
    command = [
        sys.executable,
        "-I",
        str(PROGRAM),
        kind.content_type,
        str(rules.MAX_PAGES),
        str(rules.MAX_PIXELS),
    ]
    with _memory() as given, _memory() as taken:
        given.write(upload)
        given.seek(0)  # which also flushes: the child reads from the same place
        try:
            child = subprocess.run(  # noqa: S603 - our own program; the upload decides no argument
                command,
                stdin=given,
                stdout=taken,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},  # no variable of ours: some hold passwords
                cwd="/",
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            log.warning("an upload of %d bytes was given up after %s s", len(upload), WALL_SECONDS)
            raise rules.unreadable() from error
        if child.returncode != 0:
            log.warning("the rebuild of an upload of %d bytes ended with %d", len(upload), child.returncode)
            raise rules.unreadable()
        taken.seek(0)
        return taken.read()


def _memory() -> BinaryIO:
    return os.fdopen(os.memfd_create("evidence"), "w+b")


def _pages(frames: bytes) -> list[PageImage]:
    stream = BytesIO(frames)
    pages: list[PageImage] = []
    while head := stream.read(FRAME.size):
        if len(head) < FRAME.size or len(pages) == rules.MAX_PAGES:
            raise rules.unreadable()
        width, height, length = FRAME.unpack(head)
        jpeg = stream.read(length)
        if len(jpeg) != length or not jpeg.startswith(b"\xff\xd8\xff") or not jpeg.endswith(b"\xff\xd9"):
            raise rules.unreadable()
        pages.append(PageImage(width, height, jpeg))
    if not pages:
        raise rules.unreadable()
    return pages
