"""Recording an appointment or asking for one, deciding, ending."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from idp import clock
from idp.appointments import rules
from idp.appointments.operations import Letter
from idp.appointments.rules import Action
from idp.refusal import N_
from idp.web.forms import BooleanField, Form, RadioField, TextAreaField, TextField, ThaiDateField, UploadField, required

OUTCOMES = {
    Action.APPROVE: N_("อนุมัติ"),
    Action.RETURN: N_("ส่งกลับให้แก้ไข"),
    Action.REFUSE: N_("ไม่อนุมัติ"),
}


class HolderForm(Form):
    """Who is to be appointed, and to what; defined first, since errors are listed in the order of the page."""

    account = RadioField(
        _("ผู้ได้รับมอบหมาย"),
        description=_("แสดงเฉพาะผู้ที่มีบัญชีและสังกัดหน่วยงานนี้"),
        coerce=int,
        validators=[required(_("เลือกผู้ที่ได้รับมอบหมาย"))],
    )
    power = RadioField(
        _("อำนาจที่มอบหมาย"),
        description=_("ผู้ทำการแทนพิจารณาได้เฉพาะวันที่ผู้ดูแลทุกคนของหน่วยงานไม่อยู่ ผู้ตรวจสอบดูได้อย่างเดียว"),
        validators=[required(_("เลือกอำนาจที่มอบหมาย"))],
    )


class LetterForm(Form):
    """What the letter says, and its scan."""

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
    blanks_meant = BooleanField(_("หน้าที่ว่างในไฟล์นี้ว่างจริง"))  # asked where there are some

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """With the dates against each other, before the scan is painted: a file has to be chosen anew each time."""
        is_valid = super().validate(extra_validators)
        dates = self.letter_date.data, self.starts_on.data, self.ends_on.data
        faults = rules.letter_faults(*dates, clock.today())
        for name, message in faults.items():
            self[name].errors = [*self[name].errors, _(message)]
        return is_valid and not faults

    @property
    def letter(self) -> Letter:
        """The letter of a valid form."""
        dated, starts_on, ends_on = self.letter_date.data, self.starts_on.data, self.ends_on.data
        assert dated is not None  # the form required all three
        assert starts_on is not None
        assert ends_on is not None
        return Letter(str(self.letter_number.data), dated, str(self.signed_by.data), starts_on, ends_on)


class AppointmentForm(HolderForm, LetterForm):
    """One letter, one person, one power, one term."""


class CorrectionForm(LetterForm):
    """The letter put right; without another file the one sent before stays."""

    scan = UploadField(_("ไฟล์หนังสือมอบหมาย"), description=_("เลือกเฉพาะเมื่อต้องการเปลี่ยนไฟล์ที่ส่งไว้"))
    seen_version = HiddenField()


class VersionForm(Form):
    """Taking a request back, as it was seen."""

    seen_version = HiddenField()


class DecisionForm(Form):
    """The outcome of a request, with a reason; `seen_version` is what was on screen."""

    outcome = RadioField(
        _("ผลการพิจารณา"),
        choices=[(action.value, _(text)) for action, text in OUTCOMES.items()],
        validators=[required(_("เลือกผลการพิจารณา"))],
    )
    reason = TextAreaField(
        _("เหตุผลถึงหน่วยงาน"),
        description=_("จำเป็นเมื่อส่งกลับหรือไม่อนุมัติ หน่วยงานจะเห็นข้อความนี้ในหน้าคำขอและในอีเมล อย่าใส่เลขประจำตัวประชาชน"),
        max_length=500,
    )
    seen_version = HiddenField()


class EndForm(Form):
    """Why an appointment ends early; `confirmed` where the unit would be left without an admin."""

    reason = TextAreaField(_("เหตุผลที่ยุติการมอบหมาย"), validators=[required(_("กรอกเหตุผล"))], max_length=300)
    confirmed = BooleanField(_("ข้าพเจ้าทราบแล้วว่าหน่วยงานนี้จะไม่มีผู้ดูแล SSO ของตนเอง"))


class AbsenceForm(Form):
    """The first and the last day of being away."""

    starts_on = ThaiDateField(_("ไม่อยู่ตั้งแต่วันที่"), validators=[required(_("กรอกวันแรกที่ไม่อยู่"))])
    ends_on = ThaiDateField(_("ไม่อยู่ถึงวันที่"), validators=[required(_("กรอกวันสุดท้ายที่ไม่อยู่"))])
