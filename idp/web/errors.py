"""Refusals and errors become a page, or JSON where a program asked; a stack trace reaches nobody."""

import logging
import secrets
from collections.abc import Callable

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.http import HTTP_STATUS_CODES

from idp.database import db
from thai_web.messages import say, say_next_step
from thai_web.refusal import N_, Refusal, TooMany

log = logging.getLogger("idp")

HEADINGS = {
    400: N_("ทำรายการนี้ไม่สำเร็จ"),
    401: N_("โปรดเข้าสู่ระบบ"),
    403: N_("ท่านไม่มีสิทธิ์ทำรายการนี้"),
    404: N_("ไม่พบหน้านี้"),
    405: N_("เปิดหน้านี้โดยตรงไม่ได้"),
    409: N_("ข้อมูลเปลี่ยนไปแล้ว"),
    410: N_("ลิงก์หรือรหัสนี้ใช้ไม่ได้แล้ว"),
    413: N_("ไฟล์หรือข้อมูลมีขนาดใหญ่เกินไป"),
    415: N_("รูปแบบข้อมูลไม่ถูกต้อง"),
    429: N_("ลองหลายครั้งเกินไป"),
    500: N_("ระบบขัดข้อง"),
    503: N_("ระบบไม่พร้อมให้บริการชั่วคราว"),
}
NEXT_STEPS = {
    400: N_("ย้อนกลับไปหน้าเดิม ตรวจสอบ แล้วลองอีกครั้ง"),
    403: N_("หากคิดว่าท่านควรมีสิทธิ์ โปรดติดต่อผู้ดูแล SSO ของหน่วยงาน"),
    404: N_("ตรวจสอบที่อยู่ของหน้า หรือเริ่มจากหน้าแรก"),
    405: N_("เริ่มใหม่จากหน้าแรก"),
    409: N_("เปิดหน้านี้ใหม่เพื่อดูข้อมูลล่าสุด"),
    410: N_("ขอลิงก์หรือรหัสใหม่"),
    413: N_("ลดขนาดไฟล์ แล้วส่งใหม่"),
    429: N_("รอสักครู่แล้วลองใหม่"),
    500: N_("ลองใหม่อีกครั้ง หากยังไม่ได้ โปรดแจ้งผู้ดูแลพร้อมรหัสอ้างอิงด้านล่าง"),
}
FOR_PROGRAMS = frozenset({"/token", "/userinfo", "/introspect", "/revoke", "/units.json"})


def begin(app: Flask, record_refusal: Callable[[Refusal], None] | None = None) -> None:
    """Register the handlers. `create_app` hands in the audit's recorder, which lives on a higher floor."""
    app.extensions["record_refusal"] = record_refusal
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Whether a program asked: a protocol endpoint, or an Accept header that prefers JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        request.path in ("/token", "/userinfo", "/introspect", "/revoke", "/units.json") or best == "application/json"
    )


def page(status: int, message: str = "", next_step: str = "", reference: str = "") -> ResponseReturnValue:
    """The error page, or its JSON form."""
    if wants_json():
        # RFC 6749, section 5.2: a code that systems know, and a description in plain ASCII.
        code = "server_error" if status >= 500 else "invalid_request"
        return jsonify(error=code, error_description=HTTP_STATUS_CODES.get(status, "Error")), status
    heading = _(HEADINGS.get(status, HEADINGS[400]))
    steps = [next_step or _(NEXT_STEPS.get(status, NEXT_STEPS[404]))]
    text = render_template(
        "thai_web/error.html",
        heading=heading,
        message=message,
        next_steps=steps,
        reference=reference,
        status=status,
    )
    return text, status


def _refusal(refusal: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    record = current_app.extensions["record_refusal"]
    if refusal.audit and record:
        record(refusal)
        db.session.commit()
    if wants_json():
        response = current_app.make_response(
            (jsonify(error=refusal.code, error_description=refusal.code), refusal.status)
        )
    else:
        response = current_app.make_response(page(refusal.status, say(refusal), say_next_step(refusal)))
    if isinstance(refusal, TooMany) and refusal.seconds:
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The form cookie is another by now: somebody signed out in another tab, or the browser keeps none."""
    if _came_from_us():
        return send_again(400, _("แบบฟอร์มนี้หมดอายุ"))
    return page(
        400,
        _("แบบฟอร์มนี้หมดอายุ หรือเบราว์เซอร์ไม่เก็บคุกกี้ ข้อมูลยังไม่ถูกบันทึก"),
        _("เปิดหน้าที่ต้องการใหม่ในแท็บอื่น แล้วคัดลอกข้อมูลที่กรอกไว้ไปส่งอีกครั้ง"),
    )


def _came_from_us() -> bool:
    """Whether a page of ours sent it. A page elsewhere must not get what it sends shown with a button to confirm it."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site else request.headers.get("Origin") == request.host_url.rstrip("/")


def send_again(status: int, heading: str) -> ResponseReturnValue:
    """What was typed, to be sent again by the person's own click; neither secrets nor files."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if not _is_secret(name)]
    return render_template(
        "send_again.html", heading=heading, typed=typed, had_files=bool(request.files), action=request.full_path
    ), status


def _is_secret(name: str) -> bool:
    return name == "csrf_token" or "password" in name or "code" in name


def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    request.drain()  # type: ignore[attr-defined]
    limit = current_app.config["SETTINGS"].upload_limit // (1024 * 1024)
    return page(
        413,
        _("ส่งได้ไม่เกิน %(limit)s MB ต่อครั้ง ข้อมูลที่บันทึกไว้ก่อนหน้านี้ยังอยู่ครบ", limit=limit),
        _("ย้อนกลับ เลือกไฟล์ที่เล็กกว่า หรือถ่ายภาพใหม่ด้วยความละเอียดต่ำลง"),
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    db.session.rollback()
    response = current_app.make_response(page(error.code or 500))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())  # RFC 9110, section 15.5.6
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    reference = secrets.token_hex(4)
    # The reference ties the person's report to this line; the request's form and query stay out of the log.
    log.error("unexpected error %s at %s", reference, request.endpoint, exc_info=error)
    return page(500, "", "", reference)
