"""Text is mended alike wherever it comes from, and correct text is left alone."""

import sys
import unicodedata
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from idp.units import register
from thai_web.normalisation import comparable, mend, mend_code, mend_name

RING, AA = "\u0e4d", "\u0e32"
MENDED = [
    ("น\u0e4d\u0e49\u0e32ก้อ", "น้ำก้อ"),
    ("น\u0e49\u0e4d\u0e32ก้อ", "น้ำก้อ"),
    ("น\u0e4d\u0e32\u0e49ก้อ", "น้ำก้อ"),
    ("น\u0e33\u0e49ก้อ", "น้ำก้อ"),
    ("น\u0e4d\u0e49\u0e33ก้อ", "น้ำก้อ"),
    ("ล\u0e4d\u0e32พูน", "ลำพูน"),
    ("ล\u0e4d\u0e45พูน", "ลำพูน"),
    ("ท\u0e48\u0e35วัง", "ที่วัง"),
    ("ท\u0e48\u0e38ง", "ทุ่ง"),
    ("ท\u0e35\u0e48\u0e35วัง", "ที่วัง"),
    ("ท\u0e35\u0e35\u0e48\u0e48วัง", "ที่วัง"),
    ("สิทธ\u0e4c\u0e34", "สิทธิ์"),
    ("พันธ\u0e4c\u0e38", "พันธุ์"),
    ("เป\u0e49\u0e47น", "เป\u0e47\u0e49น"),
    ("น\u0e49\u0e31น", "นั้น"),
    ("บา\u0e49น", "บ้าน"),
    ("คะ\u0e48", "ค่ะ"),
    ("เเม่ริม", "แม่ริม"),
    ("เ\u200bเม่ริม", "แม่ริม"),
    ("นๅย", "นาย"),
    ("ก\u0e34\u0e4d", "กึ"),
    ("ก\u200b\u0e34\ufe0fน", "กิน"),
    ("café\u0301", "café\u0301"),
    ("cafe\u0301", "café"),
    ("สม\u00a0ใจ\u2009ดี\u3000มาก", "สม ใจ ดี มาก"),
    ("หนึ่ง\u2028สอง", "หนึ่ง\nสอง"),
]
CORRECT = [
    "น้ำก้อ",
    "ที่ทุ่งนา",
    "สิทธิ์",
    "พันธุ์",
    "ฤๅษี",
    "พฺรหฺม",
    "เก้าอี้",
    "กุฏิ์",
    "โต๊ะ",
    "เปรี๊ยะ",
    "๑๒ – 34",
    "O’Brien",
    "ก็",
    "เสน่ห์",
]


@pytest.mark.parametrize(("typed", "meant"), MENDED)
def test_what_looks_right_becomes_right(typed: str, meant: str) -> None:
    assert mend(typed) == meant


@pytest.mark.parametrize("text", CORRECT)
def test_correct_text_stays_as_it_is(text: str) -> None:
    assert mend(text) == text
    assert mend(f"{text}\n\t {text}") == f"{text}\n\t {text}"


@pytest.mark.parametrize("parts", list(permutations([RING, "\u0e49", AA])), ids=ascii)
def test_ring_tone_and_stroke_are_one_vowel_in_any_order(parts: tuple[str, str, str]) -> None:
    if parts[0] == AA and parts[1:] != (RING, "\u0e49"):
        parts = (AA, RING, "\u0e49")  # after the stroke their order shows nowhere
    assert mend("น" + "".join(parts)) == "น้ำ"


def test_every_invisible_sign_is_dropped() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    hidden = [letter for letter in every if unicodedata.category(letter) == "Cf"] + [
        chr(c) for c in range(0xFE00, 0xFE10)
    ]
    assert len(hidden) > 150
    assert [f"U+{ord(letter):04X}" for letter in hidden if mend(f"สม{letter}ใจ") != "สมใจ"] == []


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), max_size=20))
def test_what_is_seen_stays(text: str) -> None:
    """No letter of another script, no sign and no digit is lost; only what shows nothing, and two เ."""
    kept = unicodedata.normalize("NFC", text)
    if not any(letter in kept for letter in ("เเ", "ๅ", "\u115f", "\u1160", "\u3164", "\uffa0")):
        assert mend(text).replace("ำ", "") == kept.replace("ำ", "")


