from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import UnsupportedMediaType
from wtforms.validators import NumberRange

from thai_web.forms import (
    BooleanField,
    CheckboxesField,
    CodeField,
    EmailField,
    Form,
    IntegerField,
    NameField,
    PasswordField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
    ThaiDateField,
    required,
)

KINDS = [("TAO", "อบต."), ("CITY", "ทน.")]


class Sheet(Form):
    name = TextField("ชื่อ", max_length=20)
    note = TextAreaField("หมายเหตุ")
    email = EmailField("อีเมล")
    family_name = NameField("นามสกุล")
    number = CodeField("เลขที่")
    password = PasswordField("รหัสผ่าน")
    served = IntegerField("จำนวน", maximum=10_000)
    signed = ThaiDateField("ลงวันที่")
    kind = SelectField("ประเภท", choices=KINDS)
    outcome = RadioField("ผล", choices=KINDS)
    roles = CheckboxesField("สิทธิ์", choices=KINDS)


class Strict(Form):
    name = TextField("ชื่อ", validators=[required("กรอกชื่อ")])
    served = IntegerField("จำนวน", validators=[required("กรอกจำนวน")])
    signed = ThaiDateField("ลงวันที่", validators=[required("กรอกวันที่")])
    outcome = RadioField("ผล", choices=KINDS, validators=[required("เลือกผล")])
    sure = BooleanField("รับรอง", validators=[required("ทำเครื่องหมายรับรอง")])


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("forms", static_folder=None)
    app.config["SECRET_KEY"] = "only for this test"
    Babel(app, default_locale="th")
    return app


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def sent(app: Flask, form: type[Form] = Sheet, **typed: Any) -> Any:
    """The form as a browser would have sent it, validated."""
    with app.test_request_context(method="POST", data={name.replace("__", "-"): v for name, v in typed.items()}):
        filled = form()
        filled.validate()
        return filled


def test_an_empty_form_of_optional_fields_is_fine(app: Flask) -> None:
    form = sent(app, name="")
    assert form.errors == {}
    assert (form.served.data, form.signed.data, form.outcome.data) == (None, None, None)


def test_required_says_its_sentence_once_for_every_kind_of_field(app: Flask) -> None:
    form = sent(app, Strict, name=" \u200b ", signed__day=" ")
    assert form.errors == {
        "name": ["กรอกชื่อ"],
        "served": ["กรอกจำนวน"],
        "signed": ["กรอกวันที่"],
        "outcome": ["เลือกผล"],
        "sure": ["ทำเครื่องหมายรับรอง"],
    }


def test_zero_answers_a_required_number(app: Flask) -> None:
    assert "served" not in sent(app, Strict, served="๐").errors


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1,250", 1250),
        ("๑,๒๕๐", 1250),
        ("1 250", 1250),
        ("1, 250", 1250),
        ("1250", 1250),
        ("1,2,3", None),
        ("12,5", None),
    ],
)
def test_a_comma_stands_before_three_digits(app: Flask, typed: str, read: int | None) -> None:
    form = sent(app, served=typed)
    assert form.served.data == read
    assert ("served" in form.errors) == (read is None)


def test_text_is_tidied_the_way_names_are_compared(app: Flask) -> None:
    assert sent(app, name="  เเสงดาว\u00a0\u200b  น\u0e4d\u0e49\u0e32 ").name.data == "แสงดาว น้ำ"


@pytest.mark.parametrize(
    "sign", ["\u00ad", "\u200b", "\u200d", "\u200e", "\u202e", "\u2060", "\u2066", "\ufe0f", "\ufeff"]
)
@pytest.mark.attack(27)
def test_signs_that_show_nothing_are_dropped_from_every_field_but_a_password(app: Flask, sign: str) -> None:
    form = sent(
        app,
        name=f"{sign}สม{sign}ใจ",
        note=f"สม{sign}ใจ",
        email=f"{sign}a@example.go.th",
        family_name=f"ใจ{sign}ดี{sign}",
        served=f"{sign}๑{sign}",
        signed__day=f"{sign}1",
        signed__month=f"{sign}ม.ค.",
        signed__year=f"2569{sign}",
        password=f"a{sign}b",
    )
    assert form.errors == {}
    assert (form.name.data, form.note.data, form.email.data) == ("สมใจ", "สมใจ", "a@example.go.th")
    assert (form.family_name.data, form.served.data, form.signed.data) == ("ใจดี", 1, date(2026, 1, 1))
    assert form.password.data == f"a{sign}b"


@pytest.mark.parametrize("sign", [" ", "\u200b", "\u00a0 \u2060"])
def test_a_field_with_nothing_to_see_is_empty(app: Flask, sign: str) -> None:
    assert set(sent(app, Strict, name=sign, served=sign, signed__day=sign).errors) >= {"name", "served", "signed"}


