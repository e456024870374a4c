"""The decision."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from idp.approval.rules import OUTCOME_NAMES, Outcome
from idp.web.forms import CheckboxesField, Form, RadioField, TextAreaField, TextField, required


class DecisionForm(Form):
    """Approve, send back or reject, with a reason; `seen_version` is the version of the case that was on screen."""

    outcome = RadioField(
        _("ผลการพิจารณา"),
        choices=[(outcome.value, _(OUTCOME_NAMES[outcome])) for outcome in Outcome],
        validators=[required(_("เลือกผลการพิจารณา"))],
    )
    to_correct = CheckboxesField(
        _("ข้อที่ให้ผู้ขอแก้ไข"),
        description=_("เลือกเมื่อส่งกลับให้แก้ไข ผู้ขอจะแก้ไขได้เฉพาะข้อที่เลือก"),
    )
    reason = TextAreaField(
        _("เหตุผลถึงผู้ขอ"),
        description=_(
            "จำเป็นเมื่อส่งกลับหรือไม่อนุมัติ บอกให้ชัดว่าต้องทำอะไร ผู้ขอจะเห็นข้อความนี้ในหน้าสถานะและในอีเมล อย่าใส่เลขประจำตัวประชาชน"
        ),
        max_length=500,
    )
    seen_version = HiddenField()


class SavedViewForm(Form):
    """A name for the list that is open."""

    name = TextField(
        _("ชื่อมุมมอง"), description=_("เช่น รอเกิน 7 วัน"), validators=[required(_("ตั้งชื่อมุมมองก่อนบันทึก"))], max_length=60
    )
