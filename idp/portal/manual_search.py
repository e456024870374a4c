"""Finding a place in the manual: every word that was typed stands there, in either digits."""

from dataclasses import dataclass

from idp.portal import manual
from thai_web.thai import to_arabic_digits

AROUND = 60  # letters shown before and after what was found
MOST = 30


@dataclass(frozen=True)
class Place:
    """A section in which the words stand."""

    page: manual.Page
    section: manual.Section
    excerpt: str


def search(query: str) -> list[Place]:
    """The sections that hold every word, those with a word in their heading first."""
    words = _plain(query).split()
    if not words:
        return []
    found = []
    for slug in manual.PAGES:
        page = manual.read(slug)
        for section in page.sections:
            heading = _plain(f"{page.title} {section.heading}")
            if all(word in f"{heading} {_plain(section.text)}" for word in words):
                in_heading = any(word in heading for word in words)
                found.append((not in_heading, Place(page, section, _excerpt(section.text, words))))
    return [place for _rank, place in sorted(found, key=lambda each: each[0])][:MOST]


def _plain(text: str) -> str:
    return to_arabic_digits(text).casefold()


def _excerpt(text: str, words: list[str]) -> str:
    """Some of the text around the first word that stands in it; without a letter cut from its marks."""
    places = [place for word in words if (place := _plain(text).find(word)) >= 0]
    first = max(0, min(places, default=0) - AROUND)
    start = text.rfind(" ", 0, first) + 1 if first else 0
    end = text.find(" ", start + 3 * AROUND)
    return f"{'…' if start else ''}{text[start : end if end > 0 else None]}{'…' if end > 0 else ''}"
