"""Whether a password can be guessed. zxcvbn estimates how many guesses it takes; what is told here is what it knows
nothing of: Thai, its keyboard and alphabet, the register's places, and that spaces and numbers hide nothing."""

import csv
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NotRequired, TypedDict

from zxcvbn import matching, zxcvbn

from thai_web.normalisation import mend_code
from thai_web.refusal import N_, Refusal

ENOUGH = 9.5  # decimal digits of the number of guesses; four words that nobody chose for you have ten and more
_MOST = 64  # characters; the estimate's cost grows with the square of their number
_DATA = Path(__file__).parent / "data"
_PLACES = Path(__file__).parents[1] / "units" / "data"
_OURS = ("user_inputs", "context")  # dictionaries whose words an attacker of just this person or service tries first

# The keys of the Kedmanee layout, row by row, without and with shift, and what the same keys write in English.
_THAI_KEYS = "ๅภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ๑๒๓๔ู฿๕๖๗๘๙๐ฎฑธํ๊ณฯญฐฅฤฆฏโฌ็๋ษศซฉฮฺ์ฒฬฦ"
_ENGLISH_KEYS = "14567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./234567890-=qertyuiop[\\asdfghjkl;cvbn,./"
_TO_ENGLISH = str.maketrans(dict(zip(_THAI_KEYS, _ENGLISH_KEYS, strict=True)))
_TO_THAI = str.maketrans(dict(reversed(list(zip(_ENGLISH_KEYS, _THAI_KEYS, strict=True)))))
# The alphabet as it is recited, mostly without three of its letters; a sequence is one whose numbers follow each other.
_RECITED = "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"
_IN_ORDER = str.maketrans({letter: chr(0xE000 + place) for place, letter in enumerate(_RECITED)} | dict.fromkeys("ฃฅฆ"))
_THAI = re.compile("[ก-๛]")
_HIDES_NOTHING = re.compile(r"[\s\-_.,:;/'\"]+")
_NUMBER = re.compile(r"(\d{4})\d+")  # a telephone, a date, an ID: known or guessed as a whole
_SIGNS = frozenset("@({[<!|$+%")
_NO_LETTERS = str.maketrans({sign: chr(0xE100 + 9 * place) for place, sign in enumerate(sorted(_SIGNS))})

_alone = threading.Lock()  # zxcvbn keeps the person's words in a dictionary that all its calls share


class Piece(TypedDict):
    """What zxcvbn says of a part of a password."""

    pattern: str
    token: str
    guesses_log10: float
    dictionary_name: NotRequired[str]


def check(password: str, about: Iterable[str] = ()) -> None:
    """Raises `Refusal`, with what to do instead, for a password that can be guessed by who knows `about` its owner."""
    words = sorted({word for text in about for word in _words_of(text)})
    judged = [_pieces(form, words) for form in dict.fromkeys(_forms(password))]
    pieces = min(judged, key=_digits)
    if _digits(pieces) < ENOUGH:
        raise Refusal(_why({piece["pattern"] for piece in pieces}))


def _pieces(form: str, words: list[str]) -> list[Piece]:
    """What zxcvbn takes it to be made of."""
    with _alone:
        _teach()
        found: list[Piece] = zxcvbn(form, user_inputs=words)["sequence"]
    return found


def _digits(pieces: list[Piece]) -> float:
    """How many digits the number of guesses has: of who knows in what order the pieces come, and what is ours."""
    ours = [piece.get("dictionary_name") in _OURS or piece["token"].isdigit() for piece in pieces]
    return sum(1.0 if known else piece["guesses_log10"] for known, piece in zip(ours, pieces, strict=True))


def _why(patterns: set[str]) -> str:
    if patterns <= {"repeat", "sequence", "spatial", "bruteforce"} and patterns & {"repeat", "sequence", "spatial"}:
        return N_("รหัสผ่านนี้เดาง่าย เพราะเป็นตัวอักษรหรือตัวเลขที่ซ้ำหรือเรียงกัน ใช้คำที่ไม่เกี่ยวกันสี่คำขึ้นไปต่อกันแทน")
    return N_("รหัสผ่านนี้เดาง่าย เพราะมีคำ ชื่อ ปี หรือตัวเลขที่คนใช้บ่อย ใช้คำที่ไม่เกี่ยวกันสี่คำขึ้นไปต่อกันแทน")


def _forms(password: str) -> Iterator[str]:
    """The password as it is judged: what is meant, on whichever keyboard it was typed."""
    plain, keys = bare(password), unicodedata.normalize("NFC", password).casefold()
    yield _judged(plain)
    if _THAI.search(plain):
        yield _judged(keys.translate(_TO_ENGLISH))
        yield _judged(plain.translate(_IN_ORDER))
    else:
        yield _judged(keys.translate(_TO_THAI))


def spell(text: str) -> str:
    """In one spelling: compatible letters as one, small, mended as names and numbers are."""
    return mend_code(unicodedata.normalize("NFKC", text).casefold())


def bare(text: str) -> str:
    """Its letters and digits in one spelling, without what hides nothing."""
    return _HIDES_NOTHING.sub("", spell(text))


def _judged(text: str) -> str:
    shorter = _NUMBER.sub(r"\1", bare(text))[:_MOST]
    # zxcvbn tries each way to read the signs as letters: of many kinds of them that takes seconds, and finds no word.
    return shorter if len(_SIGNS & set(shorter)) <= 3 else shorter.translate(_NO_LETTERS)


def _words_of(text: str) -> Iterator[str]:
    """The words of a name, an address or an office, each and together."""
    plain = spell(text)
    parts = [part for part in re.split(r"[^\w\u0e31\u0e34-\u0e4e]+", plain) if len(part) > 2]
    yield from parts
    yield from (re.sub(r"\d+$", "", part) for part in parts if re.search(r"\D{3,}\d+$", part))
    yield "".join(parts)


@lru_cache(maxsize=1)
def _teach() -> None:
    """Give zxcvbn our words: the best known of a list come first, and what is common comes after every place."""
    years = [str(year) for year in (*range(2580, 2470, -1), *range(2037, 1927, -1))]
    matching.add_frequency_lists(
        {"context": [*_read("context_words.txt"), *years], "places": [*_places(), *_read("common_words.txt")]}
    )


def _read(name: str) -> list[str]:
    return [spell(word) for word in (_DATA / name).read_text(encoding="utf-8").split()]


def _places() -> list[str]:
    names: dict[str, None] = {}
    for file in ("provinces.csv", "districts.csv", "local_governments.csv"):
        with (_PLACES / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                names |= dict.fromkeys(_judged(row[column].casefold()) for column in ("name_th", "name_en"))
    names.pop("", None)
    return list(names)
