"""How the vault says no to an upload: what is wrong, and what to do instead."""

from collections.abc import Sequence
from typing import Any

from thai_web.refusal import N_, Refusal

SLOW = "document_slow"  # code of the refusal of what takes too long

NEXT_AS_PDF = N_("โปรดบันทึกหรือสแกนเอกสารเป็น PDF หรือถ่ายภาพเอกสาร แล้วส่งใหม่")
NEXT_PRINTED = N_("โปรดเปิดแบบฟอร์มด้วย Adobe Reader แล้วสั่งพิมพ์เป็น PDF (Microsoft Print to PDF) หรือพิมพ์แล้วสแกน แล้วส่งไฟล์นั้น")
NEXT_OTHER_PICTURE = N_("โปรดเปิดภาพนี้ในเครื่องของท่าน แล้วบันทึกเป็น JPEG หรือ PNG หรือถ่ายภาพเอกสารใหม่")
NEXT_RENAME = N_("โปรดเปลี่ยนชื่อไฟล์ให้ถูกต้อง หรือบันทึกเอกสารเป็นไฟล์ใหม่ แล้วส่งอีกครั้ง")
NEXT_AGAIN = N_("โปรดตรวจสอบว่าเปิดไฟล์ในเครื่องของท่านได้ หรือถ่ายภาพเอกสารใหม่ แล้วส่งอีกครั้ง")


def truncated() -> Refusal:
    """The file ends before its content does."""
    return refused(N_("ไฟล์นี้ไม่สมบูรณ์ อาจคัดลอกหรือดาวน์โหลดมาไม่ครบ"), NEXT_AGAIN)


def unreadable() -> Refusal:
    """The file is damaged, too heavy, or made to harm; the person needs no more than what to do."""
    return refused(N_("เปิดไฟล์นี้ไม่ได้ ไฟล์อาจเสียหายหรือซับซ้อนเกินไป"), NEXT_AS_PDF)


def too_slow() -> Refusal:
    """The document took more of the processor than one may; who sends several such waits."""
    return Refusal(
        N_("เปิดไฟล์นี้ไม่ได้ เพราะไฟล์ซับซ้อนเกินไปจนใช้เวลาเปิดนานเกินกำหนด"),
        next_step=NEXT_AS_PDF,
        status=422,
        code=SLOW,
    )


def blank() -> Refusal:
    """Nothing is to be seen on any page of the document."""
    return refused(
        N_("ทุกหน้าของไฟล์นี้ว่างเปล่าเมื่อระบบเปิดดู ผู้พิจารณาจะไม่เห็นอะไรเลย"),
        N_("โปรดบันทึกเป็น PDF ใหม่โดยฝังแบบอักษร (ฟอนต์) หรือพิมพ์แล้วสแกน หรือถ่ายภาพเอกสาร แล้วส่งใหม่"),
    )


def partly_blank(pages: Sequence[int], code: str) -> Refusal:
    """Nothing is to be seen on some pages; `code` names the field in which the sender says that this is right."""
    return Refusal(
        N_("หน้า %(pages)s ของไฟล์นี้ว่างเปล่าเมื่อระบบเปิดดู"),
        next_step=N_("หากหน้านี้มีข้อความ โปรดเลือกไฟล์ที่พิมพ์แล้วสแกนหรือถ่ายภาพ หากว่างจริง โปรดเลือกช่องนี้และเลือกไฟล์เดิมอีกครั้ง"),
        status=422,
        code=code,
        pages=", ".join(str(each) for each in pages),
    )


def no_room() -> Refusal:
    """The disk of documents is as good as full."""
    return Refusal(
        N_("ขณะนี้ที่เก็บเอกสารของระบบเต็ม เอกสารนี้ยังไม่ถูกบันทึก"),
        next_step=N_("โปรดลองใหม่ภายหลัง หากยังไม่สำเร็จ โปรดแจ้งผู้ดูแล SSO ของหน่วยงานหรือ สถ."),
        status=503,
        code="no_room",
    )


