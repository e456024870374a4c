"""Kinds of units, the names that cannot be mistaken, and the reading of one row of the provider's feed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol


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


LOCAL_GOVERNMENTS = (
    UnitKind.PAO,
    UnitKind.CITY,
    UnitKind.TOWN,
    UnitKind.TAMBON_MUNI,
    UnitKind.TAO,
    UnitKind.SPECIAL,
)
DISTRICT_ROUTED = (UnitKind.TAMBON_MUNI, UnitKind.TAO)


class Label(NamedTuple):
    """What a kind is called on screen; a name is data, so both languages stand here."""

    th: str
    en: str


LABELS = {
    UnitKind.DLA: Label("สถ.", "DLA"),
    UnitKind.PROVINCIAL_OFFICE: Label("สถจ.", "Provincial Office"),
    UnitKind.DISTRICT_OFFICE: Label("สถอ.", "District Office"),
    UnitKind.PAO: Label("อบจ.", "PAO"),
    UnitKind.CITY: Label("ทน.", "City Municipality"),
    UnitKind.TOWN: Label("ทม.", "Town Municipality"),
    UnitKind.TAMBON_MUNI: Label("ทต.", "Tambon Municipality"),
    UnitKind.TAO: Label("อบต.", "TAO"),
    UnitKind.SPECIAL: Label("เมืองพัทยา", "Pattaya City"),
}
_NAMED_IN_FULL = (UnitKind.DLA, UnitKind.SPECIAL)
_NAMED_AFTER_PROVINCE = (UnitKind.PROVINCIAL_OFFICE, UnitKind.PAO)


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
    def province_th(self) -> str | None: ...


def short_name(unit: Named, language: str = "th") -> str:
    """Kind and name, where district and province stand beside it: `อบต.สระกรวด`."""
    kind = UnitKind(unit.kind)
    if language == "en" and unit.name_en:
        return unit.name_en if kind in _NAMED_IN_FULL else f"{unit.name_en} {LABELS[kind].en}"
    return unit.name_th if kind in _NAMED_IN_FULL else LABELS[kind].th + unit.name_th


def full_name(unit: Named, language: str = "th") -> str:
    """`อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์`: 22 local governments share one name, so a name alone identifies nobody."""
    kind = UnitKind(unit.kind)
    parts = [short_name(unit, language)]
    if kind is not UnitKind.DLA and kind not in _NAMED_AFTER_PROVINCE:
        if unit.district_th and kind is not UnitKind.DISTRICT_OFFICE:
            parts.append(f"อ.{unit.district_th}")
        if unit.province_th:
            parts.append(f"จ.{unit.province_th}")
    return " ".join(parts)


_LEADING_VOWEL = re.compile(r"([เ-ไ])([ก-ฮ])")
_MARKS = re.compile(r"[็-๎]")


def sort_key(kind: str, name_th: str) -> bytes:
    """Orders by kind, then as a Thai dictionary does; bytes, because both databases compare bytes alike."""
    letters = _LEADING_VOWEL.sub(r"\2\1", name_th)
    return f"{list(UnitKind).index(UnitKind(kind))}{_MARKS.sub('', letters)}\0{letters}".encode()


@dataclass(frozen=True, kw_only=True)
class FeedUnit:
    """One unit as the feed tells it."""

    code: str
    kind: str
    name_th: str
    name_en: str | None = None
    supervisor: str | None = None
    province_code: str | None = None
    province_th: str | None = None
    district_code: str | None = None
    district_th: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def from_feed(row: Mapping[str, Any]) -> FeedUnit | None:
    """Read a row; a kind that INFO does not know is none of its business. Raises `ValueError` for a damaged row."""
    try:
        if row["kind"] not in list(UnitKind):
            return None
        return FeedUnit(
            code=str(row["code"]),
            kind=row["kind"],
            name_th=str(row["name_th"]),
            **{name: row.get(name) for name in _OPTIONAL},
            valid_from=_day(row.get("valid_from")),
            valid_to=_day(row.get("valid_to")),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"damaged row in the feed of units: {error}") from error


_OPTIONAL = (
    "name_en",
    "supervisor",
    "province_code",
    "province_th",
    "district_code",
    "district_th",
)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
