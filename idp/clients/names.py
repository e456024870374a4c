"""What a system is called, for pages that only name it: kept in the process for a minute, since every sign-in that
begins at a system shows it."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app

from idp.clients import operations
from idp.clients.rules import CLIENT_ID
from thai_web import clock, language

STALE = timedelta(minutes=1)
LEADING = "เแโใไ"  # vowels that are written before the consonant that they follow


class Named(NamedTuple):
    """A system's names."""

    th: str
    en: str

    @property
    def shown(self) -> str:
        """In the reader's language."""
        return self.en if language.current() == "en" and self.en else self.th

    @property
    def sign(self) -> str:
        """What stands for the system in a small square: its Latin short name, else the first letter of what follows the
        word for a system."""
        latin = re.match(r"[A-Z][A-Z0-9]{1,4}\b", self.th)
        bare = self.th.removeprefix("ระบบ")
        return (
            latin[0] if latin else next((letter for letter in bare if letter.isalnum() and letter not in LEADING), "")
        )


def find(client_id: str | None) -> Named | None:
    """The names of a client id. Unknown ids are not remembered, so that nobody can fill the memory."""
    if not client_id or not CLIENT_ID.fullmatch(client_id):
        return None
    known: dict[str, tuple[datetime, Named]] = current_app.extensions.setdefault("clients.names", {})
    now = clock.now()
    read_at, named = known.get(client_id, (None, None))
    if read_at is not None and timedelta(0) <= now - read_at < STALE:
        return named
    client = operations.find(client_id)
    if client is None:
        return None
    known[client_id] = (now, Named(client.name_th, client.name_en or ""))
    return known[client_id][1]
