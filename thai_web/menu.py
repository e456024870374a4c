"""The menu of a page: what an application hands to the layout."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A word of the menu and where it leads; `waiting`: how much waits there for the person who is looking."""

    text: str
    href: str
    is_here: bool = False
    waiting: int = 0


class Folded(NamedTuple):
    """Entries of less daily use, folded together under one word."""

    text: str
    entries: list[Entry]

    @property
    def is_here(self) -> bool:
        """Whether the open page is one of them."""
        return any(entry.is_here for entry in self.entries)
