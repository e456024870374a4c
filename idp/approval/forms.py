"""The decision."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from idp.approval.rules import OUTCOME_NAMES, Outcome
from idp.web.forms import Form, RadioField, TextAreaField, required


class DecisionForm(Form):
    """Approve or reject, with a reason; `seen_version` is the version of the case that was on screen."""

    outcome = RadioField(
        _("ผลการพิจารณา"),
        choices=[
            (Outcome.APPROVED.value, _(OUTCOME_NAMES[Outcome.APPROVED])),
            (Outcome.REJECTED.value, _(OUTCOME_NAMES[Outcome.REJECTED])),
        ],
        validators=[required(_("เลือกอนุมัติหรือไม่อนุมัติ"))],
    )
    reason = TextAreaField(
        _("เหตุผลถึงผู้ขอ"),
        description=_("จำเป็นเมื่อไม่อนุมัติ ผู้ขอจะเห็นข้อความนี้ในหน้าสถานะและในอีเมล อย่าใส่เลขประจำตัวประชาชน"),
        max_length=500,
    )
    seen_version = HiddenField()
