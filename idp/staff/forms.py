"""What may be typed about a person of the unit."""

from collections.abc import Collection
from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField

from idp.accounts.rules import check_name, normalise_phone
from idp.notifications.rules import check_address
from idp.staff import rules
from idp.staff.rules import FIELD_NAMES, Datum
from thai_web import clock
from thai_web.forms import (
    CheckboxesField,
    CodeField,
    EmailField,
    Form,
    NameField,
    RadioField,
    TextAreaField,
    TextField,
    ThaiDateField,
    obeys,
    required,
)

REASON = _("อย่างน้อย 10 ตัวอักษร เจ้าของบัญชีจะเห็นข้อความนี้ โปรดอย่าใส่เลขประจำตัวประชาชน")


def _reason() -> TextAreaField:
    needed = [required(_("โปรดกรอกเหตุผล")), obeys(rules.check_reason)]
    return TextAreaField(_("เหตุผล"), description=REASON, validators=needed, max_length=300)


def _phone(text: str) -> None:
    if text:
        normalise_phone(text)


class ActForm(Form):
    """An act that needs nothing but the click."""


class ReasonForm(Form):
    """An act that says why."""

    reason = _reason()


class LeaveForm(Form):
    """When somebody left, and why; `began_on` is the first day of the posting that ends."""

    began_on = date.min
    last_day = ThaiDateField(
        _("วันสุดท้ายที่ทำงานในหน่วยงาน"),
        description=_("หากเป็นวันนี้หรือวันในอนาคต จะใช้สิทธิ์ได้ถึงสิ้นวันดังกล่าว"),
        validators=[required(_("โปรดกรอกวันสุดท้ายที่ทำงาน"))],
    )
    reason = _reason()

    def validate_last_day(self, field: Field) -> None:
        """Neither before they began nor years from now."""
        if field.data:
            obeys(lambda _typed: rules.check_last_day(field.data, self.began_on, clock.today()))(self, field)


def _check_end(form: Form, field: Field) -> None:
    obeys(lambda _typed: rules.check_end(field.data, clock.today()))(form, field)


class RoleForm(Form):
    """A role and how long."""

    role = RadioField(_("สิทธิ์ที่เพิ่ม"), coerce=int, validators=[required(_("โปรดเลือกสิทธิ์"))])
    ends_on = ThaiDateField(
        _("ถึงวันที่ (ไม่บังคับ)"),
        description=_("เว้นว่างไว้หากไม่กำหนด สิทธิ์จะสิ้นสุดเมื่อพ้นจากหน่วยงาน"),
        validators=[_check_end],
    )


class EndRoleForm(Form):
    """When a role ends, and why."""

    last_day = ThaiDateField(_("ใช้ได้ถึงวันที่ (ไม่บังคับ)"), description=_("เว้นว่างไว้หากให้สิ้นสุดทันที"), validators=[_check_end])
    reason = _reason()


class CorrectionForm(Form):
    """What is right about a person; `seen` is the moment of the data that was on screen."""

    title = NameField(_(FIELD_NAMES[Datum.TITLE]), validators=[obeys(check_name)], max_length=40)
    given_name = NameField(
        _(FIELD_NAMES[Datum.GIVEN_NAME]), validators=[required(_("โปรดกรอกชื่อ")), obeys(check_name)], max_length=100
    )
    family_name = NameField(
        _(FIELD_NAMES[Datum.FAMILY_NAME]),
        description=_("เว้นว่างไว้หากไม่มีนามสกุล"),
        validators=[obeys(check_name)],
        max_length=100,
    )
    phone = CodeField(
        _(FIELD_NAMES[Datum.PHONE]),
        description=_("เช่น 0812345678 หรือ 056123456 ต่อ 12 เว้นว่างได้"),
        validators=[obeys(_phone)],
        max_length=40,
    )
    position = TextField(_(FIELD_NAMES[Datum.POSITION]), validators=[required(_("โปรดกรอกตำแหน่ง"))], max_length=150)
    reason = _reason()
    seen = HiddenField()

    def ask_only(self, data: Collection[Datum]) -> None:
        """Leave out what cannot be corrected."""
        for datum in set(Datum) - set(data):
            del self[datum.value]


class MailboxForm(Form):
    """The mailbox that the person can open."""

    email = EmailField(
        _("อีเมลที่เจ้าของบัญชีเปิดได้"),
        description=_("ตรวจสอบกับเจ้าของบัญชีโดยตรง อย่าใช้อีเมลของท่านเอง"),
        validators=[required(_("โปรดกรอกอีเมล")), obeys(check_address)],
        max_length=254,
    )
    reason = _reason()


class TelephoneForm(Form):
    """Where the office is called."""

    telephone = CodeField(
        _("โทรศัพท์ของสำนักงาน"),
        description=_("เช่น 056123456 ต่อ 12 เว้นว่างได้"),
        validators=[obeys(_phone)],
        max_length=40,
    )

    def stored(self) -> str:
        """As it is kept."""
        return normalise_phone(self.telephone.data) if self.telephone.data else ""


class InvitationForm(Form):
    """Who is invited, to do what."""

    name = NameField(
        _("คำนำหน้า ชื่อ และนามสกุล"), validators=[required(_("โปรดกรอกชื่อผู้ได้รับเชิญ")), obeys(check_name)], max_length=200
    )
    email = EmailField(
        _("อีเมลของผู้ได้รับเชิญ"),
        description=_("คำเชิญใช้ได้กับอีเมลนี้เท่านั้น"),
        validators=[required(_("โปรดกรอกอีเมล")), obeys(check_address)],
        max_length=254,
    )
    position = TextField(_("ตำแหน่ง"), validators=[required(_("โปรดกรอกตำแหน่ง"))], max_length=150)
    roles = CheckboxesField(_("สิทธิ์ในระบบที่จะขอให้ (ไม่บังคับ)"), description=_("ได้รับเมื่อคำขอได้รับอนุมัติ"))
