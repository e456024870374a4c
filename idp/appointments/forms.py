"""Recording an appointment, ending one."""

from flask_babel import lazy_gettext as _

from idp.web.forms import Form, RadioField, TextAreaField, TextField, ThaiDateField, UploadField, required


class AppointmentForm(Form):
    """One letter, one person, one term."""

    DATED = ("letter_number", "letter_date", "starts_on", "ends_on")  # what `rules.check_letter` may refuse

    account = RadioField(
        _("ผู้ได้รับมอบหมาย"),
        description=_("แสดงเฉพาะผู้ที่มีบัญชีและสังกัดหน่วยงานนี้"),
        coerce=int,
        validators=[required(_("เลือกผู้ที่ได้รับมอบหมาย"))],
    )
    letter_number = TextField(
        _("เลขที่หนังสือ"),
        description=_("เช่น พช 0023.3/ว 572"),
        validators=[required(_("กรอกเลขที่หนังสือ"))],
        max_length=80,
    )
    letter_date = ThaiDateField(_("หนังสือลงวันที่"), validators=[required(_("กรอกวันที่ของหนังสือ"))])
    signed_by = TextField(
        _("ตำแหน่งผู้ลงนาม"),
        description=_("เช่น นายกองค์การบริหารส่วนตำบลสระกรวด"),
        validators=[required(_("กรอกตำแหน่งผู้ลงนาม"))],
        max_length=150,
    )
    starts_on = ThaiDateField(_("มีผลตั้งแต่วันที่"), validators=[required(_("กรอกวันที่เริ่มมีผล"))])
    ends_on = ThaiDateField(
        _("ถึงวันที่"),
        description=_("ใช้อำนาจได้ถึงสิ้นวันที่กรอก ไม่เกิน 4 ปีนับจากวันเริ่ม"),
        validators=[required(_("กรอกวันที่สิ้นสุด"))],
    )
    scan = UploadField(_("ไฟล์หนังสือมอบหมาย"), validators=[required(_("เลือกไฟล์หนังสือมอบหมาย"))])


class EndForm(Form):
    """Why an appointment ends early."""

    reason = TextAreaField(_("เหตุผลที่ยุติการมอบหมาย"), validators=[required(_("กรอกเหตุผล"))], max_length=300)
