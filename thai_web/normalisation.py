"""Text as it was meant: one mending for forms, imports, searches, comparisons and ThaID. Pure: no Flask.

What looks alike must be alike (Unicode Standard Annex 15 for composed letters; Unicode Standard, section 16.1, for the
order of Thai marks, which normalisation form C leaves as typed). Passwords never pass through here.
"""

import re
import unicodedata

# Category Cf, and what else shows nothing (Default_Ignorable_Code_Point): joiners, signs of direction, variation
# selectors, fillers. They come along from word processors and chats, and make two names look like one.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LINE_END = re.compile("[\u2028\u2029]")
_DASH = re.compile("[\u02d7\u2010-\u2015\u2043\u207b\u2212\u2796\u2e3a\u2e3b\ufe58\ufe63\uff0d]|(?<=\\d)\u00ad(?=\\d)")
_APOSTROPHE = re.compile("[`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018-\u201b\u2032\u2035\ua78c\uff07]")
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}

_TONES, _RING = "\u0e48-\u0e4b", "\u0e4d"
# Marks above and below a consonant, each with the vowel that stands after them; a tone or ring typed too late, too.
_CLUSTER = re.compile(f"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+[ะาำ]?[{_TONES}{_RING}]*|[ะาำ][{_TONES}{_RING}]+")
# The dot below, vowels below, vowels above, the ring, tones, the mark of silence: as NFC has them where it has a say.
_ORDER = {mark: place for place, mark in enumerate("ฺุู\u0e31ิีึื็ํ่้๊๋์๎")}
# The long tail belongs to ฤ and ฦ alone; elsewhere it is a mistyped า.
_LONG_TAIL = re.compile("(?<![ฤฦ])ๅ")


def mend(text: str) -> str:
    """The text as it was meant to be read. Correct text stays as it is, and so does what was mended before.

    Invisible signs are dropped, spaces of all widths become one kind, letters are composed (NFC). In Thai: the marks
    of a consonant stand in their order and once; ring and า, with a tone wherever typed, are ำ; two เ are แ.
    """
    if text.isascii():
        return text
    text = _LINE_END.sub("\n", _SPACE.sub(" ", _INVISIBLE.sub("", text)))
    while (mended := _mend_thai(unicodedata.normalize("NFC", text))) != text:
        text = mended  # once more: a foreign mark may have stood between two of ours
    return text


def mend_name(text: str) -> str:
    """A person's name, title or nickname: mended, with plain apostrophes, hyphens and single spaces.

    Empty for what holds no letter: a `-` in a form that insists on a family name says that there is none.
    """
    text = " ".join(_APOSTROPHE.sub("'", _DASH.sub("-", mend(text))).split())
    return text if text.strip(" .'-") else ""


def mend_code(text: str) -> str:
    """A number, code, username or address: mended, in Arabic digits and half-width letters, every dash a hyphen.

    A soft hyphen between digits is one, too: dropped, it would join two numbers to a third.
    """
    if text.isascii():
        return text
    text = mend(_DASH.sub("-", text).translate(_FULL_WIDTH))
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def comparable(text: str) -> str:
    """What two texts have in common when a reader would call them the same: for comparing and searching, never kept."""
    return " ".join(mend_code(_APOSTROPHE.sub("'", text)).casefold().split())


def _mend_thai(text: str) -> str:
    return _CLUSTER.sub(_in_order, _LONG_TAIL.sub("า", text.replace("เเ", "แ")))


def _in_order(found: re.Match[str]) -> str:
    marks = {letter for letter in found[0] if letter in _ORDER}
    vowel = "".join(letter for letter in found[0] if letter not in _ORDER)
    if vowel in ("า", "ำ") and _RING in marks:
        marks.remove(_RING)
        vowel = "ำ"
    if {"ิ", _RING} <= marks:  # drawn alike
        marks = marks - {"ิ", _RING} | {"ึ"}
    return "".join(sorted(marks, key=_ORDER.__getitem__)) + vowel
