"""What a certifier types."""

from flask_babel import lazy_gettext as _l
from wtforms.widgets import HiddenInput

from relying_party_example.reports.definition import Definition
from thai_web import language
from thai_web.forms import CheckboxesField, Form, IntegerField, TextAreaField, required


class VersionForm(Form):
    """Carries the number of the version that was on the screen."""

    version = IntegerField("", widget=HiddenInput())


class ReasonForm(VersionForm):
    """Every step backwards has a reason, which the unit reads."""

    reason = TextAreaField(
        _l("เหตุผล"),
        [required(_l("โปรดระบุเหตุผล เพื่อให้หน่วยงานทราบว่าต้องทำอะไร"))],
        description=_l("หน่วยงานจะเห็นข้อความนี้"),
    )


class ReturnForm(ReasonForm):
    """Which parts are to be mended."""

    flagged = CheckboxesField(_l("ส่วนที่ต้องแก้ไข"), [required(_l("โปรดเลือกส่วนที่ต้องแก้ไขอย่างน้อยหนึ่งส่วน"))])


def return_form(definition: Definition, version: int) -> ReturnForm:
    """The form with the parts of this questionnaire."""
    form = ReturnForm(data={"version": version})
    form.flagged.choices = [
        (block.code, f"{block.number}. {block.title.said(language.current())}") for block in definition.blocks
    ]
    return form
