"""A mail's text taken apart for its page. Pure: what a person wrote stays text, whatever it looks like."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How a block is shown."""

    TEXT = "text"
    BUTTON = "button"
    LINK = "link"
    CODE = "code"


class Block(NamedTuple):
    """Lines that are shown together."""

    kind: Kind
    lines: list[str]


def blocks(body: str, link: str, code: str, issuer: str) -> list[Block]:
    """Paragraphs, and what stands on a line of its own: the mail's link, its code, another page of this provider."""
    found: list[Block] = []
    for paragraph in body.split("\n\n"):
        begun = False
        for line in filter(None, paragraph.split("\n")):
            kind = _kind(line, link, code, issuer)
            if kind == Kind.TEXT and begun:
                found[-1].lines.append(line)
            else:
                found.append(Block(kind, [line]))
            begun = kind == Kind.TEXT
    return found


def _kind(line: str, link: str, code: str, issuer: str) -> Kind:
    if line == link:
        return Kind.BUTTON
    if line == code:
        return Kind.CODE
    return Kind.LINK if line.startswith(f"{issuer}/") and " " not in line else Kind.TEXT
