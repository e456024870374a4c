"""The questionnaire as data: one JSON file for each version, the newest that began by the fiscal year applies.

The official form is not public; ours is built so that DLA can replace it by adding a file.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "definitions"


@dataclass(frozen=True)
class Text:
    """A label in both languages: the questionnaire is data, not part of the catalogue."""

    th: str
    en: str

    def said(self, language: str) -> str:
        return self.en if language == "en" else self.th


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, a row, or a column."""

    code: str
    label: Text


@dataclass(frozen=True)
class Field:
    """One question. `needs_centre`: asked only of a unit whose centre is open."""

    code: str
    kind: str  # date, count, choice, choices, long_text
    label: Text
    required: bool
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    needs_centre: bool = False


@dataclass(frozen=True)
class Grid:
    """A table of counts. `sums_to` names the field that its total must equal; `scores` rows are levels 5 to 1."""

    code: str
    label: Text
    rows: tuple[Option, ...]
    columns: tuple[Option, ...]
    sums_to: str | None = None
    scores: bool = False

    def cell(self, row: str, column: str) -> str:
        """The name of one cell among the answers."""
        return f"{self.code}_{row}_{column}"

    def total(self, answers: Mapping[str, Any], column: str) -> int:
        """The sum of a column; an empty box counts as nothing."""
        return sum(answers.get(self.cell(row.code, column)) or 0 for row in self.rows)

    def cells(self) -> Iterator[tuple[str, Option, Option]]:
        """Every cell with its row and column."""
        return ((self.cell(row.code, column.code), row, column) for row in self.rows for column in self.columns)


@dataclass(frozen=True)
class Block:
    """One page of the form."""

    code: str
    number: int
    title: Text
    intro: Text | None
    fields: tuple[Field, ...]
    grids: tuple[Grid, ...]
    needs_centre: bool

    def names(self) -> list[str]:
        """The names of all its answers."""
        return [field.code for field in self.fields] + [name for grid in self.grids for name, _, _ in grid.cells()]


@dataclass(frozen=True)
class Definition:
    """One version of the form."""

    version: str
    first_fiscal_year: int
    blocks: tuple[Block, ...]
    levels: tuple[tuple[Decimal, Text], ...]

    def block(self, code: str) -> Block | None:
        """A block by its code."""
        return next((block for block in self.blocks if block.code == code), None)

    def grid(self, code: str) -> Grid:
        """A grid by its code."""
        return next(grid for block in self.blocks for grid in block.grids if grid.code == code)

    def label(self, name: str, language: str = "th") -> str:
        """What an answer is called, for lists of differences and errors."""
        for block in self.blocks:
            for field in block.fields:
                if field.code == name:
                    return field.label.said(language)
            for grid in block.grids:
                for cell, row, column in grid.cells():
                    if cell == name:
                        return f"{row.label.said(language)} – {column.label.said(language)}"
        return name

    def level(self, mean: Decimal | None) -> Text | None:
        """The word for a mean."""
        return next((word for least, word in self.levels if mean is not None and mean >= least), None)


@cache
def all_definitions() -> tuple[Definition, ...]:
    """Every version, the newest first."""
    found = [_read(json.loads(path.read_text("utf-8"))) for path in FOLDER.glob("*.json")]
    return tuple(sorted(found, key=lambda definition: definition.first_fiscal_year, reverse=True))


def for_fiscal_year(fiscal_year: int) -> Definition:
    """The form of a fiscal year."""
    versions = all_definitions()
    return next((each for each in versions if each.first_fiscal_year <= fiscal_year), versions[-1])


def by_version(version: str) -> Definition:
    """The form that a stored report was written on."""
    return next(each for each in all_definitions() if each.version == version)


def _read(data: dict[str, Any]) -> Definition:
    return Definition(
        version=data["version"],
        first_fiscal_year=data["first_fiscal_year"],
        blocks=tuple(_block(number, block) for number, block in enumerate(data["blocks"])),
        levels=tuple((Decimal(level["from"]), Text(**level["label"])) for level in data["levels"]),
    )


def _block(number: int, data: dict[str, Any]) -> Block:
    return Block(
        code=data["code"],
        number=number,
        title=Text(**data["title"]),
        intro=_text(data.get("intro")),
        fields=tuple(_field(field) for field in data["fields"]),
        grids=tuple(_grid(grid) for grid in data["grids"]),
        needs_centre=data.get("needs_centre", False),
    )


def _field(data: dict[str, Any]) -> Field:
    return Field(
        code=data["code"],
        kind=data["kind"],
        label=Text(**data["label"]),
        required=data["required"],
        hint=_text(data.get("hint")),
        options=_options(data.get("options", ())),
        needs_centre=data.get("needs_centre", False),
    )


def _grid(data: dict[str, Any]) -> Grid:
    return Grid(
        code=data["code"],
        label=Text(**data["label"]),
        rows=_options(data["rows"]),
        columns=_options(data["columns"]),
        sums_to=data.get("sums_to"),
        scores=data.get("scores", False),
    )


def _options(data: list[dict[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(option["code"], Text(**option["label"])) for option in data)


def _text(data: dict[str, str] | None) -> Text | None:
    return Text(**data) if data else None
