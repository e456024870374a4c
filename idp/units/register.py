"""The register as the files in `data/` tell it; `data/SOURCES.md` says where they come from."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from idp.units import rules
from idp.units.rules import UnitKind

DATA = Path(__file__).parent / "data"
Areas = dict[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One office as the files describe it."""

    code: str
    kind: UnitKind
    name_th: str
    name_en: str | None
    dla_code: str | None = None
    province_code: str | None = None
    province_th: str | None = None
    province_en: str | None = None
    district_code: str | None = None
    district_th: str | None = None
    district_en: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def supervisor(self) -> str | None:
        """The code of the office above."""
        return rules.supervisor_code(self.kind, self.province_code, self.district_code)

    def columns(self) -> dict[str, object]:
        """The values that the table keeps, with those that are prepared for searching and sorting."""
        codes = [code for code in (self.code, self.dla_code) if code]
        return vars(self) | {
            "kind": self.kind.value,
            "search_text": rules.search_text(self, codes),
            "sort_key": rules.sort_key(self.kind, self.name_th, self.code),
        }


def read(province_codes: Collection[str] | None = None) -> list[list[Entry]]:
    """Every office, in levels, so that each comes after its supervisor.

    Arguments: `province_codes`, to read DLA and these provinces only.
    """
    provinces = [row for row in _rows("provinces.csv") if province_codes is None or row["code"] in province_codes]
    areas: Areas = {row["code"]: _area("province", row) for row in provinces}
    districts = [row for row in _rows("districts.csv") if row["code"][:2] in areas]
    areas |= {row["code"]: areas[row["code"][:2]] | _area("district", row) for row in districts}
    dla = rules.LABELS[UnitKind.DLA]
    return [
        [Entry(code="DLA", kind=UnitKind.DLA, name_th=dla.long_th, name_en=dla.long_en)],
        [_office(UnitKind.PROVINCIAL_OFFICE, "P", row, areas) for row in provinces],
        [_office(UnitKind.DISTRICT_OFFICE, "D", row, areas) for row in districts],
        [_local_government(row, areas) for row in _rows("local_governments.csv") if row["dla_code"][1:3] in areas],
    ]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _area(level: str, row: dict[str, str]) -> dict[str, str]:
    return {f"{level}_code": row["code"], f"{level}_th": row["name_th"], f"{level}_en": row["name_en"]}


def _office(kind: UnitKind, letter: str, row: dict[str, str], areas: Areas) -> Entry:
    code = row["code"]
    return Entry(code=letter + code, kind=kind, name_th=row["name_th"], name_en=row["name_en"], **areas[code])


def _local_government(row: dict[str, str], areas: Areas) -> Entry:
    # The first digit is a kind (trust the column instead); the other six, district and serial, stay for good.
    code = row["dla_code"][1:]
    return Entry(
        code=code,
        dla_code=row["dla_code"],
        kind=UnitKind(row["kind"]),
        name_th=row["name_th"],
        name_en=row["name_en"] or None,
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        **areas[code[:4]],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
