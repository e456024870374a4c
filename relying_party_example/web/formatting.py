"""Jinja filters and the values that every page may use."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, request
from flask_babel import gettext as _

from relying_party_example.web import errors, language
from thai_web import thai


def begin(app: Flask) -> None:
    """Register the filters and the layout's values."""
    app.jinja_env.filters.update(
        thai_date=_date,
        thai_date_short=_date_short,
        thai_datetime=_datetime,
        number=_number,
        said=lambda spoken: errors.say(spoken.message, spoken.values),
    )
    app.jinja_env.add_extension("jinja2.ext.do")
    app.context_processor(_layout)


def _date(value: date | None) -> str:
    return thai.format_date(value, language.current()) if value else ""


def _date_short(value: date | None) -> str:
    return thai.format_date_short(value, language.current()) if value else ""


def _datetime(value: datetime | None) -> str:
    return thai.format_datetime(value, language.current()) if value else ""


def _number(value: int | float | Decimal | None) -> str:
    return "–" if value is None else thai.format_number(value)


def _layout() -> dict[str, Any]:
    query = request.query_string.decode("ascii", "ignore")
    return {
        "language": language.current(),
        "service_name": _("INFO ระบบข้อมูลกลาง อปท."),
        "language_switch_url": "/language",
        "here": request.path + (f"?{query}" if query and request.method == "GET" else ""),
    }
