"""What must stand nowhere when a journey is over: a whole national ID, or a password."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_plus

from tests.people import CHOSEN_PASSWORD, PASSWORD

# Everybody's number here begins with 9990 (`tests.people`); however it is grouped, in Arabic or Thai digits.
NUMBER = re.compile(r"(?<!\d)[9๙][ -]?[9๙][ -]?[9๙][ -]?[0๐](?:[ -]?\d){9}(?!\d)")
PASSWORDS = (PASSWORD, CHOSEN_PASSWORD)
# The demo tells its invented sign-ins itself, in a file and in one line that it prints.
TOLD_FILE, TOLD_LINE = "demo.json", re.compile("^Sign-ins .*password of all.*$", re.M)


def places(folder: Path, mails: Iterable[dict[str, str]], addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each place to be searched, as a name and a text.

    The databases table by table, every other file of the demo's folder with its name (the vault, the log of all
    processes), every mail, every address that a browser opened. Pages where a person typed her own number are not
    among them.
    """
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and each.name != TOLD_FILE):
        name = str(path.relative_to(folder))
        if path.suffix == ".sqlite":
            yield from _tables(path)
        yield name, f"{name}\n{TOLD_LINE.sub('', path.read_text(encoding='utf-8', errors='replace'))}"
    for mail in mails:
        yield f"mail to {mail['to']}", "\n".join(str(value) for value in mail.values())
    for address in addresses:
        yield f"address {address.partition('?')[0]}", address


def found(everywhere: Iterable[tuple[str, str]]) -> list[str]:
    """The places that hold a secret, each told once and without the secret."""
    return sorted({place for place, text in everywhere if _holds_a_secret(text) or _holds_a_secret(unquote_plus(text))})


def _holds_a_secret(text: str) -> bool:
    return bool(NUMBER.search(text)) or any(password in text for password in PASSWORDS)


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    """Each table as text: in the file itself a value may lie in two pieces."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            yield f"{path.name}, table {table}", "\n".join(_readable(value) for row in rows for value in row)
    finally:
        connection.close()


def _readable(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
