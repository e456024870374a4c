"""Thai digits, dates of the Buddhist era and dictionary order. Pure: no Flask."""

import re
from datetime import date, datetime
from decimal import Decimal

from thai_web.clock import BANGKOK
from thai_web.normalisation import comparable, mend_code

BUDDHIST_ERA = 543
FIRST_YEAR = 2400  # a smaller number is a year of the Common Era, or a slip

MONTHS = {
    "th": [
        "มกราคม",
        "กุมภาพันธ์",
        "มีนาคม",
        "เมษายน",
        "พฤษภาคม",
        "มิถุนายน",
        "กรกฎาคม",
        "สิงหาคม",
        "กันยายน",
        "ตุลาคม",
        "พฤศจิกายน",
        "ธันวาคม",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
SHORT_MONTHS = {
    "th": [
        "ม.ค.",
        "ก.พ.",
        "มี.ค.",
        "เม.ย.",
        "พ.ค.",
        "มิ.ย.",
        "ก.ค.",
        "ส.ค.",
        "ก.ย.",
        "ต.ค.",
        "พ.ย.",
        "ธ.ค.",
    ],
    "en": [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ],
}
_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")
_MARKS = re.compile("[็-์]")


class NotADate(ValueError):
    """The three parts name no day of the calendar."""


class NotBuddhistEra(NotADate):
    """The year is not one of the Buddhist era."""


def to_arabic_digits(text: str) -> str:
    """`๒๕๖๙` becomes `2569`; all else stays."""
    return text.translate(_TO_ARABIC)


def to_thai_digits(text: str) -> str:
    """`2569` becomes `๒๕๖๙`; all else stays."""
    return text.translate(_TO_THAI)


def format_number(number: int | float | Decimal) -> str:
    """`1234` becomes `1,234`, in both languages."""
    return f"{number:,}"


def format_date(day: date, language: str) -> str:
    """`30 ธันวาคม 2569` or `30 December 2026`; of an instant, the day in Thailand."""
    return _write_date(day, language, MONTHS)


def format_date_short(day: date, language: str) -> str:
    """`30 ธ.ค. 2569` or `30 Dec 2026`; of an instant, the day in Thailand."""
    return _write_date(day, language, SHORT_MONTHS)


def format_datetime(instant: datetime, language: str) -> str:
    """`30 ธันวาคม 2569 เวลา 14.05 น.` or `30 December 2026, 14:05`, by the clock of Thailand."""
    local = instant.astimezone(BANGKOK)
    day = format_date(local, language)
    return f"{day} เวลา\u00a0{local:%H.%M}\u00a0น." if language == "th" else f"{day}, {local:%H:%M}"


def parse_date(day: str, month: str, year: str) -> date:
    """Read a date as people write it: Thai or Arabic digits, the month as number or name, a Buddhist year.

    Raises `NotBuddhistEra` when the year is a number below 2400, `NotADate` when the parts are no date.
    """
    numbers = [_number(day), _month(month), _number(year)]
    if None in numbers:
        raise NotADate(f"no date: {day!r} {month!r} {year!r}")
    d, m, y = (number or 0 for number in numbers)
    if y < FIRST_YEAR:
        raise NotBuddhistEra(f"the year {y} is not of the Buddhist era")
    try:
        return date(y - BUDDHIST_ERA, m, d)
    except ValueError as error:
        raise NotADate(f"no such day: {d} {m} {y}") from error


def sort_key(text: str) -> tuple[str, str]:
    """The key of Thai dictionary order: a leading vowel counts after its consonant, tone marks break ties."""
    swapped = _LEADING_VOWEL.sub(r"\2\1", to_arabic_digits(text).casefold())
    return _MARKS.sub("", swapped), swapped


def _write_date(day: date, language: str, months: dict[str, list[str]]) -> str:
    if isinstance(day, datetime):
        day = day.astimezone(BANGKOK)
    year = day.year + BUDDHIST_ERA if language == "th" else day.year
    return f"{day.day} {months[language][day.month - 1]} {year}"


def _number(text: str) -> int | None:
    digits = mend_code(text).strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 4 else None


def _month(text: str) -> int | None:
    name = comparable(text).replace(".", "").replace(" ", "")
    for months in (*MONTHS.values(), *SHORT_MONTHS.values()):
        for position, month in enumerate(months, start=1):
            if name == month.replace(".", "").casefold():
                return position
    return _number(text)
