"""The forms kit: fields that read Thai as people type it, and sentences in Thai for what is wrong."""

import re
import unicodedata
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, ClassVar

import wtforms
from flask import current_app, has_request_context, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType
from wtforms import validators
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import EmailInput, TextArea

from thai_web import thai
from thai_web.messages import say, say_with_next_step
from thai_web.normalisation import mend, mend_code, mend_name
from thai_web.refusal import Refusal

# The fields of every form whose kind is a password or a proof (`SecretField`), named by the forms themselves.
SECRETS = {"csrf_token"}
PASSING = (403, 404, 409, 410, 429)  # refusals that nothing typed into a form would mend
Validator = Callable[[wtforms.Form, wtforms.Field], None]

_EMAIL = re.compile(r'[^@\s,;<>"()]+@[^@\s,;<>"().]+(\.[^@\s,;<>"().]+)+')


class _Sentences:
    """WTForms asks here for its own messages, so that its English never reaches the screen."""

    def gettext(self, english: str) -> LazyString:
        """Our sentence for one of theirs, looked up when it is shown: they ask for labels of hidden fields, too."""
        if "choice" in english.lower():
            return _("โปรดเลือกจากรายการที่มีให้")
        return _("โปรดตรวจสอบข้อมูลในช่องนี้อีกครั้ง")

    def ngettext(self, singular: str, _plural: str, _number: int) -> LazyString:
        """Thai knows no plural."""
        return self.gettext(singular)


class Form(FlaskForm):
    """The base of every form, with Thai messages."""

    class Meta(FlaskForm.Meta):
        # CSRFProtect looks for the token before the view; one more, for a field that no template shows, is in vain.
        csrf = False

        def get_translations(self, form: wtforms.Form) -> _Sentences:
            return _Sentences()

        def wrap_formdata(self, form: wtforms.Form, formdata: Any) -> Any:
            # FlaskForm would read a JSON body, whose values need not be text.
            if has_request_context() and request.is_json:
                raise UnsupportedMediaType
            return super().wrap_formdata(form, formdata)

    def __init_subclass__(cls, **options: Any) -> None:
        """What is typed into a secret's field is written back into no page that hands back what was typed."""
        super().__init_subclass__(**options)
        kinds = {name: getattr(field, "field_class", object) for name, field in vars(cls).items()}
        SECRETS.update(name for name, kind in kinds.items() if issubclass(kind, (PasswordField, SecretField)))

    @contextmanager
    def showing_refusals(self, beside: str = "", *, passing: Collection[int] = PASSING) -> Generator[None]:
        """Undo what a refused rule left behind, and tell it with its next step beside the field that its code names.

        Arguments: `beside`, the field for a code that names none; without it such a refusal is raised, and gets a page
        of its own, as does one whose status is among `passing`, since no other answer would mend it.
        """
        try:
            yield
        except Refusal as refusal:
            name = refusal.code if refusal.code in self else beside
            if refusal.status in passing or not name:
                raise
            current_app.extensions["sqlalchemy"].session.rollback()
            self[name].errors = [*self[name].errors, say_with_next_step(refusal)]


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


def obeys(rule: Callable[[str], object]) -> Validator:
    """A validator out of a rule that raises `Refusal`; silent where something else is wrong already."""

    def validate(_form: wtforms.Form, field: wtforms.Field) -> None:
        if field.errors:
            return
        try:
            rule(str(field.data or ""))
        except Refusal as refusal:
            raise validators.ValidationError(say(refusal)) from refusal

    return validate


def length(maximum: int) -> Validator:
    """At most so many characters."""
    message = _("ยาวเกินไป โปรดใช้ไม่เกิน %(max)d ตัวอักษร (ขณะนี้ %(length)d ตัวอักษร)")
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
                raise validators.StopValidation(_("มีอักขระที่มองไม่เห็นปนอยู่ โปรดลบแล้วพิมพ์ข้อความนี้ใหม่"))


class TextAreaField(TextField):
    """Several lines of text."""

    widget = TextArea()
    longest = 2000
    allowed_controls = "\n"
    rows = 5

    def tidy(self, text: str) -> str:
        lines = re.split(r"\r\n|\r|\n", mend(text).replace("\t", " "))
        return "\n".join(line.rstrip(" ") for line in lines).strip()


class NameField(TextField):
    """A person's name, or their title; a typed `-` says that there is none."""

    def tidy(self, text: str) -> str:
        return mend_name(text)


class CodeField(TextField):
    """A number, a code or a username, in digits and dashes of any kind."""

    def tidy(self, text: str) -> str:
        return " ".join(mend_code(text).split())


class SecretField(CodeField):
    """What proves a person: a national ID, a code out of a mail. It is not handed back to be sent again."""


class EmailField(CodeField):
    """An e-mail address; whether it reaches somebody is for a mailed code to prove."""

    widget = EmailInput()
    longest = 254

    def pre_validate(self, form: wtforms.Form) -> None:
        super().pre_validate(form)
        if self.data and not _EMAIL.fullmatch(self.data):
            raise validators.ValidationError(_("อีเมลไม่ถูกต้อง โปรดกรอกให้ครบ เช่น somjai@example.go.th"))


class PasswordField(wtforms.PasswordField):
    """A password, taken as typed; it is never written back into a page."""

    def __init__(
        self, label: str, validators: Sequence[Validator] = (), *, max_length: int = 256, **options: Any
    ) -> None:
        super().__init__(label, [*validators, length(max_length)], **options)


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
        written = mend_code("".join(valuelist[:1])).strip()
        if not written:
            return
        typed = re.sub(r"[,\s]", "", written)
        # `1,2,3` are three numbers, and not 123: a comma or space stands before three digits.
        if not re.fullmatch(r"-?(?:[0-9]+|[0-9]{1,3}(?:(?:,\s?|\s)[0-9]{3})+)", written) or len(typed) > 18:
            raise ValueError(_("โปรดกรอกเป็นจำนวนเต็ม เช่น 1,250"))
        if not self.minimum <= int(typed) <= self.maximum:
            low, high = thai.format_number(self.minimum), thai.format_number(self.maximum)
            raise ValueError(_("โปรดกรอกจำนวนตั้งแต่ %(low)s ถึง %(high)s", low=low, high=high))
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
            raise ValueError(_("โปรดกรอกให้ครบทั้งวัน เดือน และปี พ.ศ."))
        try:
            self.data = thai.parse_date(*valuelist)
        except thai.NotBuddhistEra as error:
            raise ValueError(_("โปรดกรอกปีเป็น พ.ศ. สี่หลัก เช่น 2569")) from error
        except thai.NotADate as error:
            raise ValueError(_("ไม่มีวันที่นี้ในปฏิทิน โปรดตรวจสอบวัน เดือน และปีอีกครั้ง")) from error

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
