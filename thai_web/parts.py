"""Every part of a page in every state, on one page: for who designs, and for a test that compares it with a picture."""

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from thai_web.forms import (
    BooleanField,
    CheckboxesField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
    ThaiDateField,
    required,
)

CHOICES = [("one", "อบต.สระกรวด"), ("two", "ทต.ศรีเทพ")]


class PartsForm(Form):
    """One field of each kind."""

    name = TextField("ชื่อหน่วยงาน", description="เขียนตามหนังสือของหน่วยงาน", validators=[required("โปรดกรอกชื่อหน่วยงาน")])
    password = PasswordField("รหัสผ่าน", validators=[required("โปรดกรอกรหัสผ่าน")])
    day = ThaiDateField("วันที่ลงนาม", description="เช่น 25 พ.ย. 2569", validators=[required("โปรดกรอกวันที่ลงนาม")])
    kind = SelectField("ประเภท", choices=CHOICES)
    one = RadioField("หน่วยงานของท่าน", choices=CHOICES, validators=[required("โปรดเลือกหน่วยงาน")])
    some = CheckboxesField("ระบบที่ขอใช้", choices=CHOICES)
    reason = TextAreaField("เหตุผล", validators=[required("โปรดกรอกเหตุผล")])
    agreed = BooleanField("ข้าพเจ้าตรวจสอบข้อมูลแล้ว", validators=[required("โปรดยืนยันว่าตรวจสอบข้อมูลแล้ว")])


def page() -> ResponseReturnValue:
    """The page; an application serves it in development only."""
    refused = PartsForm(formdata=MultiDict({"kind": "one"}), prefix="refused", meta={"csrf": False})
    refused.validate()
    return render_template("thai_web/parts.html", ordinary=PartsForm(formdata=None), refused=refused)
