"""What may be typed on the way through a registration."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, ValidationError
from wtforms.validators import Optional

from idp.accounts.rules import check_name, check_national_id, normalise_national_id, normalise_phone
from idp.notifications.rules import check_address
from idp.registration.fields import PURPOSE_NAMES, Purpose
from idp.registration.fields import Field as Answer
from idp.web.upload_field import UploadField
from thai_web.forms import (
    BooleanField,
    CheckboxesField,
    CodeField,
    EmailField,
    Form,
    NameField,
    RadioField,
    SecretField,
    TextField,
    obeys,
    required,
)

NO_ROLE = "none"
TITLES, OTHER_TITLE = ("นาย", "นาง", "นางสาว"), "other"


def _national_id(text: str) -> None:
    check_national_id(normalise_national_id(text))


class StartForm(Form):
    """The button below the privacy notice: who presses it was told. The law asks for the notice, not for a tick."""


class PersonForm(Form):
    """Who the applicant is. A number given before need not be typed again."""

    title = RadioField(
        _("คำนำหน้าชื่อ"),
        choices=[*((each, each) for each in TITLES), (OTHER_TITLE, _("อื่น ๆ"))],
        validators=[required(_("โปรดเลือกคำนำหน้าชื่อ"))],
    )
    other_title = NameField(
        _("คำนำหน้าชื่ออื่น"),
        description=_("ตามบัตรประชาชน เช่น ว่าที่ร้อยตรี"),
        validators=[obeys(check_name)],
        max_length=40,
    )
    given_name = NameField(_("ชื่อ"), validators=[required(_("โปรดกรอกชื่อ")), obeys(check_name)], max_length=100)
    family_name = NameField(
        _("นามสกุล"), description=_("เว้นว่างไว้หากไม่มีนามสกุล"), validators=[obeys(check_name)], max_length=100
    )
    national_id = SecretField(
        _("เลขประจำตัวประชาชน"),
        description=_("13 หลักตามบัตรประชาชน ใช้เลขไทยหรือเลขอารบิก มีขีดหรือไม่มีก็ได้"),
        validators=[required(_("โปรดกรอกเลขประจำตัวประชาชน")), obeys(_national_id)],
        max_length=40,
    )
    phone = CodeField(
        _("โทรศัพท์"),
        description=_("มือถือหรือโทรศัพท์ที่ทำงาน เช่น 0812345678 หรือ 056123456 ต่อ 12"),
        validators=[required(_("โปรดกรอกหมายเลขโทรศัพท์")), obeys(normalise_phone)],
        max_length=40,
    )
    email = EmailField(
        _("อีเมล"),
        description=_("ใช้อีเมลส่วนตัวหรืออีเมลกลางของหน่วยงานก็ได้ ระบบจะส่งรหัสและผลการพิจารณาไปที่นี่"),
        validators=[Optional(), obeys(check_address)],
        max_length=254,
    )

    def show_title(self, title: str) -> None:
        """The title given before: one of the usual ones, or another."""
        self.title.data = title if title in TITLES else OTHER_TITLE if title else None
        self.other_title.data = "" if title in TITLES else title

    def validate_other_title(self, field: Field) -> None:
        """Asked of whom none of the usual ones suits."""
        if self.title.data == OTHER_TITLE and not field.data:
            raise ValidationError(_("โปรดกรอกคำนำหน้าชื่อ"))

    def ask_only(self, fields: Collection[Answer], *, email: bool) -> None:
        """Leave out what cannot be changed now."""
        if not email:
            del self.email
        if Answer.NAME not in fields:
            del self.title, self.other_title, self.given_name, self.family_name
        if Answer.NATIONAL_ID not in fields:
            del self.national_id
        if Answer.PHONE not in fields:
            del self.phone

    def keep_number(self, masked: str) -> None:
        """A number is saved: an empty field keeps it."""
        self.national_id.flags.required = False
        self.national_id.validators = [Optional(), obeys(_national_id)]
        self.national_id.description = _("บันทึกไว้แล้ว: %(masked)s เว้นว่างไว้หากไม่ต้องการเปลี่ยน", masked=masked)


class EmailForm(Form):
    """The mailbox."""

    email = EmailField(
        _("อีเมล"),
        description=_("ใช้อีเมลส่วนตัวหรืออีเมลกลางของหน่วยงานก็ได้ ระบบจะส่งรหัสและผลการพิจารณาไปที่นี่"),
        validators=[required(_("โปรดกรอกอีเมล")), obeys(check_address)],
        max_length=254,
    )


class UnitForm(Form):
    """The unit's code, chosen from the results of a search."""

    unit = HiddenField(validators=[required(_("โปรดเลือกหน่วยงานของท่านจากรายการ"))])


