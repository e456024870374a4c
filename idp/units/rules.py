"""Kinds of units, their names and supervision, and how a name is searched and sorted."""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from thai_web.normalisation import comparable


class UnitKind(StrEnum):
    """The kinds, in the order in which official lists name them."""

    DLA = "DLA"
    PROVINCIAL_OFFICE = "PROVINCIAL_OFFICE"
    DISTRICT_OFFICE = "DISTRICT_OFFICE"
    PAO = "PAO"
    CITY = "CITY"
    TOWN = "TOWN"
    TAMBON_MUNI = "TAMBON_MUNI"
    TAO = "TAO"
    SPECIAL = "SPECIAL"


class Label(NamedTuple):
    """What a kind is called. Both languages stand here, not in the catalogue: a unit's name is data,
    needed also where no page's language applies, in mails and files."""

    short_th: str
    long_th: str
    short_en: str
    long_en: str


LABELS = {
    UnitKind.DLA: Label("สถ.", "กรมส่งเสริมการปกครองท้องถิ่น", "DLA", "Department of Local Administration"),
    UnitKind.PROVINCIAL_OFFICE: Label(
        "สถจ.",
        "สำนักงานส่งเสริมการปกครองท้องถิ่นจังหวัด",
        "Provincial Office",
        "Provincial Office for Local Administration",
    ),
    UnitKind.DISTRICT_OFFICE: Label(
        "สถอ.",
        "สำนักงานส่งเสริมการปกครองท้องถิ่นอำเภอ",
        "District Office",
        "District Office for Local Administration",
    ),
    UnitKind.PAO: Label("อบจ.", "องค์การบริหารส่วนจังหวัด", "PAO", "Provincial Administrative Organization"),
    UnitKind.CITY: Label("ทน.", "เทศบาลนคร", "City", "City Municipality"),
    UnitKind.TOWN: Label("ทม.", "เทศบาลเมือง", "Town", "Town Municipality"),
    UnitKind.TAMBON_MUNI: Label("ทต.", "เทศบาลตำบล", "Tambon Municipality", "Tambon Municipality"),
    UnitKind.TAO: Label("อบต.", "องค์การบริหารส่วนตำบล", "TAO", "Tambon Administrative Organization"),
    UnitKind.SPECIAL: Label("เมืองพัทยา", "เมืองพัทยา", "Pattaya City", "Pattaya City"),
}
NAMED_IN_FULL = (UnitKind.DLA, UnitKind.SPECIAL)
NAMED_AFTER_PROVINCE = (UnitKind.PROVINCIAL_OFFICE, UnitKind.PAO)
MUNICIPALITIES = (UnitKind.CITY, UnitKind.TOWN, UnitKind.TAMBON_MUNI)
LOCAL_GOVERNMENTS = (UnitKind.PAO, *MUNICIPALITIES, UnitKind.TAO, UnitKind.SPECIAL)


class Named(Protocol):
    """What a unit must tell to be named."""

    @property
    def kind(self) -> str: ...
    @property
    def name_th(self) -> str: ...
    @property
    def name_en(self) -> str | None: ...
    @property
    def district_th(self) -> str | None: ...
    @property
    def district_en(self) -> str | None: ...
    @property
    def province_th(self) -> str | None: ...
    @property
    def province_en(self) -> str | None: ...


def label(kind: str, language: str = "th") -> str:
    """The kind in full: `องค์การบริหารส่วนตำบล`."""
    words = LABELS[UnitKind(kind)]
    return words.long_en if language == "en" else words.long_th


def short_label(kind: str, language: str = "th") -> str:
    """The kind abbreviated: `อบต.`"""
    words = LABELS[UnitKind(kind)]
    return words.short_en if language == "en" else words.short_th


def short_name(unit: Named, language: str = "th") -> str:
    """Kind and name, for lists that show district and province beside it: `อบต.สระกรวด`."""
    kind = UnitKind(unit.kind)
    if language == "en":
        name = unit.name_en or unit.name_th
        return name if kind in NAMED_IN_FULL else f"{name} {short_label(kind, 'en')}"
    return unit.name_th if kind in NAMED_IN_FULL else short_label(kind) + unit.name_th


def full_name(unit: Named, language: str = "th") -> str:
    """The name that cannot be mistaken for another unit's: `อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์`."""
    kind = UnitKind(unit.kind)
    parts = [short_name(unit, language)]
    if kind not in (UnitKind.DLA, *NAMED_AFTER_PROVINCE):
        if kind is not UnitKind.DISTRICT_OFFICE:
            parts.append(f"{unit.district_en} District" if language == "en" else f"อ.{unit.district_th}")
        parts.append(f"{unit.province_en} Province" if language == "en" else f"จ.{unit.province_th}")
    return (", " if language == "en" else " ").join(parts)


