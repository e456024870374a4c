"""The guards that ask who calls; each view carries exactly one guard, directly above the function.

What a call changes or shows rests on what the provider tells now: the guard asks it again (`decisions`), each minute
for a change, and each five minutes for a page.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable
from functools import wraps

from flask import Flask, g, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from relying_party_example.outbound import OutboundError
from relying_party_example.signin import decisions, operations
from relying_party_example.signin.provider import ProviderError
from relying_party_example.signin.rules import Person, Role
from relying_party_example.web import errors
from relying_party_example.web.application import settings
from relying_party_example.web.guards import View, marked
from thai_web import clock
from thai_web.refusal import N_, Conflict, Forbidden

log = logging.getLogger("info.signin")
READING = ("GET", "HEAD", "OPTIONS")
SIGNED_IN_AS = "signed_in_as"  # the field by which a form says for whom it was made


def begin(app: Flask) -> None:
    """Show the viewer in the layout."""
    app.context_processor(lambda: {"viewer": viewer()})
    app.jinja_env.globals[SIGNED_IN_AS] = _mark


def viewer() -> Person | None:
    """The signed-in person, asked once a request; nobody outside a request."""
    if not has_request_context():
        return None
    if "viewer" not in g:
        secret = _secret()
        g.viewer = operations.person_of(secret, clock.now()) if secret else None
    found: Person | None = g.viewer
    return found


def person() -> Person:
    """The signed-in person behind a guard that made sure there is one."""
    found = viewer()
    if found is None:
        raise LookupError("this view lacks the guard @signed_in or @requires")
    return found


def signed_in(view: View) -> View:
    """A signed-in person calls; which units they see is the operation's question."""
    return _guarded(view, "signed in")


def requires(*roles: Role) -> Callable[[View], View]:
    """A signed-in person calls who holds one of the roles; of this minute, where the call changes something, and of
    the last five where it only shows."""
    return lambda view: _guarded(view, f"requires: {', '.join(roles)}", *roles)


def _guarded(view: View, guard: str, *roles: Role) -> View:
    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        known = viewer()
        if known is None:
            return _sign_in_first()
        if not _is_of_the_form():
            raise Conflict(
                N_("แบบฟอร์มนี้เปิดไว้โดยบัญชีอื่น จึงยังไม่ได้บันทึก ขณะนี้เบราว์เซอร์เข้าสู่ระบบด้วยบัญชี %(name)s"),
                next_step=N_("หากไม่ใช่บัญชีของท่าน โปรดออกจากระบบแล้วเข้าสู่ระบบด้วยบัญชีเดิม กดปุ่มย้อนกลับของเบราว์เซอร์ แล้วส่งอีกครั้ง"),
                name=known.name,
            )
        obstacle = _ask_again()
        if obstacle is not None:
            return obstacle
        if roles and not person().has(*roles):
            return _without_role(had_it=known.has(*roles))
        return view(*args, **kwargs)

    return marked(guarded, guard)


def _ask_again() -> ResponseReturnValue | None:
    """Let what is decided or shown rest on what the provider tells now, or say why it cannot."""
    is_reading = request.method in READING
    try:
        g.viewer = (decisions.person_who_reads if is_reading else decisions.person_who_decides)(_secret())
    except decisions.SignInOver:
        g.viewer = None
        return _sign_in_first() if is_reading else errors.not_done("over", 401)
    except (OutboundError, ProviderError, ValueError) as error:
        log.warning("%s has to wait: %s", "a page" if is_reading else "a decision", error)
        if is_reading:
            raise ServiceUnavailable from error
        return errors.not_done("unreachable", 503)
    return None


def _without_role(*, had_it: bool) -> ResponseReturnValue:
    if had_it and request.method not in READING:
        return errors.not_done("role_ended", 403)
    raise Forbidden(
        N_("บทบาทของท่านใน INFO ทำรายการนี้ไม่ได้"),
        next_step=N_("หากต้องทำหน้าที่นี้ โปรดขอสิทธิ์จากผู้ดูแล SSO ของหน่วยงาน แล้วออกจากระบบและเข้าสู่ระบบใหม่"),
    )


def _sign_in_first() -> ResponseReturnValue:
    if request.method in READING:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(
            url_for("signin.start", next=request.path + (f"?{query}" if query else "")),
            303,
        )
    return errors.not_done("signed_out", 401)


def _mark() -> str:
    """Of the person who is signed in, for a form; nothing where nobody is. It tells nobody who that is."""
    found = viewer()
    key = settings().secret_key.encode()
    return hmac.new(key, f"{SIGNED_IN_AS} {found.sub}".encode(), hashlib.sha256).hexdigest()[:16] if found else ""


def _is_of_the_form() -> bool:
    """Whether the person who is signed in now is the one for whom the form that was sent was made: in another tab
    somebody else may have signed in meanwhile, and must not act instead."""
    mark = request.form.get(SIGNED_IN_AS)
    return not mark or hmac.compare_digest(mark.encode(), _mark().encode())


def _secret() -> str:
    return request.cookies.get(settings().cookie_name("sid"), "")
