"""Jinja filters and the values that every page may use."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, request

from thai_web import language, thai
from thai_web.messages import say


def begin(app: Flask, service_name: object) -> None:
    """Register the filters and the layout's values. `service_name` is a lazy text: it follows the reader's language."""
    app.jinja_env.filters.update(
        thai_date=_date, thai_date_short=_date_short, thai_datetime=_datetime, number=_number, said=say
    )
    app.jinja_env.add_extension("jinja2.ext.do")
    app.context_processor(lambda: _layout() | {"service_name": service_name})


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
    path = request.path if request.path.isprintable() else "/"
    return {
        "language": language.current(),
        "language_switch_url": "/language",
        "here_query": f"?{query}" if query else "",
        "here": path + (f"?{query}" if query and request.method == "GET" else ""),
    }
