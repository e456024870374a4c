"""The forms kit: fields that read Thai as people type it, and sentences in Thai for what is wrong."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

import wtforms
from flask import has_request_context, request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType
from wtforms import validators
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from thai_web import thai
from thai_web.normalisation import mend, mend_code

Validator = Callable[[wtforms.Form, wtforms.Field], None]


class _Sentences:
    """WTForms asks here for its own messages, so that its English never reaches the screen."""

    def gettext(self, english: str) -> str:
        """Our sentence for one of theirs."""
        if "choice" in english.lower():
            return str(_("เลือกจากรายการที่มีให้"))
        return str(_("ตรวจสอบข้อมูลในช่องนี้อีกครั้ง"))

    def ngettext(self, singular: str, _plural: str, _number: int) -> str:
        """Thai knows no plural."""
        return self.gettext(singular)


class Form(FlaskForm):
    """The base of every form: cross-site protection and Thai messages."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: wtforms.Form) -> _Sentences:
            return _Sentences()

        def wrap_formdata(self, form: wtforms.Form, formdata: Any) -> Any:
            # FlaskForm would read a JSON body, whose values need not be text.
            if has_request_context() and request.is_json:
                raise UnsupportedMediaType
            return super().wrap_formdata(form, formdata)


class _Required:
    field_flags: ClassVar = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:
        typed = [mend(value).strip() if isinstance(value, str) else value for value in field.raw_data or ()]
        if not any(typed) or field.data == "" or field.data is False:
            field.errors = []
            raise validators.StopValidation(self.message)


def required(message: str) -> Validator:
    """The field must be answered; `message` says what to do."""
    return _Required(message)


def length(maximum: int) -> Validator:
    """At most so many characters."""
    message = _("ยาวเกินไป ให้เหลือไม่เกิน %(max)d ตัวอักษร (ขณะนี้ %(length)d ตัวอักษร)")
    return validators.Length(max=maximum, message=message)


class TextField(wtforms.StringField):
    """One line of text: mended, spaces collapsed, no control characters, never without a limit."""

    longest = 200
    allowed_controls = ""

    def __init__(
        self, label: str, validators: Sequence[Validator] = (), *, max_length: int | None = None, **options: Any
    ) -> None:
        super().__init__(label, [*validators, length(max_length or self.longest)], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = self.tidy(valuelist[0])

    def tidy(self, text: str) -> str:
        """The text as it was meant, with single spaces."""
        return " ".join(mend(text).split())

    def pre_validate(self, form: wtforms.Form) -> None:
        for letter in self.data or "":
            if unicodedata.category(letter) == "Cc" and letter not in self.allowed_controls:
                raise validators.StopValidation(_("มีอักขระที่มองไม่เห็นปนอยู่ ลบแล้วพิมพ์ข้อความนี้ใหม่"))


class TextAreaField(TextField):
    """Several lines of text."""

    widget = TextArea()
    longest = 2000
    allowed_controls = "\n"
    rows = 5

    def tidy(self, text: str) -> str:
        lines = re.split(r"\r\n|\r|\n", mend(text).replace("\t", " "))
        return "\n".join(line.rstrip(" ") for line in lines).strip()


class CodeField(TextField):
    """A code, in digits and dashes of any kind."""

    def tidy(self, text: str) -> str:
        return " ".join(mend_code(text).split())


class IntegerField(wtforms.StringField):
    """A whole number in Thai or Arabic digits, with or without thousands separators; `data` is None when left empty."""

    inputmode = "numeric"

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        *,
        minimum: int = 0,
        maximum: int = 2**31 - 1,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.minimum, self.maximum = minimum, maximum

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = re.sub(r"[,\s]", "", mend_code("".join(valuelist[:1])))
        if not typed:
            return
        if not re.fullmatch("-?[0-9]{1,18}", typed):
            raise ValueError(_("กรอกเป็นจำนวนเต็ม เช่น 1,250"))
        if not self.minimum <= int(typed) <= self.maximum:
            low, high = thai.format_number(self.minimum), thai.format_number(self.maximum)
            raise ValueError(_("กรอกจำนวนตั้งแต่ %(low)s ถึง %(high)s", low=low, high=high))
        self.data = int(typed)


class ThaiDateField(wtforms.Field):
    """A date in three inputs, `<name>-day`, `<name>-month` and `<name>-year`, the year of the Buddhist era."""

    PARTS = ("day", "month", "year")

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        typed = None
        if formdata is not None:
            typed = MultiDict({self.name: [formdata.get(f"{self.name}-{part}", "") for part in self.PARTS]})
        super().process(typed, *args, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: date | None = None
        given = [bool(mend(part).strip()) for part in valuelist]
        if not any(given):
            return
        if not all(given):
            raise ValueError(_("กรอกให้ครบทั้งวัน เดือน และปี พ.ศ."))
        try:
            self.data = thai.parse_date(*valuelist)
        except thai.NotBuddhistEra as error:
            raise ValueError(_("กรอกปีเป็น พ.ศ. สี่หลัก เช่น 2569")) from error
        except thai.NotADate as error:
            raise ValueError(_("ไม่มีวันที่นี้ในปฏิทิน ตรวจสอบวัน เดือน และปีอีกครั้ง")) from error

    @property
    def typed(self) -> Sequence[str]:
        """Day, month and year as they stand in the inputs."""
        if self.raw_data or self.data is None:
            return self.raw_data or ("", "", "")
        return str(self.data.day), str(self.data.month), str(self.data.year + thai.BUDDHIST_ERA)


class _Choices:
    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        *,
        choices: Iterable[tuple[object, str]] = (),
        **options: Any,
    ) -> None:
        pairs = [SelectChoice(value, text) for value, text in choices]
        super().__init__(label, validators, choices=pairs, **options)  # type: ignore[call-arg]

    def pre_validate(self, form: wtforms.Form) -> None:
        # Nothing chosen is no wrong choice: `required` has the better sentence for it.
        if self.raw_data:  # type: ignore[attr-defined]
            super().pre_validate(form)  # type: ignore[misc]


class SelectField(_Choices, wtforms.SelectField):
    """One of many, in a list that opens; `choices` are pairs of value and text."""


class RadioField(_Choices, wtforms.RadioField):
    """One of a few, all in sight."""


class CheckboxesField(_Choices, wtforms.SelectMultipleField):
    """Any of a few; `data` is a list."""


class BooleanField(wtforms.BooleanField):
    """Yes when ticked."""
