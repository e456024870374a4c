"""What a person may tell of themselves."""

from flask_babel import lazy_gettext as _
from wtforms import Field, ValidationError

from idp.accounts.rules import Details, Gender, check_name, normalise_web_address
from thai_web import clock
from thai_web.forms import Form, NameField, RadioField, TextAreaField, TextField, ThaiDateField, obeys

UNTOLD = ""


def _web_address(text: str) -> object:
    return normalise_web_address(text) if text else None


class DetailsForm(Form):
    """All of it optional."""

    middle_name = NameField(_("ชื่อกลาง"), validators=[obeys(check_name)], max_length=100)
    nickname = NameField(_("ชื่อเล่น"), validators=[obeys(check_name)], max_length=100)
    gender = RadioField(
        _("เพศ"), choices=[(UNTOLD, _("ไม่ระบุ")), (Gender.FEMALE.value, _("หญิง")), (Gender.MALE.value, _("ชาย"))]
    )
    birthdate = ThaiDateField(_("วันเกิด"), description=_("เช่น 13 เมษายน 2533"))
    address = TextAreaField(_("ที่อยู่สำหรับติดต่อ"), max_length=500)
    profile = TextField(_("หน้าเว็บที่แนะนำตัวท่าน"), validators=[obeys(_web_address)], max_length=500)
    picture = TextField(
        _("ที่อยู่เว็บของภาพถ่าย"),
        description=_("ระบบนี้ไม่เก็บภาพ หากมีภาพบนเว็บอยู่แล้ว กรอกที่อยู่ของภาพ"),
        validators=[obeys(_web_address)],
        max_length=500,
    )
    website = TextField(
        _("เว็บไซต์"),
        description=_("เช่น เว็บไซต์ของหน่วยงาน https://www.example.go.th"),
        validators=[obeys(_web_address)],
        max_length=500,
    )

    def validate_birthdate(self, field: Field) -> None:
        """A day that was."""
        if field.data and not 1900 <= field.data.year <= clock.today().year:
            raise ValidationError(_("โปรดตรวจสอบปีเกิดอีกครั้ง"))
        if field.data and field.data > clock.today():
            raise ValidationError(_("วันเกิดต้องไม่ใช่วันในอนาคต"))

    def told(self) -> Details:
        """What they tell now."""
        web = {
            name: normalise_web_address(self[name].data) if self[name].data else None
            for name in ("profile", "picture", "website")
        }
        return Details(
            middle_name=self.middle_name.data or None,
            nickname=self.nickname.data or None,
            gender=self.gender.data or None,
            birthdate=self.birthdate.data,
            address=self.address.data or None,
            **web,
        )
