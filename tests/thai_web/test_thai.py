from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai_web import thai

dates = st.dates(min_value=date(1857, 1, 1), max_value=date(2400, 12, 31))


@given(st.text())
def test_digits_go_to_thai_and_back(text: str) -> None:
    assert thai.to_arabic_digits(thai.to_thai_digits(text)) == thai.to_arabic_digits(text)


def test_thai_digits_are_read_inside_other_text() -> None:
    assert thai.to_arabic_digits("หมู่ ๑๒ ปี 2569") == "หมู่ 12 ปี 2569"
    assert thai.to_thai_digits("12 ก.พ. 2569") == "๑๒ ก.พ. ๒๕๖๙"


def test_a_date_is_written_in_the_era_of_its_language() -> None:
    day = date(2026, 12, 30)
    assert thai.format_date(day, "th") == "30 ธันวาคม 2569"
    assert thai.format_date(day, "en") == "30 December 2026"
    assert thai.format_date_short(day, "th") == "30 ธ.ค. 2569"
    assert thai.format_date_short(day, "en") == "30 Dec 2026"


def test_an_instant_is_written_by_the_clock_of_thailand() -> None:
    instant = datetime(2026, 12, 30, 7, 5, tzinfo=UTC)
    assert thai.format_datetime(instant, "th") == "30 ธันวาคม 2569 เวลา\u00a014.05\u00a0น.", "it stays on one line"
    assert thai.format_datetime(instant, "en") == "30 December 2026, 14:05"


@pytest.mark.attack(30)
def test_an_evening_in_greenwich_is_already_the_next_day_in_thailand() -> None:
    instant = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert thai.format_date(instant, "th") == "1 มกราคม 2570"
    assert thai.format_datetime(instant, "th") == "1 มกราคม 2570 เวลา\u00a000.00\u00a0น."


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("30", "12", "2569"),
        ("๓๐", "๑๒", "๒๕๖๙"),
        (" 30 ", "ธันวาคม", "2569"),
        ("30", "ธ.ค.", "2569"),
        ("30", "ธ. ค.", "2569"),
        ("30", "ธค", "๒๕๖๙"),
        ("30", "December", "2569"),
        ("30", "dec", "2569"),
        ("\u200e๓๐", "ธ\u200bันวาคม", "２５６９\ufeff"),
    ],
)
def test_a_date_is_read_however_it_is_written(day: str, month: str, year: str) -> None:
    assert thai.parse_date(day, month, year) == date(2026, 12, 30)


@pytest.mark.parametrize("year", ["2026", "69", "0", "2399"])
@pytest.mark.attack(30)
def test_a_year_outside_the_buddhist_era_is_told_apart(year: str) -> None:
    with pytest.raises(thai.NotBuddhistEra):
        thai.parse_date("30", "12", year)


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("31", "กันยายน", "2569"),
        ("29", "2", "2570"),
        ("0", "1", "2569"),
        ("1", "13", "2569"),
        ("1", "มกรา", "2569"),
        ("", "1", "2569"),
        ("-1", "1", "2569"),
        ("1", "1", "25699"),
        ("²", "1", "2569"),
    ],
)
@pytest.mark.attack(30)
def test_what_is_no_date_is_refused(day: str, month: str, year: str) -> None:
    with pytest.raises(thai.NotADate):
        thai.parse_date(day, month, year)


@given(dates)
def test_a_written_date_can_be_read_again(day: date) -> None:
    assert thai.parse_date(*thai.format_date(day, "th").split(" ")) == day
    assert thai.parse_date(*thai.to_thai_digits(thai.format_date_short(day, "th")).split(" ")) == day


def test_numbers_have_thousands_separators() -> None:
    assert thai.format_number(7849) == "7,849"
    assert thai.format_number(1234567.5) == "1,234,567.5"


def test_names_stand_in_dictionary_order() -> None:
    ordered = ["กระบี่", "เกาะยาว", "ขอนแก่น", "เชียงใหม่", "ไทรโยค", "นครปฐม", "แพร่", "ระนอง", "ฤทธิ์", "ลำพูน"]
    assert sorted(set(ordered), key=thai.sort_key) == ordered


def test_tone_marks_only_break_ties() -> None:
    assert sorted(["ข้าง", "ขาว", "ข้า", "ข่า", "ขา"], key=thai.sort_key) == ["ขา", "ข่า", "ข้า", "ข้าง", "ขาว"]


def test_thai_and_arabic_digits_sort_alike() -> None:
    assert sorted(["หมู่ ๒", "หมู่ 3", "หมู่ 1"], key=thai.sort_key) == ["หมู่ 1", "หมู่ ๒", "หมู่ 3"]
