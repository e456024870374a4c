"""Who may have a document painted now: two at a time in a process, one of each sender, and few who wait."""

import threading
from collections import Counter
from collections.abc import Collection, Generator
from contextlib import contextmanager

from idp.evidence import refusals

MOST_OF_ONE = 3  # one that is painted and two that wait: whoever sends slow documents holds no more threads than that


class Seats:
    """Places for paintings; a sender is any text, and an upload may have several (an address, a draft)."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._painting: Counter[str] = Counter()
        self._here: Counter[str] = Counter()

    @contextmanager
    def taken(self, senders: Collection[str], patience: float) -> Generator[None]:
        """Around a painting. Raises `Refusal` for one too many of a sender, or after `patience` seconds."""
        with self._changed:
            if any(self._here[each] >= MOST_OF_ONE for each in senders):
                raise refusals.busy()
            self._here.update(senders)
            try:
                if not self._changed.wait_for(lambda: self._is_free_for(senders), patience):
                    raise refusals.busy()
            except BaseException:
                self._here -= Counter(senders)
                raise
            self._places -= 1
            self._painting.update(senders)
        try:
            yield
        finally:
            with self._changed:
                self._places += 1
                self._painting -= Counter(senders)
                self._here -= Counter(senders)
                self._changed.notify_all()

    def _is_free_for(self, senders: Collection[str]) -> bool:
        return self._places > 0 and not any(self._painting[each] for each in senders)