THAI = st.text(
    alphabet="กนทเแฤาำะๅ\u0e31\u0e34\u0e35\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4c\u0e4d\u0e4e\u200b \u0301\u05b0",
    max_size=12,
)


@given(st.one_of(THAI, st.text(max_size=30)))
@example("\u0e48\u0e34\u05b0")
@example("ก\u05b0\u0e48\u0301\u0e34")
def test_mending_twice_is_mending_once(text: str) -> None:
    for mending in (mend, mend_name, mend_code, comparable):
        assert mending(mending(text)) == mending(text)
    assert unicodedata.is_normalized("NFC", mend(text))


@given(
    st.lists(st.sampled_from("\u0e34\u0e35\u0e38\u0e48\u0e49\u0e4c"), min_size=1, max_size=4).flatmap(
        lambda marks: st.tuples(st.permutations(marks), st.permutations(marks))
    )
)
def test_the_order_in_which_marks_were_typed_makes_no_difference(orders: tuple[list[str], list[str]]) -> None:
    one, other = ("ก" + "".join(marks) for marks in orders)
    assert mend(one) == mend(other)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  สม\u200bใจ  ", "สมใจ"),
        ("O’Brien", "O'Brien"),
        ("O`Brien", "O'Brien"),
        ("Smith‐Jones", "Smith-Jones"),
        ("-", ""),
        ("–", ""),
        (" . ", ""),
        ("\u200b", ""),
        ("ว่าที่  ร.ต.", "ว่าที่ ร.ต."),
    ],
)
def test_a_name_is_written_with_plain_signs_and_a_dash_alone_is_none(typed: str, meant: str) -> None:
    assert mend_name(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("๑๒๓", "123"),
        ("１２３ＡＢ", "123AB"),
        ("\u200e1–2\u22123\ufe584\uff0d5\u00ad6", "1-2-3-4-5-6"),
        ("۱۲", "12"),
        ("2²", "2²"),
        ("a\u2011b＠exam\u00adple.go.th", "a-b@example.go.th"),
    ],
)
def test_a_code_is_written_in_arabic_digits_and_hyphens(typed: str, meant: str) -> None:
    assert mend_code(typed) == meant


def _mistyped(name: str) -> set[str]:
    """The ways in which keyboards, converters and word processors are known to write a name."""
    forms = {unicodedata.normalize("NFD", name), name + "\u200b", "\u200e" + name, name.replace("แ", "เเ")}
    for tone in "\u0e48\u0e49\u0e4a\u0e4b":
        for vowel in "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39":
            forms.add(name.replace(vowel + tone, tone + vowel))
        forms |= {
            name.replace(f"{tone}ำ", typed)
            for typed in (f"{tone}{RING}{AA}", f"{RING}{tone}{AA}", f"{RING}{AA}{tone}", f"ำ{tone}", f"{RING}{tone}ำ")
        }
        forms |= {name.replace(tone, tone * 2), name.replace(tone + AA, AA + tone)}
    return forms | {name.replace("ำ", RING + AA), "\u200b".join(name), "\u2060".join(name)}


def test_no_name_of_the_register_is_changed_and_each_is_known_by_its_mistyped_forms() -> None:
    entries = [entry for level in register.read() for entry in level]
    columns = ("name_th", "name_en", "district_th", "district_en", "province_th", "province_en")
    names = {name for entry in entries for column in columns if (name := getattr(entry, column))}
    assert len(entries) == 8804
    assert [name for name in names if mend(name) != name] == []
    assert [(name, ascii(typed)) for name in names for typed in _mistyped(name) if mend(typed) != name] == []
