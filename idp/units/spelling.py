"""What a misspelt name of the register may have meant. Pure.

A few candidates share the most pairs of letters with what was typed (an index says which); of these the cheapest to
reach by edits is the answer: Levenshtein's distance, in which the slips that Thai invites cost half.
"""

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import product

MOST_COMPARED = 40
SHORTEST, LONGEST = 3, 40
FORGIVEN = 0.3  # slips a letter
_ACRONYMS = {"tao": "TAO", "pao": "PAO", "dla": "DLA"}
_KIND_WORDS = (
    *_ACRONYMS,
    "provincial",
    "district",
    "office",
    "province",
    "city",
    "town",
    "tambon",
    "municipality",
    "administrative",
    "organization",
    "for",
    "local",
    "administration",
    "department",
    "of",
)
_KIND = re.compile("(อบต|อบจ|ทต|ทม|ทน|สถจ|สถอ|เทศบาล)(.{3,})")
_MARKS = re.compile("[ะ\u0e31\u0e34-\u0e39\u0e47-\u0e4e]")
# Consonants that sound alike, each group by its commonest.
_SOUNDS = ("ขฃคฅฆ", "ชฌฉ", "ซศษส", "ญย", "ดฎ", "ตฏ", "ถฐทธฑฒ", "นณ", "พภผ", "ฟฝ", "รล", "หฮ", "ใไ")
_SOUND = {ord(letter): group[0] for group in _SOUNDS for letter in group}


class Vocabulary:
    """Names as they are compared, each with how it is written and how often it occurs."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self.written: dict[str, str] = {}
        self._uses: Counter[str] = Counter()
        for plain, written in names:
            self.written.setdefault(plain, written)
            self._uses[plain] += 1
        self._all = "/".join([*self.written, *_KIND_WORDS])
        self._holding: dict[str, list[str]] = defaultdict(list)
        for plain in self.written:
            for pair in _pairs(plain):
                self._holding[pair].append(plain)

    def meant(self, words: list[str], most: int) -> list[str]:
        """The searches that one of these words may have meant, the likeliest first, `most` for each word.

        A word that stands in no name is misspelt. Where each stands in some name, any may be.
        """
        whole = self._corrections("".join(words), most) if len(words) > 1 else []
        unknown = {word for word in words if not self._is_known(word)}
        if unknown:
            return whole + self._replacing(words, unknown, most)
        return whole + [search for word in words for search in self._replacing(words, {word}, most)]

    def _replacing(self, words: list[str], wrong: set[str], most: int) -> list[str]:
        written = ([*self._corrections(word, most)] if word in wrong else [self._write(word)] for word in words)
        return [" ".join(chosen) for chosen in product(*written)]

    def _is_known(self, word: str) -> bool:
        return word.isdecimal() or _split(word)[1] in self._all

    def _write(self, word: str) -> str:
        """A word of a search as people write it: `อบตสระกรวด` is `อบต.สระกรวด`."""
        kind, name = _split(word)
        return kind + (self.written.get(name) or _ACRONYMS.get(name) or name.title())

    def _corrections(self, word: str, most: int) -> list[str]:
        """What a word may have meant, as people write it, the likeliest first. A kind of unit in front stays."""
        kind, name = _split(word)
        return [kind + self.written[each] for each in self.nearest(name, most)]

    def nearest(self, word: str, most: int) -> list[str]:
        """The names that a word may have meant, the likeliest first; none for what is like none."""
        if not SHORTEST <= len(word) <= LONGEST:
            return []
        limit = max(1.0, len(word) * FORGIVEN)
        costs = {name: _cost(word, name) for name in self._alike(word, limit)}
        good = [name for name, cost in costs.items() if cost <= limit]
        return sorted(good, key=lambda name: (costs[name], -self._uses[name], name))[:most]

    def _alike(self, word: str, limit: float) -> list[str]:
        pairs = _pairs(word)
        shared: Counter[str] = Counter()
        for pair in pairs:
            shared.update(self._holding.get(pair, ()))
        # A slip spoils two pairs, letters changed round three; what is much longer needs more than is forgiven.
        least = max(1, len(pairs) - 2 * int(limit) - 1)
        close = [name for name, count in shared.items() if count >= least and abs(len(name) - len(word)) <= 2 * limit]
        return heapq.nlargest(MOST_COMPARED, close, key=lambda name: 2 * shared[name] - abs(len(name) - len(word)))


def _split(word: str) -> tuple[str, str]:
    found = _KIND.fullmatch(word)
    if found is None:
        return "", word
    return found[1] + ("" if found[1] == "เทศบาล" else "."), found[2]


def _pairs(word: str) -> set[str]:
    """Neighbouring sounds, beginning and end included: marks and twins among consonants are what people misspell."""
    sounds = f"^{_MARKS.sub('', word).translate(_SOUND)}$"
    return {sounds[place : place + 2] for place in range(len(sounds) - 1)}


def _cost(one: str, other: str) -> float:
    """What it takes to turn one word into the other; two letters changed round are one slip."""
    before: list[float] = []
    row = [0.0]
    for letter in other:
        row.append(row[-1] + _weight(letter))
    for place, letter in enumerate(one):
        above, before = before, row
        row = [before[0] + _weight(letter)]
        for column, wanted in enumerate(other):
            cheapest = min(
                before[column] + _change(letter, wanted),
                before[column + 1] + _weight(letter),
                row[column] + _weight(wanted),
            )
            if place and column and letter == other[column - 1] and wanted == one[place - 1]:
                cheapest = min(cheapest, above[column - 1] + 1)
            row.append(cheapest)
    return row[-1]


def _weight(letter: str) -> float:
    return 0.5 if _MARKS.match(letter) else 1


def _change(letter: str, wanted: str) -> float:
    if letter == wanted:
        return 0
    if letter.translate(_SOUND) == wanted.translate(_SOUND):
        return 0.5
    return max(_weight(letter), _weight(wanted))