def supervisor_code(kind: UnitKind, province_code: str | None, district_code: str | None) -> str | None:
    """The code of the office that supervises a unit of this kind in this place; nobody is above DLA."""
    if kind is UnitKind.DLA:
        return None
    if kind is UnitKind.PROVINCIAL_OFFICE:
        return "DLA"
    if kind in (UnitKind.TAMBON_MUNI, UnitKind.TAO):
        return f"D{district_code}"
    return f"P{province_code}"


def is_open(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Whether a unit exists on a day. Both dates count; an unknown one is no limit."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


# An office is called by its long name, with or without the words that everybody leaves out.
_OFFICE = r"(?:(?:สำนักงาน|สนง\.?)\s*)?(?:ส่งเสริมการปกครอง)?ท้องถิ่น\s*"
_WRITTEN_OUT = {
    _OFFICE + r"(?:จังหวัด|จ\.)": "สถจ",
    _OFFICE + r"(?:อำเภอ|อ\.)": "สถอ",
    r"องค์การบริหารส่วน\s*จังหวัด": "อบจ",
    r"องค์การบริหารส่วน\s*ตำบล": "อบต",
    r"เทศบาล\s*นคร": "ทน",
    r"เทศบาล\s*เมือง": "ทม",
    r"เทศบาล\s*ตำบล": "ทต",
    "จังหวัด|อำเภอ|ตำบล": "",
}
_WRITTEN_OUT_PREFIX = re.compile(rf"(?<!\S)(?:{'|'.join(f'({pattern})' for pattern in _WRITTEN_OUT)})\s*")
_ABBREVIATED = list(_WRITTEN_OUT.values())
# `จ.` before a name says "province"; the two places that are called by initials (จ.ป.ร.) are left alone.
_AREA_PREFIX = re.compile(r"(?<!\S)[จอต]\.\s*(?=[ก-๎]{2})")
_NOISE = re.compile(r"[^0-9a-zก-๎ ]")


def normalise(text: str) -> str:
    """What a search compares: Thai and Latin letters and Arabic digits, kinds abbreviated without dots.

    `องค์การบริหารส่วนตำบลสระกรวด อ.ศรีเทพ` and `อบต.สระกรวด  ศรีเทพ` become the same.
    """
    text = _WRITTEN_OUT_PREFIX.sub(lambda found: _ABBREVIATED[(found.lastindex or 1) - 1], comparable(text))
    return " ".join(_NOISE.sub("", _AREA_PREFIX.sub("", text)).split())


def names(unit: Named) -> list[str]:
    """What a unit is called, in both languages, as pages and letters write it."""
    kind = UnitKind(unit.kind)
    called = [short_name(unit), unit.name_th, short_name(unit, "en"), unit.name_en or ""]
    if kind not in NAMED_IN_FULL and unit.name_en:
        called.append(f"{unit.name_en} {label(kind, 'en')}")
    if kind in MUNICIPALITIES:
        called.append("เทศบาล" + unit.name_th)
    if kind is UnitKind.DLA:
        called.append(short_label(kind))
    return [name for name in dict.fromkeys(called) if name]


def places(unit: Named) -> list[str]:
    """Where a unit is: district and province in both languages."""
    english = [(unit.district_en, "District"), (unit.province_en, "Province")]
    return [place for place in (unit.district_th, unit.province_th) if place] + [
        f"{place} {kind}" for place, kind in english if place
    ]


def search_text(unit: Named, codes: list[str]) -> str:
    """What a search looks through: the names of the unit, each between slashes, then those of its place."""
    identity = "/".join(joined(name) for name in [*names(unit), *codes])
    return f"/{identity}/ {' '.join(_joined_place(place) for place in places(unit))}".rstrip()


@lru_cache(4096)
def _joined_place(name: str) -> str:
    return joined(name)  # an import asks for each of a thousand places again and again


def joined(text: str) -> str:
    """A name as one word of a search."""
    return normalise(text).replace(" ", "")


_LEADING_VOWEL = re.compile(r"([เ-ไ])([ก-ฮ])")
_MARKS = re.compile(r"[็-๎]")


def sort_key(kind: str, name_th: str, code: str) -> bytes:
    """Orders by kind, then as a Thai dictionary does: the consonant before the vowel written in front of it,
    marks only between words otherwise equal. Bytes, because both databases compare bytes alike."""
    letters = _LEADING_VOWEL.sub(r"\2\1", name_th)
    rank = list(UnitKind).index(UnitKind(kind))
    return "\0".join((f"{rank}{_MARKS.sub('', letters)}", letters, code)).encode()
