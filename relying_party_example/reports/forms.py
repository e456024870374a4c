"""A page of the questionnaire as a form, built from its definition; and the form that hands the report in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field as WTField
from wtforms.widgets import HiddenInput

from relying_party_example.reports.checks import Issue
from relying_party_example.reports.definition import Block, Field
from thai_web import language
from thai_web.forms import (
    BooleanField,
    CheckboxesField,
    Form,
    IntegerField,
    RadioField,
    TextAreaField,
    ThaiDateField,
    required,
)

HIGHEST_COUNT = 99_999_999


class TokenForm(Form):
    """Carries the token of the report that the page was made from."""

    token = IntegerField("", widget=HiddenInput())


def block_form(block: Block, answers: Mapping[str, Any], token: int) -> TokenForm:
    """The form of one page, filled with what is stored.

    Nothing is compulsory here: an unfinished page can be saved, and what is missing is said before submitting.
    """
    fields = {field.code: _field(field) for field in block.fields}
    for grid in block.grids:
        for name, row, column in grid.cells():
            label = f"{row.label.said(language.current())} – {column.label.said(language.current())}"
            fields[name] = IntegerField(label, maximum=HIGHEST_COUNT)
    stored: dict[str, Any] = {name: answers.get(name) for name in block.names()}
    for field in block.fields:
        if field.kind == "date" and stored[field.code]:
            stored[field.code] = date.fromisoformat(stored[field.code])
    form: TokenForm = type("BlockForm", (TokenForm,), fields)(data=stored | {"token": token})
    return form


def _field(field: Field) -> WTField:
    spoken = language.current()
    label, hint = field.label.said(spoken), field.hint.said(spoken) if field.hint else ""
    choices = [(option.code, option.label.said(spoken)) for option in field.options]
    match field.kind:
        case "date":
            return ThaiDateField(label, description=hint)
        case "count":
            return IntegerField(label, description=hint, maximum=HIGHEST_COUNT)
        case "choice":
            return RadioField(label, description=hint, choices=choices)
        case "choices":
            return CheckboxesField(label, description=hint, choices=choices)
        case "long_text":
            return TextAreaField(label, description=hint)
    raise ValueError(f"the form knows no field of kind {field.kind}")


def typed_answers(form: TokenForm, block: Block) -> dict[str, Any]:
    """What was typed, as it is stored: dates in ISO form, an empty box as nothing."""
    typed = {name: form[name].data for name in block.names()}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in typed.items()}


class DeclarationForm(TokenForm):
    """The last step: the unit stands by its figures."""

    declared = BooleanField(
        _l("ข้าพเจ้าตรวจสอบแล้วว่าข้อมูลถูกต้องตามแบบสำรวจและเอกสารของหน่วยงาน"),
        [required(_l("โปรดทำเครื่องหมายยืนยันว่าตรวจสอบข้อมูลแล้ว"))],
    )


def declaration_form(
    token: int, warnings: Sequence[Issue], flagged: Sequence[Block], known: Mapping[str, str]
) -> DeclarationForm:
    """The declaration with one box for each warning, and one for each part that the province flagged."""
    fields: dict[str, WTField] = {
        _explain(issue.code): TextAreaField(_l("คำชี้แจง"), [required(_l("โปรดชี้แจงข้อสังเกตนี้"))]) for issue in warnings
    }
    for block in flagged:
        title = block.title.said(language.current())
        fields[_reply(block.code)] = TextAreaField(
            _l("ส่วน “%(part)s” แก้ไขแล้วอย่างไร", part=title), [required(_l("โปรดตอบว่าแก้ไขส่วนนี้อย่างไร"))]
        )
    data = {_explain(code): text for code, text in known.items()} | {"token": token}
    form: DeclarationForm = type("FullDeclarationForm", (DeclarationForm,), fields)(data=data)
    return form


def explanations(form: DeclarationForm, warnings: Sequence[Issue]) -> dict[str, str]:
    """The typed explanation of each warning, by its code."""
    return {issue.code: form[_explain(issue.code)].data or "" for issue in warnings}


def replies(form: DeclarationForm, flagged: Sequence[Block]) -> dict[str, str]:
    """The typed reply for each flagged part, by its code."""
    return {block.code: form[_reply(block.code)].data or "" for block in flagged}


def _explain(code: str) -> str:
    return f"explain_{code}"


def _reply(code: str) -> str:
    return f"reply_{code}"
