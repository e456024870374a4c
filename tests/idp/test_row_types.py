"""The type of a statement's rows is a promise that no type checker can keep: it is held against the columns here."""

import importlib
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import JSON, Column, ColumnElement

from idp.fast_sql import Query
from idp.throttle import operations as throttle
from thai_web.database import Instant

ROOMS = [path for path in Path("idp").rglob("*.py") if "Query[" in path.read_text()]
QUERIES = {
    f"{room.parent}: {name}": value
    for room in ROOMS
    for name, value in vars(importlib.import_module(".".join(room.with_suffix("").parts))).items()
    if isinstance(value, Query)
} | {"idp/throttle: reserving": throttle._reserving("sqlite", 1), "idp/throttle: blocking": throttle._blocking(1)}
ASKED_FOR = {"blocked_until", "sealed"}  # never empty in the rows that the statement asks for, though the column may be


def promised(hint: Any) -> set[type]:
    """What a value may be: `str | None` is both, `list[str]` a list."""
    several = get_args(hint) if NoneType in get_args(hint) else (hint,)
    return {get_origin(each) or each for each in several}


def stored(column: ColumnElement[Any]) -> set[type]:
    """What a column's value may be, if any."""
    if isinstance(column.type, Instant):
        return {datetime}
    return {dict, list} if isinstance(column.type, JSON) else {column.type.python_type}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_row_is_what_its_type_says(query: Query[Any]) -> None:
    [row_type] = get_args(query.__orig_class__)  # type: ignore[attr-defined]
    columns = {column.key: column for column in query._statement.exported_columns}
    hints = get_type_hints(row_type)
    assert hints.keys() <= columns.keys()
    for name, hint in hints.items():
        assert promised(hint) - {NoneType} <= stored(columns[name]), name
        unlabelled = getattr(columns[name], "element", columns[name])
        if isinstance(unlabelled, Column) and unlabelled.nullable and name not in ASKED_FOR:
            assert NoneType in promised(hint), name