class PositionForm(Form):
    """The position, and the roles asked for; asking for none is said, not left out."""

    position = TextField(
        _("ตำแหน่ง"),
        description=_("เช่น เจ้าพนักงานธุรการ นักพัฒนาชุมชน ปลัด อบต."),
        validators=[required(_("โปรดกรอกตำแหน่ง"))],
        max_length=150,
    )
    roles = CheckboxesField(
        _("สิทธิ์ในระบบที่ขอใช้"),
        description=_("เลือกเฉพาะที่ต้องใช้ในงาน ผู้ดูแล SSO จะพิจารณาตามนี้"),
        validators=[required(_("โปรดเลือกสิทธิ์ที่ขอ หรือเลือกว่ายังไม่ขอ"))],
    )

    def ask_only(self, fields: Collection[Answer]) -> None:
        """Leave out what cannot be changed now."""
        if Answer.POSITION not in fields:
            del self.position
        if Answer.ROLES not in fields:
            del self.roles

    def validate_roles(self, field: Field) -> None:
        """Some, or none; not both."""
        if NO_ROLE in field.data and len(field.data) > 1:
            raise ValidationError(_("โปรดเลือกสิทธิ์ที่ขอ หรือเลือกว่ายังไม่ขอ อย่างใดอย่างหนึ่ง"))


class DocumentForm(Form):
    """One document; what it is, its place on the page says."""

    document = UploadField(_("ไฟล์เอกสาร"), validators=[required(_("โปรดเลือกไฟล์เอกสาร"))])


class SubmitForm(Form):
    """The declaration; `seen_version` is the version of the answers that were on screen."""

    seen_version = HiddenField()
    declaration = BooleanField(
        _("ข้าพเจ้าขอรับรองว่าข้อมูลและเอกสารเป็นของข้าพเจ้าและเป็นความจริง"),
        validators=[required(_("โปรดทำเครื่องหมายรับรองข้อมูลก่อนส่งคำขอ"))],
    )


class FindForm(Form):
    """A reference and the mailbox that belongs to it."""

    reference = CodeField(
        _("เลขที่คำขอ"),
        description=_("ขึ้นต้นด้วย R ตามด้วยตัวอักษรและตัวเลข 10 ตัว อยู่ในอีเมลที่ได้รับ"),
        validators=[required(_("โปรดกรอกเลขที่คำขอ"))],
        max_length=30,
    )
    email = EmailField(
        _("อีเมลที่ใช้ลงทะเบียน"), validators=[required(_("โปรดกรอกอีเมล")), obeys(check_address)], max_length=254
    )


class FurtherForm(Form):
    """What somebody with an account asks for."""

    purpose = RadioField(
        _("เรื่องที่ต้องการขอ"),
        choices=[(each.value, _(PURPOSE_NAMES[each])) for each in Purpose if each != Purpose.NEW],
        validators=[required(_("โปรดเลือกเรื่องที่ต้องการขอ"))],
    )
    privacy = BooleanField(
        _("ข้าพเจ้าอ่านประกาศความเป็นส่วนตัวแล้ว"),
        validators=[required(_("โปรดอ่านประกาศความเป็นส่วนตัว แล้วทำเครื่องหมายในช่องนี้"))],
    )
