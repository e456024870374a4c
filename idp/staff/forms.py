"""What may be typed about a person of the unit."""

from flask_babel import lazy_gettext as _

from idp.web.forms import Form, RadioField, TextAreaField, ThaiDateField, required

REASON = _("อย่างน้อย 10 ตัวอักษร เจ้าของบัญชีจะเห็นข้อความนี้ อย่าใส่เลขประจำตัวประชาชน")


class ActForm(Form):
    """An act that needs nothing but the click."""


class ReasonForm(Form):
    """An act that says why."""

    reason = TextAreaField(_("เหตุผล"), description=REASON, validators=[required(_("กรอกเหตุผล"))], max_length=300)


class LeaveForm(Form):
    """When somebody left, and why."""

    last_day = ThaiDateField(
        _("วันสุดท้ายที่ทำงานในหน่วยงาน"),
        description=_("ถ้าเป็นวันนี้หรือวันหน้า สิทธิ์ยังใช้ได้ถึงสิ้นวันนั้น"),
        validators=[required(_("กรอกวันสุดท้ายที่ทำงาน"))],
    )
    reason = TextAreaField(_("เหตุผล"), description=REASON, validators=[required(_("กรอกเหตุผล"))], max_length=300)


class RoleForm(Form):
    """A role and how long."""

    role = RadioField(_("สิทธิ์ที่เพิ่ม"), coerce=int, validators=[required(_("เลือกสิทธิ์"))])
    ends_on = ThaiDateField(_("ถึงวันที่ (ไม่บังคับ)"), description=_("เว้นว่างไว้ถ้าไม่กำหนด สิทธิ์จะสิ้นสุดเมื่อพ้นจากหน่วยงาน"))


class EndRoleForm(Form):
    """When a role ends, and why."""

    last_day = ThaiDateField(_("ใช้ได้ถึงวันที่ (ไม่บังคับ)"), description=_("เว้นว่างไว้ถ้าให้สิ้นสุดทันที"))
    reason = TextAreaField(_("เหตุผล"), description=REASON, validators=[required(_("กรอกเหตุผล"))], max_length=300)
