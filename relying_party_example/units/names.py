"""Names of units on a page, in its language."""

from flask import Flask

from relying_party_example.units.rules import Named, full_name, short_name
from thai_web import language


def begin(app: Flask) -> None:
    """Filters `unit_name` (cannot be mistaken) and `unit_short` (where the place stands beside it)."""
    app.jinja_env.filters["unit_name"] = _full
    app.jinja_env.filters["unit_short"] = _short


def _full(unit: Named) -> str:
    return full_name(unit, language.current())


def _short(unit: Named) -> str:
    return short_name(unit, language.current())
