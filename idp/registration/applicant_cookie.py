"""What the applicant's browser holds: the secret of one registration, in a cookie of its own."""

from flask import Response, abort, current_app, redirect, request, url_for

from idp.registration import applicant_access, operations
from idp.registration.models import Registration
from idp.registration.rules import DRAFT_LIFETIME, EDITABLE, State, Step
from idp.web.application import settings
from thai_web.refusal import N_, Conflict

MADE_FOR = "made_for"  # the field by which a form says for which registration it was made


def secret() -> str:
    """The cookie's content."""
    return request.cookies.get(_cookie_name(), "")


def _cookie_name() -> str:
    return settings().cookie_name("registration")


def held() -> Registration | None:
    """The registration this browser holds."""
    return applicant_access.held_by(secret(), applicant_access.BROWSER) if secret() else None


def own() -> Registration:
    """The registration this browser holds; who lost it is shown the way back.

    Raises `Conflict` for a form that was made for another one: two people at one computer may each have a tab, and the
    browser holds what was opened last.
    """
    registration = held()
    if registration is None:
        abort(redirect(url_for("registration.lost"), 303))
    made_for = request.form.get(MADE_FOR, registration.reference)
    if made_for != registration.reference:
        raise Conflict(
            N_("แบบฟอร์มนี้เป็นของคำขออื่น จึงยังไม่ได้บันทึก ขณะนี้เบราว์เซอร์เปิดคำขอเลขที่ %(reference)s อยู่"),
            next_step=N_("หากต้องการทำคำขอเดิมต่อ ให้เปิดด้วยเลขที่คำขอและอีเมล หรือลิงก์ในอีเมล แล้วกรอกอีกครั้ง"),
            reference=registration.reference,
            code="another_registration",
        )
    return registration


def editable(step: Step | None = None) -> Registration:
    """The registration this browser holds, open to change; what waits or is decided is shown by its status instead.

    With a `step`, one that has nothing to change leads back to the list of those that have.
    """
    registration = own()
    if registration.state not in EDITABLE:
        abort(redirect(url_for("registration.status_start"), 303))
    if step is not None and step not in operations.editable_steps(registration):
        abort(redirect(url_for("registration.tasks"), 303))
    return registration


def hold(response: Response, registration: Registration) -> Response:
    """Give the browser a fresh secret, whatever it held before."""
    response.set_cookie(
        _cookie_name(),
        applicant_access.issue(registration.id, applicant_access.BROWSER),
        max_age=int(DRAFT_LIFETIME.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings().is_https,
        path="/",
    )
    return response


def take_up(registration: Registration) -> Response:
    """Let this browser hold the registration, and go on where it stands."""
    target = "registration.tasks" if registration.state == State.DRAFT else "registration.status_start"
    return hold(current_app.make_response(redirect(url_for(target), 303)), registration)


def let_go(response: Response) -> Response:
    """Take the secret out of the browser and end it."""
    applicant_access.give_up(secret())
    response.delete_cookie(_cookie_name(), path="/", httponly=True, samesite="Lax", secure=settings().is_https)
    return response
