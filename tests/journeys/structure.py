"""What axe looks at in a page: its elements, their attributes and whether they hold text, not which text.

A page that differs from one that was judged in its names, numbers and the length of its lists alone would be judged
alike: half a second of the browser's time is spent once for each.
"""

import re
from hashlib import sha256
from html.parser import HTMLParser

_EMPTY = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr").fullmatch
# Of other attributes axe asks only whether they are there and hold something.
_READ = re.compile(
    "class|dir|for|http-equiv|id|lang|name|open|role|scope|style|tabindex|type|autocomplete"
    "|aria-(?!label$|description$).*"
).fullmatch
_NUMBER = re.compile(r"\d+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, list[str]]] = [("", [])]
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.open.append((f"{tag} {sorted(_told(name, value or '') for name, value in attrs)}", []))
        if _EMPTY(tag):
            self._close()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if not _EMPTY(tag):
            self._close()

    def handle_endtag(self, tag: str) -> None:
        if not _EMPTY(tag) and len(self.open) > 1:
            self._close()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._add("text")

    def _close(self) -> None:
        head, inside = self.open.pop()
        self._add(sha256("\n".join([head, *inside]).encode()).hexdigest())

    def _add(self, found: str) -> None:
        _head, inside = self.open[-1]
        if inside[-1:] != [found]:  # of rows that are alike one stands for all
            inside.append(found)


def _told(name: str, value: str) -> str:
    if _READ(name):
        return f"{name}={_NUMBER.sub('#', value)}"
    return f"{name}={'…' if value.strip() else ''}"


def of(source: str) -> str:
    """The digest of a page's structure. Raises `AssertionError` where an id stands twice, which the digest hides."""
    reader = _Reader()
    reader.feed(source)
    twice = {each for each in reader.ids if reader.ids.count(each) > 1}
    assert not twice, f"ids that stand twice: {twice}"
    while len(reader.open) > 1:
        reader._close()
    return "".join(reader.open[0][1])
