"""What a reviewer types: the decision, one over many cases, reopening, ready answers, a name for a list."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from idp.approval.reasons import OUTCOME_NAMES, REASON_NAMES, REASONS, Outcome
from thai_web.forms import (
    BooleanField,
    CheckboxesField,
    Form,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
    required,
)
from thai_web.messages import say
from thai_web.refusal import Refusal

CODES = [("", _("เลือกประเภทเหตุผล")), *((code.value, _(name)) for code, name in REASON_NAMES.items())]
_BULK_REASON_HINT = _("จำเป็นเมื่อไม่อนุมัติ ผู้ขอทุกคนจะเห็นข้อความนี้ในหน้าสถานะและในอีเมล โปรดอย่าใส่เลขประจำตัวประชาชน")
REASON_HINT = _("โปรดบอกผู้ขอให้ชัดว่าต้องทำอะไร และอย่าใส่เลขประจำตัวประชาชน")
MAIL_HINT = _("ไม่บังคับ ข้อความนี้ต่อท้ายเหตุผลในอีเมล")


class WordingForm(Form):
    """What is said with an outcome. The fields are named as the codes of the refusals about them."""

    reason_code = SelectField(_("ประเภทเหตุผล"), choices=CODES, default="")
    reason = TextAreaField(_("เหตุผลถึงผู้ขอ"), description=REASON_HINT, max_length=500)
    mail_text = TextAreaField(_("ข้อความเพิ่มเติมในอีเมล"), description=MAIL_HINT, max_length=2000)

    def blame(self, refusals: Iterable[Refusal]) -> None:
        """Put each refusal beside its field."""
        for refusal in refusals:
            field = self[refusal.code]
            field.errors = [*field.errors, say(refusal)]


class DecisionForm(WordingForm):
    """Approve, send back or reject, with a reason; `seen_version` is the version of the case that was on screen."""

    outcome = RadioField(
        _("ผลการพิจารณา"),
        choices=[(outcome.value, _(OUTCOME_NAMES[outcome])) for outcome in Outcome],
        validators=[required(_("โปรดเลือกผลการพิจารณา"))],
    )
    to_correct = CheckboxesField(_("ข้อที่ให้ผู้ขอแก้ไข"), description=_("ผู้ขอแก้ไขได้เฉพาะข้อที่เลือก"))
    answer = SelectField(_("คำตอบสำเร็จรูป"), description=_("เลือกแล้วแก้ข้อความต่อได้"), default="")
    seen_version = HiddenField()

    def belong_to(self, outcome: Outcome) -> None:
        """Be the form of one outcome, beside those of the others: the ids on the page are its own, and it offers what
        goes with the outcome. After what was sent has been judged."""
        for field in self:
            field.id = f"{outcome.lower()}-{field.name}"
        self.outcome.data = outcome.value
        self.reason_code.choices = [("", _("เลือกประเภทเหตุผล"))] + [
            (each.value, _(REASON_NAMES[each])) for each in REASONS[outcome]
        ]


class BulkForm(WordingForm):
    """One outcome for several cases; sending back names answers, which differ from case to case."""

    reason_code = SelectField(_("ประเภทเหตุผล"), description=_("จำเป็นเมื่อไม่อนุมัติ"), choices=CODES, default="")
    reason = TextAreaField(_("เหตุผลถึงผู้ขอ"), description=_BULK_REASON_HINT, max_length=500)

    outcome = RadioField(
        _("ผลการพิจารณาทุกรายการ"),
        choices=[(each.value, _(OUTCOME_NAMES[each])) for each in (Outcome.APPROVED, Outcome.REJECTED)],
        validators=[required(_("โปรดเลือกผลการพิจารณา"))],
    )


class ReopenForm(Form):
    """Why a rejected case is taken up again."""

    reason = TextAreaField(
        _("เหตุผลที่เปิดพิจารณาใหม่"),
        description=_("ผู้ขอจะเห็นข้อความนี้ โปรดอย่าใส่เลขประจำตัวประชาชน"),
        max_length=500,
        validators=[required(_("โปรดระบุเหตุผลที่เปิดพิจารณาใหม่"))],
    )
    seen_version = HiddenField()


class AnswerForm(WordingForm):
    """A ready answer of one's office."""

    name = TextField(_("ชื่อคำตอบ"), validators=[required(_("โปรดตั้งชื่อคำตอบ"))], max_length=80)
    outcome = RadioField(
        _("ใช้กับผล"),
        choices=[(each.value, _(name)) for each, name in OUTCOME_NAMES.items() if REASONS[each]],
        validators=[required(_("โปรดเลือกผลที่ใช้คำตอบนี้"))],
    )


class OwnMailsForm(Form):
    """Which mails a decider wants."""

    arrivals = BooleanField(_("แจ้งทางอีเมลเมื่อมีคำขอใหม่ถึงท่าน (รวมกัน ไม่เกินชั่วโมงละ 1 ครั้ง)"))


class SavedViewForm(Form):
    """A name for the list that is open."""

    name = TextField(
        _("ชื่อมุมมอง"),
        description=_("เช่น รอเกิน 7 วัน"),
        validators=[required(_("โปรดตั้งชื่อมุมมองก่อนบันทึก"))],
        max_length=60,
    )
