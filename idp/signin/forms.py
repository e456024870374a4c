"""What one signs in with, and what it may be: the forms of every page that asks for it or sets it."""

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, ValidationError
from wtforms.validators import EqualTo

from idp.accounts.rules import check_national_id, check_username, normalise_national_id, normalise_username
from idp.notifications.rules import is_address, normalise_address
from idp.signin.rules import LONGEST, SHORTEST, check_password
from thai_web.forms import CodeField, EmailField, Form, PasswordField, RadioField, SecretField, obeys, required


class SignInForm(Form):
    """Username and password; `next` is where the person came from, `ways` the ways in that lead there, `client` the
    system that they go on to, `why` it asks somebody who has signed in already."""

    username = CodeField(_("ชื่อผู้ใช้"), validators=[required(_("โปรดกรอกชื่อผู้ใช้"))], max_length=80)
    password = PasswordField(_("รหัสผ่าน"), validators=[required(_("โปรดกรอกรหัสผ่าน"))], max_length=LONGEST * 4)
    next = HiddenField()
    ways = HiddenField()
    client = HiddenField()
    why = HiddenField()


class NumberForm(Form):
    """The second proof; defined first, since errors are listed in the order of the page."""

    national_id = SecretField(
        _("เลขประจำตัวประชาชน"),
        description=_("เพื่อยืนยันว่าเป็นท่าน เพราะอีเมลอาจใช้ร่วมกันหลายคน"),
        validators=[required(_("โปรดกรอกเลขประจำตัวประชาชน"))],
        max_length=40,
    )

    def validate_national_id(self, field: Field) -> None:
        """Only what can be a number at all: it is judged, and counted, with everything else right."""
        obeys(lambda text: check_national_id(normalise_national_id(text)))(self, field)


class UsernameForm(Form):
    """The name to sign in with."""

    username = CodeField(
        _("ชื่อผู้ใช้"),
        description=_("ใช้ตัวอักษรอังกฤษ ตัวเลข จุด ขีดกลาง หรือขีดล่าง ยาว 4–40 ตัว เช่น somjai.k ตัวพิมพ์ใหญ่จะเปลี่ยนเป็นตัวเล็กให้"),
        validators=[required(_("โปรดกรอกชื่อผู้ใช้ที่ต้องการ"))],
        filters=[lambda text: normalise_username(text) if text else text],
        max_length=60,
    )

    def validate_username(self, field: Field) -> None:
        """Whether it may be one."""
        obeys(check_username)(self, field)


class PresentPasswordForm(Form):
    """The password that is to be replaced."""

    present = PasswordField(_("รหัสผ่านปัจจุบัน"), validators=[required(_("โปรดกรอกรหัสผ่านปัจจุบัน"))], max_length=LONGEST * 4)


class PasswordOnceForm(Form):
    """A password, which can be looked at as one types; `about` is what is known of the person, and no part of it."""

    about: tuple[str, ...] = ()
    least = SHORTEST
    password = PasswordField(
        _("รหัสผ่าน"),
        description=_("อย่างน้อย %(least)s ตัวอักษร ใช้หลายคำต่อกันจะจำง่ายและปลอดภัยกว่า", least=SHORTEST),
        validators=[required(_("โปรดกรอกรหัสผ่าน"))],
        max_length=LONGEST,
    )

    def validate_password(self, field: Field) -> None:
        """Whether it may be one."""
        username = str(self["username"].data or "") if "username" in self else ""
        obeys(lambda text: check_password(text, about=(username, *self.about)))(self, field)


class NewPasswordForm(PasswordOnceForm):
    """A password, twice."""

    password_again = PasswordField(
        _("กรอกรหัสผ่านอีกครั้ง"), validators=[EqualTo("password", message=_("รหัสผ่านสองช่องไม่ตรงกัน"))], max_length=LONGEST
    )


class CredentialsForm(UsernameForm, NewPasswordForm):
    """Username and password."""


class ActivationForm(NumberForm, UsernameForm, PasswordOnceForm):
    """The second proof, and what the owner signs in with from now on."""


class RenewForm(NumberForm, NewPasswordForm):
    """The second proof and another password."""


class ChangePasswordForm(PresentPasswordForm, NewPasswordForm):
    """Another password for the present one."""


class RecoveryForm(Form):
    """Where the link goes."""

    email = EmailField(
        _("อีเมลที่ใช้ลงทะเบียน"),
        description=_("ระบบจะส่งลิงก์ตั้งรหัสผ่านใหม่ พร้อมชื่อผู้ใช้ของท่าน ไปที่อีเมลนี้"),
        validators=[required(_("โปรดกรอกอีเมล"))],
        max_length=254,
    )


class OwnEmailForm(Form):
    """The address that is to be proven."""

    email = EmailField(_("อีเมล"), validators=[required(_("โปรดกรอกอีเมล"))], max_length=254)

    def validate_email(self, field: Field) -> None:
        """Only what can be mailed to."""
        if not field.errors and not is_address(normalise_address(field.data)):
            raise ValidationError(_("อีเมลไม่ถูกต้อง โปรดกรอกให้ครบ เช่น somjai@example.go.th"))


class PostingForm(Form):
    """One of the postings; `next` is where the person wanted to go."""

    posting = RadioField(_("สังกัด"), validators=[required(_("โปรดเลือกสังกัดที่ต้องการเข้าใช้"))])
    next = HiddenField()
