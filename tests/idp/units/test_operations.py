"""The register in the database: loading, finding, walking."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from idp.audit.models import AuditEvent
from idp.database import db
from idp.units import operations
from idp.units.models import Unit
from idp.units.rules import UnitKind, full_name
from thai_web import clock
from thai_web.refusal import NotFound, Refusal

TODAY = date(2026, 11, 22)


@pytest.fixture
def phetchabun(app: Flask) -> Iterator[None]:
    with app.app_context():
        operations.import_register(province_codes={"67"})
        db.session.commit()
        yield


def unit(code: str) -> Unit:
    found = operations.find(code)
    assert found is not None
    return found


def codes(units: list[Unit]) -> list[str]:
    return [unit.code for unit in units]


def names(text: str, limit: int = 20) -> list[str]:
    return [full_name(unit) for unit in operations.search(text, limit)]


def imports() -> int:
    return db.session.scalar(select(func.count()).where(AuditEvent.name == "units.imported")) or 0


def test_the_whole_country_is_loaded_once_and_nothing_is_ever_deleted(app: Flask) -> None:
    with app.app_context():
        first = operations.import_register()
        db.session.commit()
        told = imports()
        second = operations.import_register()
        assert first.added + first.unchanged == db.session.scalar(select(func.count(Unit.id))) == 8804
        assert (second.added, second.changed, second.unchanged, second.unlisted) == (0, 0, 8804, 0)
        assert imports() == told > 0
        assert [full_name(unit) for unit in operations.search("หนองบัว", 3)] == [
            "สถอ.หนองบัว จ.นครสวรรค์",
            "ทต.หนองบัว อ.บ้านหมอ จ.สระบุรี",
            "ทต.หนองบัว อ.เมืองจันทบุรี จ.จันทบุรี",
        ]
        taos = operations.search("อบต.หนองบัว", 100, kinds={UnitKind.TAO})
        assert sum(unit.name_th == "หนองบัว" for unit in taos) == 22
        assert len(operations.search("หนองบัว", 1000)) > 50
        assert len(operations.subtree_ids(unit("DLA").id)) == 8804
        assert operations.children(unit("D8404").id) == []
        assert codes(operations.chain(unit("3200408"))) == ["200408", "P20", "DLA"]
        unit("670603").code = "679999"
        db.session.flush()
        third = operations.import_register()
        assert (third.added, third.unlisted) == (1, 1)
        assert operations.find("679999") is not None


@pytest.mark.usefixtures("phetchabun")
def test_one_province_can_be_loaded_alone() -> None:
    assert Counter(db.session.scalars(select(Unit.kind))) == {
        "DLA": 1,
        "PROVINCIAL_OFFICE": 1,
        "DISTRICT_OFFICE": 11,
        "PAO": 1,
        "TOWN": 3,
        "TAMBON_MUNI": 22,
        "TAO": 102,
    }


@pytest.mark.usefixtures("phetchabun")
def test_a_changed_name_is_put_right_and_told() -> None:
    renamed = unit("670603")
    before, told = renamed.changed_at, imports()
    renamed.name_th = "ชื่อเดิม"
    db.session.commit()
    with time_machine.travel(before + timedelta(days=1)):
        result = operations.import_register(province_codes={"67"})
    assert (result.added, result.changed) == (0, 1)
    assert unit("670603").name_th == "สระกรวด"
    assert unit("670603").changed_at > before
    assert imports() == told + 1


@pytest.mark.usefixtures("phetchabun")
@pytest.mark.parametrize("typed", ["670603", "6670603", "๖๖๗๐๖๐๓", " 6-67-06-03 "])
def test_a_code_finds_one_unit(typed: str) -> None:
    assert unit(typed).name_th == "สระกรวด"
    assert names(typed)[0] == "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"


@pytest.mark.usefixtures("phetchabun")
@pytest.mark.parametrize("typed", ["dla", "p67", "D6706"])
def test_an_office_has_a_code_too(typed: str) -> None:
    assert unit(typed).code == typed.upper()


@pytest.mark.usefixtures("phetchabun")
def test_an_unknown_code_finds_nothing() -> None:
    assert operations.find("999999") is None
    assert operations.find("") is None
    with pytest.raises(NotFound):
        operations.get(0)


@pytest.mark.usefixtures("phetchabun")
@pytest.mark.parametrize(
    "typed",
    [
        "อบต.สระกรวด",
        "อบต สระกรวด",
        "องค์การบริหารส่วนตำบลสระกรวด อำเภอศรีเทพ",
        "สระกรวด จ.เพชรบูรณ์",
        "กรวด",
        "Sa Kruat",
        "sakruat si thep",
    ],
)
def test_a_unit_is_found_however_it_is_written(typed: str) -> None:
    assert names(typed)[0] == "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"


@pytest.mark.usefixtures("phetchabun")
def test_the_unit_of_that_name_comes_before_those_of_that_place() -> None:
    found = names("ศรีเทพ เพชรบูรณ์")
    assert found[:2] == ["สถอ.ศรีเทพ จ.เพชรบูรณ์", "อบต.ศรีเทพ อ.ศรีเทพ จ.เพชรบูรณ์"]
    assert len(found) == 9
    assert names("เพชรบูรณ์")[:3] == ["สถจ.เพชรบูรณ์", "อบจ.เพชรบูรณ์", "ทม.เพชรบูรณ์ อ.เมืองเพชรบูรณ์ จ.เพชรบูรณ์"]
    assert names("เทศบาลท่าพล") == ["ทต.ท่าพล อ.เมืองเพชรบูรณ์ จ.เพชรบูรณ์"]


@pytest.mark.usefixtures("phetchabun")
@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "/", "ไม่มีชื่อนี้", "สระกรวด เชียงใหม่", "ก" * 5000])
def test_nothing_is_found_where_nothing_matches(typed: str) -> None:
    assert operations.search(typed) == []


@pytest.mark.usefixtures("phetchabun")
def test_a_search_keeps_to_its_limit_and_kinds() -> None:
    assert len(operations.search("เพชรบูรณ์", 5)) == 5
    assert {unit.kind for unit in operations.search("หล่มสัก", kinds=[UnitKind.TOWN])} == {"TOWN"}
    assert operations.search("หล่มสัก", kinds=[]) == []


@pytest.mark.usefixtures("phetchabun")
def test_supervision_leads_up_and_down() -> None:
    assert codes(operations.chain(unit("670603"))) == ["670603", "D6706", "P67", "DLA"]
    assert codes(operations.chain(unit("670101"))) == ["670101", "P67", "DLA"]
    assert codes(operations.children(unit("D6706").id)) == [
        "670602",
        "670601",
        "670604",
        "670605",
        "670606",
        "670607",
        "670603",
        "670608",
    ]
    below = operations.subtree_ids(unit("D6706").id)
    assert len(below) == 9
    assert unit("D6706").id in below
    assert len(operations.subtree_ids(unit("P67").id)) == 140


@pytest.mark.usefixtures("phetchabun")
def test_a_closed_unit_is_refused_by_name_and_not_offered() -> None:
    closed = unit("670603")
    assert operations.require_open(closed.id, TODAY) is closed
    closed.valid_to = TODAY
    assert operations.require_open(closed.id, TODAY) is closed
    with pytest.raises(Refusal) as refused:
        operations.require_open(closed.id, TODAY + timedelta(days=1))
    assert refused.value.values == {"unit": "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"}
    closed.valid_to = clock.today() - timedelta(days=1)
    db.session.flush()
    assert operations.search("สระกรวด") == []
    assert operations.find("670603") is closed


@pytest.fixture
def country(app: Flask) -> Iterator[None]:
    with app.app_context():
        operations.import_register()
        db.session.commit()
        yield


# As the pages of provider and INFO show them, and as letters write them.
CALLED = [
    ("Sa Kruat TAO", "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"),
    ("sa kruat tao, si thep district, phetchabun province", "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"),
    ("Sa Kruat Tambon Administrative Organization", "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"),
    ("Phetchabun Provincial Office", "สถจ.เพชรบูรณ์"),
    ("Phetchabun Provincial Office for Local Administration", "สถจ.เพชรบูรณ์"),
    ("Si Thep District Office", "สถอ.ศรีเทพ จ.เพชรบูรณ์"),
    ("Si Thep District Office, Phetchabun Province", "สถอ.ศรีเทพ จ.เพชรบูรณ์"),
    ("Lampang City Municipality", "ทน.ลำปาง อ.เมืองลำปาง จ.ลำปาง"),
    ("Lampang City", "ทน.ลำปาง อ.เมืองลำปาง จ.ลำปาง"),
    ("Phetchabun PAO", "อบจ.เพชรบูรณ์"),
    ("Department of Local Administration", "กรมส่งเสริมการปกครองท้องถิ่น"),
    ("DLA", "กรมส่งเสริมการปกครองท้องถิ่น"),
    ("Pattaya City", "เมืองพัทยา อ.บางละมุง จ.ชลบุรี"),
    ("สำนักงานท้องถิ่นจังหวัดลำปาง", "สถจ.ลำปาง"),
    ("สำนักงานส่งเสริมการปกครองท้องถิ่นจังหวัดลำปาง", "สถจ.ลำปาง"),
    ("สำนักงานส่งเสริมการปกครองท้องถิ่นอำเภอศรีเทพ", "สถอ.ศรีเทพ จ.เพชรบูรณ์"),
    ("ท้องถิ่นอำเภอศรีเทพ", "สถอ.ศรีเทพ จ.เพชรบูรณ์"),
    ("น\u0e4d\u0e49\u0e32ก้อ", "อบต.น้ำก้อ อ.หล่มสัก จ.เพชรบูรณ์"),
    ("เทศบาลนครลำปาง", "ทน.ลำปาง อ.เมืองลำปาง จ.ลำปาง"),
]
# Typed, and what is meant first.
MISSPELT = [
    ("เพชรบูณ", "เพชรบูรณ์"),
    ("เพชรบูรน์", "เพชรบูรณ์"),
    ("สระกวด", "สระกรวด"),
    ("อบต.สระกวด", "อบต.สระกรวด"),
    ("องค์การบริหารส่วนตำบลสะกรวด", "อบต.สระกรวด"),
    ("เทศบาลสระกวด", None),
    ("อบต.สระกรวด ศรีเทบ", "อบต.สระกรวด ศรีเทพ"),
    ("สระกวด เพชรบูรณ์", "สระกรวด เพชรบูรณ์"),
    ("อบต.สระกวด ศรีเทบ", "อบต.สระกรวด ศรีเทพ"),
    ("กานจนบุรี", "กาญจนบุรี"),
    ("นครศีธรรมราช", "นครศรีธรรมราช"),
    ("ประจวบคิรีขัน", "ประจวบคีรีขันธ์"),
    ("พิษนุโลก", "พิษณุโลก"),
    ("อุดรทานี", "อุดรธานี"),
    ("ฉะเชิงเซา", "ฉะเชิงเทรา"),
    ("ยโสทร", "ยโสธร"),
    ("บึงกาน", "บึงกาฬ"),
    ("ลำพูณ", "ลำพูน"),
    ("วิเชียบุรี", "วิเชียรบุรี"),
    ("ทต.แม่ริน", "ทต.แม่ริม"),
    ("petchabun", "Phetchabun"),
    ("songkla", "Songkhla"),
    ("chaing mai", "Chiang Mai"),
    ("Sakuat TAO", "Sakat TAO"),
    ("Petchabun Provincial Office", "Phetchabun Provincial Office"),
    ("xyzxyz", None),
    ("<b>ไม่มี</b>", None),
    ("ก", None),
    ("", None),
]


def test_units_are_found_as_pages_and_letters_name_them(country: None) -> None:
    found = {typed: next(iter(names(typed)), None) for typed, _meant in CALLED}
    assert found == dict(CALLED)


def test_a_misspelt_name_is_answered_with_what_it_may_have_meant(country: None) -> None:
    found = {typed: operations.alternatives(typed) for typed, _meant in MISSPELT}
    assert {typed: next(iter(meant), None) for typed, meant in found.items()} == dict(MISSPELT)
    assert all(operations.search(each, 1) for meant in found.values() for each in meant)
    assert max(map(len, found.values())) <= 3


def test_within_ones_scope_only_what_is_found_there_is_meant(country: None) -> None:
    assert operations.alternatives("สระกวด", within={unit("670603").id}) == ["สระกรวด"]
    assert operations.alternatives("สระกวด", within={unit("DLA").id}) == []
