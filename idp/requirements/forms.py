"""What DLA says about a kind of evidence and about a requirement."""

from flask_babel import lazy_gettext as _

from idp.evidence.rules import MAX_PAGES
from idp.requirements.rules import ASKED_OF_NAMES, MOST_FILES, AskedOf
from idp.units.rules import LABELS, UnitKind
from idp.web.upload_field import UploadField
from thai_web.forms import (
    BooleanField,
    CheckboxesField,
    CodeField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
    required,
)

NO_ROLE = ""


class KindForm(Form):
    """A kind of evidence."""

    code = CodeField(
        _("รหัส"),
        description=_("ใช้ในระบบ เปลี่ยนภายหลังไม่ได้ ตัวอักษรอังกฤษตัวเล็ก ตัวเลข และขีดล่าง เช่น staff_card"),
        validators=[required(_("โปรดกรอกรหัส"))],
        max_length=40,
    )
    name_th = TextField(_("ชื่อภาษาไทย"), validators=[required(_("โปรดกรอกชื่อภาษาไทย"))], max_length=150)
    name_en = TextField(_("ชื่อภาษาอังกฤษ"), validators=[required(_("โปรดกรอกชื่อภาษาอังกฤษ"))], max_length=150)
    hint_th = TextAreaField(
        _("สิ่งที่เอกสารต้องแสดง (ภาษาไทย)"),
        description=_("ผู้ขอเห็นข้อความนี้ใต้ชื่อเอกสาร เช่น ต้องเห็นชื่อ ตำแหน่ง และวันที่มีผล"),
        max_length=300,
    )
    hint_en = TextAreaField(_("สิ่งที่เอกสารต้องแสดง (ภาษาอังกฤษ)"), max_length=300)
    most_files = IntegerField(
        _("จำนวนไฟล์สูงสุด"), validators=[required(_("โปรดกรอกจำนวนไฟล์"))], minimum=1, maximum=MOST_FILES, default=3
    )
    most_pages = IntegerField(
        _("จำนวนหน้าสูงสุดต่อไฟล์"), validators=[required(_("โปรดกรอกจำนวนหน้า"))], minimum=1, maximum=MAX_PAGES, default=10
    )
    retired = BooleanField(_("เลิกใช้เอกสารชนิดนี้ คำขอใหม่จะเลือกไม่ได้"))


class ExampleForm(Form):
    """A picture of how such a document looks."""

    picture = UploadField(
        _("ภาพตัวอย่าง"),
        description=_("ผู้ขอทุกคนเห็นภาพนี้ ใช้เอกสารสมมติเท่านั้น อย่าใช้เอกสารของบุคคลจริง"),
        validators=[required(_("โปรดเลือกไฟล์ภาพตัวอย่าง"))],
    )


class RequirementForm(Form):
    """A requirement."""

    name_th = TextField(
        _("สิ่งที่ต้องแสดง (ภาษาไทย)"),
        description=_("เช่น แสดงว่าทำงานที่หน่วยงานนี้"),
        validators=[required(_("โปรดกรอกชื่อภาษาไทย"))],
        max_length=150,
    )
    name_en = TextField(_("สิ่งที่ต้องแสดง (ภาษาอังกฤษ)"), validators=[required(_("โปรดกรอกชื่อภาษาอังกฤษ"))], max_length=150)
    asked_of = RadioField(
        _("กลุ่มผู้ขอ"),
        choices=[(each.value, _(ASKED_OF_NAMES[each])) for each in AskedOf],
        validators=[required(_("โปรดเลือกกลุ่มผู้ขอ"))],
        default=AskedOf.EVERYBODY,
    )
    unit_kinds = CheckboxesField(
        _("เฉพาะหน่วยงานประเภทใด"),
        description=_("หากไม่เลือก หมายถึงทุกประเภท"),
        choices=[(kind.value, LABELS[kind].long_th) for kind in UnitKind],
    )
    role = SelectField(_("เฉพาะผู้ที่ขอสิทธิ์ใด"))
    kinds = CheckboxesField(
        _("เอกสารที่ใช้ได้"),
        description=_("แนบเพียงอย่างใดอย่างหนึ่ง"),
        validators=[required(_("โปรดเลือกเอกสารที่ใช้ได้อย่างน้อย 1 ชนิด"))],
    )
