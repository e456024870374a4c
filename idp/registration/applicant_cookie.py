"""Which registration this browser is at: by a secret in a cookie for who has no account; for who is signed in by the
sign-in alone, and a cookie only says which."""

from flask import Response, abort, current_app, redirect, request, url_for

from idp.access import viewer
from idp.access.guards import sign_in_first, somebody_else
from idp.registration import applicant_access, operations
from idp.registration.models import Registration
from idp.registration.rules import DRAFT_LIFETIME, EDITABLE, State, Step
from idp.web.application import settings
from thai_web.refusal import N_, Conflict

MADE_FOR = "made_for"  # the field by which a form says for which registration it was made
SECRET, REQUEST = "registration", "request"  # the cookies: what proves a holder, what a signed-in person opened last


def secret() -> str:
    """The secret by which this browser holds a registration."""
    return _cookie(SECRET)


def _cookie(name: str) -> str:
    return request.cookies.get(settings().cookie_name(name), "")


def held() -> Registration | None:
    """The registration this browser is at, if whoever sits there now may see it."""
    person, reference = viewer.current(), _cookie(REQUEST)
    theirs = operations.find_own(reference, person.account_id) if person and reference else None
    return theirs or (applicant_access.held_by(secret(), applicant_access.BROWSER) if secret() else None)


def own() -> Registration:
    """The registration this browser is at; who lost it is shown the way back, who is signed out has to sign in.

    Raises `Conflict` for a form that was made for another one, or for another account: two people at one computer may
    each have a tab, and the browser is at what was opened last.
    """
    if viewer.current() and not viewer.is_of_the_form():
        raise somebody_else()
    registration = held()
    if registration is None and viewer.current() is None and _cookie(REQUEST):
        abort(current_app.make_response(sign_in_first()))
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
    """Give the browser a fresh secret, whatever it was at before."""
    _keep(response, SECRET, applicant_access.issue(registration.id, applicant_access.BROWSER))
    return _forget(response, REQUEST)


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        settings().cookie_name(name),
        value,
        max_age=int(DRAFT_LIFETIME.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings().is_https,
        path="/",
    )


def _forget(response: Response, name: str) -> Response:
    cookie = settings().cookie_name(name)
    response.delete_cookie(cookie, path="/", httponly=True, samesite="Lax", secure=settings().is_https)
    return response


def take_up(registration: Registration) -> Response:
    """Let this browser hold the registration, and go on where it stands."""
    return hold(_onward(registration), registration)


def take_up_own(registration: Registration) -> Response:
    """Go on where a request of the signed-in person stands: it is theirs by the sign-in, and no longer than that."""
    response = _forget(_onward(registration), SECRET)
    _keep(response, REQUEST, registration.reference)
    return response


def _onward(registration: Registration) -> Response:
    target = "registration.tasks" if registration.state == State.DRAFT else "registration.status_start"
    return current_app.make_response(redirect(url_for(target), 303))


def let_go(response: Response) -> Response:
    """Take what it is at out of the browser, and end the secret."""
    applicant_access.give_up(secret())
    return _forget(_forget(response, SECRET), REQUEST)
