"""INFO's words when something did not work, and what it hands back."""

import logging

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from thai_web.errors import ErrorPages
from thai_web.refusal import N_


class InfoErrorPages(ErrorPages):
    """INFO's words."""

    headings = ErrorPages.headings | {
        400: N_("คำขอนี้ไม่ถูกต้อง"),
        404: N_("ไม่พบหน้าที่ต้องการ"),
        409: N_("ทำรายการนี้ไม่ได้ในขณะนี้"),
        503: N_("ยังเปิดหน้านี้ไม่ได้"),
    }
    next_steps = ErrorPages.next_steps | {
        503: N_("INFO ต้องตรวจสอบสิทธิ์ของท่านกับระบบยืนยันตัวตนกลาง (SSO) ก่อน แต่ขณะนี้ติดต่อไม่ได้ โปรดรอสักครู่ แล้วเปิดหน้านี้ใหม่"),
    }

    def send_again(self) -> ResponseReturnValue:
        """What was typed into a form that is stale by now."""
        return not_done("stale", 400)


def begin(app: Flask) -> None:
    """Register the handlers."""
    InfoErrorPages(logging.getLogger("info")).begin(app)


def not_done(why: str, status: int) -> ResponseReturnValue:
    """Nothing was done, and nothing typed is lost: it is handed back, to be sent again by the person's own click.

    Nothing is replayed by itself: the next person at this computer may sign in. `why` is one of the template's.
    """
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return render_template("not_done.html", why=why, typed=typed, action=request.full_path), status
