"""A holiday that the cabinet declared."""

from flask_babel import lazy_gettext as _

from thai_web.forms import Form, TextField, ThaiDateField, required


class HolidayForm(Form):
    """The day, what it is called, and by which resolution."""

    day = ThaiDateField(_("วันที่หยุด"), validators=[required(_("โปรดกรอกวันที่หยุด"))])
    name = TextField(_("ชื่อวันหยุด"), validators=[required(_("โปรดกรอกชื่อวันหยุด"))], max_length=150)
    source = TextField(
        _("ที่มา"),
        description=_("เช่น มติคณะรัฐมนตรี วันที่ 12 พฤษภาคม 2569"),
        validators=[required(_("โปรดกรอกที่มา"))],
        max_length=200,
    )
