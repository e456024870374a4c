"""The sign-in form and the form that activates an account."""

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, ValidationError
from wtforms.validators import EqualTo

from idp.notifications.rules import is_address, normalise_address
from idp.signin.rules import LONGEST, SHORTEST
from idp.web.forms import CodeField, EmailField, Form, PasswordField, RadioField, required


class SignInForm(Form):
    """Username and password; `next` is where the person came from, `ways` the ways in that lead there."""

    username = CodeField(_("ชื่อผู้ใช้"), validators=[required(_("กรอกชื่อผู้ใช้"))], max_length=80)
    password = PasswordField(_("รหัสผ่าน"), validators=[required(_("กรอกรหัสผ่าน"))], max_length=LONGEST * 4)
    next = HiddenField()
    ways = HiddenField()


class ActivationForm(Form):
    """Choose a username and a password, the password twice."""

    username = CodeField(
        _("ชื่อผู้ใช้"),
        description=_("ใช้ตัวอักษรอังกฤษตัวเล็ก ตัวเลข จุด ขีดกลาง หรือขีดล่าง ยาว 4–40 ตัว เช่น somjai.k"),
        validators=[required(_("กรอกชื่อผู้ใช้ที่ต้องการ"))],
        max_length=60,
    )
    password = PasswordField(
        _("รหัสผ่าน"),
        description=_("อย่างน้อย %(least)s ตัวอักษร ใช้หลายคำต่อกันจะจำง่ายและปลอดภัยกว่า", least=SHORTEST),
        validators=[required(_("กรอกรหัสผ่าน"))],
        max_length=LONGEST,
    )
    password_again = PasswordField(
        _("กรอกรหัสผ่านอีกครั้ง"), validators=[EqualTo("password", message=_("รหัสผ่านสองช่องไม่ตรงกัน"))], max_length=LONGEST
    )


class RecoveryForm(Form):
    """Where the link goes."""

    email = EmailField(
        _("อีเมลที่ใช้ลงทะเบียน"),
        description=_("ระบบจะส่งลิงก์ตั้งรหัสผ่านใหม่ พร้อมชื่อผู้ใช้ของท่าน ไปที่อีเมลนี้"),
        validators=[required(_("กรอกอีเมล"))],
        max_length=254,
    )


class OwnEmailForm(Form):
    """The address that is to be proven."""

    email = EmailField(_("อีเมล"), validators=[required(_("กรอกอีเมล"))], max_length=254)

    def validate_email(self, field: Field) -> None:
        """Only what can be mailed to."""
        if not field.errors and not is_address(normalise_address(field.data)):
            raise ValidationError(_("อีเมลไม่ถูกต้อง กรอกให้ครบ เช่น somjai@example.go.th"))


class RenewForm(Form):
    """The second proof and the new password."""

    national_id = CodeField(
        _("เลขประจำตัวประชาชน"),
        description=_("เพื่อยืนยันว่าเป็นท่าน เพราะอีเมลอาจใช้ร่วมกันหลายคน"),
        validators=[required(_("กรอกเลขประจำตัวประชาชน"))],
        max_length=40,
    )
    password = PasswordField(
        _("รหัสผ่านใหม่"),
        description=_("อย่างน้อย %(least)s ตัวอักษร ใช้หลายคำต่อกันจะจำง่ายและปลอดภัยกว่า", least=SHORTEST),
        validators=[required(_("กรอกรหัสผ่าน"))],
        max_length=LONGEST,
    )
    password_again = PasswordField(
        _("กรอกรหัสผ่านอีกครั้ง"),
        validators=[EqualTo("password", message=_("รหัสผ่านสองช่องไม่ตรงกัน"))],
        max_length=LONGEST,
    )


class ClaimForm(ActivationForm):
    """The second proof, and what the owner signs in with from now on."""

    national_id = CodeField(
        _("เลขประจำตัวประชาชน"),
        description=_("เพื่อยืนยันว่าเป็นท่าน เพราะอีเมลอาจใช้ร่วมกันหลายคน"),
        validators=[required(_("กรอกเลขประจำตัวประชาชน"))],
        max_length=40,
    )


class PostingForm(Form):
    """One of the postings; `next` is where the person wanted to go."""

    posting = RadioField(_("สังกัด"), validators=[required(_("เลือกสังกัดที่ต้องการเข้าใช้"))])
    next = HiddenField()
