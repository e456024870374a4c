"""The guards that ask who calls; each view carries exactly one guard, directly above the function."""

from collections.abc import Callable
from functools import wraps

from flask import Flask, g, has_request_context, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from relying_party_example import clock
from relying_party_example.refusal import N_, Forbidden
from relying_party_example.signin import operations
from relying_party_example.signin.rules import Person, Role
from relying_party_example.web.application import settings
from relying_party_example.web.guards import View, marked


def begin(app: Flask) -> None:
    """Show the viewer in the layout."""
    app.context_processor(lambda: {"viewer": viewer()})


def viewer() -> Person | None:
    """The signed-in person, asked once a request; nobody outside a request."""
    if not has_request_context():
        return None
    if "viewer" not in g:
        secret = request.cookies.get(settings().cookie_name("sid"))
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
    """A signed-in person calls; which units she sees is the operation's question."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        return view(*args, **kwargs) if viewer() else _sign_in_first()

    return marked(guarded, "signed in")


def requires(*roles: Role) -> Callable[[View], View]:
    """A signed-in person calls who holds one of the roles."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            caller = viewer()
            if caller is None:
                return _sign_in_first()
            if not caller.has(*roles):
                raise Forbidden(
                    N_("บทบาทของท่านใน INFO ทำรายการนี้ไม่ได้"),
                    next_step=N_("หากต้องทำหน้าที่นี้ โปรดขอสิทธิ์จากผู้ดูแล SSO ของหน่วยงาน แล้วออกจากระบบและเข้าใหม่"),
                )
            return view(*args, **kwargs)

        return marked(guarded, f"requires: {', '.join(roles)}")

    return decorate


def _sign_in_first() -> ResponseReturnValue:
    if request.method in ("GET", "HEAD"):
        query = request.query_string.decode("ascii", "ignore")
        return redirect(
            url_for("signin.start", next=request.path + (f"?{query}" if query else "")),
            303,
        )
    # The session ended while a form was open. What was typed is handed back, to be sent again by the person's own
    # click after signing in elsewhere; nothing is replayed by itself (the next person at this PC may sign in).
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return render_template("signed_out.html", typed=typed, action=request.full_path), 401
