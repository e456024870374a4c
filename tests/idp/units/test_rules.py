"""Names, supervision, searching and sorting of units."""

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.units import register
from idp.units.register import Entry
from idp.units.rules import (
    LABELS,
    UnitKind,
    full_name,
    is_open,
    label,
    normalise,
    search_text,
    short_name,
    sort_key,
    supervisor_code,
)

SA_KRUAT = Entry(
    code="670603",
    dla_code="6670603",
    kind=UnitKind.TAO,
    name_th="สระกรวด",
    name_en="Sa Kruat",
    province_th="เพชรบูรณ์",
    province_en="Phetchabun",
    district_th="ศรีเทพ",
    district_en="Si Thep",
)


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    return {entry.code: entry for level in register.read() for entry in level}


@pytest.mark.parametrize(
    ("kind", "supervisor"),
    [
        (UnitKind.DLA, None),
        (UnitKind.PROVINCIAL_OFFICE, "DLA"),
        (UnitKind.DISTRICT_OFFICE, "P67"),
        (UnitKind.PAO, "P67"),
        (UnitKind.CITY, "P67"),
        (UnitKind.TOWN, "P67"),
        (UnitKind.TAMBON_MUNI, "D6706"),
        (UnitKind.TAO, "D6706"),
        (UnitKind.SPECIAL, "P67"),
    ],
)
def test_each_kind_has_its_supervisor(kind: UnitKind, supervisor: str | None) -> None:
    assert supervisor_code(kind, "67", "6706") == supervisor


def test_pattaya_answers_to_its_provincial_office(entries: dict[str, Entry]) -> None:
    assert [entry.supervisor for entry in entries.values() if entry.kind is UnitKind.SPECIAL] == ["P20"]


def test_the_district_office_of_ko_samui_supervises_nobody(entries: dict[str, Entry]) -> None:
    assert "D8404" in entries
    assert not [entry for entry in entries.values() if entry.supervisor == "D8404"]


def test_the_register_is_complete(entries: dict[str, Entry]) -> None:
    assert Counter(entry.kind for entry in entries.values()) == {
        UnitKind.DLA: 1,
        UnitKind.PROVINCIAL_OFFICE: 76,
        UnitKind.DISTRICT_OFFICE: 878,
        UnitKind.PAO: 76,
        UnitKind.CITY: 30,
        UnitKind.TOWN: 195,
        UnitKind.TAMBON_MUNI: 2247,
        UnitKind.TAO: 5300,
        UnitKind.SPECIAL: 1,
    }
    assert sum(len(level) for level in register.read()) == len(entries) == 8804


def test_bangkok_has_no_office_in_the_register(entries: dict[str, Entry]) -> None:
    assert not [entry.code for entry in entries.values() if entry.province_code == "10"]


def test_a_name_tells_kind_district_and_province(entries: dict[str, Entry]) -> None:
    names = Counter(full_name(entry) for entry in entries.values())
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("code", "thai", "english"),
    [
        ("DLA", "กรมส่งเสริมการปกครองท้องถิ่น", "Department of Local Administration"),
        ("P67", "สถจ.เพชรบูรณ์", "Phetchabun Provincial Office"),
        ("D6706", "สถอ.ศรีเทพ จ.เพชรบูรณ์", "Si Thep District Office, Phetchabun Province"),
        ("670101", "อบจ.เพชรบูรณ์", "Phetchabun PAO"),
        ("670603", "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์", "Sa Kruat TAO, Si Thep District, Phetchabun Province"),
        ("200408", "เมืองพัทยา อ.บางละมุง จ.ชลบุรี", "Pattaya City, Bang Lamung District, Chon Buri Province"),
        (
            "110103",
            "ทม.ปากน้ำสมุทรปราการ อ.เมืองสมุทรปราการ จ.สมุทรปราการ",
            "ปากน้ำสมุทรปราการ Town, Mueang Samut Prakan District, Samut Prakan Province",
        ),
    ],
)
def test_full_names(entries: dict[str, Entry], code: str, thai: str, english: str) -> None:
    assert full_name(entries[code]) == thai
    assert full_name(entries[code], "en") == english


