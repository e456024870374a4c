"""The overview as an Excel file."""

from datetime import datetime
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from idp.oversight.overview import Row
from idp.oversight.rules import plain_cell
from idp.units.rules import full_name, label
from thai_web import language, thai
from thai_web.clock import day_in_bangkok

WIDTHS = (45, 34, 12, 12, 40, 14, 22, 12, 12, 12, 12, 12, 18)


def workbook(rows: list[Row], title: str, made_at: datetime) -> bytes:
    """One sheet: a line of what it shows, the heads, a line for each unit."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("ภาพรวม"))
    for column, width in zip("ABCDEFGHIJKLM", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "B3"
    tongue = language.current()
    sheet.append([_cell(sheet, f"{title} · {thai.format_datetime(made_at, tongue)}", bold=True)])
    heads = (
        _("หน่วยงาน"),
        _("ประเภท"),
        _("รหัส"),
        _("ผู้ดูแล SSO"),
        _("ผู้พิจารณาตอนนี้"),
        _("คำขอที่รอ"),
        _("รอนานที่สุดตั้งแต่"),
        _("รอผู้ขอแก้ไข"),
        _("อนุมัติใน 90 วัน"),
        _("ไม่อนุมัติใน 90 วัน"),
        _("ใช้เวลา (วัน)"),
        _("หน่วยงานที่ไม่มีผู้ดูแล"),
        _("การมอบหมายสิ้นสุดใน 60 วัน"),
    )
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in _values(row, tongue)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _values(row: Row, tongue: str) -> tuple[str | int | None, ...]:
    figures = row.figures
    return (
        full_name(row.unit, tongue),
        label(row.unit.kind, tongue),
        row.unit.code,
        _("มี") if row.has_admin else _("ไม่มี"),
        full_name(row.office, tongue) if row.office else "",
        figures.waiting,
        thai.format_date_short(day_in_bangkok(figures.oldest), tongue) if figures.oldest else "",
        figures.returned,
        figures.approved,
        figures.rejected,
        figures.usual_days,
        figures.without_admin,
        figures.ending,
    )


def _cell(sheet: Any, value: str | int | None, *, bold: bool = False) -> Any:
    """A number stays one; a text is written as text, never as the formula that it may look like."""
    cell = WriteOnlyCell(sheet, plain_cell(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
