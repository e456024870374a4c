"""The guards: each view carries exactly one, directly above the function; a test walks the URL map."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.access import viewer
from idp.access.rules import GIVES, Permission, Power
from idp.web.errors import send_again
from thai_web.refusal import N_, Conflict, Forbidden

View = Callable[..., ResponseReturnValue]
# Who may open a page, and what to do about it, by the least power that brings the permission.
WHO_MAY = {
    Power.SSO_ADMIN: (
        N_("หน้านี้ใช้ได้เฉพาะผู้ดูแล SSO และเจ้าหน้าที่ส่วนกลาง สถ."),
        N_("หากได้รับหนังสือมอบหมายแล้ว โปรดให้หน่วยงานที่กำกับบันทึกการมอบหมายในระบบ"),
    ),
    Power.AUDITOR: (
        N_("หน้านี้ใช้ได้เฉพาะผู้ตรวจสอบและเจ้าหน้าที่ส่วนกลาง สถ."),
        N_("หากได้รับหนังสือแต่งตั้งเป็นผู้ตรวจสอบแล้ว โปรดให้หน่วยงานที่กำกับบันทึกการมอบหมายในระบบ"),
    ),
    Power.DLA_OFFICER: (
        N_("หน้านี้ใช้ได้เฉพาะเจ้าหน้าที่ส่วนกลาง สถ."),
        N_("หากต้องการให้เปลี่ยนสิ่งที่อยู่ในหน้านี้ โปรดแจ้ง สถ."),
    ),
}
# The same for a deputy on a day on which they do not stand in.
STANDING_BY = (
    N_("วันนี้ท่านยังไม่ได้ทำการแทนผู้ดูแล SSO จึงยังใช้หน้านี้ไม่ได้"),
    N_(
        "ผู้ทำการแทนใช้หน้านี้ได้เฉพาะวันที่ผู้ดูแล SSO ทุกคนของหน่วยงานไม่อยู่ "
        "หากวันนี้ไม่มีผู้ดูแลอยู่ โปรดให้ผู้ดูแลหรือหน่วยงานที่กำกับบันทึกวันที่ไม่อยู่ในระบบ"
    ),
)


def _least(permission: Permission) -> Power:
    return next(power for power in WHO_MAY if permission in GIVES[power])


@dataclass(frozen=True)
class Guard:
    """What a view asks of its caller; `reason` says why a public one is public."""

    kind: str
    reason: str = ""
    permission: Permission | None = None


def _marked(view: View, guard: Guard) -> View:
    if hasattr(view, "guard"):
        raise TypeError(f"{view.__name__} carries two guards")
    view.guard = guard  # type: ignore[attr-defined]
    return view


def public(reason: str) -> Callable[[View], View]:
    """Anybody may call; the reason is for the reader and for `docs/reference/endpoints.md`."""
    return lambda view: _marked(view, Guard("public", reason))


def client_authenticated(view: View) -> View:
    """A connected system calls; the protocol engine authenticates it before anything else."""
    return _marked(view, Guard("client"))


def bearer(view: View) -> View:
    """The holder of an access token calls; the protocol engine reads the token before anything else."""
    return _marked(view, Guard("bearer"))


def signed_in(view: View) -> View:
    """A signed-in person calls."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        if viewer.current() is None:
            return sign_in_first()
        if not viewer.is_of_the_form():
            raise somebody_else()
        return view(*args, **kwargs)

    return _marked(guarded, Guard("signed_in"))


def requires(permission: Permission) -> Callable[[View], View]:
    """A signed-in person calls who holds a power that brings `permission` somewhere."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            person = viewer.current()
            if person is None:
                return sign_in_first()
            if not viewer.is_of_the_form():
                raise somebody_else()
            if not person.may(permission):
                message, next_step = STANDING_BY if person.stands_by_for(permission) else WHO_MAY[_least(permission)]
                raise Forbidden(message, next_step=next_step)
            return view(*args, **kwargs)

        return _marked(guarded, Guard("requires", permission=permission))

    return decorate


def sign_in_first() -> ResponseReturnValue:
    """To the sign-in page and back; what was typed is handed back."""
    if request.method in ("GET", "HEAD"):
        query = request.query_string.decode("ascii", "ignore")
        return redirect(url_for("signin.start", next=request.path + (f"?{query}" if query else "")), 303)
    # The session ended while a form was open. What was typed is handed back, to be sent again by the person's own
    # click after signing in elsewhere; nothing is replayed by itself (the next person at this PC may sign in).
    return send_again(401, _("การเข้าสู่ระบบหมดเวลา"))


def somebody_else() -> Conflict:
    """The form was made for another person than the one who is signed in by now."""
    return Conflict(
        N_("แบบฟอร์มนี้เปิดไว้โดยบัญชีอื่น จึงยังไม่ได้บันทึก ขณะนี้เบราว์เซอร์เข้าสู่ระบบด้วยบัญชี %(name)s"),
        next_step=N_("หากไม่ใช่บัญชีของท่าน โปรดออกจากระบบแล้วเข้าสู่ระบบด้วยบัญชีเดิม กดปุ่มย้อนกลับของเบราว์เซอร์ แล้วส่งอีกครั้ง"),
        name=viewer.required().name,
        code="somebody_else",
    )
