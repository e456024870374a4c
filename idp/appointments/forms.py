"""Recording an appointment or asking for one, deciding, ending."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from idp.appointments import rules
from idp.appointments.operations import Letter
from idp.appointments.rules import Action
from idp.web.upload_field import UploadField
from thai_web import clock
from thai_web.forms import BooleanField, Form, RadioField, TextAreaField, TextField, ThaiDateField, Validator, required
from thai_web.refusal import N_

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
        validators=[required(_("โปรดเลือกผู้ที่ได้รับมอบหมาย"))],
    )
    power = RadioField(
        _("อำนาจที่มอบหมาย"),
        description=_("ผู้ทำการแทนพิจารณาได้เฉพาะวันที่ผู้ดูแลทุกคนของหน่วยงานไม่อยู่ ผู้ตรวจสอบดูได้อย่างเดียว"),
        validators=[required(_("โปรดเลือกอำนาจที่มอบหมาย"))],
    )


class _DatedForm(Form):
    """Dates that are compared with each other, so that everything that is wrong is told at once."""

    def validate(self, extra_validators: Mapping[str, Sequence[Validator]] | None = None) -> bool:
        is_valid, faults = super().validate(extra_validators), self.faults()
        for name, message in faults.items():
            self[name].errors = [*self[name].errors, _(message)]
        return is_valid and not faults

    def faults(self) -> dict[str, str]:
        """What the rules say against the dates, beside their fields."""
        raise NotImplementedError


class LetterForm(_DatedForm):
    """What the letter says, and its scan. It is refused before the scan is painted: a file has to be chosen anew."""

    letter_number = TextField(
        _("เลขที่หนังสือ"),
        description=_("เช่น พช 0023.3/ว 572"),
        validators=[required(_("โปรดกรอกเลขที่หนังสือ"))],
        max_length=80,
    )
    letter_date = ThaiDateField(_("หนังสือลงวันที่"), validators=[required(_("โปรดกรอกวันที่ของหนังสือ"))])
    signed_by = TextField(
        _("ตำแหน่งผู้ลงนาม"),
        description=_("เช่น นายกองค์การบริหารส่วนตำบลสระกรวด"),
        validators=[required(_("โปรดกรอกตำแหน่งผู้ลงนาม"))],
        max_length=150,
    )
    starts_on = ThaiDateField(_("มีผลตั้งแต่วันที่"), validators=[required(_("โปรดกรอกวันที่เริ่มมีผล"))])
    ends_on = ThaiDateField(
        _("ถึงวันที่"),
        description=_("ใช้อำนาจได้ถึงสิ้นวันที่กรอก ไม่เกิน 4 ปีนับจากวันเริ่ม"),
        validators=[required(_("โปรดกรอกวันที่สิ้นสุด"))],
    )
    scan = UploadField(_("ไฟล์หนังสือมอบหมาย"), validators=[required(_("โปรดเลือกไฟล์หนังสือมอบหมาย"))])
    blanks_meant = BooleanField(_("หน้าที่ว่างในไฟล์นี้ว่างจริง"))  # asked where there are some

    def faults(self) -> dict[str, str]:
        return rules.letter_faults(self.letter_date.data, self.starts_on.data, self.ends_on.data, clock.today())

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
        validators=[required(_("โปรดเลือกผลการพิจารณา"))],
    )
    reason = TextAreaField(
        _("เหตุผลถึงหน่วยงาน"),
        description=_("จำเป็นเมื่อส่งกลับหรือไม่อนุมัติ หน่วยงานจะเห็นข้อความนี้ในหน้าคำขอและในอีเมล โปรดอย่าใส่เลขประจำตัวประชาชน"),
        max_length=500,
    )
    seen_version = HiddenField()


class EndForm(Form):
    """Why an appointment ends early; `confirmed` where the unit would be left without an admin."""

    reason = TextAreaField(_("เหตุผลที่ยุติการมอบหมาย"), validators=[required(_("โปรดกรอกเหตุผล"))], max_length=300)
    confirmed = BooleanField(_("ข้าพเจ้าทราบแล้วว่าหน่วยงานนี้จะไม่มีผู้ดูแล SSO ของตนเอง"))


class AbsenceForm(_DatedForm):
    """The first and the last day of being away; `term_ends_on`, the last day of the appointment."""

    term_ends_on = date.max
    starts_on = ThaiDateField(_("ไม่อยู่ตั้งแต่วันที่"), validators=[required(_("โปรดกรอกวันแรกที่ไม่อยู่"))])
    ends_on = ThaiDateField(_("ไม่อยู่ถึงวันที่"), validators=[required(_("โปรดกรอกวันสุดท้ายที่ไม่อยู่"))])

    def faults(self) -> dict[str, str]:
        return rules.absence_faults(self.starts_on.data, self.ends_on.data, clock.today(), self.term_ends_on)