def test_a_number_is_read_in_any_digits_and_with_any_dash(app: Flask) -> None:
    assert sent(app, number="\u200e๑–2\u2011３").number.data == "1-2-3"


@pytest.mark.parametrize("typed", ["-", "–", " . "])
def test_a_dash_instead_of_a_name_says_that_there_is_none(app: Flask, typed: str) -> None:
    assert sent(app, family_name=typed).family_name.data == ""


def test_several_lines_stay_several_lines(app: Flask) -> None:
    assert sent(app, note="หนึ่ง  \r\n\r\nสอง\t\n").note.data == "หนึ่ง\n\nสอง"


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f"])
@pytest.mark.attack(27)
def test_characters_that_hide_are_refused(app: Flask, letter: str) -> None:
    form = sent(app, name=f"สม{letter}ใจ", note=f"สม{letter}ใจ", email=f"a{letter}@example.go.th")
    assert set(form.errors) == {"name", "note", "email"}


def test_text_that_is_too_long_is_kept_and_refused(app: Flask) -> None:
    form = sent(app, name="ก" * 21)
    assert form.errors["name"] == ["ยาวเกินไป โปรดใช้ไม่เกิน 20 ตัวอักษร (ขณะนี้ 21 ตัวอักษร)"]
    assert form.name.data == "ก" * 21


@pytest.mark.parametrize("address", ["somjai", "a@b", "a@@b.th", "a@b.th,c@d.th", "a <a@b.th>", "a@.th"])
def test_what_is_no_address_is_refused(app: Flask, address: str) -> None:
    assert "email" in sent(app, email=address).errors


def test_an_address_is_accepted(app: Flask) -> None:
    assert sent(app, email=" somjai.k+sso@example.go.th ").email.data == "somjai.k+sso@example.go.th"


def test_a_password_is_taken_as_typed_and_never_shown_again(app: Flask) -> None:
    form = sent(app, password="  สอง  คำ ")
    assert form.password.data == "  สอง  คำ "
    with app.test_request_context():
        assert "คำ" not in str(form.password())


@settings(max_examples=30)
@given(st.integers(min_value=0, max_value=10_000))
def test_numbers_are_read_in_both_kinds_of_digits(app: Flask, number: int) -> None:
    thai_digits = str(number).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert sent(app, served=f" {number:,} ").served.data == number
    assert sent(app, served=thai_digits).served.data == number


@pytest.mark.parametrize("typed", ["สิบ", "1.5", "-1", "10,001", "1e3", "1_0", "9" * 400])
def test_what_is_no_number_in_range_is_refused_and_kept(app: Flask, typed: str) -> None:
    form = sent(app, served=typed)
    assert len(form.errors["served"]) == 1
    assert form.served._value() == typed


def test_a_date_is_read_from_its_three_inputs(app: Flask) -> None:
    assert sent(app, signed__day="๓๐", signed__month="ธ.ค.", signed__year="2569").signed.data == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("30", "12", "2026"), "โปรดกรอกปีเป็น พ.ศ. สี่หลัก เช่น 2569"),
        (("30", "", "2569"), "โปรดกรอกให้ครบทั้งวัน เดือน และปี พ.ศ."),
        (("31", "9", "2569"), "ไม่มีวันที่นี้ในปฏิทิน โปรดตรวจสอบวัน เดือน และปีอีกครั้ง"),
    ],
)
def test_a_wrong_date_says_what_is_wrong_and_keeps_the_inputs(app: Flask, typed: tuple[str, ...], said: str) -> None:
    day, month, year = typed
    form = sent(app, signed__day=day, signed__month=month, signed__year=year)
    assert form.errors["signed"] == [said]
    assert tuple(form.signed.typed) == typed


def test_a_stored_date_is_shown_in_the_buddhist_era() -> None:
    assert Sheet(data={"signed": date(2026, 12, 30)}).signed.typed == ("30", "12", "2569")


def test_an_invented_choice_is_refused_in_thai(app: Flask) -> None:
    form = sent(app, kind="MARS", outcome="MARS", roles=["TAO", "MARS"])
    assert form.errors == {key: ["โปรดเลือกจากรายการที่มีให้"] for key in ("kind", "outcome", "roles")}


def test_the_toolkit_never_speaks_english(app: Flask) -> None:
    class Bounded(Form):
        served = IntegerField("จำนวน", validators=[NumberRange(min=5)])

    assert sent(app, Bounded, served="1").errors == {"served": ["โปรดตรวจสอบข้อมูลในช่องนี้อีกครั้ง"]}


def test_a_form_takes_no_json(app: Flask) -> None:
    with app.test_request_context(method="POST", json={"name": 1}), pytest.raises(UnsupportedMediaType):
        Sheet()
