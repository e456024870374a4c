"""Refusals and errors become a page; a stack trace reaches nobody."""

import logging
import secrets

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from relying_party_example.database import db
from thai_web.messages import say, say_next_step
from thai_web.refusal import N_, Refusal

log = logging.getLogger("info")

HEADINGS = {
    400: N_("คำขอนี้ไม่ถูกต้อง"),
    403: N_("ท่านไม่มีสิทธิ์ทำรายการนี้"),
    404: N_("ไม่พบหน้าที่ต้องการ"),
    405: N_("เปิดหน้านี้โดยตรงไม่ได้"),
    409: N_("ทำรายการนี้ไม่ได้ในขณะนี้"),
    413: N_("ข้อมูลที่ส่งมีขนาดใหญ่เกินไป"),
    422: N_("ข้อมูลยังไม่ครบถ้วน"),
    500: N_("ระบบขัดข้อง"),
}
NEXT_STEPS = {
    400: N_("ย้อนกลับไปหน้าเดิม ตรวจสอบ แล้วลองอีกครั้ง"),
    404: N_("ตรวจสอบที่อยู่ของหน้า หรือเริ่มจากหน้าแรก"),
    409: N_("เปิดหน้านี้ใหม่เพื่อดูข้อมูลล่าสุด"),
    413: N_("ลดความยาวของข้อความ แล้วส่งใหม่"),
    500: N_("ลองใหม่อีกครั้ง หากยังไม่ได้ โปรดแจ้งผู้ดูแลพร้อมรหัสอ้างอิงด้านล่าง"),
}


def begin(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, message: str = "", next_step: str = "", reference: str = "") -> ResponseReturnValue:
    """The error page."""
    text = render_template(
        "thai_web/error.html",
        heading=_(HEADINGS.get(status, HEADINGS[400])),
        message=message,
        next_steps=[next_step or _(NEXT_STEPS.get(status, NEXT_STEPS[404]))],
        reference=reference,
        status=status,
    )
    return text, status


def _refusal(refusal: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    return page(refusal.status, say(refusal), say_next_step(refusal))


def not_done(why: str, status: int) -> ResponseReturnValue:
    """Nothing was done, and nothing typed is lost: it is handed back, to be sent again by the person's own click.

    Nothing is replayed by itself: the next person at this computer may sign in. `why` is one of the template's.
    """
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return render_template("not_done.html", why=why, typed=typed, action=request.full_path), status


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The form cookie is another by now: somebody signed out in another tab, or the browser keeps none."""
    if _came_from_us():
        return not_done("stale", 400)
    return page(
        400,
        _("แบบฟอร์มนี้หมดอายุ หรือเบราว์เซอร์ไม่เก็บคุกกี้ ข้อมูลยังไม่ถูกบันทึก"),
        _("เปิดหน้าที่ต้องการใหม่ในแท็บอื่น แล้วคัดลอกข้อมูลที่กรอกไว้ไปส่งอีกครั้ง"),
    )


def _came_from_us() -> bool:
    """Whether a page of ours sent it. A page elsewhere must not get what it sends shown with a button to confirm it."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site else request.headers.get("Origin") == request.host_url.rstrip("/")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    db.session.rollback()
    return page(error.code or 500)


def _unexpected(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    reference = secrets.token_hex(4)
    # The reference ties the person's report to this line; the request's form and query stay out of the log.
    log.error("unexpected error %s at %s", reference, request.endpoint, exc_info=error)
    return page(500, reference=reference)
