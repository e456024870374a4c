"""Names that cannot be mistaken, and a feed that may be damaged."""

import pytest

from relying_party_example.units.rules import from_feed, full_name, short_name, sort_key
from tests.relying_party_example.people import DLA, PAO, PROVINCE, SA_KRUAT, unit


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (SA_KRUAT, "อบต.สระกรวด อ.ศรีเทพ จ.เพชรบูรณ์"),
        (PAO, "อบจ.เพชรบูรณ์"),
        (PROVINCE, "สถจ.เพชรบูรณ์"),
        (DLA, "กรมส่งเสริมการปกครองท้องถิ่น"),
        (unit("D6706", "DISTRICT_OFFICE", "ศรีเทพ", ("6706", "ศรีเทพ")), "สถอ.ศรีเทพ จ.เพชรบูรณ์"),
        (
            unit("200408", "SPECIAL", "เมืองพัทยา", ("2004", "บางละมุง"), province_th="ชลบุรี"),
            "เมืองพัทยา อ.บางละมุง จ.ชลบุรี",
        ),
    ],
)
def test_a_unit_is_named_by_kind_name_district_and_province(row: dict[str, object], name: str) -> None:
    found = from_feed(row)
    assert found is not None
    assert full_name(found) == name


def test_an_english_name_is_used_where_there_is_one() -> None:
    found = from_feed(SA_KRUAT)
    assert found is not None
    assert short_name(found, "en") == "Sa Kruat TAO"


def test_units_stand_in_the_order_of_official_lists() -> None:
    names = [("TAO", "เขาค้อ"), ("TAO", "ขุนยวม"), ("TAO", "กันจุ"), ("PAO", "เพชรบูรณ์"), ("TOWN", "หล่มสัก")]
    assert sorted(names, key=lambda each: sort_key(*each)) == [
        ("PAO", "เพชรบูรณ์"),
        ("TOWN", "หล่มสัก"),
        ("TAO", "กันจุ"),
        ("TAO", "ขุนยวม"),
        ("TAO", "เขาค้อ"),
    ]


def test_a_kind_of_tomorrow_is_left_out() -> None:
    assert from_feed(SA_KRUAT | {"kind": "VILLAGE"}) is None


@pytest.mark.parametrize("damage", [{"valid_from": "soon"}, {"valid_from": 5}])
def test_a_damaged_row_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_feed(SA_KRUAT | damage)
