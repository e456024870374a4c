"""Refusals and errors become a page; a stack trace reaches nobody."""

import logging
import secrets
from typing import ClassVar

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from thai_web.messages import say, say_next_step
from thai_web.refusal import N_, Refusal, TooMany


class ErrorPages:
    """The answers of an application when something did not work; what was begun in its database is undone.

    A subclass has other words, answers programs in their language, or hands back what was typed.
    """

    headings: ClassVar[dict[int, str]] = {
        400: N_("ทำรายการนี้ไม่สำเร็จ"),
        401: N_("โปรดเข้าสู่ระบบ"),
        403: N_("ท่านไม่มีสิทธิ์ทำรายการนี้"),
        404: N_("ไม่พบหน้านี้"),
        405: N_("ไม่สามารถเปิดหน้านี้โดยตรงได้"),
        409: N_("ข้อมูลเปลี่ยนไปแล้ว"),
        413: N_("ข้อมูลที่ส่งมีขนาดใหญ่เกินไป"),
        415: N_("รูปแบบข้อมูลไม่ถูกต้อง"),
        422: N_("ข้อมูลยังไม่ครบถ้วน"),
        429: N_("ทำรายการติดต่อกันหลายครั้งเกินไป"),
        500: N_("ระบบขัดข้อง"),
        503: N_("ระบบไม่พร้อมให้บริการชั่วคราว"),
    }
    next_steps: ClassVar[dict[int, str]] = {
        400: N_("โปรดย้อนกลับไปหน้าเดิม ตรวจสอบ แล้วลองอีกครั้ง"),
        403: N_("หากคิดว่าท่านควรมีสิทธิ์ โปรดติดต่อผู้ดูแล SSO ของหน่วยงาน"),
        404: N_("โปรดตรวจสอบที่อยู่ของหน้า หรือเริ่มจากหน้าแรก"),
        405: N_("โปรดเริ่มใหม่จากหน้าแรก"),
        409: N_("โปรดเปิดหน้านี้ใหม่เพื่อดูข้อมูลล่าสุด"),
        413: N_("โปรดลดความยาวของข้อความ แล้วส่งใหม่"),
        429: N_("โปรดรอสักครู่แล้วลองใหม่"),
        500: N_("โปรดลองใหม่อีกครั้ง หากยังไม่ได้ โปรดแจ้งผู้ดูแลพร้อมรหัสอ้างอิงด้านล่าง"),
    }

    def __init__(self, log: logging.Logger) -> None:
        self._log = log

    def begin(self, app: Flask) -> None:
        """Register the handlers."""
        app.register_error_handler(Refusal, self.refusal)
        app.register_error_handler(CSRFError, self._stale_form)
        app.register_error_handler(HTTPException, self._http)
        app.register_error_handler(Exception, self._unexpected)

    def page(self, status: int, message: str = "", next_step: str = "", reference: str = "") -> ResponseReturnValue:
        """The error page; without `message` and `next_step`, in the words of its status."""
        text = render_template(
            "thai_web/error.html",
            heading=_(self.headings.get(status, self.headings[400])),
            message=message,
            next_steps=[next_step or _(self.next_steps.get(status, self.next_steps[404]))],
            reference=reference,
            status=status,
        )
        return text, status

    def refusal(self, refusal: Refusal) -> Response:
        """What a rule objected to."""
        _undo()
        response = current_app.make_response(self.refusal_page(refusal))
        if isinstance(refusal, TooMany) and refusal.seconds:
            response.headers["Retry-After"] = str(refusal.seconds)
        return response

    def refusal_page(self, refusal: Refusal) -> ResponseReturnValue:
        """A refusal in words."""
        return self.page(refusal.status, say(refusal), say_next_step(refusal))

    def send_again(self) -> ResponseReturnValue:
        """What a page of ours sent with a token of another form cookie. A subclass hands back what was typed."""
        return self.page(
            400,
            _("แบบฟอร์มนี้หมดอายุ หรือเบราว์เซอร์ไม่เก็บคุกกี้ ข้อมูลยังไม่ถูกบันทึก"),
            _("โปรดเปิดหน้าที่ต้องการใหม่ในแท็บอื่น แล้วคัดลอกข้อมูลที่กรอกไว้ไปส่งอีกครั้ง"),
        )

    def _stale_form(self, _error: CSRFError) -> ResponseReturnValue:
        """The form cookie is another by now: somebody signed out in another tab, or the browser keeps none."""
        return self.send_again() if _came_from_us() else ErrorPages.send_again(self)

    def _http(self, error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        _undo()
        response = current_app.make_response(self.page(error.code or 500))
        if isinstance(error, MethodNotAllowed):
            response.allow.update(error.valid_methods or ())  # RFC 9110, section 15.5.6
        return response

    def _unexpected(self, error: Exception) -> ResponseReturnValue:
        _undo()
        reference = secrets.token_hex(4)
        # The reference ties the person's report to this line; the request's form and query stay out of the log.
        self._log.error("unexpected error %s at %s", reference, request.endpoint, exc_info=error)
        return self.page(500, reference=reference)


def _undo() -> None:
    current_app.extensions["sqlalchemy"].session.rollback()


def _came_from_us() -> bool:
    """Whether a page of ours sent it. A page elsewhere must not get what it sends shown with a button to confirm it."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site else request.headers.get("Origin") == request.host_url.rstrip("/")
