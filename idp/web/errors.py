"""Refusals and errors become a page, or JSON where a program asked; what was refused is recorded."""

import logging

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import HTTP_STATUS_CODES

from idp.database import db
from thai_web.errors import ErrorPages
from thai_web.forms import SECRETS
from thai_web.refusal import N_, Refusal

FOR_PROGRAMS = frozenset({"/token", "/userinfo", "/introspect", "/revoke", "/units.json"})


class ProviderErrorPages(ErrorPages):
    """The provider's words, and its answers to programs."""

    headings = ErrorPages.headings | {
        410: N_("ลิงก์หรือรหัสนี้ใช้ไม่ได้แล้ว"),
        413: N_("ไฟล์หรือข้อมูลมีขนาดใหญ่เกินไป"),
    }
    next_steps = ErrorPages.next_steps | {410: N_("ขอลิงก์หรือรหัสใหม่"), 413: N_("โปรดลดขนาดไฟล์ แล้วส่งใหม่")}

    def begin(self, app: Flask) -> None:
        """Register the handlers. `create_app` hands in the audit's recorder, which lives on a higher floor."""
        app.extensions["record_refusal"] = None
        super().begin(app)
        app.register_error_handler(RequestEntityTooLarge, self._too_large)

    def page(self, status: int, message: str = "", next_step: str = "", reference: str = "") -> ResponseReturnValue:
        """The error page, or its JSON form."""
        if wants_json():
            # RFC 6749, section 5.2: a code that systems know, and a description in plain ASCII.
            code = "server_error" if status >= 500 else "invalid_request"
            return jsonify(error=code, error_description=HTTP_STATUS_CODES.get(status, "Error")), status
        return super().page(status, message, next_step, reference)

    def refusal(self, refusal: Refusal) -> Response:
        """What a rule objected to, recorded where the rule asks for it."""
        db.session.rollback()
        record = current_app.extensions["record_refusal"]
        if refusal.audit and record:
            record(refusal)
            db.session.commit()
        return super().refusal(refusal)

    def refusal_page(self, refusal: Refusal) -> ResponseReturnValue:
        """A refusal in words, or its code."""
        if wants_json():
            return jsonify(error=refusal.code, error_description=refusal.code), refusal.status
        return super().refusal_page(refusal)

    def send_again(self) -> ResponseReturnValue:
        """What was typed into a form that is stale by now."""
        return send_again(400, _("แบบฟอร์มนี้หมดอายุ"))

    def _too_large(self, _error: RequestEntityTooLarge) -> ResponseReturnValue:
        request.drain()  # type: ignore[attr-defined]
        limit = current_app.config["SETTINGS"].upload_limit // (1024 * 1024)
        return self.page(
            413,
            _("ส่งได้ไม่เกิน %(limit)s เมกะไบต์ต่อครั้ง ข้อมูลที่บันทึกไว้ก่อนหน้านี้ยังอยู่ครบ", limit=limit),
            _("โปรดย้อนกลับ เลือกไฟล์ที่เล็กกว่า หรือถ่ายภาพใหม่ด้วยความละเอียดต่ำลง"),
        )


def begin(app: Flask) -> None:
    """Register the handlers."""
    ProviderErrorPages(logging.getLogger("idp")).begin(app)


def wants_json() -> bool:
    """Whether a program asked: a protocol endpoint, or an Accept header that prefers JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path in FOR_PROGRAMS or best == "application/json"


def send_again(status: int, heading: str) -> ResponseReturnValue:
    """What was typed, to be sent again by the person's own click; neither secrets nor files."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if not _is_secret(name)]
    return render_template(
        "send_again.html", heading=heading, typed=typed, had_files=bool(request.files), action=request.full_path
    ), status


def _is_secret(name: str) -> bool:
    return name in SECRETS or "password" in name or "code" in name
