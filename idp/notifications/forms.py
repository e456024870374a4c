"""What a mail asks to be typed back."""

from flask_babel import lazy_gettext as _

from thai_web.forms import Form, SecretField, required


class CodeForm(Form):
    """The code out of the mailbox."""

    code = SecretField(
        _("รหัส 6 หลัก"),
        description=_("รหัสใช้ได้ 30 นาที หากไม่พบอีเมล โปรดดูในกล่องจดหมายขยะด้วย"),
        validators=[required(_("โปรดกรอกรหัส 6 หลักที่ได้รับทางอีเมล"))],
        max_length=20,
    )