def test_every_kind_has_its_words() -> None:
    assert set(LABELS) == set(UnitKind)
    assert label("TAO") == "องค์การบริหารส่วนตำบล"
    assert short_name(SA_KRUAT) == "อบต.สระกรวด"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("๖๖๗๐๖๐๓", "6670603"),
        ("6-67-06-03", "6670603"),
        ("องค์การบริหารส่วนตำบลสระกรวด", "อบตสระกรวด"),
        ("องค์การบริหารส่วนตำบล  สระกรวด", "อบตสระกรวด"),
        ("อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์", "อบตสระกรวด ศรีเทพ เพชรบูรณ์"),
        ("อ. ศรีเทพ  จังหวัดเพชรบูรณ์", "ศรีเทพ เพชรบูรณ์"),
        ("เทศบาลตำบลท่าพล", "ทตท่าพล"),
        ("ท้องถิ่นจังหวัดเพชรบูรณ์", "สถจเพชรบูรณ์"),
        ("สำนักงานส่งเสริมการปกครองท้องถิ่นจังหวัดลำปาง", "สถจลำปาง"),
        ("สำนักงานส่งเสริมการปกครองท้องถิ่น จังหวัด ลำปาง", "สถจลำปาง"),
        ("สำนักงานท้องถิ่นจังหวัดลำปาง", "สถจลำปาง"),
        ("สนง.ท้องถิ่น จ.ลำปาง", "สถจลำปาง"),
        ("สำนักงานส่งเสริมการปกครองท้องถิ่นอำเภอศรีเทพ", "สถอศรีเทพ"),
        ("ท้องถิ่นอำเภอศรีเทพ", "สถอศรีเทพ"),
        ("เทศบาล ตำบลท่าพล", "ทตท่าพล"),
        ("น\u0e4d\u0e49\u0e32ก\u0e49อ", "น้ำก้อ"),
        ("ท\u0e48\u0e35วัง\u200b", "ที่วัง"),
        ("จ.ป.ร.", "จปร"),
        ("สุไหงโก-ลก", "สุไหงโกลก"),
        ("เเม่ริม", "แม่ริม"),
        ("น\u0e4d\u0e32หนาว", "น้ำหนาว".replace("\u0e49", "")),
        ("Sa KRUAT", "sa kruat"),
        ("100% _/'", "100"),
        ("  ", ""),
    ],
)
def test_what_is_typed_is_understood(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@given(st.text())
def test_a_normalised_text_carries_no_wildcard_and_no_separator(text: str) -> None:
    assert not re.search(r"[%_/\\]|\s{2}|^\s|\s$", normalise(text))


def test_a_search_looks_through_names_codes_and_places() -> None:
    assert search_text(SA_KRUAT, ["670603", "6670603"]) == (
        "/อบตสระกรวด/สระกรวด/sakruattao/sakruat/sakruattambonadministrativeorganization/670603/6670603/"
        " ศรีเทพ เพชรบูรณ์ sithepdistrict phetchabunprovince"
    )


def test_names_are_sorted_as_in_a_thai_dictionary() -> None:
    words = ["แก่ง", "ไก่", "ขาว", "กา", "เก่า", "ก้าน", "กาน", "ก่า", "เขา"]
    assert sorted(words, key=lambda word: sort_key("TAO", word, "")) == [
        "กา",
        "ก่า",
        "กาน",
        "ก้าน",
        "เก่า",
        "แก่ง",
        "ไก่",
        "ขาว",
        "เขา",
    ]


def test_kinds_come_before_names() -> None:
    assert sort_key("PAO", "ฮ", "2") < sort_key("TAO", "ก", "1") < sort_key("TAO", "ก", "2")


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (None, None, True),
        (date(2026, 11, 22), None, True),
        (date(2026, 11, 23), None, False),
        (None, date(2026, 11, 22), True),
        (None, date(2026, 11, 21), False),
    ],
)
def test_both_dates_of_validity_count(begins: date | None, ends: date | None, expected: bool) -> None:
    assert is_open(begins, ends, date(2026, 11, 22)) is expected
