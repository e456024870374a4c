"""A period in an address (`/reports/2570-1/…`) and on a page."""

from flask import Flask
from flask_babel import gettext as _
from werkzeug.routing import BaseConverter, ValidationError

from relying_party_example.periods.rules import PeriodKey


class _PeriodConverter(BaseConverter):
    """`2570-1`; anything else is no such page."""

    def to_python(self, value: str) -> PeriodKey:
        try:
            return PeriodKey.parse(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: object) -> str:
        return str(value)


def begin(app: Flask) -> None:
    """The converter `period` and the filter `period_name`."""
    app.url_map.converters["period"] = _PeriodConverter
    app.jinja_env.filters["period_name"] = name


def name(key: PeriodKey) -> str:
    """`ไตรมาสที่ 1 ปีงบประมาณ พ.ศ. 2570`."""
    return _("ไตรมาสที่ %(quarter)s ปีงบประมาณ พ.ศ. %(year)s", quarter=key.quarter, year=key.fiscal_year)
