"""What a period manager types."""

from flask_babel import lazy_gettext as _l

from relying_party_example.periods.rules import Scope
from thai_web.forms import CodeField, Form, RadioField, TextAreaField, ThaiDateField, required


class OpenEarlyForm(Form):
    """Why the window opens before its day."""

    reason = TextAreaField(
        _l("เหตุผล"),
        [required(_l("โปรดระบุเหตุผลที่เปิดก่อนกำหนด"))],
        description=_l("ทุกหน่วยงานจะเห็นเหตุผลนี้"),
    )


class ExtendForm(Form):
    """For whom, until when, and why."""

    scope = RadioField(
        _l("ขยายเวลาให้แก่"),
        [required(_l("โปรดเลือกว่าจะขยายเวลาให้ใคร"))],
        choices=[
            (Scope.ALL, _l("ทุกหน่วยงาน (เลื่อนวันครบกำหนดส่ง)")),
            (Scope.PROVINCE, _l("เฉพาะจังหวัด (ส่งได้หลังปิดงวด)")),
            (Scope.UNIT, _l("เฉพาะหน่วยงาน (ส่งได้หลังปิดงวด)")),
        ],
    )
    code = CodeField(
        _l("รหัสจังหวัดหรือรหัสหน่วยงาน"),
        description=_l("จังหวัด 2 หลัก เช่น 67 หรือรหัสหน่วยงาน เว้นว่างได้เมื่อขยายให้ทุกหน่วยงาน"),
        max_length=20,
    )
    until = ThaiDateField(_l("วันสุดท้ายที่ขยายให้"), [required(_l("โปรดกรอกวันสุดท้ายที่ขยายให้"))])
    reason = TextAreaField(_l("เหตุผล"), [required(_l("โปรดระบุเหตุผลที่ขยายเวลา"))], description=_l("ทุกหน่วยงานจะเห็นเหตุผลนี้"))