def share_used_up(limit: int) -> Refusal:
    """One request holds as many bytes of pages as it may."""
    return refused(
        N_("เอกสารทั้งหมดที่แนบรวมกันเกิน %(limit)s เมกะไบต์"),
        N_("โปรดลบเอกสารที่ไม่จำเป็น หรือสแกนใหม่ด้วยความละเอียดต่ำลง แล้วแนบอีกครั้ง"),
        limit=max(1, limit // 2**20),
    )


def locked() -> Refusal:
    """The PDF asks for a password."""
    return refused(
        N_("ไฟล์ PDF นี้ตั้งรหัสผ่านไว้ ระบบจึงเปิดไม่ได้"),
        N_("โปรดบันทึกเป็น PDF ใหม่โดยไม่ตั้งรหัสผ่าน หรือพิมพ์แล้วสแกน แล้วส่งใหม่"),
    )


def too_many_pages(most: int) -> Refusal:
    """The PDF has more pages than it may."""
    return refused(N_("เอกสารนี้มีมากกว่า %(limit)s หน้า"), N_("โปรดส่งเฉพาะหน้าเอกสารที่เกี่ยวข้อง หรือแบ่งเป็นหลายไฟล์"), limit=most)


def too_long(most: int) -> Refusal:
    """A long page is cut into sheets, and they are more than one document may have."""
    return refused(
        N_("ภาพหรือหน้านี้ยาวเกินไป เมื่อตัดแบ่งให้อ่านได้แล้วเกิน %(limit)s หน้า"),
        N_("โปรดส่งเฉพาะส่วนที่เกี่ยวข้อง หรือตัดเป็นหลายภาพ หรือพิมพ์เป็นหน้าขนาด A4 แล้วส่งใหม่"),
        limit=most,
    )


def too_many_pixels(most: int) -> Refusal:
    """The image measures more points than it may."""
    return refused(
        N_("ภาพนี้มีขนาดใหญ่เกิน %(limit)s ล้านพิกเซล"),
        N_("โปรดลดขนาดภาพ หรือถ่ายใหม่ด้วยความละเอียดต่ำลง แล้วส่งใหม่"),
        limit=most // 1_000_000,
    )


def too_small() -> Refusal:
    """The image, or a page, measures too little for anybody to read it."""
    return refused(
        N_("ภาพนี้เล็กหรือแคบเกินไป ผู้พิจารณาอ่านไม่ได้"),
        N_("โปรดถ่ายภาพหรือสแกนเอกสารใหม่ให้เห็นทั้งหน้า แล้วส่งไฟล์ต้นฉบับ ไม่ใช่ภาพย่อ"),
    )


def too_detailed() -> Refusal:
    """The pages together are more than the vault takes of one document."""
    return refused(
        N_("ภาพในเอกสารนี้ละเอียดเกินไปเมื่อรวมทุกหน้า"),
        N_("โปรดสแกนใหม่เป็นขาวดำหรือด้วยความละเอียดต่ำลง หรือแบ่งเป็นหลายไฟล์ แล้วส่งใหม่"),
    )


def form_of_adobe() -> Refusal:
    """A form that only Adobe's own program can draw (XFA)."""
    return refused(N_("PDF นี้เป็นแบบฟอร์มที่เปิดได้เฉพาะในโปรแกรมของ Adobe ผู้พิจารณาจะไม่เห็นข้อมูลที่กรอก"), NEXT_PRINTED)


def busy() -> Refusal:
    """Too many documents are being opened at this moment."""
    return Refusal(
        N_("ขณะนี้มีผู้ส่งเอกสารพร้อมกันจำนวนมาก เอกสารนี้ยังไม่ถูกบันทึก"),
        next_step=N_("โปรดรอสักครู่ แล้วส่งใหม่อีกครั้ง"),
        status=503,
        code="busy",
    )


def refused(message: str, next_step: str, **values: Any) -> Refusal:
    """A document that is not taken, and what to do instead."""
    return Refusal(message, next_step=next_step, status=422, code="document_refused", **values)
